//! The diffusion transformer: from noisy latents, a timestep and text features to a velocity.
//!
//! Wan2.2 `wan/modules/model.py`, `WanModel`. Products are computed in a type of choice; the
//! residual stream, the modulation, the time embedding and the head stay in float32, as the
//! official code has them.

mod attention;
mod block;
mod config;
mod head;
mod modulation;
mod patch;
mod rope;
mod text;
mod time;

pub use attention::{CrossAttention, Nag, SelfAttention, TextKv};
pub use block::Block;
pub use config::Config;
pub use head::Head;
pub use modulation::Modulation;
pub use patch::{Grid, patchify, unpatchify};
pub use rope::Rope;
pub use text::TextEmbedding;
pub use time::{TimeEmbedding, Timesteps, sinusoidal};

use mlx_rs::ops::{broadcast_to, concatenate};
use mlx_rs::{Array, Dtype};

use crate::Result;
use crate::model::nn::EvalPacer;
use crate::weights::{Linear, Weights};

/// Up to this many numbers in the residual stream the blocks are computed as one. Their graph holds every intermediate at
/// once, and one dispatch must not outlast the GPU's watchdog, so only tiny networks are.
const MOST_NUMBERS_AT_ONCE: i64 = 1 << 20;

/// The network.
pub struct Dit {
    patch_embedding: Linear,
    text: TextEmbedding,
    time: TimeEmbedding,
    blocks: Vec<Block>,
    head: Head,
    head_width: i32,
}

/// What prompts contribute, the same at every step: each block's keys and values of their texts.
pub struct Prompts {
    count: i32,
    memories: Vec<TextKv>,
}

impl Dit {
    /// Reads the network; products are computed in `dtype`.
    ///
    /// # Errors
    /// When `config` and the tensors contradict each other, or a file cannot be read.
    pub fn load(weights: &Weights, config: &Config, dtype: Dtype) -> Result<Self> {
        let exact = weights.as_type(Dtype::Float32);
        let weights = weights.as_type(dtype);
        let dim = weights.side("patch_embedding.weight", 0)?;
        config.check_heads(dim)?;
        let blocks = weights.at("blocks");
        let exact_blocks = exact.at("blocks");
        let blocks = (0..blocks.count(""))
            .map(|i| Block::load(&blocks.at(i), &exact_blocks.at(i), dim, config))
            .collect::<Result<_>>()?;
        Ok(Self {
            patch_embedding: patch::load_embedding(&weights.at("patch_embedding"), dim)?,
            text: TextEmbedding::load(&weights.at("text_embedding"), dim, config.text_len)?,
            time: TimeEmbedding::load(&exact, dim)?,
            blocks,
            head: Head::load(&exact.at("head"), dim, config.eps)?,
            head_width: dim / config.num_heads,
        })
    }

    /// The layer between the text encoder's features and the blocks.
    pub fn text(&self) -> &TextEmbedding {
        &self.text
    }

    /// The layer between timesteps and the modulation.
    pub fn time(&self) -> &TimeEmbedding {
        &self.time
    }

    /// The transformer blocks.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The last layer.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The rotary tables for latents of this grid, to be made once a run.
    pub fn rope(&self, grid: Grid) -> Result<Rope> {
        Rope::new(grid, self.head_width)
    }

    /// The text features (tokens, text width) of each prompt → what every step needs of them, to be
    /// made once a run.
    pub fn encode_context(&self, features: &[&Array]) -> Result<Prompts> {
        let texts = features.iter().map(|features| self.text.forward(features));
        let text = concatenate(&texts.collect::<Result<Vec<_>>>()?, 0)?;
        let remember = |block: &Block| block.cross_attn.key_values(&text);
        Ok(Prompts {
            count: text.dim(0),
            memories: self.blocks.iter().map(remember).collect::<Result<_>>()?,
        })
    }

    /// Latents (channels, frames, height, width) → tokens (1, tokens, dim), float32.
    pub fn embed(&self, latents: &Array) -> Result<Array> {
        let tokens = self.patch_embedding.forward(&patchify(latents)?)?;
        Ok(tokens.as_dtype(Dtype::Float32)?.expand_dims(0)?)
    }

    /// Latents (channels, frames, height, width) → their velocity for each of the prompts, which run
    /// as one batch, float32 in the same axes.
    pub fn forward(
        &self,
        latents: &Array,
        timesteps: &Timesteps,
        prompts: &Prompts,
        rope: &Rope,
    ) -> Result<Vec<Array>> {
        let start = self.start(latents, timesteps)?;
        let x = self.through_blocks(&start, prompts, rope)?;
        self.finish(&x, &start)
    }

    /// The same, and what the blocks added to the tokens, (prompts, tokens, dim), float32.
    pub fn forward_with_residual(
        &self,
        latents: &Array,
        timesteps: &Timesteps,
        prompts: &Prompts,
        rope: &Rope,
    ) -> Result<(Vec<Array>, Array)> {
        let start = self.start(latents, timesteps)?;
        let x = self.through_blocks(&start, prompts, rope)?;
        let residual = x.subtract(&start.embedded)?;
        Ok((self.finish(&x, &start)?, residual))
    }

    /// The velocity without the blocks, which would add this `residual`, (prompts, tokens, dim).
    pub fn forward_reusing(
        &self,
        latents: &Array,
        timesteps: &Timesteps,
        residual: &Array,
    ) -> Result<Vec<Array>> {
        let start = self.start(latents, timesteps)?;
        let x = start.embedded.add(residual)?;
        self.finish(&x, &start)
    }

    fn start(&self, latents: &Array, timesteps: &Timesteps) -> Result<Start> {
        let grid = Grid::of(latents);
        let embedded = self.embed(latents)?;
        let (embedding, modulation) = self.time.forward(timesteps, grid)?;
        Ok(Start {
            grid,
            embedded,
            embedding,
            modulation,
        })
    }

    /// (1, tokens, dim) → (prompts, tokens, dim)
    fn through_blocks(&self, start: &Start, prompts: &Prompts, rope: &Rope) -> Result<Array> {
        let (tokens, dim) = (start.embedded.dim(1), start.embedded.dim(2));
        let mut pace = if i64::from(prompts.count * tokens) * i64::from(dim) > MOST_NUMBERS_AT_ONCE
        {
            EvalPacer::steady()
        } else {
            EvalPacer::lazy()
        };
        let mut x = broadcast_to(&start.embedded, &[prompts.count, tokens, dim])?;
        for (block, memory) in self.blocks.iter().zip(&prompts.memories) {
            x = block.forward(&x, &start.modulation, rope, memory, &mut pace)?;
        }
        Ok(x)
    }

    fn finish(&self, x: &Array, start: &Start) -> Result<Vec<Array>> {
        let patches = self.head.forward(x, &start.embedding)?;
        let velocities = patches.split_equal(x.dim(0), 0)?;
        velocities
            .iter()
            .map(|patches| unpatchify(&patches.squeeze_axes(&[0])?, start.grid))
            .collect()
    }
}

/// What comes before the blocks.
struct Start {
    grid: Grid,
    /// (1, tokens, dim)
    embedded: Array,
    embedding: Modulation,
    modulation: Modulation,
}

impl Prompts {
    /// One of the prompts by itself.
    pub fn only(&self, index: i32) -> Result<Self> {
        let memories = self.memories.iter().map(|memory| memory.only(index));
        Ok(Self {
            count: 1,
            memories: memories.collect::<Result<_>>()?,
        })
    }

    /// These prompts, pushed away from a single other one.
    #[must_use]
    pub fn avoiding(self, other: Self, nag: Nag) -> Self {
        let pairs = self.memories.into_iter().zip(other.memories);
        Self {
            count: self.count,
            memories: pairs
                .map(|(memory, other)| memory.avoiding(other, nag))
                .collect(),
        }
    }
}
