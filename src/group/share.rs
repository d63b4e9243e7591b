//! Which part of an axis a rank has, and the whole again of all parts.

use std::ops::Range;
use std::rc::Rc;

use mlx_rs::Array;
use mlx_rs::ops::{concatenate, zeros_dtype};

use super::Group;
use crate::Result;

/// Shares of an axis, about equal: the first ranks have one more where they cannot be.
#[derive(Clone)]
pub struct Share {
    group: Rc<dyn Group>,
    length: i32,
}

impl Share {
    /// Shares of `length` indices, which must be as many as there are ranks.
    pub fn of(group: Rc<dyn Group>, length: i32) -> Self {
        Self { group, length }
    }

    /// The indices of a rank.
    fn of_rank(&self, rank: usize) -> Range<i32> {
        let (rank, size) = (rank as i32, self.size());
        let (each, more) = (self.length / size, self.length % size);
        let start = rank * each + rank.min(more);
        start..start + each + i32::from(rank < more)
    }

    fn size(&self) -> i32 {
        self.group.size() as i32
    }

    /// The indices of this rank.
    pub fn own(&self) -> Range<i32> {
        self.of_rank(self.group.rank())
    }

    /// What this rank has of `x`, whose `axis` is whole.
    ///
    /// # Errors
    /// MLX's.
    pub fn cut(&self, x: &Array, axis: i32) -> Result<Array> {
        let own = self.own();
        let parts = x.split_at_indices(&[own.start, own.end], axis)?;
        Ok(parts.into_iter().nth(1).unwrap_or_else(|| x.clone()))
    }

    /// The whole of what each rank has: (…, its share, …) → (…, length, …). A share that is smaller than the largest is
    /// padded for the exchange.
    ///
    /// # Errors
    /// MLX's, also where another rank is gone.
    pub fn whole(&self, own: &Array, axis: usize) -> Result<Array> {
        let largest = self.of_rank(0).len() as i32;
        let missing = largest - own.dim(axis as i32);
        let padded = if missing > 0 {
            let mut shape = own.shape().to_vec();
            shape[axis] = missing;
            concatenate(&[own, &zeros_dtype(&shape, own.dtype())?], axis as i32)?
        } else {
            own.clone()
        };
        let all = self.group.gather(&padded.expand_dims(0)?)?;
        let all = all.split_equal(self.size(), 0)?;
        let parts = all.iter().enumerate().map(|(rank, part)| {
            let count = self.of_rank(rank).len() as i32;
            let part = part.squeeze_axes(&[0])?;
            if count == largest {
                return Ok(part);
            }
            let kept = part.split_at_indices(&[count], axis as i32)?;
            Ok(kept.into_iter().next().unwrap_or(part))
        });
        Ok(concatenate(
            &parts.collect::<Result<Vec<_>>>()?,
            axis as i32,
        )?)
    }
}
