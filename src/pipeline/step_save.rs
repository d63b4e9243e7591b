//! What a step led to goes to the disk on a thread of its own, while the network is at work on the next one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::thread;

use super::Reporter;
use super::reporter::Teller;
use super::run_folder::RunFolder;
use super::tensor_file::{Content, Tensors};
use crate::job::{Progress, Stage};
use crate::{Error, Result};

/// At most one step that is finished and not yet on the disk.
pub(super) struct StepSave {
    steps: usize,
    unsaved: Option<(usize, Tensors, PathBuf)>,
}

impl StepSave {
    /// Of a job with so many `steps`, before it has finished any.
    pub(super) fn nothing(steps: usize) -> Self {
        Self {
            steps,
            unsaved: None,
        }
    }

    /// Step number `step`, counted from 1, led to this.
    pub(super) fn next(&mut self, step: usize, (state, path): (Tensors, PathBuf)) {
        self.unsaved = Some((step, state, path));
    }

    /// Does `work`, and beside it puts on the disk what is not there yet, and then tells that the step is finished.
    ///
    /// # Errors
    /// It cannot be written; the job should stop; or that of `work`.
    pub(super) fn beside<T>(
        &mut self,
        folder: &mut RunFolder,
        reporter: &Reporter,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let Some((step, state, path)) = self.unsaved.take() else {
            return work();
        };
        let content = state.content()?;
        let teller = reporter.teller();
        let progress = Progress {
            stage: Stage::Denoise,
            done: step,
            of: self.steps,
        };
        // A defect must not take along what was done before it.
        let work = || catch_unwind(AssertUnwindSafe(work));
        let (written, made) = thread::scope(|scope| {
            let writing = || write(&content, &path, &teller, progress);
            match thread::Builder::new()
                .name("state".into())
                .spawn_scoped(scope, writing)
            {
                Ok(thread) => {
                    let made = work();
                    let written = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
                    (written, made)
                }
                // Without a thread to spare one comes after the other.
                Err(_) => match write(&content, &path, &teller, progress) {
                    Ok(()) => (Ok(()), work()),
                    Err(error) => (Err(error), Ok(Err(Error::Cancelled))),
                },
            }
        });
        folder.kept(step, written)?;
        let made = made.unwrap_or_else(|panic| resume_unwind(panic))?;
        reporter.check()?;
        Ok(made)
    }
}

fn write(content: &Content, path: &Path, teller: &Teller, progress: Progress) -> Result<()> {
    content.write(path)?;
    teller.tell(progress);
    Ok(())
}
