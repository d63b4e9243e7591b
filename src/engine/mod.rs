//! The *engine* is the one thread that owns MLX. Commands go down to it, events come up; nobody
//! else computes.

mod clock;
mod current_job;
pub mod device;
pub mod exit;
pub mod memory;
pub mod metal;
mod outbox;
pub mod outlook;
pub mod probe;
mod run_job;
pub mod self_test;

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::error::{Error, Result};
use crate::job::memory::Fitted;
use crate::job::{Command, DeviceFault, Event, Problem};
use crate::pipeline;
pub use crate::pipeline::planned_passes;
use current_job::CurrentJob;
use outbox::Outbox;
use run_job::perform;

pub use crate::pipeline::{CutPrompt, cut_prompts, saved};

/// The two ends of the engine's channels. Dropping it stops the job at hand and waits for the
/// thread.
#[derive(Debug)]
pub struct Engine {
    /// Jobs go in here and wait for their turn.
    pub commands: Sender<Command>,
    /// What becomes of them comes out here.
    pub events: Receiver<Event>,
    current_job: Arc<CurrentJob>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread, which looks first whether this machine computes as it should. It calls `wake`
    /// after each event that it sends.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(wake: impl Fn() + Send + 'static) -> Result<Self> {
        Self::start_after(self_test::fault, wake)
    }

    /// [`start`](Self::start) with another `checkup`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start_after(
        checkup: impl FnOnce() -> Option<DeviceFault> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        let (commands, inbox) = unbounded();
        let (outbox, events) = unbounded();
        let outbox = Outbox::new(outbox, wake);
        let current_job = Arc::new(CurrentJob::default());
        let current = Arc::clone(&current_job);
        let thread = thread::Builder::new()
            .name("inference".into())
            .spawn(move || {
                if let Some(fault) = checkup() {
                    outbox.send(Event::Faulty(fault));
                }
                run(&inbox, &outbox, &current);
            })
            .map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
        Ok(Self {
            commands,
            events,
            current_job,
            thread: Some(thread),
        })
    }
}

impl Engine {
    /// Asks the job at hand to stop and all that come after it not to begin, waits so long for the thread to end, and
    /// tells whether it has. What it had to say until then is among its events.
    ///
    /// MLX cannot be interrupted in a step. Whoever cannot wait for its end leaves by [`exit::leave_at_once`].
    pub fn stop(&self, patience: Duration) -> bool {
        self.current_job.close();
        // The thread may have ended already, and then there is nothing to stop.
        let _ = self.commands.send(Command::Stop);
        let start = Instant::now();
        let has_ended = || self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        while !has_ended() && start.elapsed() < patience {
            thread::sleep(Duration::from_millis(5));
        }
        has_ended()
    }
}

/// One job after the other, until told to stop or until nobody is left who could ask for one.
fn run(inbox: &Receiver<Command>, outbox: &Outbox, current_job: &CurrentJob) {
    for command in inbox {
        match command {
            // If MLX does not work, the next job will say so.
            Command::UseProcessor(yes) => drop(device::use_processor(yes)),
            Command::Stop => break,
            job => carry_out(job, outbox, current_job),
        }
    }
}

fn carry_out(job: Command, outbox: &Outbox, current_job: &CurrentJob) {
    match job {
        Command::Generate(handle, plan) => {
            current_job.take(&handle);
            perform(&handle, outbox, Some(&plan), |reporter| {
                let Fitted { plan, savings, .. } = memory::fit(&plan)?;
                outbox.fitted(handle.id, savings, false);
                pipeline::generate(&plan, reporter)
            });
        }
        Command::Resume(handle, plan) => {
            current_job.take(&handle);
            perform(&handle, outbox, Some(&plan), |reporter| {
                let inputs = pipeline::saved::check_inputs(&plan);
                let fitted = inputs.and_then(|()| memory::fit_rest(&plan));
                let Fitted { plan, savings, .. } =
                    fitted.map_err(|why| pipeline::saved::still_kept(&plan, why))?;
                outbox.fitted(handle.id, savings, true);
                pipeline::resume(&plan, reporter)
            });
        }
        Command::Decode(handle, latents, decoding) => {
            current_job.take(&handle);
            perform(&handle, outbox, None, |reporter| {
                let (decoding, savings) = memory::fit_decoding(&decoding)?;
                outbox.fitted(handle.id, savings, false);
                pipeline::decode(&latents, &decoding, reporter)
            });
        }
        Command::Bench(handle, bench) => {
            current_job.take(&handle);
            perform(&handle, outbox, None, |reporter| {
                pipeline::bench(&bench, reporter, |measurement| {
                    outbox.send(Event::Measured {
                        id: handle.id,
                        measurement,
                    });
                })
            });
        }
        Command::Quantize(handle, job) => {
            current_job.take(&handle);
            perform(&handle, outbox, None, |reporter| {
                pipeline::quantize(&job, reporter, |loss| {
                    outbox.send(Event::Quantized {
                        id: handle.id,
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
        self.current_job.close();
        // The thread may have ended already, and then there is nothing to stop.
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic in it is in the log already.
            let _ = thread.join();
        }
    }
}
