//! The stages of the 2.2 VAE: residual blocks and a change of size, with a shortcut around both.

use mlx_rs::Array;

use super::shortcut::{Factor, average_down, duplicate_up};
use super::{Cache, Downsample, Residual, Upsample};
use crate::Result;
use crate::weights::Weights;

/// How a stage changes the size of a clip.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Not at all.
    None,
    /// In space.
    Space,
    /// In space and time.
    SpaceAndTime,
}

impl Scale {
    fn factor(self) -> Factor {
        let two_if = |yes| if yes { 2 } else { 1 };
        Factor {
            time: two_if(self == Self::SpaceAndTime),
            space: two_if(self != Self::None),
        }
    }
}

/// Residual blocks, then halving.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `Down_ResidualBlock`.
pub struct DownStage {
    blocks: Vec<Residual>,
    downsample: Option<Downsample>,
    outputs: i32,
    factor: Factor,
}

impl DownStage {
    /// Reads `blocks` residual blocks, and the layer that halves unless `scale` is none.
    pub fn load(
        weights: &Weights,
        channels: (i32, i32),
        blocks: i32,
        scale: Scale,
    ) -> Result<Self> {
        let layers = weights.at("downsamples");
        let outputs = channels.1;
        let downsample =
            || Downsample::load(&layers.at(blocks), outputs, scale == Scale::SpaceAndTime);
        Ok(Self {
            blocks: load_blocks(&layers, channels, blocks)?,
            downsample: (scale != Scale::None).then(downsample).transpose()?,
            outputs,
            factor: scale.factor(),
        })
    }

    /// Whether it makes one frame of two.
    pub fn halves_time(&self) -> bool {
        self.factor.time > 1
    }

    /// (t, h, w, in) → (t′, h′, w′, out)
    pub fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        let mut y = x.clone();
        for block in &self.blocks {
            y = block.forward(&y, cache)?;
        }
        if let Some(downsample) = &self.downsample {
            y = downsample.forward(&y, cache)?;
        }
        Ok(y.add(average_down(x, self.outputs, self.factor)?)?)
    }
}

/// Residual blocks, then doubling.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `Up_ResidualBlock`.
pub struct UpStage {
    blocks: Vec<Residual>,
    upsample: Option<Upsample>,
    outputs: i32,
    factor: Factor,
}

impl UpStage {
    /// Reads `blocks` residual blocks, and the layer that doubles unless `scale` is none.
    pub fn load(
        weights: &Weights,
        channels: (i32, i32),
        blocks: i32,
        scale: Scale,
    ) -> Result<Self> {
        let layers = weights.at("upsamples");
        let outputs = channels.1;
        let upsample = || {
            let same = (outputs, outputs);
            Upsample::load(&layers.at(blocks), same, scale == Scale::SpaceAndTime)
        };
        Ok(Self {
            blocks: load_blocks(&layers, channels, blocks)?,
            upsample: (scale != Scale::None).then(upsample).transpose()?,
            outputs,
            factor: scale.factor(),
        })
    }

    /// (t, h, w, in) → (t′, h′, w′, out)
    pub fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        let first_chunk = cache.is_first_chunk();
        let mut y = x.clone();
        for block in &self.blocks {
            y = block.forward(&y, cache)?;
        }
        let Some(upsample) = &self.upsample else {
            return Ok(y);
        };
        let y = upsample.forward(&y, cache)?;
        Ok(y.add(duplicate_up(x, self.outputs, self.factor, first_chunk)?)?)
    }
}

fn load_blocks(
    layers: &Weights,
    (inputs, outputs): (i32, i32),
    count: i32,
) -> Result<Vec<Residual>> {
    (0..count)
        .map(|i| {
            let inputs = if i == 0 { inputs } else { outputs };
            Residual::load(&layers.at(i), (inputs, outputs))
        })
        .collect()
}
