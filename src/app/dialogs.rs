//! The system's dialogs for files.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use rfd::{AsyncFileDialog, FileHandle};

use crate::platform::pictures::READS_MORE;

/// What a dialog asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A picture.
    Picture {
        /// What pictures are called.
        kind: &'static str,
    },
    /// A picture or a video.
    File {
        /// What pictures are called.
        pictures: &'static str,
        /// What videos are called.
        videos: &'static str,
    },
    /// A file with weights.
    Weights,
    /// A file with lines of text.
    Text,
    /// A folder that is there.
    Folder,
    /// A place for a new file, or for a folder.
    Place {
        /// The name to begin with.
        name: String,
        /// The ending of the name; none for a folder.
        ending: Option<&'static str>,
    },
}

/// A path, or none if the dialog was closed.
pub type Answer = Pin<Box<dyn Future<Output = Option<PathBuf>> + Send>>;

/// Opens a dialog. A test answers itself.
pub type Ask = Box<dyn Fn(Question) -> Answer>;

/// The endings of pictures that our decoders read.
const PICTURES: [&str; 8] = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff"];

/// Those that the system reads, where it does.
const SYSTEMS: [&str; 12] = [
    "heic", "heif", "avif", "dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2", "jp2",
];

/// The endings of videos that can be read.
const VIDEOS: [&str; 3] = ["mp4", "mov", "m4v"];

/// The endings of pictures that can be read.
pub fn pictures(system_reads_more: bool) -> Vec<&'static str> {
    let more = SYSTEMS.iter().filter(|_| system_reads_more);
    PICTURES.iter().chain(more).copied().collect()
}

/// Opens the dialog of this system. It must be called on the main thread; the answer can be waited for
/// on another.
pub fn system(question: Question) -> Answer {
    let dialog = AsyncFileDialog::new();
    let pictures = pictures(READS_MORE);
    let chosen: Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>> = match question {
        Question::Picture { kind } => Box::pin(dialog.add_filter(kind, &pictures).pick_file()),
        Question::File {
            pictures: kind,
            videos,
        } => {
            let kind = format!("{kind}, {videos}");
            let both: Vec<&str> = pictures.into_iter().chain(VIDEOS).collect();
            Box::pin(dialog.add_filter(kind, &both).pick_file())
        }
        Question::Weights => Box::pin(
            dialog
                .add_filter("safetensors", &["safetensors"])
                .pick_file(),
        ),
        Question::Text => Box::pin(dialog.add_filter("txt", &["txt", "csv", "md"]).pick_file()),
        Question::Folder => Box::pin(dialog.pick_folder()),
        Question::Place { name, ending: None } => Box::pin(dialog.set_file_name(name).save_file()),
        Question::Place {
            name,
            ending: Some(ending),
        } => {
            let dialog = dialog.set_file_name(format!("{name}.{ending}"));
            // A still can be either.
            let endings: &[&str] = if ending == "png" {
                &["png", "jpg", "jpeg"]
            } else {
                &[ending]
            };
            Box::pin(dialog.add_filter(ending, endings).save_file())
        }
    };
    Box::pin(async move { Some(chosen.await?.path().to_owned()) })
}
