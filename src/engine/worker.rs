//! The thread that computes, and the one after it: what the GPU did not finish is done again from what is kept, on a fresh
//! thread, which has a command queue of its own, and in smaller parts.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use crossbeam_channel::{Receiver, RecvTimeoutError};
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
use crate::job::memory::{Allowance, Fitted, MemoryOptions};
use crate::job::{Command, DeviceFault, Event, GpuFault, JobHandle, Plan, Repeat};
use crate::pipeline::{self, Outcome, Reporter, kept};

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
    pub current_job: Arc<CurrentJob>,
    pub between: Between,
    /// How long networks are kept without a job, if they are.
    pub keeps: Arc<Mutex<Option<Duration>>>,
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
        let mut told = 0;
        while let Some(command) = self.next(&mut told) {
            match command {
                // If MLX does not work, the next job will say so.
                Command::UseProcessor(yes) => drop(device::use_processor(yes)),
                Command::Keep(keeps) => self.keep(keeps),
                Command::LetGo => kept::let_go(),
                Command::Stop => break,
                job => {
                    let left = self.carry_out(job, None);
                    if left.is_some() {
                        return left;
                    }
                }
            }
            self.tell_kept(&mut told);
        }
        None
    }

    /// What is asked for next; none when nobody can ask any more. While nothing is, what is kept goes when its time is up.
    fn next(&self, told: &mut u64) -> Option<Command> {
        let keeps = *self.keeps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keeps) = keeps.filter(|_| kept::own_bytes() > 0) {
            match self.inbox.recv_deadline(Instant::now() + keeps) {
                Ok(command) => return Some(command),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    kept::let_go();
                    self.tell_kept(told);
                }
            }
        }
        self.inbox.recv().ok()
    }

    fn keep(&self, keeps: Option<Duration>) {
        *self.keeps.lock().unwrap_or_else(PoisonError::into_inner) = keeps;
        if keeps.is_none() {
            kept::let_go();
        }
    }

    /// Whether networks are kept.
    fn keeps(&self) -> bool {
        let keeps = self.keeps.lock().unwrap_or_else(PoisonError::into_inner);
        keeps.is_some()
    }

    /// Tells how much is kept, if that is news.
    fn tell_kept(&self, told: &mut u64) {
        let bytes = kept::own_bytes();
        if *told != bytes {
            *told = bytes;
            self.outbox.send(Event::Kept(bytes));
        }
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
                    self.generate(&plan, &telling, reporter)
                })
            }
            Command::Resume(_, plan) => {
                let plan = with_less(plan, short);
                telling.perform(Some(&plan), clock, |reporter| {
                    self.resume(&plan, &telling, reporter)
                })
            }
            Command::Decode(_, latents, decoding) => telling.perform(None, clock, |reporter| {
                let (mut decoding, savings, allowance) = memory::fit_decoding(decoding)?;
                if short {
                    decoding.tiles = MemoryOptions::LEAST.tiles;
                }
                telling.outbox.fitted(telling.handle.id, savings, false);
                pipeline::allow(allowance)?;
                let rooms = self.keeps().then(|| memory::rooms_beside(&decoding));
                kept::begin(rooms.transpose()?);
                pipeline::decode(latents, &decoding, reporter)
            }),
            Command::Bench(_, bench) => telling.perform(None, clock, |reporter| {
                let id = telling.handle.id;
                kept::let_go();
                pipeline::bench(bench, reporter, |measurement| {
                    telling.outbox.send(Event::Measured { id, measurement });
                })
            }),
            Command::Quantize(_, job) => telling.perform(None, clock, |reporter| {
                let id = telling.handle.id;
                kept::let_go();
                pipeline::quantize(job, reporter, |loss| {
                    telling.outbox.send(Event::Quantized { id, loss });
                })
            }),
            Command::Help(_, help) => telling.perform(None, clock, |_| {
                let folder = TempFolder::new();
                pipeline::help(help, &folder.0, &|plan| {
                    let limits = help.limits.or(plan.limits);
                    let plan = Plan {
                        limits,
                        ..plan.clone()
                    };
                    let (fitted, allowance) = memory::fit_allowed(&plan)?;
                    pipeline::allow(allowance)?;
                    Ok(fitted.plan)
                })
            }),
            Command::UseProcessor(_) | Command::Keep(_) | Command::LetGo | Command::Stop => {
                return None;
            }
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
        if pipeline::works_in_team() {
            telling.end(error); // the others are in the middle of what failed here
            return None;
        }
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

    fn generate(&self, plan: &Plan, telling: &Telling, reporter: &mut Reporter) -> Result<Outcome> {
        let (fitted, allowance) = memory::fit_allowed(plan)?;
        self.begin(fitted, allowance, telling, false)
            .and_then(|plan| pipeline::generate(&plan, reporter))
    }

    fn resume(&self, plan: &Plan, telling: &Telling, reporter: &mut Reporter) -> Result<Outcome> {
        let inputs = pipeline::saved::check_inputs(plan);
        let fitted = inputs.and_then(|()| memory::fit_rest(plan));
        let (fitted, allowance) = fitted.map_err(|why| pipeline::saved::still_kept(plan, why))?;
        self.begin(fitted, allowance, telling, true)
            .and_then(|plan| pipeline::resume(&plan, reporter))
    }

    /// Tells what was saved, and makes room.
    fn begin(
        &self,
        fitted: Fitted,
        allowance: Allowance,
        telling: &Telling,
        midway: bool,
    ) -> Result<Plan> {
        pipeline::allow(allowance)?;
        let rooms = self.keeps().then(|| memory::rooms(&fitted));
        kept::begin(rooms.transpose()?);
        let Fitted { plan, savings, .. } = fitted;
        telling.outbox.fitted(telling.handle.id, savings, midway);
        Ok(plan)
    }

    fn telling(&self, job: &Command) -> Option<Telling> {
        let handle: &JobHandle = match job {
            Command::Generate(handle, _)
            | Command::Resume(handle, _)
            | Command::Decode(handle, ..)
            | Command::Bench(handle, _)
            | Command::Quantize(handle, _)
            | Command::Help(handle, _) => handle,
            Command::UseProcessor(_) | Command::Keep(_) | Command::LetGo | Command::Stop => {
                return None;
            }
        };
        Some(Telling {
            handle: handle.clone(),
            outbox: self.outbox.clone(),
            between: self.between.clone(),
        })
    }
}

/// A folder that goes when this does.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> Self {
        Self(env::temp_dir().join(format!("zoetrope-help-{}", process::id())))
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
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
