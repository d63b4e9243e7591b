//! Tiny autoencoders for the latents of the large ones: seconds where those take minutes, and a picture that is a little
//! worse.
//!
//! madebyollin/taehv at commit 1f14a56, `taehv.py`, `TAEHV`. Layers are told by their tensors, so that networks of any
//! width are read, as are those which others trained anew (`lighttaew2_1`) and the larger decoder (`taew2_2_super`).

mod layers;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{clip, concatenate};
use mlx_rs::{Array, Dtype};

use crate::weights::Weights;
use crate::{Error, Result};
pub use layers::Detail;
use layers::{Conv, Layer, Memory, MemoryBlock, SuperMemoryBlock, pixels_apart, pixels_together};

/// The frames that become one latent, and come out of one.
const TIME_STRIDE: i32 = 4;
/// Red, green and blue.
const RGB: i32 = 3;

/// From latents to pixels.
pub struct Decoder {
    layers: Vec<Layer>,
    /// The pixels that share a channel, in both directions.
    patch: i32,
    channels: i32,
}

impl Decoder {
    /// Reads this half; the other is skipped.
    pub fn load(weights: &Weights) -> Result<Self> {
        weights.skip("encoder");
        let layers = read(&weights.at("decoder"), Half::Decoder)?;
        let outputs = layers.iter().rev().find_map(Layer::outputs).unwrap_or(RGB);
        let channels = latent_channels(weights).ok_or_else(|| {
            Error::Other("This is no tiny VAE: choose one such as taew2_1.safetensors".into())
        })?;
        Ok(Self {
            patch: patch_of(outputs)?,
            channels,
            layers,
        })
    }

    /// The channels of the latents that it is for.
    pub fn channels(&self) -> i32 {
        self.channels
    }

    /// Normalised latents (1 + n, h, w, channels) → pixels in [-1, 1], float32, handed to `write` as they come:
    /// (1, h′, w′, 3) for the first latent frame, then (4, h′, w′, 3) for each.
    ///
    /// # Errors
    /// MLX's, and the first that `write` returns.
    pub fn decode(
        &self,
        latents: &Array,
        mut write: impl FnMut(&Array) -> Result<()>,
    ) -> Result<()> {
        let mut frames = self.frames(latents);
        while let Some(frames) = frames.next_chunk()? {
            write(&frames)?;
        }
        Ok(())
    }

    /// The same, to be asked for.
    pub fn frames(&self, latents: &Array) -> Frames<'_> {
        Frames {
            decoder: self,
            latents: latents.clone(),
            memory: Memory::default(),
            next: 0,
        }
    }

    /// All latents → pixels in [-1, 1], float32, of all or some detail. With all frames it begins with the three that
    /// [`decode`](Self::decode) leaves out. It holds no more than a latent frame makes, and the pixels.
    pub fn sketch(&self, latents: &Array, detail: Detail) -> Result<Array> {
        let mut memory = Memory::default();
        let mut frames = Vec::new();
        for frame in 0..latents.dim(0) {
            let latent = latents.try_index(frame..=frame)?;
            let pixels = self.pixels(&mut memory, &latent, detail)?;
            pixels.eval()?;
            frames.push(pixels);
        }
        Ok(concatenate(&frames, 0)?)
    }

    fn pixels(&self, memory: &mut Memory, latents: &Array, detail: Detail) -> Result<Array> {
        let made = memory.pass(&self.layers, latents, detail)?;
        let made = clip(&made.as_dtype(Dtype::Float32)?, (0.0, 1.0))?;
        Ok(pixels_apart(&made, self.patch)?
            .multiply(Array::from_f32(2.0))?
            .subtract(Array::from_f32(1.0))?)
    }

    /// What comes after this many layers, of all latents at once: for a comparison layer by layer.
    pub fn after(&self, layers: usize, latents: &Array) -> Result<Array> {
        let some = self.layers.get(..layers).unwrap_or(&self.layers);
        Memory::default().pass(some, latents, Detail::WHOLE)
    }
}

/// Frames as a decoder makes them of latents.
pub struct Frames<'a> {
    decoder: &'a Decoder,
    latents: Array,
    memory: Memory,
    next: i32,
}

impl Frames<'_> {
    /// The next frames, computed by now; none after the last ones.
    ///
    /// # Errors
    /// MLX's.
    pub fn next_chunk(&mut self) -> Result<Option<Array>> {
        let frame = self.next;
        if frame >= self.latents.dim(0) {
            return Ok(None);
        }
        self.next += 1;
        let latent = self.latents.try_index(frame..=frame)?;
        let pixels = self
            .decoder
            .pixels(&mut self.memory, &latent, Detail::WHOLE)?;
        // The network was trained on groups of four; the VAE's first latent is one frame.
        let first = if frame == 0 { pixels.dim(0) - 1 } else { 0 };
        let pixels = pixels.try_index(first..)?;
        pixels.eval()?;
        Ok(Some(pixels))
    }
}

/// From pixels to latents.
pub struct Encoder {
    layers: Vec<Layer>,
    patch: i32,
}

impl Encoder {
    /// Reads this half; the other is skipped.
    pub fn load(weights: &Weights) -> Result<Self> {
        weights.skip("decoder");
        let patch = patch_of(weights.side("encoder.0.weight", 1)?)?;
        let layers = read(&weights.at("encoder"), Half::Encoder)?;
        Ok(Self { layers, patch })
    }

    /// Pixels in [-1, 1], (frames, h, w, 3) → normalised latents (⌈frames / 4⌉, h′, w′, channels): frames are grouped
    /// by four from the first one on, which is not how the VAE does it, and the last one is repeated to fill the last
    /// group.
    pub fn encode(&self, pixels: &Array) -> Result<Array> {
        let mut memory = Memory::default();
        let mut latents = Vec::new();
        for first in (0..pixels.dim(0)).step_by(TIME_STRIDE as usize) {
            let end = (first + TIME_STRIDE).min(pixels.dim(0));
            let mut group = vec![pixels.try_index(first..end)?];
            let last = pixels.try_index(end - 1..end)?;
            group.extend((end..first + TIME_STRIDE).map(|_| last.clone()));
            let group = concatenate(&group, 0)?
                .add(Array::from_f32(1.0))?
                .multiply(Array::from_f32(0.5))?;
            let latent = memory.pass(
                &self.layers,
                &pixels_together(&group, self.patch)?,
                Detail::WHOLE,
            )?;
            latent.eval()?;
            latents.push(latent);
        }
        Ok(concatenate(&latents, 0)?)
    }
}

/// The channels of the latents that the tiny VAE with these weights is for; none if it is another network.
pub fn latent_channels(weights: &Weights) -> Option<i32> {
    let first = if weights.has("decoder.3.conv.4.weight") {
        "decoder.1.weight"
    } else if weights.has("decoder.3.conv.3.weight") {
        "decoder.0.weight" // the larger decoder
    } else {
        return None;
    };
    weights.side(first, 1).ok()
}

/// The side of the squares of pixels that this many channels hold.
fn patch_of(channels: i32) -> Result<i32> {
    match channels {
        RGB => Ok(1),
        four if four == 4 * RGB => Ok(2),
        other => Err(Error::Other(format!(
            "This tiny VAE has pictures of {other} channels, which this version cannot read: choose another"
        ))),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Encoder,
    Decoder,
}

/// The layers of a half. Some have tensors under their numbers, and what the others are follows from their neighbours.
fn read(weights: &Weights, half: Half) -> Result<Vec<Layer>> {
    let names = weights.names();
    let numbers = names.iter().filter_map(|name| {
        let number = name.split('.').nth(1)?;
        number.parse::<usize>().ok()
    });
    let count = numbers.max().map_or(0, |last| last + 1);
    let changes_time = |i: usize| weights.has(&format!("{i}.conv.weight"));
    let is_super = weights.has("1.conv.3.weight");
    let layer = |i: usize| {
        let here = weights.at(i);
        Ok(if here.has("conv.3.weight") {
            Layer::SuperMemory(SuperMemoryBlock::load(&here)?)
        } else if here.has("conv.0.weight") {
            Layer::Memory(MemoryBlock::load(&here)?)
        } else if here.has("conv.weight") {
            let conv = Conv::load(&here.at("conv"), 1)?;
            match half {
                Half::Encoder => Layer::Join(conv),
                Half::Decoder => Layer::Split(conv),
            }
        } else if here.has("weight") {
            let halves = half == Half::Encoder && i > 0 && changes_time(i - 1);
            Layer::Conv(Conv::load(&here, 1 + i32::from(halves))?)
        } else {
            match half {
                Half::Decoder if i == 0 => Layer::Clamp,
                Half::Decoder if changes_time(i + 1) && is_super => Layer::Shuffle,
                Half::Decoder if changes_time(i + 1) => Layer::Upsample,
                _ => Layer::Relu,
            }
        })
    };
    (0..count).map(layer).collect()
}
