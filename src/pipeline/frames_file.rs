//! The decoded frames as floats, for whoever wants more than 8 bits of them.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use mlx_rs::{Array, Dtype};

use crate::disk::{self, PartialFile};
use crate::job::{Plan, Problem, Size};
use crate::{Error, Result};

/// The tensor `frames`, (3, frames, height, width), float32 in [-1, 1], written as frames come.
pub(super) struct FramesFile {
    file: PartialFile,
    header: u64,
    frames: usize,
    plane: usize,
    written: usize,
}

impl FramesFile {
    pub(super) fn create(path: &Path, frames: usize, size: Size) -> Result<Self> {
        let header = header(frames, size);
        let mut file = PartialFile::create(path)?;
        file.write_at(0, &(header.len() as u64).to_le_bytes())?;
        file.write_at(8, header.as_bytes())?;
        Ok(Self {
            file,
            header: 8 + header.len() as u64,
            frames,
            plane: size.area() as usize,
            written: 0,
        })
    }

    /// The next frames, in planes: (3, t, height, width).
    pub(super) fn write(&mut self, planes: &[f32]) -> Result<()> {
        let count = planes.len() / (3 * self.plane).max(1);
        let bytes: Vec<u8> = planes
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        for (channel, bytes) in bytes
            .chunks_exact(count * self.plane * size_of::<f32>())
            .enumerate()
        {
            let position = (channel * self.frames + self.written) * self.plane * size_of::<f32>();
            self.file.write_at(self.header + position as u64, bytes)?;
        }
        self.written += count;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<()> {
        self.file.finish()
    }
}

/// Whether a file holds frames as `plan` leads to.
pub(super) fn is_of(path: &Path, plan: &Plan) -> bool {
    let expected = header(plan.canvas.frames as usize, plan.canvas.size);
    let mut beginning = vec![0; expected.len()];
    let read = disk::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(8))
            .and_then(|_| file.read_exact(&mut beginning))
            .map_err(Error::file("read", path))
    });
    read.is_ok() && beginning == expected.as_bytes()
}

/// What the file says of itself, behind the length of that.
fn header(frames: usize, size: Size) -> String {
    let Size { width, height } = size;
    let bytes = 3 * frames * size.area() as usize * size_of::<f32>();
    let mut header = format!(
        r#"{{"frames":{{"dtype":"F32","shape":[3,{frames},{height},{width}],"data_offsets":[0,{bytes}]}}}}"#
    );
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    header
}

/// Frames, (t, height, width, 3), in planes, as an array of its own.
pub(super) fn planes(frames: &Array) -> Result<Array> {
    let planes = frames.transpose_axes(&[3, 0, 1, 2])?;
    Ok(planes.as_dtype(Dtype::Float32)?.contiguous()?)
}

/// What is in such an array.
pub(super) fn floats(planes: &Array) -> Result<&[f32]> {
    let values = planes.try_as_slice::<f32>();
    values.map_err(|error| Error::from(Problem::Mlx(error.to_string())))
}
