//! The *engine* is the one thread that owns MLX. Commands go down to it, events come up; nobody
//! else computes.

pub mod device;
pub mod probe;
pub mod saved;
mod work;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::error::{Error, Result};
use crate::job::{Command, Event};
use crate::pipeline;
use work::{Outbox, perform};

/// The two ends of the engine's channels. Dropping it stops the job at hand and waits for the
/// thread.
#[derive(Debug)]
pub struct Engine {
    /// Jobs go in here and wait for their turn.
    pub commands: Sender<Command>,
    /// What becomes of them comes out here.
    pub events: Receiver<Event>,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread. It calls `wake` after each event that it sends.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(wake: impl Fn() + Send + 'static) -> Result<Self> {
        let (commands, inbox) = unbounded();
        let (outbox, events) = unbounded();
        let outbox = Outbox::new(outbox, wake);
        let closing = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&closing);
        let thread = thread::Builder::new()
            .name("inference".into())
            .spawn(move || run(&inbox, &outbox, &closed))
            .map_err(|error| {
                Error::Other(format!("The inference thread cannot be started: {error}"))
            })?;
        Ok(Self {
            commands,
            events,
            closing,
            thread: Some(thread),
        })
    }
}

/// One job after the other, until told to stop or until nobody is left who could ask for one.
fn run(inbox: &Receiver<Command>, outbox: &Outbox, closed: &AtomicBool) {
    for command in inbox {
        match command {
            Command::Generate(ticket, plan) => {
                perform(&ticket, outbox, closed, |reporter| {
                    pipeline::generate(&plan, reporter)
                });
            }
            Command::Resume(ticket, plan) => {
                perform(&ticket, outbox, closed, |reporter| {
                    pipeline::resume(&plan, reporter)
                });
            }
            Command::Decode(ticket, latents, decoding) => {
                perform(&ticket, outbox, closed, |reporter| {
                    pipeline::decode(&latents, &decoding, reporter)
                });
            }
            Command::Bench(ticket, bench) => {
                let id = ticket.id;
                perform(&ticket, outbox, closed, |reporter| {
                    pipeline::bench(&bench, reporter, |measurement| {
                        outbox.send(Event::Measured { id, measurement });
                    })
                });
            }
            Command::Stop => break,
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        // The thread may have ended already, and then there is nothing to stop.
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
