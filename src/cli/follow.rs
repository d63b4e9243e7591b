//! One job, given to the engine and shown until it ends.

use std::mem;
use std::path::Path;

use crossbeam_channel::RecvTimeoutError;

use super::lookout::{LOOK, Lookout};
use super::progress::ProgressSink;
use super::together::Together;
use super::{interrupt, say};
use crate::engine::{Engine, saved};
use crate::error::{Error, Result};
use crate::job::memory::Saving;
use crate::job::{Command, DeviceFault, Event, JobHandle, Passes, ResumePoint, Timings};
use crate::platform::Awake;
use crate::words::english;

/// What a job took.
#[derive(Default)]
pub struct Taken {
    /// Of each stage, where the job was that of a plan.
    pub timings: Option<Timings>,
    /// What it saved to fit into memory.
    pub savings: Vec<Saving>,
}

/// Carries out the `command` for a handle, which will write `output`.
pub fn carry_out(
    output: &Path,
    face: &mut dyn ProgressSink,
    together: &Together,
    command: impl FnOnce(JobHandle) -> Command,
) -> Result<Taken> {
    let mut taken = Taken::default();
    follow_with(together, command, |event| match event {
        Event::Progress { progress, .. } => face.progress(progress),
        Event::Fitted { savings, .. } => taken.savings = savings,
        Event::Within { share, .. } => face.within(share),
        Event::Finished {
            peak_memory,
            record,
            ..
        } => {
            face.finished(output, peak_memory);
            taken.timings = record.as_ref().map(|record| record.timings);
            if let Some(passes) = record.and_then(|record| record.settings.passes) {
                let Passes { computed, of, .. } = passes;
                say(&format!(
                    "Computed {computed} of {of} passes of the network"
                ));
            }
        }
        _ => {}
    })?;
    Ok(taken)
}

/// Carries out the `command` for a handle and shows every event to `on_event`, until one ends it.
pub fn follow(
    command: impl FnOnce(JobHandle) -> Command,
    on_event: impl FnMut(Event),
) -> Result<()> {
    follow_with(&Together::default(), command, on_event)
}

/// The same with the help of other machines.
fn follow_with(
    together: &Together,
    command: impl FnOnce(JobHandle) -> Command,
    mut on_event: impl FnMut(Event),
) -> Result<()> {
    let _awake = Awake::start("A job is being done");
    let engine = Engine::start(|| {})?;
    let handle = JobHandle::new(1);
    handle.set_preview(false);
    let job = handle.clone();
    interrupt::on_stop(move || job.cancel());
    let command = command(handle.clone());
    let plan = match &command {
        Command::Generate(_, plan) | Command::Resume(_, plan) => Some(plan.clone()),
        _ => None,
    };
    let sent = engine.commands.send(command);
    sent.map_err(|_| stopped())?;
    let mut lookout = Lookout::new(together, handle);
    loop {
        let event = match engine.events.recv_timeout(LOOK) {
            Ok(event) => event,
            Err(RecvTimeoutError::Disconnected) => return Err(stopped()),
            Err(RecvTimeoutError::Timeout) => {
                let Some(why) = lookout.look() else { continue };
                // MLX waits for a machine that will never answer, and nothing can be done about its thread.
                mem::forget(engine);
                return Err(match plan {
                    Some(plan) => saved::still_kept(&plan, why),
                    None => why,
                });
            }
        };
        match event {
            Event::Faulty(fault) => say(&warning(fault)),
            Event::Fitted {
                ref savings,
                midway,
                ..
            } => {
                tell(savings, midway);
                on_event(event);
            }
            Event::Again { why, .. } => say(english::repeat(why)),
            Event::Cancelled { kept, .. } => return Err(unfinished(Error::Cancelled, kept)),
            Event::Failed { problem, kept, .. } => {
                return Err(unfinished(lookout.told(problem), kept));
            }
            Event::Finished { .. } => {
                on_event(event);
                return Ok(());
            }
            event => on_event(event),
        }
    }
}

/// Tells what the job does to fit into memory.
fn tell(savings: &[Saving], midway: bool) {
    if !savings.is_empty() {
        say(&english::to_fit(savings));
    }
    if midway {
        say(
            "The remaining steps use lower precision than the first ones, so they may differ slightly",
        );
    }
}

fn warning(fault: DeviceFault) -> String {
    let fault = english::device_fault(fault);
    format!(
        "warning: This machine's GPU {fault}, so the video may be damaged: update the system, or run on the CPU with --cpu"
    )
}

fn unfinished(why: Error, kept: Option<ResumePoint>) -> Error {
    match kept {
        None => why,
        Some(kept) => Error::Unfinished {
            why: Box::new(why),
            kept,
        },
    }
}

fn stopped() -> Error {
    Error::Other(
        "The engine stopped unexpectedly. Report it with the output of zoetrope doctor".into(),
    )
}
