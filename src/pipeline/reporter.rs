//! How a job tells how far it is, shows what it has, and learns that it should stop.

use std::sync::{Arc, Mutex, PoisonError};

use mlx_rs::Array;

use crate::job::{Clip, Progress, Repeat, Stage};
use crate::{Error, Result};

type OnProgress<'a> = Arc<Mutex<dyn FnMut(Progress) + Send + 'a>>;
type Asks<'a> = Box<dyn Fn() -> bool + 'a>;
type OnLatents<'a> = Box<dyn FnMut(&Array) -> Result<()> + 'a>;
type OnRepeat<'a> = Box<dyn FnMut(Repeat) + 'a>;
type OnGlimpse<'a> = Box<dyn FnMut(Glimpse) + 'a>;

/// Something to see of a video in the making.
#[derive(Debug)]
pub enum Glimpse {
    /// A preview after so many steps, and whether the last of them was taken over from an earlier one.
    Preview(usize, Clip, bool),
    /// Decoded frames, from this one on.
    Frames(usize, Clip),
}

/// Tells of progress.
pub(super) struct Teller<'a>(OnProgress<'a>);

impl Teller<'_> {
    /// So much is done.
    pub(super) fn tell(&self, progress: Progress) {
        let mut on_progress = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        on_progress(progress);
    }
}

/// Carries progress up and cancellation down, in one call.
pub struct Reporter<'a> {
    on_progress: OnProgress<'a>,
    is_cancelled: Asks<'a>,
    finishes_early: Asks<'a>,
    on_latents: Option<OnLatents<'a>>,
    has_preview: Asks<'a>,
    on_glimpse: OnGlimpse<'a>,
    on_repeat: OnRepeat<'a>,
}

impl<'a> Reporter<'a> {
    /// Tells `on_progress`, on whatever thread there is something to tell, and asks `is_cancelled`, which takes its time while
    /// the job is paused.
    pub fn new(
        on_progress: impl FnMut(Progress) + Send + 'a,
        is_cancelled: impl Fn() -> bool + 'a,
    ) -> Self {
        Self {
            on_progress: Arc::new(Mutex::new(on_progress)),
            is_cancelled: Box::new(is_cancelled),
            finishes_early: Box::new(|| false),
            on_latents: None,
            has_preview: Box::new(|| false),
            on_glimpse: Box::new(|_| ()),
            on_repeat: Box::new(|_| ()),
        }
    }

    /// Asks `finishes_early` after each step whether the video shall be made of what there is.
    #[must_use]
    pub fn until(mut self, finishes_early: impl Fn() -> bool + 'a) -> Self {
        self.finishes_early = Box::new(finishes_early);
        self
    }

    /// Shows what there is to `on_glimpse`, as long as `has_preview`.
    #[must_use]
    pub fn showing(
        mut self,
        has_preview: impl Fn() -> bool + 'a,
        on_glimpse: impl FnMut(Glimpse) + 'a,
    ) -> Self {
        self.has_preview = Box::new(has_preview);
        self.on_glimpse = Box::new(on_glimpse);
        self
    }

    /// Tells `on_repeat` what is done again.
    #[must_use]
    pub fn repeating(mut self, on_repeat: impl FnMut(Repeat) + 'a) -> Self {
        self.on_repeat = Box::new(on_repeat);
        self
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
        self.teller().tell(Progress { stage, done, of });
        self.check()
    }

    /// What tells of progress on another thread.
    pub(super) fn teller(&self) -> Teller<'a> {
        Teller(Arc::clone(&self.on_progress))
    }

    /// Whether somebody looks at what there is to see.
    pub(super) fn has_preview(&self) -> bool {
        (self.has_preview)()
    }

    /// Whether the job should go on, where there is nothing to tell.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when it should stop.
    pub(super) fn check(&self) -> Result<()> {
        if (self.is_cancelled)() {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    /// A part is done again.
    pub(super) fn again(&mut self, why: Repeat) {
        (self.on_repeat)(why);
    }

    /// Whether to denoise no further.
    pub(super) fn finishes_early(&self) -> bool {
        (self.finishes_early)()
    }

    /// Shows what `glimpse` makes, if somebody looks.
    pub(super) fn show(&mut self, glimpse: impl FnOnce() -> Result<Glimpse>) -> Result<()> {
        if self.has_preview() {
            (self.on_glimpse)(glimpse()?);
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
