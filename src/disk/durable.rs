//! What is written is on the disk before it is told, as far as the file system can do that.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::io::Errno;

/// Waits until the content of a file is on the disk.
///
/// On a Mac the standard library asks for more than other systems do, which network drives may not know: there the usual
/// has to do.
pub(super) fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if is_unsupported(&error) => match rustix::fs::fsync(file) {
            Err(error) if is_unsupported(&error.into()) => Ok(()),
            result => Ok(result?),
        },
        result => result,
    }
}

/// Waits until the names in a folder are on the disk.
///
/// # Errors
/// The disk fails.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Where a folder cannot be opened or synced, its names are as lasting as that file system makes them.
    let Ok(opened) = File::open(folder) else {
        return Ok(());
    };
    match sync(&opened) {
        Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => Err(error),
        _ => Ok(()),
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    let unsupported = [
        Errno::NOTSUP,
        Errno::OPNOTSUPP,
        Errno::INVAL,
        Errno::NOTTY,
        Errno::NOSYS,
    ];
    unsupported
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}
