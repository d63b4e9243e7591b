//! How far ahead of the GPU a graph is made.

use mlx_rs::Array;
use mlx_rs::ops::concatenate;
use mlx_rs::transforms::async_eval;

use crate::Result;

/// Keeps the GPU at work on one thing while the next is made ready, and on no more than these two,
/// since whatever is made ready takes its memory at once.
///
/// Things that are computed one by one are also what a system wants that ends a dispatch when it
/// keeps the GPU from drawing the screen for too long.
pub struct EvalPacer {
    steady: bool,
    before: Option<Array>,
}

impl EvalPacer {
    /// Everything is computed as it comes.
    pub fn steady() -> Self {
        Self {
            steady: true,
            before: None,
        }
    }

    /// Nothing is computed before its result is asked for: the fastest way where there is little to
    /// do.
    pub fn lazy() -> Self {
        Self {
            steady: false,
            before: None,
        }
    }

    /// Starts to compute `next`, and waits for what was started before it.
    pub fn start(&mut self, next: &Array) -> Result<()> {
        if !self.steady {
            return Ok(());
        }
        async_eval([next])?;
        if let Some(before) = self.before.replace(next.clone()) {
            before.eval()?;
        }
        Ok(())
    }
}

/// What `work` makes of `x`, done in so many equal parts along `axis`.
pub fn in_parts(
    x: &Array,
    axis: i32,
    parts: i32,
    pace: &mut EvalPacer,
    work: impl Fn(&Array) -> Result<Array>,
) -> Result<Array> {
    if parts <= 1 {
        return work(x);
    }
    let ends: Vec<_> = (1..parts)
        .map(|i| (i64::from(x.dim(axis)) * i64::from(i) / i64::from(parts)) as i32)
        .collect();
    let mut results = Vec::new();
    for part in x.split_at_indices(&ends, axis)? {
        let result = work(&part)?;
        pace.start(&result)?;
        results.push(result);
    }
    Ok(concatenate(&results, axis)?)
}
