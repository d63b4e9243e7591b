//! Files of which only the name is on this machine.

use std::path::Path;

/// `SF_DATALESS` of Darwin's `sys/stat.h`: what is in such a file lies on a server, and whoever reads a byte of it waits for
/// all of it.
const DATALESS: u32 = 0x4000_0000;

/// Whether the flags of a file say that its content is elsewhere.
pub fn says_elsewhere(flags: u32) -> bool {
    flags & DATALESS != 0
}

/// Whether the content of this file is on a server, such as iCloud's, and not here. Nothing is fetched by asking.
#[cfg(target_os = "macos")]
pub fn is_elsewhere(path: &Path) -> bool {
    use std::os::macos::fs::MetadataExt as _;
    path.metadata()
        .is_ok_and(|about| says_elsewhere(about.st_flags()))
}

/// Whether the content of this file is on a server and not here, where the system knows such files.
#[cfg(not(target_os = "macos"))]
pub fn is_elsewhere(_: &Path) -> bool {
    false
}
