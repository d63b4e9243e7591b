//! Which LoRAs fit which models, as their headers tell.

use crate::error::Result;
use crate::job::{Checkpoint, Expert, Lora};
use crate::weights::Weights;
use crate::weights::lora::{self, LoraMatch};

/// How much of a LoRA fits the network of one expert.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// The LoRA.
    pub lora: Lora,
    /// The expert; of models with one network none.
    pub expert: Option<Expert>,
    /// How much of it fits.
    pub fit: LoraMatch,
}

/// How much of each LoRA fits each expert that it is to change.
///
/// # Errors
/// One of them cannot be read, or has nothing for an expert that it is to change.
pub fn match_loras(loras: &[Lora], checkpoint: &Checkpoint) -> Result<Vec<Matched>> {
    let mut matched = Vec::new();
    for lora in loras {
        let file = lora::Lora::open(&lora.file)?;
        let experts = checkpoint
            .experts()
            .filter(|(expert, _)| lora.changes(*expert));
        for (expert, network) in experts {
            let fit = file.fit(&Weights::open(&network.weights)?)?;
            matched.push(Matched {
                lora: lora.clone(),
                expert: checkpoint.high_noise.as_ref().map(|_| expert),
                fit,
            });
        }
    }
    Ok(matched)
}
