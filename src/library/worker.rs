//! The *worker* is the one thread that works at the library, so that a window never waits for a disk and
//! changes arrive in the order in which they were made.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use super::Library;
use crate::error::{Error, Result};
use crate::job::{Estimates, Plan, Problem, Record};
use crate::media::json;

/// What the worker is asked for.
#[derive(Debug)]
pub enum LibraryCommand {
    /// Read everything.
    Read,
    /// Put a finished video on the library.
    Add(Box<Record>),
    /// Keep what was changed in a record.
    Save(Box<Record>),
    /// Take a video off the library and its file to the Trash.
    Remove(Box<Record>),
    /// Take the run folder of an unfinished video to the Trash.
    Discard {
        /// The folder.
        folder: PathBuf,
        /// Whether a job of this process may still be in it, which is about to end with the process.
        in_use: bool,
    },
    /// Keep what was learnt of this machine's speed.
    Learn(Box<Estimates>),
    /// Keep the jobs that wait, the next one first.
    Wait(Vec<Plan>),
    /// Write something else that is to be kept to this file.
    Write(PathBuf, Value),
}

/// Everything that stands on the library.
#[derive(Debug)]
pub struct Contents {
    /// The finished videos, newest first.
    pub records: Vec<Record>,
    /// The folders of unfinished ones, newest first.
    pub unfinished: Vec<PathBuf>,
    /// The jobs that were not begun, the next one first.
    pub waiting: Vec<Plan>,
}

/// What the worker has to say.
#[derive(Debug)]
pub enum LibraryEvent {
    /// Everything was read.
    Read(Contents),
    /// A finished video now stands there, with its poster.
    Added(Box<Record>),
    /// A video could not be taken to the Trash, and is where it was.
    Unremoved(Box<Record>, Problem),
    /// The run folder of an unfinished video could not be taken away.
    Undiscarded(PathBuf, Problem),
    /// Something could not be done.
    Failed(Problem),
}

/// The two ends of the worker's channels. Dropped, it finishes what it was asked for.
#[derive(Debug)]
pub struct LibraryWorker {
    /// Taken when it is dropped, which ends the thread.
    commands: Option<Sender<LibraryCommand>>,
    thread: Option<JoinHandle<()>>,
    /// What comes of the commands.
    pub events: Receiver<LibraryEvent>,
}

impl LibraryWorker {
    /// Starts the thread. It calls `wake` after each piece of events; `discard` takes a file to the
    /// Trash.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(
        library: Library,
        discard: impl Fn(&Path) -> Result<()> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        let (commands, inbox) = channel();
        let (outbox, events) = channel();
        let thread = thread::Builder::new()
            .name("library".into())
            .spawn(move || {
                for command in inbox {
                    if let Some(events) = run(&library, &discard, command) {
                        // It goes on when nobody listens any more: what was asked for is done.
                        let _ = outbox.send(events);
                        wake();
                    }
                }
            })
            .map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
            events,
        })
    }

    /// Finishes what it was asked for, and does nothing more.
    pub fn close(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // It has nobody to tell what went wrong in it.
            let _ = thread.join();
        }
    }

    /// Asks for something; it is done after what was asked for before.
    pub fn ask(&self, command: LibraryCommand) {
        if let Some(commands) = &self.commands {
            // The thread ends only when this end is dropped.
            let _ = commands.send(command);
        }
    }
}

impl Drop for LibraryWorker {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(
    library: &Library,
    discard: &dyn Fn(&Path) -> Result<()>,
    command: LibraryCommand,
) -> Option<LibraryEvent> {
    let result = match command {
        LibraryCommand::Read => library.records().map(|records| {
            Some(LibraryEvent::Read(Contents {
                records,
                unfinished: library.unfinished(),
                waiting: library.waiting(),
            }))
        }),
        LibraryCommand::Add(record) => library
            .add(*record)
            .map(|record| Some(LibraryEvent::Added(Box::new(record)))),
        LibraryCommand::Save(record) => library.save(&record).map(|()| None),
        LibraryCommand::Remove(record) => {
            let removed = library.remove(&record, discard);
            Ok(removed
                .err()
                .map(|why| LibraryEvent::Unremoved(record, why.problem())))
        }
        LibraryCommand::Discard { folder, in_use } => {
            let discarded = library.discard_unfinished(&folder, in_use, discard);
            Ok(discarded
                .err()
                .map(|why| LibraryEvent::Undiscarded(folder, why.problem())))
        }
        LibraryCommand::Learn(estimates) => library.save_estimates(&estimates).map(|()| None),
        LibraryCommand::Wait(plans) => library.keep_waiting(&plans).map(|()| None),
        LibraryCommand::Write(path, value) => json::write(&path, &value).map(|()| None),
    };
    result.unwrap_or_else(|error| Some(LibraryEvent::Failed(error.problem())))
}
