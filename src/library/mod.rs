//! The *library* is where finished videos stand: a record of each, its poster, and the pictures that it
//! began with. Everything is a file of its own, written under a temporary name and renamed when it is
//! whole, so that a crash loses at most the change at hand and two programs do not disturb each other.

mod dirs;
mod names;
mod pictures;
mod poster;
mod records;
mod search;
mod unfinished;
mod waiting;
mod worker;

pub use dirs::Dirs;
pub use search::Search;
pub use worker::{Contents, LibraryCommand, LibraryEvent, LibraryWorker};

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::job::{Decode, Estimates, Plan, Record};
use crate::media::json;

/// The library of one user. It holds nothing in memory: the records that it gives out are theirs who
/// have asked.
#[derive(Clone, Debug)]
pub struct Library {
    places: Dirs,
}

impl Library {
    /// The library in these places, which need not exist yet.
    pub fn new(places: Dirs) -> Self {
        Self { places }
    }

    /// From here on videos go to `folder`.
    pub fn move_videos(&mut self, folder: &Path) {
        self.places.move_videos(folder);
    }

    /// Where its files are.
    pub fn places(&self) -> &Dirs {
        &self.places
    }

    /// All records, newest first. What is damaged is left where it is, and out.
    ///
    /// # Errors
    /// The folder is there and cannot be read.
    pub fn records(&self) -> Result<Vec<Record>> {
        records::read_all(&self.places.records())
    }

    /// Puts a finished video on the library, with a poster if one can be made of it.
    ///
    /// # Errors
    /// The record cannot be written; the video is where it was.
    pub fn add(&self, record: Record) -> Result<Record> {
        let mut record = records::add(&self.places.records(), record)?;
        // A record without a poster is better than none.
        record.poster = poster::make(&record, &self.places.records())
            .inspect_err(|error| log::warn!("A video has no poster: {error}"))
            .ok();
        Ok(record)
    }

    /// Keeps what was changed in a record.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, record: &Record) -> Result<()> {
        records::change(&self.places.records(), record)
    }

    /// Takes a video off the library. `discard` takes the video itself away, to where it can be got back
    /// from; only then the record goes.
    ///
    /// # Errors
    /// The video or the record cannot be taken away.
    pub fn remove(&self, record: &Record, discard: impl Fn(&Path) -> Result<()>) -> Result<()> {
        if record.file.exists() {
            discard(&record.file)?;
        }
        if record.settings.speedups.decode == Decode::Draft {
            unfinished::discard_draft(&record.file, &discard)?;
        }
        records::remove(&self.places.records(), record)
    }

    /// Copies the pictures of a plan to the library and has the plan name these, so that its settings
    /// can be restored when the originals are gone.
    ///
    /// # Errors
    /// A picture cannot be read, or its copy not be written.
    pub fn keep_pictures(&self, plan: &mut Plan) -> Result<()> {
        pictures::keep(&self.places.pictures(), plan)
    }

    /// The folders of unfinished videos among the finished ones, the newest first.
    pub fn unfinished(&self) -> Vec<PathBuf> {
        let Dirs {
            videos, earlier, ..
        } = &self.places;
        unfinished::find(earlier.iter().chain([videos]))
    }

    /// Takes an unfinished video away: `discard` gets its run folder, if there is one, also where it is `in_use`.
    ///
    /// # Errors
    /// A process works in the folder and it is not known to be `in_use`, it is none of ours, or it cannot be taken away. Then it stays.
    pub fn discard_unfinished(
        &self,
        folder: &Path,
        in_use: bool,
        discard: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<()> {
        unfinished::discard(folder, in_use, discard)
    }

    /// The jobs that were kept and not begun since, the next one first.
    pub fn waiting(&self) -> Vec<Plan> {
        waiting::read(&self.places.waiting())
    }

    /// Keeps the jobs that wait, in place of those that did before.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn keep_waiting(&self, plans: &[Plan]) -> Result<()> {
        waiting::write(&self.places.waiting(), plans)
    }

    /// What was learnt of this machine's speed; nothing if that cannot be read.
    pub fn estimates(&self) -> Estimates {
        json::read_by_field(&self.places.estimates())
    }

    /// Keeps what was learnt.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save_estimates(&self, estimates: &Estimates) -> Result<()> {
        json::write(&self.places.estimates(), estimates)
    }
}
