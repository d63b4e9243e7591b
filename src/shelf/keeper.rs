//! The *keeper* is the one thread that works at the shelf, so that a window never waits for a disk and
//! changes arrive in the order in which they were made.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use super::Shelf;
use crate::error::{Error, Result};
use crate::job::{Estimates, Plan, Record};
use crate::media::json;

/// What the keeper is asked for.
#[derive(Debug)]
pub enum Errand {
    /// Read everything.
    Read,
    /// Put a finished video on the shelf.
    Add(Box<Record>),
    /// Keep what was changed in a record.
    Save(Box<Record>),
    /// Take a video off the shelf and its file to the Trash.
    Remove(Box<Record>),
    /// Keep what was learnt of this machine's speed.
    Learn(Box<Estimates>),
    /// Keep the jobs that wait, the next one first.
    Wait(Vec<Plan>),
    /// Write something else that is to be kept to this file.
    Write(PathBuf, Value),
}

/// Everything that stands on the shelf.
#[derive(Debug)]
pub struct Contents {
    /// The finished videos, newest first.
    pub records: Vec<Record>,
    /// The folders of unfinished ones, newest first.
    pub unfinished: Vec<PathBuf>,
    /// The jobs that were not begun, the next one first.
    pub waiting: Vec<Plan>,
}

/// What the keeper has to say.
#[derive(Debug)]
pub enum News {
    /// Everything was read.
    Read(Contents),
    /// A finished video now stands there, with its poster.
    Added(Box<Record>),
    /// The video of this name is gone.
    Removed(String),
    /// Something could not be done; a sentence for the user.
    Failed(String),
}

/// The two ends of the keeper's channels. Dropped, it finishes what it was asked for.
#[derive(Debug)]
pub struct Keeper {
    /// Taken when it is dropped, which ends the thread.
    errands: Option<Sender<Errand>>,
    thread: Option<JoinHandle<()>>,
    /// What comes of the errands.
    pub news: Receiver<News>,
}

impl Keeper {
    /// Starts the thread. It calls `wake` after each piece of news; `discard` takes a file to the
    /// Trash.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(
        shelf: Shelf,
        discard: impl Fn(&Path) -> Result<()> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        let (errands, inbox) = channel();
        let (outbox, news) = channel();
        let thread = thread::Builder::new()
            .name("shelf".into())
            .spawn(move || {
                for errand in inbox {
                    if let Some(news) = run(&shelf, &discard, errand) {
                        // It goes on when nobody listens any more: what was asked for is done.
                        let _ = outbox.send(news);
                        wake();
                    }
                }
            })
            .map_err(|error| Error::Other(format!("A thread cannot be started: {error}")))?;
        Ok(Self {
            errands: Some(errands),
            thread: Some(thread),
            news,
        })
    }

    /// Asks for something; it is done after what was asked for before.
    pub fn ask(&self, errand: Errand) {
        if let Some(errands) = &self.errands {
            // The thread ends only when this end is dropped.
            let _ = errands.send(errand);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.errands = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(shelf: &Shelf, discard: &dyn Fn(&Path) -> Result<()>, errand: Errand) -> Option<News> {
    let result = match errand {
        Errand::Read => shelf.records().map(|records| {
            Some(News::Read(Contents {
                records,
                unfinished: shelf.unfinished(),
                waiting: shelf.waiting(),
            }))
        }),
        Errand::Add(record) => shelf
            .add(*record)
            .map(|record| Some(News::Added(Box::new(record)))),
        Errand::Save(record) => shelf.save(&record).map(|()| None),
        Errand::Remove(record) => shelf
            .remove(&record, discard)
            .map(|()| Some(News::Removed(record.id))),
        Errand::Learn(estimates) => shelf.save_estimates(&estimates).map(|()| None),
        Errand::Wait(plans) => shelf.keep_waiting(&plans).map(|()| None),
        Errand::Write(path, value) => json::write(&path, &value).map(|()| None),
    };
    result.unwrap_or_else(|error| Some(News::Failed(error.to_string())))
}
