//! The *engine* is the one thread that owns MLX. Commands go down to it, events come up; nobody
//! else computes.

pub mod checkup;
mod clock;
mod desk;
pub mod device;
pub mod memory;
pub mod metal;
mod outbox;
pub mod probe;
pub mod saved;
mod work;

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::error::{Error, Result};
use crate::job::memory::Fitted;
use crate::job::{Command, Event, Fault};
use crate::pipeline;
use desk::Desk;
use outbox::Outbox;
use work::perform;

/// The two ends of the engine's channels. Dropping it stops the job at hand and waits for the
/// thread.
#[derive(Debug)]
pub struct Engine {
    /// Jobs go in here and wait for their turn.
    pub commands: Sender<Command>,
    /// What becomes of them comes out here.
    pub events: Receiver<Event>,
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread, which looks first whether this machine computes as it should. It calls `wake`
    /// after each event that it sends.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(wake: impl Fn() + Send + 'static) -> Result<Self> {
        Self::start_after(checkup::fault, wake)
    }

    /// [`start`](Self::start) with another `checkup`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start_after(
        checkup: impl FnOnce() -> Option<Fault> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        let (commands, inbox) = unbounded();
        let (outbox, events) = unbounded();
        let outbox = Outbox::new(outbox, wake);
        let desk = Arc::new(Desk::default());
        let at_desk = Arc::clone(&desk);
        let thread = thread::Builder::new()
            .name("inference".into())
            .spawn(move || {
                if let Some(fault) = checkup() {
                    outbox.send(Event::Faulty(fault));
                }
                run(&inbox, &outbox, &at_desk);
            })
            .map_err(|error| {
                Error::Other(format!("The inference thread cannot be started: {error}"))
            })?;
        Ok(Self {
            commands,
            events,
            desk,
            thread: Some(thread),
        })
    }
}

/// One job after the other, until told to stop or until nobody is left who could ask for one.
fn run(inbox: &Receiver<Command>, outbox: &Outbox, desk: &Desk) {
    for command in inbox {
        match command {
            // If MLX does not work, the next job will say so.
            Command::UseProcessor(yes) => drop(device::use_processor(yes)),
            Command::Stop => break,
            job => carry_out(job, outbox, desk),
        }
    }
}

fn carry_out(job: Command, outbox: &Outbox, desk: &Desk) {
    match job {
        Command::Generate(ticket, plan) => {
            desk.take(&ticket);
            perform(&ticket, outbox, Some(&plan), |reporter| {
                let Fitted { plan, savings, .. } = memory::fit(&plan)?;
                outbox.fitted(ticket.id, savings, false);
                pipeline::generate(&plan, reporter)
            });
        }
        Command::Resume(ticket, plan) => {
            desk.take(&ticket);
            perform(&ticket, outbox, Some(&plan), |reporter| {
                let model = pipeline::saved::check_model(&plan);
                let fitted = model.and_then(|()| memory::fit_rest(&plan));
                let Fitted { plan, savings, .. } =
                    fitted.map_err(|why| pipeline::saved::still_kept(&plan, why))?;
                outbox.fitted(ticket.id, savings, true);
                pipeline::resume(&plan, reporter)
            });
        }
        Command::Decode(ticket, latents, decoding) => {
            desk.take(&ticket);
            perform(&ticket, outbox, None, |reporter| {
                let (decoding, savings) = memory::fit_decoding(&decoding)?;
                outbox.fitted(ticket.id, savings, false);
                pipeline::decode(&latents, &decoding, reporter)
            });
        }
        Command::Bench(ticket, bench) => {
            desk.take(&ticket);
            perform(&ticket, outbox, None, |reporter| {
                pipeline::bench(&bench, reporter, |measurement| {
                    outbox.send(Event::Measured {
                        id: ticket.id,
                        measurement,
                    });
                })
            });
        }
        Command::Quantize(ticket, job) => {
            desk.take(&ticket);
            perform(&ticket, outbox, None, |reporter| {
                pipeline::quantize(&job, reporter, |loss| {
                    outbox.send(Event::Packed {
                        id: ticket.id,
                        loss,
                    });
                })
            });
        }
        Command::UseProcessor(_) | Command::Stop => {}
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.desk.close();
        // The thread may have ended already, and then there is nothing to stop.
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
