//! Which LoRAs fit which models, as their headers tell.

use crate::error::{Error, Result};
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
    for (place, lora) in loras.iter().enumerate() {
        check_given_once(lora, &loras[..place], checkpoint)?;
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

/// Demands that none of the `earlier` LoRAs is the same file for the same expert: that would count twice.
fn check_given_once(lora: &Lora, earlier: &[Lora], checkpoint: &Checkpoint) -> Result<()> {
    let place = lora.file.canonicalize().ok();
    let is_same = |other: &&Lora| place.is_some() && other.file.canonicalize().ok() == place;
    let meets = |other: &Lora| {
        let mut experts = checkpoint.experts().map(|(expert, _)| expert);
        experts.any(|expert| lora.changes(expert) && other.changes(expert))
    };
    if earlier.iter().filter(is_same).any(meets) {
        let problem = "is given twice for the same network: give it once, with the strength that it shall have";
        return Err(Error::content(&lora.file, problem));
    }
    Ok(())
}
