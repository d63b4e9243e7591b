//! MLX's kernels for Metal: a file of more than a hundred megabytes that compresses to a tenth. Metal wants it
//! whole, so it is unpacked once, to where things are kept that can be made again.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process;

use ruzstd::decoding::StreamingDecoder;

use crate::error::{Error, Result};

/// Unpacks the kernels `NAME.metallib.zst` into `folder`, unless they are there, and returns where they are.
/// Those of earlier versions of the program go.
///
/// # Errors
/// The file is damaged or not there, or there is no room for what is in it.
pub fn unpack(packed: &Path, folder: &Path) -> Result<PathBuf> {
    let checksum = checksum(packed).map_err(Error::file("read", packed))?;
    // The name says what is inside, so that another version of the program finds its own.
    let kernels = folder.join(format!("{checksum:08x}.metallib"));
    if kernels.exists() {
        return Ok(kernels);
    }
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let partial = folder.join(format!(".{}.part", process::id()));
    let unpacked = decompress(packed, &partial, checksum).and_then(|()| {
        remove_others(folder);
        fs::rename(&partial, &kernels).map_err(Error::file("create", &kernels))
    });
    if unpacked.is_err() {
        let _ = fs::remove_file(&partial);
    }
    unpacked.map(|()| kernels)
}

/// Nobody is hurt by kernels that stay.
fn remove_others(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|it| it == "metallib") {
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

fn decompress(packed: &Path, target: &Path, checksum: u32) -> Result<()> {
    let damaged = || Error::content(packed, "is damaged: install Zoetrope again");
    let file = File::open(packed).map_err(Error::file("read", packed))?;
    let mut decoder = StreamingDecoder::new(BufReader::new(file)).map_err(|_| damaged())?;
    let mut kernels = File::create(target).map_err(Error::file("create", target))?;
    io::copy(&mut decoder, &mut kernels).map_err(|error| match error.kind() {
        io::ErrorKind::Other => damaged(),
        _ => Error::file("write", target)(error),
    })?;
    if decoder.decoder.get_calculated_checksum() != Some(checksum) {
        return Err(damaged());
    }
    Ok(())
}
