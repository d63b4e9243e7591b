//! The layers of tiny autoencoders, over (frames, height, width, channels).

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{broadcast_to, concatenate, conv2d, maximum, pad, tanh, zeros_dtype};
use mlx_rs::{Array, Dtype};

use crate::weights::Weights;
use crate::{Error, Result};

/// Beyond this, latents are drawn back smoothly.
const LARGEST_LATENT: f32 = 3.0;

/// One layer.
pub(super) enum Layer {
    /// Draws back latents that are too large.
    Clamp,
    /// Sets what is below 0 to 0.
    Relu,
    /// A convolution within each frame.
    Conv(Conv),
    /// A residual block that also sees the frame before.
    Memory(MemoryBlock),
    /// That of the larger decoder.
    SuperMemory(SuperMemoryBlock),
    /// Several frames become one.
    Join(Conv),
    /// One frame becomes several.
    Split(Conv),
    /// Each pixel becomes four, all alike.
    Upsample,
    /// Each pixel becomes four, from a quarter of the channels each.
    Shuffle,
}

impl Layer {
    /// The channels that it gives, if that is its own.
    pub(super) fn outputs(&self) -> Option<i32> {
        match self {
            Self::Conv(conv) => Some(conv.weight.dim(0)),
            _ => None,
        }
    }
}

/// A convolution with a square kernel, which sees black beyond the edges.
pub(super) struct Conv {
    weight: Array, // (out, side, side, in)
    bias: Option<Array>,
    stride: i32,
}

impl Conv {
    /// Reads the convolution that lies here.
    pub(super) fn load(weights: &Weights, stride: i32) -> Result<Self> {
        let shape = weights.shape("weight")?;
        let weight = weights.tensor("weight", &shape)?;
        let weight = weight.transpose_axes(&[0, 2, 3, 1])?.contiguous()?;
        weight.eval()?;
        let bias = weights
            .has("bias")
            .then(|| weights.tensor("bias", &[weight.dim(0)]));
        Ok(Self {
            weight,
            bias: bias.transpose()?,
            stride,
        })
    }

    fn forward(&self, x: &Array) -> Result<Array> {
        let reach = self.weight.dim(1) / 2;
        let stride = (self.stride, self.stride);
        let reach = (reach, reach);
        let y = conv2d(x, &self.weight, stride, reach, None, None)?;
        match &self.bias {
            Some(bias) => Ok(y.add(bias)?),
            None => Ok(y),
        }
    }

    /// How many frames become one, or one becomes.
    fn frames(&self) -> i32 {
        let (outputs, inputs) = (self.weight.dim(0), self.weight.dim(3));
        (outputs / inputs).max(inputs / outputs).max(1)
    }
}

/// `MemBlock`: three convolutions of this frame and the one before it, around which this one is carried.
pub(super) struct MemoryBlock {
    convs: [Conv; 3],
    skip: Option<Conv>,
}

impl MemoryBlock {
    /// Reads the block that lies here.
    pub(super) fn load(weights: &Weights) -> Result<Self> {
        let conv = |name: &str| Conv::load(&weights.at(name), 1);
        let skip = weights.has("skip.weight").then(|| conv("skip"));
        Ok(Self {
            convs: [conv("conv.0")?, conv("conv.2")?, conv("conv.4")?],
            skip: skip.transpose()?,
        })
    }

    fn forward(&self, x: &Array, before: &Array) -> Result<Array> {
        let [first, second, third] = &self.convs;
        let y = concatenate(&[x, before], 3)?;
        let y = relu(&first.forward(&y)?)?;
        let y = third.forward(&relu(&second.forward(&y)?)?)?;
        let carried = match &self.skip {
            Some(skip) => skip.forward(x)?,
            None => x.clone(),
        };
        relu(&y.add(carried)?)
    }
}

/// A convolution of every channel by itself. MLX's own writes beyond its arrays on a processor, so it is a sum of shifted
/// pictures.
pub(super) struct Depthwise {
    weight: Array, // (side · side, channels)
    side: i32,
}

impl Depthwise {
    fn load(weights: &Weights) -> Result<Self> {
        let shape = weights.shape("weight")?;
        let weight = weights.tensor("weight", &shape)?; // (channels, 1, side, side)
        let side = weight.dim(3);
        let weight = weight.reshape(&[weight.dim(0), side * side])?;
        let weight = weight.transpose_axes(&[1, 0])?.contiguous()?;
        weight.eval()?;
        Ok(Self { weight, side })
    }

    fn forward(&self, x: &Array) -> Result<Array> {
        let (height, width, reach) = (x.dim(1), x.dim(2), self.side / 2);
        let around = [(0, 0), (reach, reach), (reach, reach), (0, 0)];
        let x = pad(x, &around, None, None)?;
        let mut sum: Option<Array> = None;
        for row in 0..self.side {
            let rows = x.try_index((.., row..row + height))?;
            for column in 0..self.side {
                let shifted = rows.try_index((.., .., column..column + width))?;
                let factors = self.weight.try_index(row * self.side + column)?;
                let part = shifted.multiply(&factors)?;
                sum = Some(match sum {
                    Some(sum) => sum.add(part)?,
                    None => part,
                });
            }
            // So that no more than a row of them waits.
            if let Some(sum) = &sum {
                sum.eval()?;
            }
        }
        sum.ok_or_else(|| Error::Other("A convolution has no weights: choose another file".into()))
    }
}

/// `SuperMemBlock`: this frame and the one before it, looked at channel by channel and then point by point, are added to
/// this one.
pub(super) struct SuperMemoryBlock {
    look: Depthwise,
    widen: Conv,
    narrow: Conv,
}

impl SuperMemoryBlock {
    /// Reads the block that lies here.
    pub(super) fn load(weights: &Weights) -> Result<Self> {
        let weights = weights.at("conv");
        Ok(Self {
            look: Depthwise::load(&weights.at(0))?,
            widen: Conv::load(&weights.at(1), 1)?,
            narrow: Conv::load(&weights.at(3), 1)?,
        })
    }

    fn forward(&self, x: &Array, before: &Array) -> Result<Array> {
        let y = self.look.forward(&concatenate(&[x, before], 3)?)?;
        let y = self.narrow.forward(&relu(&self.widen.forward(&y)?)?)?;
        Ok(y.add(x)?)
    }
}

/// What of the pixels is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Whether a latent becomes all of its frames, or only the last one.
    pub in_time: bool,
    /// Whether pictures are doubled the last time, where that is a layer by itself.
    pub in_space: bool,
}

impl Detail {
    /// All of them.
    pub const WHOLE: Self = Self {
        in_time: true,
        in_space: true,
    };
    /// A quarter of the frames, at half the size.
    pub const SKETCH: Self = Self {
        in_time: false,
        in_space: false,
    };
}

/// The last frame that each memory block has seen, in the order in which they run.
#[derive(Default)]
pub(super) struct Memory(Vec<Array>);

impl Memory {
    /// The next frames, (t, h, w, in), through all layers.
    pub(super) fn pass(&mut self, layers: &[Layer], x: &Array, detail: Detail) -> Result<Array> {
        let mut blocks = 0;
        let is_upsample = |layer: &Layer| matches!(layer, Layer::Upsample);
        let last = layers.iter().rposition(is_upsample);
        let skipped = last.filter(|_| !detail.in_space);
        let mut layers = layers.iter().enumerate();
        layers.try_fold(x.clone(), |x, (place, layer)| match layer {
            Layer::Clamp => {
                let most = Array::from_f32(LARGEST_LATENT);
                Ok(tanh(x.divide(&most)?)?.multiply(&most)?)
            }
            Layer::Relu => relu(&x),
            Layer::Conv(conv) => conv.forward(&x),
            Layer::Memory(block) => {
                blocks += 1;
                block.forward(&x, &self.before(blocks - 1, &x)?)
            }
            Layer::SuperMemory(block) => {
                blocks += 1;
                block.forward(&x, &self.before(blocks - 1, &x)?)
            }
            Layer::Join(conv) => conv.forward(&join(&x, conv.frames())?),
            Layer::Split(conv) if detail.in_time => split(&conv.forward(&x)?, conv.frames()),
            Layer::Split(conv) => {
                let all = conv.forward(&x)?;
                let first = all.dim(3) - all.dim(3) / conv.frames();
                Ok(all.try_index((.., .., .., first..))?)
            }
            Layer::Upsample if skipped == Some(place) => Ok(x),
            Layer::Upsample => double(&x),
            Layer::Shuffle => pixels_apart(&x, 2),
        })
    }

    /// Each frame's predecessor; the last frame is remembered.
    fn before(&mut self, block: usize, x: &Array) -> Result<Array> {
        let last = x.try_index(-1..)?.contiguous()?;
        last.eval()?;
        let first = if let Some(kept) = self.0.get_mut(block) {
            std::mem::replace(kept, last)
        } else {
            self.0.push(last);
            zeros_dtype(&[1, x.dim(1), x.dim(2), x.dim(3)], x.dtype())?
        };
        if x.dim(0) == 1 {
            return Ok(first);
        }
        Ok(concatenate(&[&first, &x.try_index(..x.dim(0) - 1)?], 0)?)
    }
}

fn relu(x: &Array) -> Result<Array> {
    let zero = Array::from_f32(0.0).as_dtype(x.dtype())?;
    Ok(maximum(x, &zero)?)
}

/// (t, h, w, c) → (t / n, h, w, n · c), the earlier frame's channels first.
fn join(x: &Array, n: i32) -> Result<Array> {
    let (t, h, w, c) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    Ok(x.reshape(&[t / n, n, h, w, c])?
        .transpose_axes(&[0, 2, 3, 1, 4])?
        .reshape(&[t / n, h, w, n * c])?)
}

/// (t, h, w, n · c) → (n · t, h, w, c), the first channels for the earlier frame.
fn split(x: &Array, n: i32) -> Result<Array> {
    let (t, h, w, c) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3) / n);
    Ok(x.reshape(&[t, h, w, n, c])?
        .transpose_axes(&[0, 3, 1, 2, 4])?
        .reshape(&[t * n, h, w, c])?)
}

/// (t, h, w, c) → (t, 2h, 2w, c)
fn double(x: &Array) -> Result<Array> {
    let (t, h, w, c) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    let x = x.reshape(&[t, h, 1, w, 1, c])?;
    let x = broadcast_to(&x, &[t, h, 2, w, 2, c])?;
    Ok(x.reshape(&[t, 2 * h, 2 * w, c])?)
}

/// (t, h, w, 3 · p²) → (t, p · h, p · w, 3); colour is slowest in the channels.
pub(super) fn pixels_apart(x: &Array, p: i32) -> Result<Array> {
    let (t, h, w, c) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3) / (p * p));
    Ok(x.reshape(&[t, h, w, c, p, p])?
        .transpose_axes(&[0, 1, 4, 2, 5, 3])?
        .reshape(&[t, h * p, w * p, c])?)
}

/// The way back.
pub(super) fn pixels_together(x: &Array, p: i32) -> Result<Array> {
    let (t, h, w, c) = (x.dim(0), x.dim(1) / p, x.dim(2) / p, x.dim(3));
    Ok(x.as_dtype(Dtype::Float32)?
        .reshape(&[t, h, p, w, p, c])?
        .transpose_axes(&[0, 1, 3, 5, 2, 4])?
        .reshape(&[t, h, w, c * p * p])?)
}
