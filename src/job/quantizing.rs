//! *Quantizing* is packing the large matrices of a model's DiT into few bits, to see what that does to it or to keep it.

use std::path::PathBuf;

use super::{Checkpoint, Expert, QuantBits};

/// What is packed, how, and where it is kept.
#[derive(Clone, Debug)]
pub struct Quantizing {
    /// The model.
    pub checkpoint: Checkpoint,
    /// How tightly.
    pub bits: QuantBits,
    /// The folder of the new model, if there is to be one.
    pub folder: Option<PathBuf>,
}

/// What it did to one network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Of two experts, which one.
    pub expert: Option<Expert>,
    /// How far the velocity is from that of the original: the root of the mean square of the difference, over that of the
    /// original.
    pub error: f64,
    /// The size of the new file.
    pub bytes: Option<u64>,
}

impl Quantizing {
    /// The file of an expert in the new folder. Of two, their names tell which is which.
    pub fn file(&self, expert: Expert) -> Option<PathBuf> {
        let name = match expert {
            _ if self.checkpoint.high_noise.is_none() => "model.safetensors",
            Expert::HighNoise => "high_noise_model.safetensors",
            Expert::LowNoise => "low_noise_model.safetensors",
        };
        self.folder.as_ref().map(|folder| folder.join(name))
    }
}
