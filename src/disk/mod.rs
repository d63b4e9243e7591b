//! The one road to a file: under a temporary name of its own beside its place, made exclusively and locked, synced, and
//! renamed when it is whole; what others have to go on with has a name that they know. And what can be known of a disk before hours of work.

mod copy;
mod durable;
mod elsewhere;
mod open;
mod outputs;
mod partial_file;
mod partial_folder;
mod resumable_file;
mod same_file;
mod space;
mod target;
mod temporary;

pub use copy::copy;
pub use durable::sync_folder;
pub use elsewhere::{is_elsewhere, says_elsewhere};
pub use open::{open, open_lock, read, read_text};
pub use outputs::{Output, check_outputs};
pub use partial_file::PartialFile;
pub use partial_folder::{PartialFolder, discard};
pub use resumable_file::ResumableFile;
pub use same_file::FileIdentity;
pub use space::{check_folder, check_space, check_space_for_download, free_space, with_purgeable};
pub use target::{check_target, check_writable};
pub use temporary::{is_at, is_temporary, resumable_name};

use std::path::Path;

/// The folder that `path` is in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
