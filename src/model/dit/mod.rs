//! The diffusion transformer: from noisy latents, a timestep and text features to a velocity.
//!
//! Wan2.2 `wan/modules/model.py`, `WanModel`. Products are computed in a type of choice; the
//! residual stream, the modulation, the time embedding and the head stay in float32, as the
//! official code has them.

mod attention;
mod block;
mod config;
mod control;
mod head;
mod image;
mod modulation;
mod patch;
mod rope;
mod text;
mod time;

pub use attention::{CrossAttention, Nag, SelfAttention, TextKv};
pub use block::Block;
pub use config::Config;
pub use control::ControlChain;
pub use head::Head;
pub use image::ImageEmbedding;
pub use modulation::Modulation;
pub use patch::{Grid, patchify, unpatchify};
pub use rope::Rope;
pub use text::TextEmbedding;
pub use time::{TimeEmbedding, Timesteps, sinusoidal};

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{broadcast_to, concatenate};
use mlx_rs::{Array, Dtype};

use crate::Result;
use crate::group::Share;
use crate::model::nn::EvalPacer;
use crate::weights::{Linear, Weights};
use control::{Control, ControlPass};

/// Up to this many numbers in the residual stream the blocks are computed as one. Their graph holds every intermediate at
/// once, and one dispatch must not outlast the GPU's watchdog, so only tiny networks are.
const MOST_NUMBERS_AT_ONCE: i64 = 1 << 20;

/// The network.
pub struct Dit {
    patch_embedding: Linear,
    text: TextEmbedding,
    /// For pictures beside the text, in models that look at them so.
    image: Option<ImageEmbedding>,
    /// For a reference picture before the video, in models that look at one so.
    reference: Option<Linear>,
    time: TimeEmbedding,
    blocks: Vec<Block>,
    control: Option<ControlChain>,
    head: Head,
    head_width: i32,
}

/// What stands beside the texts of prompts and is the same for all of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// The image encoder's features of pictures, (pictures, tokens, width).
    pub image: Option<&'a Array>,
    /// The latent of a reference picture, (channels, 1, height, width): its tokens come before those of the video.
    pub reference: Option<&'a Array>,
    /// The latents and the mask of a control video, (channels, frames, height, width), and how strongly it leads.
    pub control: Option<(&'a Array, f32)>,
}

/// What prompts contribute, the same at every step: each block's keys and values of their texts, and what stands beside
/// these.
pub struct Prompts {
    count: i32,
    memories: Vec<TextKv>,
    reference: Option<Array>, // (1, tokens, dim), float32
    control: Option<Control>,
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
            .collect::<Result<Vec<_>>>()?;
        let image = weights.has("img_emb.proj.0.weight");
        let image = image.then(|| ImageEmbedding::load(&exact.at("img_emb"), dim));
        let reference = weights.has("ref_conv.weight");
        let reference = reference.then(|| patch::load_flat_embedding(&weights.at("ref_conv"), dim));
        let control = weights.has("vace_patch_embedding.weight");
        let sides = (dim, blocks.len());
        let control = control.then(|| ControlChain::load(&weights, &exact, sides, config));
        Ok(Self {
            patch_embedding: patch::load_embedding(&weights.at("patch_embedding"), dim)?,
            text: TextEmbedding::load(&weights.at("text_embedding"), dim, config.text_len)?,
            image: image.transpose()?,
            reference: reference.transpose()?,
            time: TimeEmbedding::load(&exact, dim)?,
            blocks,
            control: control.transpose()?,
            head: Head::load(&exact.at("head"), dim, config.eps)?,
            head_width: dim / config.num_heads,
        })
    }

    /// The layer between the text encoder's features and the blocks.
    pub fn text(&self) -> &TextEmbedding {
        &self.text
    }

    /// The layer between the image encoder's features and the blocks, where there is one.
    pub fn image(&self) -> Option<&ImageEmbedding> {
        self.image.as_ref()
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
        self.encode_context_with(features, Beside::default())
    }

    /// The same with what stands beside the prompts. What the network has no layers for is left out.
    pub fn encode_context_with(&self, features: &[&Array], beside: Beside) -> Result<Prompts> {
        let texts = features.iter().map(|features| self.text.forward(features));
        let text = concatenate(&texts.collect::<Result<Vec<_>>>()?, 0)?;
        let image = self.image.as_ref().zip(beside.image);
        let image = image.map(|(layer, features)| layer.forward(features));
        let image = image.transpose()?;
        let remember = |block: &Block| block.cross_attn.key_values(&text, image.as_ref());
        let reference = self.reference.as_ref().zip(beside.reference);
        let reference = reference.map(|(layer, latent)| tokens(layer, latent));
        let control = self.control.as_ref().zip(beside.control);
        let control = control.map(|(chain, control)| chain.encode(control, &text));
        Ok(Prompts {
            count: text.dim(0),
            memories: self.blocks.iter().map(remember).collect::<Result<_>>()?,
            reference: reference.transpose()?,
            control: control.transpose()?,
        })
    }

    /// Latents (channels, frames, height, width) → tokens (1, tokens, dim), float32.
    pub fn embed(&self, latents: &Array) -> Result<Array> {
        tokens(&self.patch_embedding, latents)
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
        let start = self.start(latents, timesteps, prompts.reference.as_ref(), rope.share())?;
        let x = self.through_blocks(&start, prompts, rope)?;
        self.finish(&x, &start, rope.share())
    }

    /// The same, and what the blocks added to the tokens, (prompts, tokens, dim), float32.
    pub fn forward_with_residual(
        &self,
        latents: &Array,
        timesteps: &Timesteps,
        prompts: &Prompts,
        rope: &Rope,
    ) -> Result<(Vec<Array>, Array)> {
        let start = self.start(latents, timesteps, prompts.reference.as_ref(), rope.share())?;
        let x = self.through_blocks(&start, prompts, rope)?;
        let mut residual = x.subtract(&start.embedded)?;
        if let Some(share) = rope.share() {
            residual = share.whole(&residual, 1)?;
        }
        Ok((self.finish(&x, &start, rope.share())?, residual))
    }

    /// The velocity without the blocks, which would add this `residual`, (prompts, tokens, dim).
    pub fn forward_reusing(
        &self,
        latents: &Array,
        timesteps: &Timesteps,
        prompts: &Prompts,
        residual: &Array,
    ) -> Result<Vec<Array>> {
        let start = self.start(latents, timesteps, prompts.reference.as_ref(), None)?;
        let x = start.embedded.add(residual)?;
        self.finish(&x, &start, None)
    }

    /// What comes before the blocks, the tokens of a reference picture first; of a share, only its own tokens.
    fn start(
        &self,
        latents: &Array,
        timesteps: &Timesteps,
        reference: Option<&Array>,
        share: Option<&Share>,
    ) -> Result<Start> {
        let grid = Grid::of(latents);
        let mut embedded = self.embed(latents)?;
        let (mut embedding, mut modulation) = self.time.forward(timesteps, grid)?;
        let leading = reference.map_or(0, |tokens| tokens.dim(1));
        if let Some(reference) = reference {
            embedded = concatenate(&[reference, &embedded], 1)?;
            modulation = modulation.after_leading(leading)?;
        }
        if let Some(share) = share {
            embedded = share.cut(&embedded, 1)?;
            embedding = embedding.after_leading(leading)?.of_share(share)?;
            modulation = modulation.of_share(share)?;
        }
        Ok(Start {
            grid,
            leading,
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
        let control = self.control.as_ref().zip(prompts.control.as_ref());
        let mut control = control.map(|(chain, control)| ControlPass::new(chain, control));
        for (place, (block, memory)) in self.blocks.iter().zip(&prompts.memories).enumerate() {
            let hint = match &mut control {
                Some(control) => control.hint(place, &x, &start.modulation, rope, &mut pace)?,
                None => None,
            };
            x = block.forward(&x, &start.modulation, rope, memory, &mut pace)?;
            if let Some(hint) = hint {
                x = x.add(hint)?;
            }
            pace.tell(place + 1, self.blocks.len());
        }
        Ok(x)
    }

    /// The velocities of the video's tokens. Those of a share go through the head before they are put together: its
    /// patches are many times smaller than the residual stream.
    fn finish(&self, x: &Array, start: &Start, share: Option<&Share>) -> Result<Vec<Array>> {
        let own = |x: &Array| match start.leading {
            0 => Ok(x.clone()),
            leading => x.try_index((.., leading..)),
        };
        let patches = match share {
            None => self.head.forward(&own(x)?, &start.embedding)?,
            Some(share) => {
                let patches = self.head.forward(x, &start.embedding)?;
                // MLX 0.32.2 reshapes what was sliced, split and transposed wrongly: no slice may go on.
                own(&share.whole(&patches, 1)?)?.contiguous()?
            }
        };
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
    /// The tokens of a reference picture, before those of the video.
    leading: i32,
    /// (1, tokens, dim)
    embedded: Array,
    embedding: Modulation,
    modulation: Modulation,
}

impl Prompts {
    /// One of the prompts by itself.
    pub fn only(&self, index: i32) -> Result<Self> {
        let memories = self.memories.iter().map(|memory| memory.only(index));
        let control = self.control.as_ref().map(|control| control.only(index));
        Ok(Self {
            count: 1,
            memories: memories.collect::<Result<_>>()?,
            reference: self.reference.clone(),
            control: control.transpose()?,
        })
    }

    /// These prompts, pushed away from a single other one.
    #[must_use]
    pub fn avoiding(self, other: Self, nag: Nag) -> Self {
        let pairs = self.memories.into_iter().zip(other.memories);
        Self {
            memories: pairs
                .map(|(memory, other)| memory.avoiding(other, nag))
                .collect(),
            control: match (self.control, other.control) {
                (Some(control), Some(other)) => Some(control.avoiding(other, nag)),
                (control, _) => control,
            },
            ..self
        }
    }
}

/// Latents (channels, frames, height, width) → tokens (1, tokens, dim), float32.
fn tokens(embedding: &Linear, latents: &Array) -> Result<Array> {
    let tokens = embedding.forward(&patchify(latents)?)?;
    Ok(tokens.as_dtype(Dtype::Float32)?.expand_dims(0)?)
}
