//! Pictures of kinds that only the system reads.

use std::path::Path;

use super::native;

/// Whether this system reads kinds of pictures that the program does not: HEIC, AVIF and raw photos.
pub const READS_MORE: bool = cfg!(target_os = "macos");

/// Width and height of a picture as it is seen, by its header; none where the system does not read it.
pub fn size(path: &Path) -> Option<(u32, u32)> {
    native::picture_size(path)
}

/// Width, height and pixels of a picture, three bytes each, upright, in sRGB on white; none where the system does not read
/// it.
pub fn read(path: &Path) -> Option<(u32, u32, Vec<u8>)> {
    native::picture(path)
}
