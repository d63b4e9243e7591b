//! The decoded frames as floats, for whoever wants more than 8 bits of them.

use std::path::Path;

use mlx_rs::{Array, Dtype};

use crate::job::Size;
use crate::media::PartialFile;
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
        let (height, width) = (size.height as usize, size.width as usize);
        let bytes = 3 * frames * height * width * size_of::<f32>();
        let mut header = format!(
            r#"{{"frames":{{"dtype":"F32","shape":[3,{frames},{height},{width}],"data_offsets":[0,{bytes}]}}}}"#
        );
        while !header.len().is_multiple_of(8) {
            header.push(' ');
        }
        let mut file = PartialFile::create(path)?;
        file.write_at(0, &(header.len() as u64).to_le_bytes())?;
        file.write_at(8, header.as_bytes())?;
        Ok(Self {
            file,
            header: 8 + header.len() as u64,
            frames,
            plane: height * width,
            written: 0,
        })
    }

    /// The next frames, (t, height, width, 3).
    pub(super) fn write(&mut self, chunk: &Array) -> Result<()> {
        let count = chunk.dim(0) as usize;
        let planes = floats(&chunk.transpose_axes(&[3, 0, 1, 2])?)?;
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

fn floats(array: &Array) -> Result<Vec<f32>> {
    let array = array.as_dtype(Dtype::Float32)?.contiguous()?;
    let values = array.try_as_slice::<f32>();
    values
        .map(<[f32]>::to_vec)
        .map_err(|error| Error::Other(format!("The result cannot be read back: {error}")))
}
