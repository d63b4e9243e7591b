//! The thread that computes, and the one after it: what the GPU did not finish is done again from what is kept, on a fresh
//! thread, which has a command queue of its own, and in smaller parts.

use crossbeam_channel::Receiver;
use mlx_rs::{Array, memory as mlx_memory};

use super::between::Between;
use super::clock::Clock;
use super::current_job::CurrentJob;
use super::outbox::Outbox;
use super::run_job::{Broken, Telling};
use super::{device, memory};
use crate::backend::metal::Budget;
use crate::backend::thread::hurry;
use crate::error::{Error, Result};
use crate::job::memory::{Fitted, MemoryOptions};
use crate::job::{Command, DeviceFault, Event, GpuFault, JobHandle, Plan, Repeat};
use crate::pipeline::{self, Outcome, Reporter};

/// A job is tried again so often.
const MOST_REPEATS: u32 = 2;

/// What a thread leaves for the next one.
pub struct Again {
    command: Command,
    /// How long the job has worked.
    clock: Clock,
    /// How often the GPU has failed it.
    failed: u32,
    why: GpuFault,
    /// What one dispatch may compute from here on.
    budget: Budget,
}

/// What a thread works with.
#[derive(Clone)]
pub struct Worker {
    pub inbox: Receiver<Command>,
    pub outbox: Outbox,
    pub current_job: std::sync::Arc<CurrentJob>,
    pub between: Between,
}

impl Worker {
    /// Begins with what an earlier thread has left; then one job after the other, until told to stop or until nobody is
    /// left who could ask for one. Something is left where the GPU did not finish a job.
    pub fn run(
        &self,
        again: Option<Again>,
        checkup: Option<impl FnOnce() -> Option<DeviceFault>>,
    ) -> Option<Again> {
        hurry();
        if let Some(fault) = checkup.and_then(|checkup| checkup()) {
            self.outbox.send(Event::Faulty(fault));
        }
        if let Some(again) = again {
            let left = self.repeat(again);
            if left.is_some() {
                return left;
            }
        }
        for command in &self.inbox {
            match command {
                // If MLX does not work, the next job will say so.
                Command::UseProcessor(yes) => drop(device::use_processor(yes)),
                Command::Stop => break,
                job => {
                    let left = self.carry_out(job, None);
                    if left.is_some() {
                        return left;
                    }
                }
            }
        }
        None
    }

    /// Ends a job for which no other thread can be had.
    pub fn give_up(&self, again: &Again) {
        let telling = self.telling(&again.command);
        if let Some(telling) = telling {
            telling.end(crate::job::Problem::Gpu(again.why).into());
        }
    }

    fn repeat(&self, again: Again) -> Option<Again> {
        recover();
        // It fails only where MLX does, and then the job does as well.
        let _ = pipeline::set_budget(again.budget);
        let before = (again.clock, again.failed, again.why);
        self.carry_out(again.command, Some(before))
    }

    /// Carries out a job that failed so often before, if it did, the last time for this reason.
    fn carry_out(&self, job: Command, before: Option<(Clock, u32, GpuFault)>) -> Option<Again> {
        let telling = self.telling(&job)?;
        self.current_job.take(&telling.handle);
        let (clock, failed, short) = match before {
            None => (None, 0, false),
            Some((clock, failed, why)) => {
                telling.again(Repeat::Gpu(why));
                (Some(clock), failed, why == GpuFault::OutOfMemory)
            }
        };
        let broken = match &job {
            Command::Generate(_, plan) => {
                let plan = with_less(plan, short);
                telling.perform(Some(&plan), clock, |reporter| {
                    generate(&plan, &telling, reporter)
                })
            }
            Command::Resume(_, plan) => {
                let plan = with_less(plan, short);
                telling.perform(Some(&plan), clock, |reporter| {
                    resume(&plan, &telling, reporter)
                })
            }
            Command::Decode(_, latents, decoding) => telling.perform(None, clock, |reporter| {
                let (mut decoding, savings, allowance) = memory::fit_decoding(decoding)?;
                if short {
                    decoding.tiles = MemoryOptions::LEAST.tiles;
                }
                telling.outbox.fitted(telling.handle.id, savings, false);
                pipeline::allow(allowance)?;
                pipeline::decode(latents, &decoding, reporter)
            }),
            Command::Bench(_, bench) => telling.perform(None, clock, |reporter| {
                let id = telling.handle.id;
                pipeline::bench(bench, reporter, |measurement| {
                    telling.outbox.send(Event::Measured { id, measurement });
                })
            }),
            Command::Quantize(_, job) => telling.perform(None, clock, |reporter| {
                let id = telling.handle.id;
                pipeline::quantize(job, reporter, |loss| {
                    telling.outbox.send(Event::Quantized { id, loss });
                })
            }),
            Command::UseProcessor(_) | Command::Stop => return None,
        };
        let broken = broken?;
        Self::after(job, broken, failed, &telling)
    }

    /// What becomes of a job that the GPU did not finish.
    fn after(
        job: Command,
        Broken { error, clock }: Broken,
        failed: u32,
        telling: &Telling,
    ) -> Option<Again> {
        let why = error.gpu_fault().unwrap_or(GpuFault::Interrupted);
        log::warn!("the GPU did not finish: {}", raw(&error));
        let is_kept = matches!(error, Error::Unfinished { .. });
        let command = match job {
            Command::Generate(handle, plan) if is_kept => Command::Resume(handle, plan),
            job @ (Command::Generate(..) | Command::Resume(..) | Command::Decode(..)) => job,
            // What is measured once it went wrong would be something else.
            _ => {
                telling.end(error);
                return None;
            }
        };
        if failed >= MOST_REPEATS || !why.is_worth_repeating() || telling.handle.is_cancelled() {
            telling.end(error);
            return None;
        }
        let budget = pipeline::budget().unwrap_or_else(|_| Budget::starting(true));
        Some(Again {
            command,
            clock,
            failed: failed + 1,
            why,
            budget: budget.quartered(),
        })
    }

    fn telling(&self, job: &Command) -> Option<Telling> {
        let handle: &JobHandle = match job {
            Command::Generate(handle, _)
            | Command::Resume(handle, _)
            | Command::Decode(handle, ..)
            | Command::Bench(handle, _)
            | Command::Quantize(handle, _) => handle,
            Command::UseProcessor(_) | Command::Stop => return None,
        };
        Some(Telling {
            handle: handle.clone(),
            outbox: self.outbox.clone(),
            between: self.between.clone(),
        })
    }
}

fn generate(plan: &Plan, telling: &Telling, reporter: &mut Reporter) -> Result<Outcome> {
    let (Fitted { plan, savings, .. }, allowance) = memory::fit_allowed(plan)?;
    telling.outbox.fitted(telling.handle.id, savings, false);
    pipeline::allow(allowance)?;
    pipeline::generate(&plan, reporter)
}

fn resume(plan: &Plan, telling: &Telling, reporter: &mut Reporter) -> Result<Outcome> {
    let inputs = pipeline::saved::check_inputs(plan);
    let fitted = inputs.and_then(|()| memory::fit_rest(plan));
    let (Fitted { plan, savings, .. }, allowance) =
        fitted.map_err(|why| pipeline::saved::still_kept(plan, why))?;
    telling.outbox.fitted(telling.handle.id, savings, true);
    pipeline::allow(allowance)?;
    pipeline::resume(&plan, reporter)
}

/// The plan as it is carried out after memory ran `short`.
fn with_less(plan: &Plan, short: bool) -> Plan {
    let mut plan = plan.clone();
    if short {
        plan.thrift = MemoryOptions::LEAST;
    }
    plan
}

/// What was in flight when the GPU failed may tell its error to whoever comes next: better to nobody than to a job.
fn recover() {
    let nothing = Array::from_f32(0.0).add(Array::from_f32(0.0));
    let _ = nothing.and_then(|nothing| nothing.eval());
    let _ = mlx_memory::clear_cache();
}

/// What MLX says, for the log.
fn raw(error: &Error) -> String {
    match error {
        Error::Mlx(error) => error.what().to_owned(),
        Error::Unfinished { why, .. } => raw(why),
        error => error.to_string(),
    }
}
