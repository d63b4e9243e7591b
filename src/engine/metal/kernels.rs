//! MLX's kernels for Metal: a file of more than a hundred megabytes that compresses to a tenth. Metal wants it
//! whole, so it is unpacked once, to where things are kept that can be made again.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use ruzstd::decoding::StreamingDecoder;

use crate::disk::PartialFile;
use crate::error::{Error, Result};

const ENDING: &str = "metallib";

/// Unpacks the kernels `NAME.metallib.zst` into `folder`, unless they are there, and returns where they are.
/// Those of earlier versions of the program go.
///
/// # Errors
/// The file is damaged or not there, or there is no room for what is in it.
pub fn unpack(packed: &Path, folder: &Path) -> Result<PathBuf> {
    let checksum = checksum(packed).map_err(Error::file("read", packed))?;
    if let Some(kernels) = whole(folder, checksum) {
        return Ok(kernels);
    }
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let kernels = decompress(packed, folder, checksum)?;
    remove_others(folder, &kernels);
    Ok(kernels)
}

/// The name says what is inside, so that another version of the program finds its own, and how long it is: a file that
/// was cut is made again.
fn name(checksum: u32, length: u64) -> String {
    format!("{checksum:08x}-{length}.{ENDING}")
}

fn whole(folder: &Path, checksum: u32) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let mut files = entries.flatten().filter_map(|entry| {
        let length = entry.metadata().ok()?.len();
        (entry.file_name().to_str()? == name(checksum, length)).then(|| entry.path())
    });
    files.next()
}

/// Best effort: a leftover only costs disk space.
fn remove_others(folder: &Path, kernels: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path != kernels && path.extension().is_some_and(|it| it == ENDING) {
            let _ = fs::remove_file(path);
        }
    }
}

/// What the end of a zstd frame says of its content.
fn checksum(packed: &Path) -> io::Result<u32> {
    let mut file = File::open(packed)?;
    let mut checksum = [0; 4];
    file.seek(SeekFrom::End(-4))?;
    file.read_exact(&mut checksum)?;
    Ok(u32::from_le_bytes(checksum))
}

fn decompress(packed: &Path, folder: &Path, checksum: u32) -> Result<PathBuf> {
    let damaged = || Error::content(packed, "is damaged: install Zoetrope again");
    let file = File::open(packed).map_err(Error::file("read", packed))?;
    let mut decoder = StreamingDecoder::new(BufReader::new(file)).map_err(|_| damaged())?;
    // How long it will be is not known yet.
    let unnamed = folder.join(name(checksum, 0));
    let mut kernels = PartialFile::create(&unnamed)?;
    let length = io::copy(&mut decoder, &mut kernels).map_err(|error| match error.kind() {
        io::ErrorKind::Other => damaged(),
        _ => Error::file("write", &unnamed)(error),
    })?;
    if decoder.decoder.get_calculated_checksum() != Some(checksum) {
        return Err(damaged());
    }
    let target = folder.join(name(checksum, length));
    kernels.finish_as(&target)?;
    Ok(target)
}
