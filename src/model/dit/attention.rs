//! The two attentions of a block: among the tokens of the video, and to those of the text and of pictures.

use mlx_rs::fast::rms_norm;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{broadcast_to, minimum};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use super::{Config, Rope};
use crate::Result;
use crate::model::nn;
use crate::weights::{Linear, Weights};

/// The layers that both attentions have.
struct Projections {
    q: Linear,
    k: Linear,
    v: Linear,
    o: Linear,
    norm_q: Array, // (dim)
    norm_k: Array, // (dim)
    heads: i32,
    eps: f32,
}

impl Projections {
    fn load(weights: &Weights, dim: i32, config: &Config) -> Result<Self> {
        let linear = |name| weights.product(name, dim, dim);
        Ok(Self {
            q: linear("q")?,
            k: linear("k")?,
            v: linear("v")?,
            o: linear("o")?,
            norm_q: weights.tensor("norm_q.weight", &[dim])?,
            norm_k: weights.tensor("norm_k.weight", &[dim])?,
            heads: config.num_heads,
            eps: config.eps,
        })
    }

    /// (batch, tokens, dim) → (batch, tokens, heads, width), normalised over the whole width.
    fn queries(&self, x: &Array) -> Result<Array> {
        self.heads(&rms_norm(
            self.product(&self.q, x)?,
            Some(&self.norm_q),
            self.eps,
        )?)
    }

    fn keys(&self, x: &Array) -> Result<Array> {
        self.heads(&rms_norm(
            self.product(&self.k, x)?,
            Some(&self.norm_k),
            self.eps,
        )?)
    }

    fn values(&self, x: &Array) -> Result<Array> {
        self.heads(&self.product(&self.v, x)?)
    }

    fn product(&self, linear: &Linear, x: &Array) -> Result<Array> {
        nn::product(linear, x, self.norm_q.dim(0))
    }

    fn heads(&self, x: &Array) -> Result<Array> {
        let (batch, tokens, dim) = (x.dim(0), x.dim(1), x.dim(2));
        Ok(x.reshape(&[batch, tokens, self.heads, dim / self.heads])?)
    }

    /// Attention over (batch, tokens, heads, width), with the last product.
    fn attend(&self, queries: &Array, memory: &TextKv) -> Result<Array> {
        let queries = heads_first(queries)?;
        let y = mixed(&queries, memory)?;
        match &memory.avoided {
            None => self.product(&self.o, &y),
            Some(avoided) => {
                let (other, nag) = avoided.as_ref();
                self.product(&self.o, &nag.pushed(&y, &mixed(&queries, other)?)?)
            }
        }
    }
}

/// Attention of queries (batch, heads, tokens, width) to the text and, by the same queries, to pictures:
/// (batch, tokens, dim)
fn mixed(queries: &Array, memory: &TextKv) -> Result<Array> {
    let (batch, tokens) = (queries.dim(0), queries.dim(2));
    let mut y = nn::attention(queries, &memory.keys, &memory.values)?;
    if let Some(image) = &memory.image {
        y = y.add(nn::attention(queries, &image.keys, &image.values)?)?;
    }
    let y = y.transpose_axes(&[0, 2, 1, 3])?;
    Ok(y.reshape(&[batch, tokens, -1])?)
}

/// (batch, tokens, heads, width) → (batch, heads, tokens, width)
fn heads_first(x: &Array) -> Result<Array> {
    Ok(x.transpose_axes(&[0, 2, 1, 3])?)
}

/// Keys and values, (batch, heads, tokens, width).
pub struct TextKv {
    keys: Array,
    values: Array,
    /// Those of pictures beside the text.
    image: Option<Box<TextKv>>,
    /// Those of a text that attention is pushed away from.
    avoided: Option<Box<(TextKv, Nag)>>,
}

/// Normalized attention guidance.
///
/// Chen et al., "Normalized Attention Guidance" (arXiv 2505.21179), algorithm 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nag {
    /// How far attention is pushed away: 1 not at all.
    pub scale: f32,
    /// How much of the pushed attention is taken.
    pub alpha: f32,
    /// How many times the sum of its absolute values may become larger.
    pub tau: f32,
}

impl Nag {
    /// Attention to one text, pushed away from that to another: (batch, tokens, dim) each.
    pub fn pushed(self, with: &Array, without: &Array) -> Result<Array> {
        let number = Array::from_f32;
        let dtype = with.dtype();
        let (with, without) = (
            with.as_dtype(Dtype::Float32)?,
            without.as_dtype(Dtype::Float32)?,
        );
        let pushed = with
            .multiply(number(self.scale))?
            .subtract(without.multiply(number(self.scale - 1.0))?)?;
        let size = |x: &Array| x.abs()?.sum_axis(-1, true);
        let most = size(&with)?.multiply(number(self.tau))?;
        let room = most.divide(size(&pushed)?.add(number(1e-7))?)?;
        let pushed = pushed.multiply(minimum(&room, number(1.0))?)?;
        let sum = pushed
            .multiply(number(self.alpha))?
            .add(with.multiply(number(1.0 - self.alpha))?)?;
        Ok(sum.as_dtype(dtype)?)
    }
}

impl TextKv {
    /// Of keys and values (batch, tokens, heads, width).
    fn new(keys: &Array, values: &Array) -> Result<Self> {
        Ok(Self {
            keys: heads_first(keys)?,
            values: heads_first(values)?,
            image: None,
            avoided: None,
        })
    }

    /// The normalised keys and the values of pictures, (prompts, heads, tokens, width) each.
    pub fn image(&self) -> Option<[&Array; 2]> {
        self.image
            .as_ref()
            .map(|image| [&image.keys, &image.values])
    }

    /// Those of one prompt.
    pub(super) fn only(&self, index: i32) -> Result<Self> {
        let one = |x: &Array| x.try_index(index..=index);
        let image = self.image.as_ref().map(|image| image.only(index));
        Ok(Self {
            keys: one(&self.keys)?,
            values: one(&self.values)?,
            image: image.transpose()?.map(Box::new),
            avoided: None,
        })
    }

    /// Attention to them is pushed away from `other`.
    pub(super) fn avoiding(self, other: Self, nag: Nag) -> Self {
        Self {
            avoided: Some(Box::new((other, nag))),
            ..self
        }
    }
}

/// Wan2.2 `wan/modules/model.py`, `WanSelfAttention`.
pub struct SelfAttention(Projections);

impl SelfAttention {
    pub(super) fn load(weights: &Weights, dim: i32, config: &Config) -> Result<Self> {
        Projections::load(weights, dim, config).map(Self)
    }

    /// The normalised queries before their rotation, (batch, tokens, heads, width).
    pub fn queries(&self, x: &Array) -> Result<Array> {
        self.0.queries(x)
    }

    /// The normalised keys before their rotation, (batch, tokens, heads, width).
    pub fn keys(&self, x: &Array) -> Result<Array> {
        self.0.keys(x)
    }

    /// (batch, tokens, dim) → (batch, tokens, dim)
    pub fn forward(&self, x: &Array, rope: &Rope) -> Result<Array> {
        let queries = rope.rotate(&self.queries(x)?)?;
        let keys = rope.rotate(&self.keys(x)?)?;
        let (keys, values) = rope.of_all(keys, self.0.values(x)?)?;
        self.0.attend(&queries, &TextKv::new(&keys, &values)?)
    }
}

/// The layers that image-to-video models of Wan2.1 have for the tokens of pictures.
struct ImageBranch {
    k: Linear,
    v: Linear,
    norm_k: Array, // (dim)
}

impl ImageBranch {
    fn load(weights: &Weights, dim: i32) -> Result<Self> {
        Ok(Self {
            k: weights.product("k_img", dim, dim)?,
            v: weights.product("v_img", dim, dim)?,
            norm_k: weights.tensor("norm_k_img.weight", &[dim])?,
        })
    }
}

/// Wan2.2 `wan/modules/model.py`, `WanCrossAttention`; with pictures Wan2.1 `wan/modules/model.py`, `WanI2VCrossAttention`.
pub struct CrossAttention {
    text: Projections,
    image: Option<ImageBranch>,
}

impl CrossAttention {
    pub(super) fn load(weights: &Weights, dim: i32, config: &Config) -> Result<Self> {
        let image = weights.has("k_img.weight");
        let image = image.then(|| ImageBranch::load(weights, dim));
        Ok(Self {
            text: Projections::load(weights, dim, config)?,
            image: image.transpose()?,
        })
    }

    /// The keys and values of embedded texts, (prompts, text length, dim), and of the embedded pictures that all of them
    /// share, (1, tokens, dim), computed once.
    pub fn key_values(&self, text: &Array, image: Option<&Array>) -> Result<TextKv> {
        let memory = TextKv::new(&self.text.keys(text)?, &self.text.values(text)?)?;
        eval([&memory.keys, &memory.values])?;
        let pictures = self.image.as_ref().zip(image);
        let pictures = pictures.map(|(branch, image)| self.image_kv(branch, image, text.dim(0)));
        Ok(TextKv {
            image: pictures.transpose()?.map(Box::new),
            ..memory
        })
    }

    fn image_kv(&self, branch: &ImageBranch, image: &Array, prompts: i32) -> Result<TextKv> {
        let keys = branch.k.forward(image)?;
        let keys = rms_norm(keys, Some(&branch.norm_k), self.text.eps)?;
        let values = branch.v.forward(image)?;
        let once = TextKv::new(&self.text.heads(&keys)?, &self.text.heads(&values)?)?;
        eval([&once.keys, &once.values])?;
        let for_each = |x: &Array| broadcast_to(x, &[prompts, x.dim(1), x.dim(2), x.dim(3)]);
        Ok(TextKv {
            keys: for_each(&once.keys)?,
            values: for_each(&once.values)?,
            image: None,
            avoided: None,
        })
    }

    /// (batch, tokens, dim) → (batch, tokens, dim)
    pub fn forward(&self, x: &Array, memory: &TextKv) -> Result<Array> {
        self.text.attend(&self.text.queries(x)?, memory)
    }
}
