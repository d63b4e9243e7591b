//! How a job tells how far it is, and learns that it should stop.

use mlx_rs::Array;

use crate::job::{Progress, Stage};
use crate::{Error, Result};

type OnProgress<'a> = Box<dyn FnMut(Progress) + 'a>;
type IsCancelled<'a> = Box<dyn Fn() -> bool + 'a>;
type OnLatents<'a> = Box<dyn FnMut(&Array) -> Result<()> + 'a>;

/// Carries progress up and cancellation down, in one call.
pub struct Reporter<'a> {
    on_progress: OnProgress<'a>,
    is_cancelled: IsCancelled<'a>,
    on_latents: Option<OnLatents<'a>>,
}

impl<'a> Reporter<'a> {
    /// Tells `on_progress`, asks `is_cancelled`.
    pub fn new(
        on_progress: impl FnMut(Progress) + 'a,
        is_cancelled: impl Fn() -> bool + 'a,
    ) -> Self {
        Self {
            on_progress: Box::new(on_progress),
            is_cancelled: Box::new(is_cancelled),
            on_latents: None,
        }
    }

    /// Shows the latents, (channels, frames, height, width), after every step to `on_latents`.
    #[must_use]
    pub fn watching(mut self, on_latents: impl FnMut(&Array) -> Result<()> + 'a) -> Self {
        self.on_latents = Some(Box::new(on_latents));
        self
    }

    /// `done` of `of` units of `stage` are finished.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the job should stop.
    pub fn step(&mut self, stage: Stage, done: usize, of: usize) -> Result<()> {
        (self.on_progress)(Progress { stage, done, of });
        if (self.is_cancelled)() {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    /// The latents after a step.
    pub(super) fn latents(&mut self, latents: &Array) -> Result<()> {
        match &mut self.on_latents {
            Some(watch) => watch(latents),
            None => Ok(()),
        }
    }
}
