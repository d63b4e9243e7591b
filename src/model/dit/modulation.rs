//! The vectors that a timestep sets: where each layer's input is scaled and shifted, and how much
//! of its output is let through.

use mlx_rs::error::Exception;
use mlx_rs::fast::layer_norm;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, select, zeros};
use mlx_rs::{Array, Dtype};

use crate::Result;
use crate::group::Share;
use crate::model::nn::Fused;

thread_local! {
    static MODULATE: Fused<3> = const { Fused::new(modulate) };
    static MODULATE_BY_TOKEN: Fused<6> = const {
        Fused::new(|[x, clean, shift, noisy_shift, scale, noisy_scale]| {
            let shift = select(clean, shift, noisy_shift)?;
            let scale = select(clean, scale, noisy_scale)?;
            modulate([x, &shift, &scale])
        })
    };
    static ADD_GATED: Fused<3> = const { Fused::new(add_gated) };
    static ADD_GATED_BY_TOKEN: Fused<5> = const {
        Fused::new(|[x, y, clean, gate, noisy_gate]| {
            add_gated([x, y, &select(clean, gate, noisy_gate)?])
        })
    };
}

fn modulate([x, shift, scale]: [&Array; 3]) -> Result<Array, Exception> {
    x.multiply(scale.add(Array::from_f32(1.0))?)?.add(shift)
}

fn add_gated([x, y, gate]: [&Array; 3]) -> Result<Array, Exception> {
    x.add(y.multiply(gate)?)
}

/// Vectors for each distinct timestep: one for all tokens, or the first for the tokens of a clean
/// first frame and the second for the rest.
pub struct Modulation {
    vectors: Array, // (distinct timesteps, vectors, dim), float32
    /// Where there are two, whether a token has the first: (tokens, 1).
    clean: Option<Array>,
}

impl Modulation {
    /// The tokens that are `clean` have the first timestep, the others the last.
    pub(super) fn new(vectors: Array, clean: Option<Array>) -> Self {
        Self { vectors, clean }
    }

    /// The vectors, (distinct timesteps, vectors, dim).
    pub fn vectors(&self) -> &Array {
        &self.vectors
    }

    /// Adds a layer's own vectors, (1, vectors, dim), to each timestep's.
    pub(super) fn offset(&self, own: &Array) -> Result<Self> {
        Ok(Self::new(self.vectors.add(own)?, self.clean.clone()))
    }

    /// The same with `count` more tokens before the others, which have the last timestep.
    pub(super) fn after_leading(&self, count: i32) -> Result<Self> {
        let clean = self.clean.as_ref().map(|clean| -> Result<Array> {
            let leading = zeros::<bool>(&[count, 1])?;
            Ok(concatenate(&[&leading, clean], 0)?)
        });
        Ok(Self::new(self.vectors.clone(), clean.transpose()?))
    }

    /// The same for the tokens that this process has.
    pub(super) fn of_share(&self, share: &Share) -> Result<Self> {
        let clean = self.clean.as_ref().map(|clean| share.cut(clean, 0));
        Ok(Self::new(self.vectors.clone(), clean.transpose()?))
    }

    /// LayerNorm(x) · (1 + scale) + shift over (batch, tokens, dim), as `dtype`.
    pub(super) fn norm(
        &self,
        x: &Array,
        (shift, scale): (i32, i32),
        eps: f32,
        dtype: Dtype,
    ) -> Result<Array> {
        let x = &layer_norm(x, None, None, eps)?;
        let (first_shift, first_scale) = (self.vector(0, shift)?, self.vector(0, scale)?);
        let Some(clean) = &self.clean else {
            let inputs = [x, &first_shift, &first_scale];
            return MODULATE.with(|modulate| modulate.apply(inputs, dtype));
        };
        let (shift, scale) = (self.vector(1, shift)?, self.vector(1, scale)?);
        let inputs = [x, clean, &first_shift, &shift, &first_scale, &scale];
        MODULATE_BY_TOKEN.with(|modulate| modulate.apply(inputs, dtype))
    }

    /// x + y · gate over (batch, tokens, dim), float32.
    pub(super) fn add_gated(&self, x: &Array, y: &Array, gate: i32) -> Result<Array> {
        let first = self.vector(0, gate)?;
        let Some(clean) = &self.clean else {
            return ADD_GATED.with(|add| add.apply([x, y, &first], Dtype::Float32));
        };
        let inputs = [x, y, clean, &first, &self.vector(1, gate)?];
        ADD_GATED_BY_TOKEN.with(|add| add.apply(inputs, Dtype::Float32))
    }

    fn vector(&self, row: i32, index: i32) -> Result<Array> {
        Ok(self.vectors.try_index((row, index))?)
    }
}
