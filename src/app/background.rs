//! Work on files, off the thread that draws.
//!
//! Three threads do it, so that nothing that somebody waits for stands behind what can take its time: a folder on a slow
//! disk, or a hundred posters. Each does one thing at a time, in the order in which it was asked for.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use egui::Context;

use super::App;
use super::dialogs::Answer;
use crate::error::{Error, Result};
use crate::job::Problem;

/// Nobody closes a dialog as fast: where there is neither a desktop portal nor zenity, none was opened.
const AT_ONCE: Duration = Duration::from_millis(150);

/// What the window does once some work is done.
pub type Then = Box<dyn FnOnce(&mut App, &Context) + Send>;

type Work = Box<dyn FnOnce() -> Then + Send>;

/// The threads' two ends.
pub struct Files {
    /// For what somebody has asked for: a job, a picture, settings.
    asked: Sender<Work>,
    /// For what is nice to see: posters, previews.
    seen: Sender<Work>,
    /// For what looks through folders and headers: models, LoRAs, the memory that a video needs.
    scans: Sender<Work>,
    done: Receiver<Then>,
    /// For what waits on a thread of its own.
    extra: Sender<Then>,
    /// The dialogs that are open.
    dialogs: Arc<AtomicUsize>,
    wake: Context,
}

impl Files {
    /// Starts the threads; they wake `ctx`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(ctx: &Context) -> Result<Self> {
        let (extra, done) = channel();
        Ok(Self {
            asked: thread("files", &extra, ctx)?,
            seen: thread("posters", &extra, ctx)?,
            scans: thread("scans", &extra, ctx)?,
            done,
            extra,
            dialogs: Arc::default(),
            wake: ctx.clone(),
        })
    }

    /// What is to be done now, after work that was finished since the last time.
    pub fn done(&self) -> Vec<Then> {
        self.done.try_iter().collect()
    }

    /// What is to be done after everything that somebody has asked for so far, as much of it as is finished within
    /// `patience`.
    pub fn last(&self, patience: Duration) -> Vec<Then> {
        let (tell, told) = channel();
        let last = move || {
            // The other end is gone where it has taken too long.
            let _ = tell.send(());
        };
        self.ask(last, |_, _, ()| ());
        let _ = told.recv_timeout(patience);
        self.done()
    }

    /// The window that the threads wake.
    pub fn context(&self) -> Context {
        self.wake.clone()
    }

    /// Does `work` that somebody waits for, and `then` tells the window what came of it.
    pub fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut App, &Context, T) + Send + 'static,
    ) {
        // The threads end only when these ends are dropped.
        let _ = self.asked.send(whole(work, then));
    }

    /// The same for something that is only looked at.
    pub fn ask_to_see<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut App, &Context, T) + Send + 'static,
    ) {
        let _ = self.seen.send(whole(work, then));
    }

    /// The same for something that looks through folders or headers.
    pub fn scan<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut App, &Context, T) + Send + 'static,
    ) {
        let _ = self.scans.send(whole(work, then));
    }

    /// Whether a dialog of the system is open.
    pub fn has_dialog(&self) -> bool {
        self.dialogs.load(Ordering::Relaxed) > 0
    }

    /// Waits for what a dialog is answered, if it is, and tells the window.
    pub fn wait(
        &self,
        answer: Answer,
        then: impl FnOnce(&mut App, &Context, PathBuf) + Send + 'static,
    ) {
        let (outbox, wake) = (self.extra.clone(), self.wake.clone());
        let dialogs = Arc::clone(&self.dialogs);
        let waiting = thread::Builder::new().name("dialog".into()).spawn(move || {
            let start = Instant::now();
            dialogs.fetch_add(1, Ordering::Relaxed);
            let answer = pollster::block_on(answer);
            dialogs.fetch_sub(1, Ordering::Relaxed);
            // What the menu offers has changed, whatever the answer.
            wake.request_repaint();
            let then: Then = match answer {
                Some(path) => Box::new(move |app: &mut App, ctx: &Context| then(app, ctx, path)),
                None if cfg!(target_os = "linux") && start.elapsed() < AT_ONCE => {
                    Box::new(|app: &mut App, _: &Context| {
                        app.tell(app.words().notices.no_dialog, true);
                    })
                }
                None => return,
            };
            // Nobody may be listening any more.
            let _ = outbox.send(then);
            wake.request_repaint();
        });
        if let Err(error) = waiting.map_err(no_thread) {
            // Both ends are in this struct.
            let _ = self.extra.send(Box::new(move |app, _| app.warn(&error)));
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn no_thread(error: std::io::Error) -> Error {
    Error::from(Problem::NoThread(error.to_string()))
}

fn whole<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    then: impl FnOnce(&mut App, &Context, T) + Send + 'static,
) -> Work {
    Box::new(move || -> Then {
        let made = work();
        Box::new(move |app, ctx| then(app, ctx, made))
    })
}

/// A thread that does what comes in, and tells `outbox`.
fn thread(name: &str, outbox: &Sender<Then>, wake: &Context) -> Result<Sender<Work>> {
    let (work, inbox) = channel::<Work>();
    let (outbox, wake) = (outbox.clone(), wake.clone());
    thread::Builder::new()
        .name(name.into())
        .spawn(move || {
            for work in inbox {
                // Nobody may be listening any more.
                let _ = outbox.send(work());
                wake.request_repaint();
            }
        })
        .map_err(no_thread)?;
    Ok(work)
}
