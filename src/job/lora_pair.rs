//! LoRAs for models with two experts often come in two files, whose names differ by just `high` and `low`.

use std::path::Path;

use super::{Expert, Lora, spelling};

/// The expert of each LoRA that has none yet and whose twin is among the others too, or else another that is alike but for
/// its edition. Tells the places of each pair: that for high noise and that for low.
pub fn pair_up(loras: &mut [Lora]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for fits in [are_twins, are_kin] {
        for high in 0..loras.len() {
            let is_free = |at: &usize| loras[*at].expert.is_none();
            let mut lows = (0..loras.len()).filter(is_free);
            let low = lows.find(|&low| low != high && fits(&loras[low].file, &loras[high].file));
            if let Some(low) = low.filter(|_| is_free(&high)) {
                loras[high].expert = Some(Expert::HighNoise);
                loras[low].expert = Some(Expert::LowNoise);
                pairs.push((high, low));
            }
        }
    }
    pairs
}

fn are_twins(low: &Path, high: &Path) -> bool {
    spelling::are_twins(low, high)
}

fn are_kin(low: &Path, high: &Path) -> bool {
    half(low) == Some(Expert::LowNoise)
        && half(high) == Some(Expert::HighNoise)
        && spelling::are_kin(low, high)
}

/// The expert that the name of a file says it is one half for.
pub fn half(file: &Path) -> Option<Expert> {
    spelling::of_name(file).map(|said| said.expert)
}
