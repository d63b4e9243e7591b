//! A *run folder* is what a job leaves beside its output while it is unfinished: `OUT.mp4.run`, with
//! everything that is needed to go on after a crash, a power cut or Ctrl-C.
//!
//! | file | what it holds |
//! |---|---|
//! | `plan.json` | the plan, written first |
//! | `pictures/` | copies of the pictures that the plan names |
//! | `state.safetensors` | the latents and the sampler's memory after the last finished step |
//! | `latents.safetensors` | the final latents, from the last step on |
//! | `lock` | nothing: the process that works in the folder holds a lock on it |
//!
//! Each file replaces its predecessor only when it is whole.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use mlx_rs::Array;

use super::latents_file::{self, Denoised, TENSOR};
use super::plan_file;
use super::tensor_file::{TensorFile, save_all};
use crate::job::{GenerationInfo, Plan, ResumePoint};
use crate::sampler::Sampler;
use crate::{Error, Result};

const STATE: &str = "state.safetensors";
const LATENTS: &str = "latents.safetensors";
const LOCK: &str = "lock";

/// The note with the number of finished steps.
const STEP: &str = "step";

/// The folder of a job that runs. Dropped with nothing worth keeping in it, it is removed.
pub(super) struct RunFolder {
    path: PathBuf,
    /// The system lets go of it when the process ends, however it ends.
    _lock: Option<File>,
    /// The steps that need not be done again.
    kept: usize,
    steps: usize,
}

impl RunFolder {
    /// The folder of a new job. One with an unfinished video in it is never overwritten.
    pub(super) fn begin(plan: &Plan) -> Result<Self> {
        let path = plan.run_folder();
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Error::file("create", &path)(error));
            }
            Err(_) if !path.is_dir() => {
                let problem = "is in the way: remove it, or choose another name for the video";
                return Err(Error::content(&path, problem));
            }
            _ => {}
        }
        let lock = lock(&path)?;
        if plan_file::is_in(&path) && [STATE, LATENTS].iter().any(|name| path.join(name).exists()) {
            let problem = format!(
                "holds an unfinished video: {} goes on with it; remove the folder to begin anew",
                ResumePoint::resume(&path)
            );
            return Err(Error::content(&path, problem));
        }
        let folder = Self::new(path, lock, plan, 0);
        folder.clear();
        plan_file::write(&folder.path, plan)?;
        Ok(folder)
    }

    /// The folder of a job that ended early.
    pub(super) fn reopen(plan: &Plan) -> Result<Self> {
        let path = plan.run_folder();
        let lock = lock(&path)?;
        let kept = finished_steps(plan)?;
        Ok(Self::new(path, lock, plan, kept))
    }

    fn new(path: PathBuf, lock: Option<File>, plan: &Plan, kept: usize) -> Self {
        Self {
            path,
            _lock: lock,
            kept,
            steps: plan.sampling.steps as usize,
        }
    }

    /// Keeps what step number `step`, counted from 1, led to.
    pub(super) fn keep(
        &mut self,
        plan: &Plan,
        step: usize,
        latents: &Array,
        sampler: &dyn Sampler,
    ) -> Result<()> {
        if step == self.steps {
            return self.keep_last(&plan.info(), latents);
        }
        let mut tensors = vec![(TENSOR.to_owned(), latents.clone())];
        let memory = sampler.memory().into_iter();
        tensors.extend(memory.map(|(name, array)| (in_state(name), array)));
        let notes = [(STEP, step.to_string())];
        save_all(&self.path.join(STATE), &tensors, &notes)?;
        self.kept = step;
        Ok(())
    }

    /// Keeps the final latents, which `info` led to.
    pub(super) fn keep_last(&mut self, info: &GenerationInfo, latents: &Array) -> Result<()> {
        latents_file::write(&self.path.join(LATENTS), info, latents)?;
        self.kept = self.steps;
        Ok(())
    }

    /// The number of finished steps and the latents after them, if there are any; `sampler` then
    /// remembers what it knew.
    pub(super) fn recall(
        &self,
        plan: &Plan,
        sampler: &mut dyn Sampler,
    ) -> Result<Option<(usize, Array)>> {
        if self.kept == 0 {
            return Ok(None);
        }
        let path = self.path.join(STATE);
        let shape = plan.latent_shape().channels_first();
        let mut read = || {
            let state = TensorFile::open(&path)?;
            sampler.restore(self.kept, &|name| state.tensor(&in_state(name), &shape))?;
            Ok(Some((self.kept, state.tensor(TENSOR, &shape)?)))
        };
        read().map_err(damaged(&path))
    }

    /// The final latents, if denoising was finished.
    pub(super) fn latents(&self, plan: &Plan) -> Result<Option<Denoised>> {
        let path = self.path.join(LATENTS);
        if self.kept < self.steps {
            return Ok(None);
        }
        let shape = plan.latent_shape().channels_first();
        let read = || {
            let file = TensorFile::open(&path)?;
            Ok(Some(Denoised {
                latents: file.tensor(TENSOR, &shape)?,
                info: latents_file::info(&file).unwrap_or_else(|| plan.info()),
            }))
        };
        read().map_err(damaged(&path))
    }

    /// The job came to its end: removes the folder, or tells how to go on.
    pub(super) fn end<T>(mut self, result: Result<T>) -> Result<T> {
        match result {
            Ok(made) => {
                self.kept = 0;
                Ok(made)
            }
            Err(why) if self.kept == 0 => Err(why),
            Err(why) => Err(Error::Unfinished {
                why: Box::new(why),
                kept: ResumePoint {
                    folder: self.path.clone(),
                    step: self.kept,
                    of: self.steps,
                },
            }),
        }
    }

    /// Removes what a job writes here, the plan first: without it the rest is no unfinished video.
    fn clear(&self) {
        plan_file::remove(&self.path);
        for name in [STATE, LATENTS] {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(self.path.join(name));
        }
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if self.kept == 0 {
            self.clear();
            let _ = fs::remove_file(self.path.join(LOCK));
            // What others put there stays.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// Takes the folder for this process alone.
fn lock(folder: &Path) -> Result<Option<File>> {
    let path = folder.join(LOCK);
    let file = File::create(&path).map_err(Error::file("write to", folder))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            let problem = "is in use: another Zoetrope is making this video";
            Err(Error::content(folder, problem))
        }
        // Some network drives know no locks; that is no reason not to work there.
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// The plan in a run folder, and the steps of it that are finished.
///
/// # Errors
/// As [`plan_file::read`], or what was kept is damaged.
pub fn unfinished(folder: &Path) -> Result<(Plan, usize)> {
    let plan = plan_file::read(folder)?;
    let step = finished_steps(&plan)?;
    Ok((plan, step))
}

/// An error that kept a plan from going on, and left its run folder as it was.
pub fn still_kept(plan: &Plan, why: Error) -> Error {
    match finished_steps(plan) {
        Ok(step) if step > 0 => Error::Unfinished {
            why: Box::new(why),
            kept: ResumePoint {
                folder: plan.run_folder(),
                step,
                of: plan.sampling.steps as usize,
            },
        },
        _ => why,
    }
}

/// How many steps of a plan its run folder holds the result of.
///
/// # Errors
/// What was kept is damaged.
pub fn finished_steps(plan: &Plan) -> Result<usize> {
    let (folder, steps) = (plan.run_folder(), plan.sampling.steps as usize);
    if folder.join(LATENTS).exists() {
        return Ok(steps);
    }
    let path = folder.join(STATE);
    if !path.exists() {
        return Ok(0);
    }
    let state = TensorFile::open(&path).map_err(damaged(&path))?;
    let step = state.note(STEP).and_then(|step| step.parse().ok());
    match step {
        Some(step) if (1..steps).contains(&step) => Ok(step),
        _ => Err(damaged(&path)(Error::content(&path, "has no step"))),
    }
}

fn in_state(name: &str) -> String {
    format!("sampler.{name}")
}

/// For `map_err` after reading `path`: what is wrong inside it does not matter, what to do does.
fn damaged(path: &Path) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Content { .. } => Error::content(
            path,
            "is damaged: remove this file, and the job goes on from what was kept before it",
        ),
        error => error,
    }
}
