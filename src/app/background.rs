//! Work on files, off the thread that draws: one at a time, in the order in which it was asked for.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use egui::Context;

use super::App;
use super::dialogs::Answer;
use crate::error::{Error, Result};

/// What the window does once some work is done.
pub type Then = Box<dyn FnOnce(&mut App, &Context) + Send>;

type Work = Box<dyn FnOnce() -> Then + Send>;

/// The thread's two ends.
pub struct Files {
    work: Sender<Work>,
    done: Receiver<Then>,
    /// For what waits on a thread of its own.
    extra: Sender<Then>,
    wake: Context,
}

impl Files {
    /// Starts the thread; it wakes `ctx`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(ctx: &Context) -> Result<Self> {
        let (work, inbox) = channel::<Work>();
        let (outbox, done) = channel();
        let extra = outbox.clone();
        let wake = ctx.clone();
        let woken = ctx.clone();
        thread::Builder::new()
            .name("files".into())
            .spawn(move || {
                for work in inbox {
                    // Nobody may be listening any more.
                    let _ = outbox.send(work());
                    woken.request_repaint();
                }
            })
            .map_err(no_thread)?;
        Ok(Self {
            work,
            done,
            extra,
            wake,
        })
    }

    /// What is to be done now, after work that was finished since the last time.
    pub fn done(&self) -> Vec<Then> {
        self.done.try_iter().collect()
    }

    /// Does `work` after what was asked for before, and `then` tells the window what came of it.
    pub fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut App, &Context, T) + Send + 'static,
    ) {
        let work = move || -> Then {
            let made = work();
            Box::new(move |app, ctx| then(app, ctx, made))
        };
        // The thread ends only when this end is dropped.
        let _ = self.work.send(Box::new(work));
    }

    /// Waits for what a dialog is answered, if it is, and tells the window.
    pub fn wait(
        &self,
        answer: Answer,
        then: impl FnOnce(&mut App, &Context, PathBuf) + Send + 'static,
    ) {
        let (outbox, wake) = (self.extra.clone(), self.wake.clone());
        let waiting = thread::Builder::new().name("dialog".into()).spawn(move || {
            if let Some(path) = pollster::block_on(answer) {
                let then: Then = Box::new(move |app, ctx| then(app, ctx, path));
                // Nobody may be listening any more.
                let _ = outbox.send(then);
                wake.request_repaint();
            }
        });
        if let Err(error) = waiting.map_err(no_thread) {
            let _ = self.extra.send(Box::new(move |app, _| app.warn(&error)));
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn no_thread(error: std::io::Error) -> Error {
    Error::Other(format!("A thread cannot be started: {error}"))
}
