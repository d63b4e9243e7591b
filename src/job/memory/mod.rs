//! The *memory* of a job: what its stages will need, told before anything is read, and how it is made
//! to fit into what the machine has.

mod allowance;
mod arrays;
mod exchange;
mod fit;
mod needs;
mod rooms;
mod tiny;
mod vae;

use serde::{Deserialize, Serialize};

use super::{Expert, OutOfRange, Plan, Precision, QuantBits, Refusal, Stage, VaePrecision};

pub use allowance::{Allowance, unused};
pub use exchange::Shared;
pub use fit::{Fitted, decoding_need, fit, fit_decoding, fit_rest};
pub use needs::needs;
pub use rooms::Rooms;
pub use vae::FRAMES_WAITING;

/// What of a model's networks decides how much memory they take. The headers of its files tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// The text encoder.
    pub text: TextSizes,
    /// What reads pictures beside the text, where there is such a network.
    pub image: Option<ImageSizes>,
    /// Every expert, that for high noise first.
    pub dits: Vec<(Expert, DitSizes)>,
    /// The VAE.
    pub vae: VaeSizes,
    /// The tiny VAE, where one decodes a draft or shows the preview.
    pub tiny: Option<TinySizes>,
    /// The bytes that opening the larger of its pictures takes; none without pictures.
    pub picture: u64,
    /// The bytes that reading its video and the mask of that takes besides; none without them.
    pub footage: u64,
}

/// A text encoder, of which one layer is in memory at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextSizes {
    /// Weights of a layer.
    pub layer: u64,
    /// Heads of attention.
    pub heads: u64,
    /// The width of a token.
    pub width: u64,
    /// The width within the feed-forward layer.
    pub hidden: u64,
    /// The tokens of the longest prompt.
    pub length: u64,
    /// Whether chains of elementwise operations are one kernel, as on a GPU.
    pub fused: bool,
}

/// An image encoder, all of which is in memory at once, in float32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSizes {
    /// Weights.
    pub weights: u64,
    /// The width of a token.
    pub width: u64,
    /// The width within the feed-forward layers.
    pub hidden: u64,
    /// Heads of attention.
    pub heads: u64,
    /// The tokens of a picture.
    pub tokens: u64,
}

/// A DiT.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DitSizes {
    /// Weights that are float32 whatever is chosen.
    pub exact: u64,
    /// Weights in the type of the products, besides the large matrices.
    pub small: u64,
    /// Weights of the large matrices.
    pub large: u64,
    /// Numbers that LoRAs keep beside large matrices which are packed.
    pub beside: u64,
    /// Weights of the largest tensor.
    pub largest: u64,
    /// Weights of the largest tensor that LoRAs change.
    pub changed: u64,
    /// The bits that each of these takes where the file has them packed, scales and biases included.
    pub packed: Option<f64>,
    /// The bytes of a number of the type that [`Precision::Auto`] takes here.
    pub automatic: u64,
    /// The width of a token.
    pub width: u64,
    /// The width within the feed-forward layers.
    pub hidden: u64,
    /// Blocks.
    pub layers: u64,
    /// Heads of attention.
    pub heads: u64,
    /// The tokens of a prompt.
    pub text_length: u64,
    /// The tokens of the pictures that it looks at beside a prompt.
    pub image_length: u64,
    /// Whether chains of elementwise operations are one kernel, as on a GPU.
    pub fused: bool,
}

impl DitSizes {
    /// The bytes of a number of the products' type.
    fn product_bytes(&self, precision: Precision) -> u64 {
        match precision {
            Precision::Auto => self.automatic,
            Precision::Bf16 | Precision::F16 => 2,
            Precision::F32 => 4,
        }
    }

    /// The bytes of all weights.
    fn weights(&self, precision: Precision, quantize: Option<QuantBits>) -> u64 {
        let product = self.product_bytes(precision);
        let asked = quantize.map(|bits| {
            let scale_and_bias = 2 * 8 * product;
            f64::from(bits.count()) + scale_and_bias as f64 / 64.0
        });
        let bits = match (self.packed, asked) {
            (Some(own), Some(asked)) => own.min(asked),
            (own, asked) => own.or(asked).unwrap_or(8.0 * product as f64),
        };
        let beside = if self.packed.or(asked).is_some() {
            self.beside
        } else {
            0
        };
        let plain = 4 * self.exact + product * (self.small + beside);
        plain + (self.large as f64 * bits / 8.0) as u64
    }

    /// The bytes that are there besides while a tensor is read: itself as the file has it or, where it is packed, as
    /// plain numbers, and where a LoRA is merged into it, sum and difference as float32.
    fn loading(&self) -> u64 {
        4 * self.largest.max(3 * self.changed)
    }
}

/// A VAE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaeSizes {
    /// From pixels to latents.
    pub encoder: HalfSizes,
    /// From latents to pixels.
    pub decoder: HalfSizes,
    /// The frames that pass through its largest layers at once.
    pub frames: u64,
    /// What the kernels of its convolutions need besides, in bytes.
    pub scratch: u64,
    /// The half type that it decodes best in here.
    pub half: VaePrecision,
    /// Whether chains of elementwise operations are one kernel, as on a GPU.
    pub fused: bool,
}

/// One half of a VAE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HalfSizes {
    /// Weights.
    pub weights: u64,
    /// The channels of the layers that work on the largest pictures.
    pub width: u64,
}

/// The half of a tiny VAE that decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TinySizes {
    /// Weights.
    pub weights: u64,
    /// The channels of the layers that work on the largest pictures.
    pub width: u64,
    /// The side of the squares of pixels that are one point there.
    pub patch: u64,
    /// Whether chains of elementwise operations are one kernel, as on a GPU.
    pub fused: bool,
}

/// What a machine has, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// All of its memory.
    pub total: u64,
    /// What other programs leave of it at the moment.
    pub available: u64,
    /// What its GPU may use of it, or what a GPU has by itself; none where there is no GPU.
    pub gpu: Option<u64>,
}

impl Machine {
    /// The most that a job may use: what the user allows, or what the machine can give at all.
    pub fn most(&self, limit: Option<u64>) -> u64 {
        limit.unwrap_or_else(|| self.gpu.unwrap_or(self.total))
    }
}

/// What one stage needs, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The stage.
    pub stage: Stage,
    /// Of two experts, which one is at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expert: Option<Expert>,
    /// Of the network.
    pub weights: u64,
    /// Of everything that is computed.
    pub work: u64,
}

impl Need {
    fn new(stage: Stage, weights: u64, work: u64) -> Self {
        Self {
            stage,
            expert: None,
            weights,
            work,
        }
    }

    /// Both together.
    pub fn bytes(&self) -> u64 {
        self.weights + self.work
    }
}

/// What a job does to need less memory. None of it changes the video but for rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryOptions {
    /// Whether the two passes of guidance run one after the other, even where one batch would be faster.
    pub guidance_in_turn: bool,
    /// Into how many tiles each side of the picture is cut where the VAE decodes.
    pub tiles: u32,
}

impl MemoryOptions {
    /// Everything that saves memory.
    pub const LEAST: Self = Self {
        guidance_in_turn: true,
        tiles: vae::MOST_TILES,
    };

    /// Whether a file that was edited or damaged still says something that can be done.
    pub(super) fn check(self) -> Result<(), Refusal> {
        if (1..=vae::MOST_TILES).contains(&self.tiles) {
            return Ok(());
        }
        Err(OutOfRange::Tiles {
            tiles: self.tiles,
            most: vae::MOST_TILES,
        }
        .into())
    }
}

/// What was changed in a plan so that it fits into memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    /// The two passes of guidance do not run as one batch.
    GuidanceInTurn,
    /// The DiT's products are computed in bf16 instead of float32.
    HalfProducts,
    /// The frames are decoded in tiles.
    Tiles,
    /// The frames are decoded in bf16 instead of float32.
    HalfFrames,
    /// The frames are decoded in float16 instead of float32: on Apple's GPUs bf16 is further off.
    F16Frames,
}

impl Saving {
    /// A plan with this saving made, as [`fit`](fn@fit) makes it.
    pub fn apply(self, plan: &mut Plan) {
        match self {
            Self::GuidanceInTurn => plan.thrift.guidance_in_turn = true,
            Self::HalfProducts => plan.compute.precision = Precision::Bf16,
            Self::Tiles => plan.thrift.tiles = vae::MOST_TILES,
            Self::HalfFrames => plan.compute.vae_precision = VaePrecision::Bf16,
            Self::F16Frames => plan.compute.vae_precision = VaePrecision::F16,
        }
    }
}

impl Default for MemoryOptions {
    fn default() -> Self {
        Self {
            guidance_in_turn: false,
            tiles: 1,
        }
    }
}
