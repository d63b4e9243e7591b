//! How much is computed at once, and how far ahead of the GPU.

use std::cell::Cell;
use std::time::Instant;

use mlx_rs::Array;
use mlx_rs::ops::concatenate;
use mlx_rs::transforms::async_eval;

use super::watch;
use crate::Result;
use crate::backend::Backend;
use crate::backend::metal::{Budget, window_is_visible};

thread_local! {
    /// What one dispatch may compute on this thread, for the backend that it was found for.
    static BUDGET: Cell<Option<(Backend, Budget)>> = const { Cell::new(None) };
}

/// What one dispatch may compute at the moment.
pub fn budget() -> Result<Budget> {
    let backend = Backend::current()?;
    let visible = window_is_visible();
    let budget = match BUDGET.get() {
        Some((of, budget)) if of == backend => budget.aiming(visible),
        _ if backend == Backend::Metal => Budget::starting(visible),
        _ => Budget::unlimited(),
    };
    BUDGET.set(Some((backend, budget)));
    Ok(budget)
}

/// From now on one dispatch of this thread may compute so much, and as much as that leads to.
pub fn set_budget(budget: Budget) -> Result<()> {
    BUDGET.set(Some((Backend::current()?, budget)));
    Ok(())
}

/// Does `work` with another budget on this thread.
pub fn with_budget<T>(budget: Budget, work: impl FnOnce() -> T) -> Result<T> {
    let before = BUDGET.replace(Some((Backend::current()?, budget)));
    let made = work();
    BUDGET.set(before);
    Ok(made)
}

/// Learns how long a dispatch of `multiply_adds` lasted. Small ones say little of large ones.
fn steer(multiply_adds: u64, seconds: f64) {
    if let Some((backend, budget)) = BUDGET.get()
        && multiply_adds >= budget.multiply_adds() / 2
    {
        BUDGET.set(Some((backend, budget.after(multiply_adds, seconds))));
    }
}

/// Keeps the GPU at work on one thing while the next is made ready, and on no more than these two,
/// since whatever is made ready takes its memory at once.
///
/// Things that are computed one by one are also what a system wants that ends a dispatch when it
/// keeps the GPU from drawing the screen for too long.
pub struct EvalPacer {
    steady: bool,
    /// What was started last, and its multiply-adds.
    before: Option<(Array, u64)>,
    /// When the one before that was there.
    since: Option<Instant>,
}

impl EvalPacer {
    /// Everything is computed as it comes.
    pub fn steady() -> Self {
        Self {
            steady: true,
            before: None,
            since: None,
        }
    }

    /// Nothing is computed before its result is asked for: the fastest way where there is little to
    /// do.
    pub fn lazy() -> Self {
        Self {
            steady: false,
            ..Self::steady()
        }
    }

    /// Starts to compute `next`, and waits for what was started before it.
    pub fn start(&mut self, next: &Array) -> Result<()> {
        self.start_part(next, 0)
    }

    /// The same for one dispatch of `multiply_adds`, from whose length the [`budget`] is steered.
    pub fn start_part(&mut self, next: &Array, multiply_adds: u64) -> Result<()> {
        if !self.steady {
            return watch::go_on();
        }
        async_eval([next])?;
        if let Some((before, its)) = self.before.replace((next.clone(), multiply_adds)) {
            before.eval()?;
            if let Some(since) = self.since {
                steer(its, since.elapsed().as_secs_f64());
            }
            watch::go_on()?;
            // A pause is no part of a dispatch.
            self.since = Some(Instant::now());
        }
        Ok(())
    }

    /// Tells whoever watches that so many layers of a pass are done. Where everything is computed in the end, nothing is.
    pub fn tell(&self, layers: usize, of: usize) {
        if self.steady {
            watch::done(layers, of);
        }
    }
}

/// How a computation is cut along an axis.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// The most indices at once, for what they take of memory.
    pub most: i64,
    /// What an index takes to compute, in multiply-adds.
    pub multiply_adds: u64,
    /// Parts are multiples of so many indices.
    pub grain: i32,
}

impl Cut {
    /// The indices at which `length` of them are cut into about equal parts that fit into the [`budget`].
    pub fn ends(self, length: i32) -> Result<Vec<i32>> {
        let grain = self.grain.max(1);
        let count = u64::from(length.unsigned_abs());
        let within = budget()?.indices(count, self.multiply_adds, grain.unsigned_abs().into());
        let at_once = within.min(self.most.unsigned_abs()).max(1);
        let parts = count.div_ceil(at_once);
        let rows = count
            .div_ceil(parts)
            .next_multiple_of(grain.unsigned_abs().into()) as i32;
        Ok((rows..length)
            .step_by(rows.unsigned_abs() as usize)
            .collect())
    }
}

/// What `work` makes of `x`, done in equal parts along `axis`.
pub fn in_parts(
    x: &Array,
    axis: i32,
    cut: Cut,
    pace: &mut EvalPacer,
    work: impl Fn(&Array) -> Result<Array>,
) -> Result<Array> {
    let ends = cut.ends(x.dim(axis))?;
    if ends.is_empty() {
        return work(x);
    }
    let mut results = Vec::new();
    for part in x.split_at_indices(&ends, axis)? {
        let result = work(&part)?;
        let indices = u64::from(part.dim(axis).unsigned_abs());
        pace.start_part(&result, indices * cut.multiply_adds)?;
        results.push(result);
    }
    Ok(concatenate(&results, axis)?)
}
