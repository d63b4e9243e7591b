//! What rank 0 tells the others to do.

use mlx_rs::Dtype;
use serde::{Deserialize, Serialize};

use crate::job::memory::MemoryOptions;
use crate::job::{Checkpoint, Expert, Plan, Split, VaePrecision};
use crate::model::dit::Timesteps;
use crate::model::vae::Tiling;
use crate::pipeline::fingerprint::Fingerprint;

/// One thing to do.
#[derive(Serialize, Deserialize)]
pub(in crate::pipeline) enum Order {
    /// Look whether you can help with this.
    Meet(Box<Meeting>),
    /// Take what comes: tensors, and the bytes of the LoRAs of these names.
    Take {
        thrift: MemoryOptions,
        split: Split,
        loras: Vec<String>,
    },
    /// Load an expert without those LoRAs, by their number.
    Load {
        expert: Expert,
        late: Vec<usize>,
        products: Products,
    },
    /// Compute a pass.
    Pass(Pass),
    /// Decode the latents that come, in strips.
    Decode(Strips),
    /// Go.
    End,
}

/// What rank 0 wants to make, and from which files.
#[derive(Serialize, Deserialize)]
pub(in crate::pipeline) struct Meeting {
    /// The first machine's model, by its paths there.
    pub(in crate::pipeline) model: Checkpoint,
    /// None where only latents are decoded.
    pub(in crate::pipeline) plan: Option<Plan>,
    pub(super) fingerprints: Vec<Fingerprint>,
    /// Whether the link is measured, in which all take part.
    pub(super) measures: bool,
}

/// How strips are decoded: whoever has them, in the same parts.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(in crate::pipeline) struct Strips {
    pub(in crate::pipeline) precision: VaePrecision,
    /// The most latent frames at a time.
    pub(in crate::pipeline) frames: i32,
    /// The tiles of a strip from top to bottom.
    pub(in crate::pipeline) rows: i32,
}

impl Strips {
    pub(in crate::pipeline) fn tiling(self) -> Tiling {
        Tiling {
            frames: self.frames,
            rows: self.rows,
            columns: 1,
        }
    }
}

/// A pass of the network.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::pipeline) struct Pass {
    noisy: f64,
    clean_first_frame: bool,
    /// Whether there is one without the prompt.
    pub(in crate::pipeline) guided: bool,
    /// The only one that is computed, and with what its blocks add.
    pub(in crate::pipeline) residual: Option<usize>,
}

impl Pass {
    pub(in crate::pipeline) fn new(
        timesteps: &Timesteps,
        guided: bool,
        residual: Option<usize>,
    ) -> Self {
        Self {
            noisy: timesteps.noisy,
            clean_first_frame: timesteps.clean_first_frame,
            guided,
            residual,
        }
    }

    pub(in crate::pipeline) fn timesteps(&self) -> Timesteps {
        Timesteps {
            noisy: self.noisy,
            clean_first_frame: self.clean_first_frame,
        }
    }
}

/// The type of products: machines of different kinds would choose differently.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(in crate::pipeline) enum Products {
    Float32,
    Bfloat16,
    Float16,
}

impl Products {
    pub(in crate::pipeline) fn of(dtype: Dtype) -> Self {
        match dtype {
            Dtype::Bfloat16 => Self::Bfloat16,
            Dtype::Float16 => Self::Float16,
            _ => Self::Float32,
        }
    }

    pub(in crate::pipeline) fn dtype(self) -> Dtype {
        match self {
            Self::Float32 => Dtype::Float32,
            Self::Bfloat16 => Dtype::Bfloat16,
            Self::Float16 => Dtype::Float16,
        }
    }
}
