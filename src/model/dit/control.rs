//! VACE: blocks beside the main ones that follow a control video, and tell the main ones what to do.

use mlx_rs::Array;
use mlx_rs::ops::broadcast_to;

use super::block::Block;
use super::{Config, Modulation, Nag, Rope, TextKv, patch, patchify};
use crate::Result;
use crate::model::nn::EvalPacer;
use crate::weights::{Linear, Weights};

/// The chain of blocks beside the main ones. It depends on the main ones only by what the first of them is given, so
/// that a block of it can run just before the main block that its hint is added after: no hint waits in memory.
///
/// [`VaceWanModel`](https://github.com/Wan-Video/Wan2.1/blob/9737cba/wan/modules/vace_model.py).
pub struct ControlChain {
    patch_embedding: Linear,
    before: Linear,
    blocks: Vec<ControlBlock>,
}

/// One of its blocks, and the projection that makes a hint of what it leads to.
struct ControlBlock {
    /// The main block that its hint is added after.
    place: usize,
    block: Block,
    after: Linear,
}

/// What a control video contributes, the same at every step.
pub(super) struct Control {
    tokens: Array, // (1, tokens, dim), float32
    strength: f32,
    memories: Vec<TextKv>,
}

impl ControlChain {
    /// Reads the chain beside `layers` main blocks: products from `weights`, everything else, as float32, from `exact`.
    pub(super) fn load(
        weights: &Weights,
        exact: &Weights,
        (dim, layers): (i32, usize),
        config: &Config,
    ) -> Result<Self> {
        let list = weights.at("vace_blocks");
        let exact = exact.at("vace_blocks");
        let count = list.count("").max(1);
        let spread = || (0..layers).step_by((layers / count).max(1)).collect();
        let places: Vec<usize> = config.vace_layers.clone().unwrap_or_else(spread);
        let blocks = places.into_iter().take(count).enumerate();
        let blocks = blocks.map(|(i, place)| {
            Ok(ControlBlock {
                place,
                block: Block::load(&list.at(i), &exact.at(i), dim, config)?,
                after: list.at(i).product("after_proj", dim, dim)?,
            })
        });
        Ok(Self {
            patch_embedding: patch::load_embedding(&weights.at("vace_patch_embedding"), dim)?,
            before: list.at(0).product("before_proj", dim, dim)?,
            blocks: blocks.collect::<Result<_>>()?,
        })
    }

    /// A control video's latents and mask, (channels, frames, height, width), and the embedded texts of all prompts →
    /// what every step needs of them.
    pub(super) fn encode(
        &self,
        (context, strength): (&Array, f32),
        text: &Array,
    ) -> Result<Control> {
        let tokens = self.patch_embedding.forward(&patchify(context)?)?;
        let remember = |block: &ControlBlock| block.block.cross_attn.key_values(text, None);
        Ok(Control {
            tokens: tokens.expand_dims(0)?,
            strength,
            memories: self.blocks.iter().map(remember).collect::<Result<_>>()?,
        })
    }
}

impl Control {
    /// That of one prompt.
    pub(super) fn only(&self, index: i32) -> Result<Self> {
        let memories = self.memories.iter().map(|memory| memory.only(index));
        Ok(Self {
            tokens: self.tokens.clone(),
            strength: self.strength,
            memories: memories.collect::<Result<_>>()?,
        })
    }

    /// The chain's blocks, too, are pushed away from another prompt.
    pub(super) fn avoiding(self, other: Self, nag: Nag) -> Self {
        let pairs = self.memories.into_iter().zip(other.memories);
        Self {
            memories: pairs
                .map(|(memory, other)| memory.avoiding(other, nag))
                .collect(),
            ..self
        }
    }
}

/// The chain at work on one forward pass.
pub(super) struct ControlPass<'a> {
    chain: &'a ControlChain,
    control: &'a Control,
    state: Option<Array>, // (batch, tokens, dim), float32
    done: usize,
}

impl<'a> ControlPass<'a> {
    pub(super) fn new(chain: &'a ControlChain, control: &'a Control) -> Self {
        Self {
            chain,
            control,
            state: None,
            done: 0,
        }
    }

    /// What is to be added to the residual stream after the main block at `place`, if anything is; `x` is the stream
    /// before that block.
    pub(super) fn hint(
        &mut self,
        place: usize,
        x: &Array,
        modulation: &Modulation,
        rope: &Rope,
        pace: &mut EvalPacer,
    ) -> Result<Option<Array>> {
        let next = self.chain.blocks.get(self.done);
        let Some(block) = next.filter(|block| block.place == place) else {
            return Ok(None);
        };
        let state = if let Some(state) = self.state.take() {
            state
        } else {
            let tokens = match rope.share() {
                Some(share) => &share.cut(&self.control.tokens, 1)?,
                None => &self.control.tokens,
            };
            let tokens = self.chain.before.forward(tokens)?;
            broadcast_to(&tokens, x.shape())?.add(x)?
        };
        let memory = &self.control.memories[self.done];
        let state = block
            .block
            .forward(&state, modulation, rope, memory, pace)?;
        let hint = block.after.forward(&state)?;
        let hint = hint.multiply(Array::from_f32(self.control.strength))?;
        self.state = Some(state);
        self.done += 1;
        Ok(Some(hint))
    }
}
