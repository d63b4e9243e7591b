//! A *run folder* is what a job leaves beside its output while it is unfinished: `OUT.mp4.run`, with
//! everything that is needed to go on after a crash, a power cut or Ctrl-C.
//!
//! | file | what it holds |
//! |---|---|
//! | `plan.json` | the plan, written first |
//! | `pictures/` | copies of the pictures that the plan names |
//! | `given.safetensors` | what was encoded of pictures and videos |
//! | `state.safetensors` | the latents and what sampler and step cache remember after the last finished step |
//! | `latents.safetensors` | the final latents, from the last step on |
//! | `lock` | nothing: the process that works in the folder holds a lock on it |
//!
//! Each file replaces its predecessor only when it is whole. What others put into the folder stays, and a folder that is
//! not ours is never used.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use mlx_rs::Array;

use super::conditioning::FILE as GIVEN;
use super::latents_file::{self, Denoised, TENSOR};
use super::passes::Passes;
use super::plan_file;
use super::tensor_file::{TensorFile, Tensors};
use crate::disk;
use crate::job::{Flaw, GenerationInfo, Plan, Problem, ResumePoint};
use crate::sampler::Sampler;
use crate::{Error, Result};

const STATE: &str = "state.safetensors";
const LATENTS: &str = "latents.safetensors";
const LOCK: &str = "lock";

/// What the Finder leaves wherever somebody looks.
const FINDERS: &str = ".DS_Store";

/// Somebody else who is just removing the folder is waited for so many times.
const TRIES: usize = 8;

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
    /// Whether the final latents stay after the video is whole, to be decoded properly later.
    is_draft: bool,
}

impl RunFolder {
    /// The folder of a new job. One with an unfinished video in it is never overwritten.
    pub(super) fn begin(plan: &Plan) -> Result<Self> {
        let path = plan.run_folder();
        check_place(&path)?;
        let lock = create(&path)?;
        if plan_file::is_in(&path) && [STATE, LATENTS].iter().any(|name| path.join(name).exists()) {
            let problem = format!(
                "holds an unfinished video: {} goes on with it; remove the folder to begin anew",
                ResumePoint::resume(&path)
            );
            return Err(Error::content(&path, problem));
        }
        plan_file::remove(&path);
        // A draft's latents are replaced by those of this job.
        for name in [STATE, GIVEN, LATENTS] {
            let _ = fs::remove_file(path.join(name));
        }
        let folder = Self::new(path, lock, plan, 0);
        plan_file::write(&folder.path, plan)?;
        Ok(folder)
    }

    /// The folder of a job that ended early.
    pub(super) fn reopen(plan: &Plan) -> Result<Self> {
        let path = plan.run_folder();
        check_place(&path)?;
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
            is_draft: false,
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the final latents stay once the video is whole.
    pub(super) fn keep_draft(&mut self, is_draft: bool) {
        self.is_draft = is_draft;
    }

    /// What is to be kept of step number `step`, counted from 1, and where.
    pub(super) fn state(
        &self,
        step: usize,
        latents: &Array,
        sampler: &dyn Sampler,
        passes: &Passes,
    ) -> Result<(Tensors, PathBuf)> {
        let mut tensors = vec![(TENSOR.to_owned(), latents.clone())];
        let memory = sampler.memory().into_iter();
        tensors.extend(memory.map(|(name, array)| (in_state(name), array)));
        let memory = passes.memory().into_iter();
        tensors.extend(memory.map(|(name, array)| (of_passes(&name), array)));
        let tensors = Tensors::new(&tensors, &[(STEP, step.to_string())])?;
        Ok((tensors, self.path.join(STATE)))
    }

    /// What step number `step` led to was `written`.
    pub(super) fn kept(&mut self, step: usize, written: Result<()>) -> Result<()> {
        written.map_err(|why| self.taken_away(why))?;
        self.kept = step;
        Ok(())
    }

    /// Keeps the final latents, which `info` led to.
    pub(super) fn keep_last(&mut self, info: &GenerationInfo, latents: &Array) -> Result<()> {
        let written = latents_file::write(&self.path.join(LATENTS), info, latents);
        written.map_err(|why| self.taken_away(why))?;
        self.kept = self.steps;
        Ok(())
    }

    /// Why nothing can be kept here.
    fn taken_away(&self, why: Error) -> Error {
        if self.path.is_dir() {
            return why;
        }
        let problem = "was taken away while the video was being made: leave this folder where it is until the video is there";
        Error::content(&self.path, problem)
    }

    /// The number of finished steps and the latents after them, if there are any; `sampler` and
    /// `passes` then remember what they knew.
    pub(super) fn recall(
        &self,
        plan: &Plan,
        sampler: &mut dyn Sampler,
        passes: &mut Passes,
    ) -> Result<Option<(usize, Array)>> {
        if self.kept == 0 {
            return Ok(None);
        }
        let path = self.path.join(STATE);
        let shape = plan.latent_shape().channels_first();
        let mut read = || {
            let state = TensorFile::open(&path)?;
            sampler.restore(self.kept, &|name| state.tensor(&in_state(name), &shape))?;
            passes.restore(self.kept, &|name| state.if_there(&of_passes(name)))?;
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

    /// The job came to its end: removes the folder, or tells how to go on, if there is still something to go on with.
    pub(super) fn end<T>(mut self, result: Result<T>) -> Result<T> {
        if result.is_ok() && self.is_draft {
            self.leave_latents();
        } else if result.is_ok() {
            self.kept = 0;
        } else if self.kept > 0 {
            self.kept = finished_steps_in(&self.path, self.steps).unwrap_or(0);
        }
        match result {
            Err(why) if self.kept > 0 => Err(Error::Unfinished {
                why: Box::new(why),
                kept: ResumePoint {
                    folder: self.path.clone(),
                    step: self.kept,
                    of: self.steps,
                },
            }),
            result => result,
        }
    }

    /// Removes all but the final latents: without a plan they are no unfinished video.
    fn leave_latents(&self) {
        plan_file::remove(&self.path);
        for name in [STATE, GIVEN, LOCK] {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(self.path.join(name));
        }
    }

    /// Removes what a job writes here. Where that is everything, the folder is gone at once; else the plan goes first:
    /// without it the rest is no unfinished video.
    fn clear(&self) {
        if holds_only_ours(&self.path) && disk::discard(&self.path).is_ok() {
            return;
        }
        plan_file::remove(&self.path);
        for name in [STATE, GIVEN, LATENTS, LOCK] {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(self.path.join(name));
        }
        // What others put there stays.
        let _ = fs::remove_dir(&self.path);
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if self.kept == 0 && self.path.is_dir() {
            self.clear();
        }
    }
}

/// Checks that a run folder can be here: there is none yet, or it is one of ours.
///
/// # Errors
/// What is in the way.
pub(super) fn check_place(path: &Path) -> Result<()> {
    let problem = match fs::symlink_metadata(path) {
        Err(_) => {
            // Its name is the longest of all.
            return disk::check_target(path);
        }
        Ok(found) if found.is_symlink() => {
            "is a link: remove it, or choose another name for the video"
        }
        Ok(found) if !found.is_dir() => {
            "is in the way: remove it, or choose another name for the video"
        }
        Ok(_) if plan_file::is_ours(path) || is_leftover(path) || is_draft(path) => return Ok(()),
        Ok(_) => {
            "is a folder with other files in it: move it, or choose another name for the video"
        }
    };
    Err(Error::content(path, problem))
}

/// Whether a job that ended before it had written its plan may have left this.
fn is_leftover(folder: &Path) -> bool {
    let is_empty = |name: &str| {
        folder
            .join(name)
            .metadata()
            .is_ok_and(|about| about.len() == 0)
    };
    let Ok(mut entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.all(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            name == FINDERS || disk::is_temporary(&name) || (name == LOCK && is_empty(LOCK))
        })
    })
}

/// Whether a draft has left its latents here, and nobody anything else.
fn is_draft(folder: &Path) -> bool {
    !plan_file::is_in(folder) && folder.join(LATENTS).is_file() && holds_only_ours(folder)
}

/// Whether everything in the folder was put there by a job.
fn holds_only_ours(folder: &Path) -> bool {
    let own = [STATE, GIVEN, LATENTS, LOCK, plan_file::NAME, FINDERS];
    let copies = plan_file::copies(folder);
    let mut places = vec![folder.to_owned()];
    while let Some(place) = places.pop() {
        let Ok(entries) = fs::read_dir(&place) else {
            return false;
        };
        for entry in entries {
            let Ok(entry) = entry else {
                return false;
            };
            let (name, path) = (entry.file_name(), entry.path());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let holds_copies = copies.iter().any(|copy| copy.starts_with(&path));
            let is_own = place == folder && own.iter().any(|own| name == *own);
            if is_folder && holds_copies {
                places.push(path);
            } else if is_folder || !(is_own || copies.contains(&path) || disk::is_temporary(&name))
            {
                return false;
            }
        }
    }
    true
}

/// The folder, which may be there already, and its lock.
fn create(folder: &Path) -> Result<Option<File>> {
    for _ in 0..TRIES {
        if let Err(error) = fs::create_dir(folder)
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(Error::file("create", folder)(error));
        }
        // Otherwise a power cut may take the folder, whatever is kept in it.
        disk::sync_folder(disk::folder_of(folder)).map_err(Error::file("create", folder))?;
        match lock(folder) {
            Err(_) if !folder.exists() => {}
            result => return result,
        }
    }
    lock(folder)
}

/// Takes the folder for this process alone.
fn lock(folder: &Path) -> Result<Option<File>> {
    let path = folder.join(LOCK);
    let file = disk::open_lock(&path)?;
    match file.try_lock() {
        Ok(()) if disk::is_at(&file, &path) => Ok(Some(file)),
        // Who had it until now has removed it.
        Ok(()) => Err(Error::file("lock", folder)(io::ErrorKind::NotFound.into())),
        Err(TryLockError::WouldBlock) => Err(Error::content(folder, Flaw::InUse)),
        // Some network drives know no locks; that is no reason not to work there.
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Where the final latents of a video are kept while it is unfinished, or only a draft.
pub fn kept_latents(video: &Path) -> PathBuf {
    let mut folder = video.as_os_str().to_owned();
    folder.push(".run");
    PathBuf::from(folder).join(LATENTS)
}

/// Lets the job of a draft go on where it ended, with its latents as the last step: `plan` decodes them as it says. What
/// led to them is not wanted again.
///
/// # Errors
/// There are none, or the folder cannot be written to.
pub fn take_up_draft(plan: &Plan) -> Result<()> {
    let latents = kept_latents(&plan.output);
    if !latents.is_file() {
        return Err(Error::content(&latents, "is gone: make the video anew"));
    }
    plan_file::write(&plan.run_folder(), plan)
}

/// Removes the latents of a draft that was decoded properly, and their folder if nothing else is in it.
pub fn forget_draft(video: &Path) {
    let latents = kept_latents(video);
    if let Some(folder) = latents.parent()
        && !plan_file::is_in(folder)
    {
        // What cannot be removed is in nobody's way.
        let _ = fs::remove_file(&latents);
        let _ = fs::remove_dir(folder);
    }
}

/// How many bytes of a plan's latents are in its run folder.
pub(super) fn bytes(plan: &Plan) -> u64 {
    let folder = plan.run_folder();
    let length = |name| {
        folder
            .join(name)
            .metadata()
            .map_or(0, |about: fs::Metadata| about.len())
    };
    [STATE, GIVEN, LATENTS].map(length).iter().sum()
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
    finished_steps_in(&plan.run_folder(), plan.sampling.steps as usize)
}

fn finished_steps_in(folder: &Path, steps: usize) -> Result<usize> {
    // A pipe of that name would be waited for.
    if folder.join(LATENTS).is_file() {
        return Ok(steps);
    }
    let path = folder.join(STATE);
    if !path.is_file() {
        return Ok(0);
    }
    let state = TensorFile::open(&path).map_err(damaged(&path))?;
    let step = state.note(STEP).and_then(|step| step.parse().ok());
    match step {
        Some(step) if (1..steps).contains(&step) => Ok(step),
        _ => Err(damaged(&path)(Error::content(&path, "has no step"))),
    }
}

fn of_passes(name: &str) -> String {
    format!("passes.{name}")
}

fn in_state(name: &str) -> String {
    format!("sampler.{name}")
}

/// For `map_err` after reading `path`: what is wrong inside it does not matter, what to do does.
fn damaged(path: &Path) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Problem(Problem::Content { .. }) => Error::content(path, Flaw::DamagedState),
        error => error,
    }
}
