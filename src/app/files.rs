//! Work on files, off the thread that draws: one at a time, in the order in which it was asked for.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use egui::ColorImage;

use super::dialogs::Answer;
use super::loras::Fits;
use super::models::{Change, Found};
use super::needs::Matter;
use crate::engine::saved;
use crate::error::{Error, Result};
use crate::job::memory::Fitted;
use crate::job::{Clip, Export, Lora, Plan, Settings, Size};
use crate::media::{mp4, photo};
use crate::shelf::Shelf;
use crate::view::action::End;
use crate::view::theme;

/// The longer side of pictures that are only looked at.
const GLANCE: Size = Size::new(720, 720);

/// What comes of the work.
pub enum Done {
    /// This picture was chosen for an end.
    Chosen(End, PathBuf),
    /// This file was chosen to be opened.
    Opened(PathBuf),
    /// An export that has a place now.
    Place(Box<Export>),
    /// A picture for the form was read: its pixels and the size of its file's picture.
    Photo(End, PathBuf, Result<(ColorImage, Size)>),
    /// The settings in a video that was dropped.
    Settings(Result<Box<Settings>>),
    /// A preview was made larger and smoother.
    Preview(u64, Clip),
    /// A plan whose pictures are kept.
    Planned(Result<Box<Plan>>),
    /// A poster of this record.
    Poster(String, ColorImage),
    /// A frame was written, to be used as the first one.
    Frame(Result<PathBuf>),
    /// A job of an earlier start that was not finished.
    Unfinished(Box<Plan>, usize),
    /// How these LoRAs fit the model in this folder.
    Fit(Vec<Lora>, PathBuf, Fits),
    /// What a video needs of memory.
    Needs(Box<(Matter, Result<Fitted>)>),
    /// This folder was chosen for the videos.
    Videos(PathBuf),
    /// Models were looked for.
    Models(Change, Result<Found>),
    /// Something could not be done.
    Failed(Error),
}

type Work = Box<dyn FnOnce() -> Option<Done> + Send>;

/// The thread's two ends.
pub struct Files {
    work: Sender<Work>,
    done: Receiver<Done>,
    /// For work with a thread of its own.
    extra: Sender<Done>,
    wake: egui::Context,
}

impl Files {
    /// Starts the thread; it wakes `ctx`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(ctx: &egui::Context) -> Result<Self> {
        let (work, inbox) = channel::<Work>();
        let (outbox, done) = channel();
        let extra = outbox.clone();
        let wake = ctx.clone();
        let woken = ctx.clone();
        thread::Builder::new()
            .name("files".into())
            .spawn(move || {
                for work in inbox {
                    if let Some(done) = work() {
                        // Nobody may be listening any more.
                        let _ = outbox.send(done);
                        woken.request_repaint();
                    }
                }
            })
            .map_err(|error| Error::Other(format!("A thread cannot be started: {error}")))?;
        Ok(Self {
            work,
            done,
            extra,
            wake,
        })
    }

    /// What was finished since the last time.
    pub fn done(&self) -> Vec<Done> {
        self.done.try_iter().collect()
    }

    /// Does `work` after what was asked for before.
    pub fn ask(&self, work: impl FnOnce() -> Option<Done> + Send + 'static) {
        // The thread ends only when this end is dropped.
        let _ = self.work.send(Box::new(work));
    }

    /// Waits for what a dialog is answered, and tells what `done` makes of it.
    pub fn wait(
        &self,
        answer: Answer,
        done: impl FnOnce(Option<PathBuf>) -> Option<Done> + Send + 'static,
    ) {
        let (outbox, wake) = (self.extra.clone(), self.wake.clone());
        let waiting = thread::Builder::new().name("dialog".into()).spawn(move || {
            if let Some(done) = done(pollster::block_on(answer)) {
                // Nobody may be listening any more.
                let _ = outbox.send(done);
                wake.request_repaint();
            }
        });
        if let Err(error) = waiting {
            let error = Error::Other(format!("A thread cannot be started: {error}"));
            let _ = self.extra.send(Done::Failed(error));
        }
    }

    /// Reads a picture for the form.
    pub fn photo(&self, end: End, path: PathBuf) {
        self.ask(move || {
            let read = glance(&path);
            Some(Done::Photo(end, path, read))
        });
    }

    /// Reads the settings in a video.
    pub fn settings(&self, path: PathBuf) {
        self.ask(move || Some(Done::Settings(settings(&path).map(Box::new))));
    }

    /// Makes a preview of few pixels larger, without their edges.
    pub fn smooth(&self, id: u64, clip: std::sync::Arc<Clip>) {
        self.ask(move || Some(Done::Preview(id, smooth(&clip))));
    }

    /// Keeps the pictures of a plan, and makes sure that its video has a folder.
    pub fn plan(&self, shelf: &Shelf, mut plan: Box<Plan>) {
        let shelf = shelf.clone();
        self.ask(move || {
            let folder = &shelf.places().videos;
            let planned = std::fs::create_dir_all(folder)
                .map_err(Error::file("create", folder))
                .and_then(|()| shelf.keep_pictures(&mut plan))
                .map(|()| plan);
            Some(Done::Planned(planned))
        });
    }

    /// Reads a poster.
    pub fn poster(&self, id: String, path: PathBuf) {
        self.ask(move || Some(Done::Poster(id, glance(&path).ok()?.0)));
    }

    /// Writes a frame, (height, width, 3), as a picture that a video can begin with.
    pub fn frame(&self, folder: &Path, name: &str, size: Size, rgb: Vec<u8>) {
        let (folder, name) = (folder.to_owned(), format!("{name}.png"));
        self.ask(move || {
            let path = folder.join(name);
            let written = std::fs::create_dir_all(&folder)
                .map_err(Error::file("create", &folder))
                .and_then(|()| photo::save(&path, size, &rgb));
            Some(Done::Frame(written.map(|()| path)))
        });
    }

    /// Looks what an earlier start has left in a run folder.
    pub fn unfinished(&self, folder: PathBuf) {
        self.ask(move || {
            let (plan, step) = saved::unfinished(&folder).ok()?;
            Some(Done::Unfinished(Box::new(plan), step))
        });
    }
}

/// A picture, small enough to be looked at, and the size that it has.
fn glance(path: &Path) -> Result<(ColorImage, Size)> {
    let picture = photo::open(path)?;
    let size = Size::new(picture.width(), picture.height());
    let fits = size.width <= GLANCE.width && size.height <= GLANCE.height;
    let small = if fits {
        picture
    } else {
        let size = size.within(GLANCE, 1);
        image::imageops::thumbnail(&picture, size.width, size.height)
    };
    let (width, height) = (small.width() as usize, small.height() as usize);
    Ok((theme::picture([width, height], small.as_raw()), size))
}

fn settings(path: &Path) -> Result<Settings> {
    let none = || Error::content(path, "is not a video of Zoetrope, so it holds no settings");
    let json = mp4::settings(path)?.ok_or_else(none)?;
    Settings::from_json(&json).map_err(|_| none())
}

/// Enlarged to about the size of the window by a cubic filter.
fn smooth(clip: &Clip) -> Clip {
    const WIDE: u32 = 384;
    let Size { width, height } = clip.size();
    let times = (WIDE / width.max(height).max(1)).clamp(1, 16);
    let size = Size::new(width * times, height * times);
    let filter = image::imageops::FilterType::CatmullRom;
    let larger = clip.frames().flat_map(|frame| {
        let frame = image::RgbImage::from_raw(width, height, frame.to_vec()).unwrap_or_default();
        image::imageops::resize(&frame, size.width, size.height, filter).into_raw()
    });
    Clip::new(size, clip.fps(), larger.collect())
}
