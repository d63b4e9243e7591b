//! What is installed that makes videos of a model fast.

use std::path::{Path, PathBuf};

use super::walk::Walk;
use super::{few_steps, folders, match_loras, tiny_vae};
use crate::error::Result;
use crate::job::lora_pair::{half, pair_up};
use crate::job::{Checkpoint, Decode, FewSteps, Lora, Request, Speed, StepCache, Variant};

/// Asks for what `speed` means with this model and what is installed for it, where the request says nothing of it. Tells
/// what that is in a line.
///
/// # Errors
/// A file cannot be read.
pub fn choose(speed: Speed, request: &mut Request, model: &Checkpoint) -> Result<Option<String>> {
    if speed == Speed::Exact {
        return Ok(None);
    }
    let mut ways = Vec::new();
    let mut few_steps = few_steps::recognised(&request.sources.loras, model)?.is_some();
    let is_open = request.sampling.steps.is_none() && request.speedups.preset.is_none();
    if speed == Speed::Fast && !few_steps && is_open {
        let loras = installed(model);
        few_steps = !loras.is_empty();
        let names = loras.iter().map(|lora| few_steps::name(&lora.file));
        ways.extend(names.map(|name| format!("few steps with {name}")));
        request.sources.loras.extend(loras);
    }
    if !few_steps && request.speedups.cache.is_off() {
        let (cache, words) = match speed {
            Speed::Fast => (
                StepCache::Fast,
                "a step cache that saves about half of the passes",
            ),
            _ => (StepCache::Balanced, "a step cache that can hardly be seen"),
        };
        request.speedups.cache = cache;
        ways.push(words.to_owned());
    }
    if speed == Speed::Fast
        && request.speedups.decode == Decode::Full
        && let Ok(file) = tiny_vae::nearest(model)
    {
        ways.push(format!("a draft decoded by {}", few_steps::name(&file)));
        request.speedups.decode = Decode::Draft;
        request.speedups.tiny_vae = Some(file);
    }
    let ways = if ways.is_empty() {
        "nothing is installed for this model that would save time".to_owned()
    } else {
        ways.join(", ")
    };
    Ok(Some(format!("Speed {speed}: {ways}")))
}

/// The few-step LoRAs for a model: both halves of a pair where there are two experts, or else one file. The names tell
/// whether they are for sentences or for pictures, which nothing else does.
fn installed(model: &Checkpoint) -> Vec<Lora> {
    let mut walk = Walk::default();
    if let Some(folder) = model.root.parent() {
        walk.through(&folder.join("loras"));
    }
    for folder in folders::all() {
        walk.through(&folder);
    }
    let mut loras: Vec<Lora> = walk
        .weights
        .into_iter()
        .filter(|file| is_for(file, model))
        .map(plain)
        .collect();
    let candidates: Vec<Vec<Lora>> = if model.high_noise.is_some() {
        let pairs = pair_up(&mut loras);
        let both = |(high, low): (usize, usize)| vec![loras[high].clone(), loras[low].clone()];
        pairs.into_iter().map(both).collect()
    } else {
        let whole = loras.into_iter().filter(|lora| half(&lora.file).is_none());
        whole.map(|lora| vec![lora]).collect()
    };
    for candidate in candidates {
        let mut few = candidate.iter().map(|lora| few_steps::of_lora(&lora.file));
        let all = few.all(|preset| matches!(preset, Ok(Some(_))));
        if all && match_loras(&candidate, model).is_ok() {
            return candidate;
        }
    }
    Vec::new()
}

/// Whether the name is that of a few-step LoRA for this family.
fn is_for(file: &Path, model: &Checkpoint) -> bool {
    let name = few_steps::name(file).to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let family = match model.variant {
        Variant::T2v
        | Variant::T2vA14b
        | Variant::FunControlA14b
        | Variant::Vace
        | Variant::VaceA14b => says(&["t2v"]),
        Variant::I2v | Variant::Flf2v | Variant::I2vA14b | Variant::FunInpA14b => {
            says(&["i2v"]) && !says(&["ti2v"])
        }
        Variant::Ti2v | Variant::FunInp | Variant::FunControl | Variant::LucyEdit => says(&["5b"]),
    };
    family && says(&["lora"]) && FewSteps::by_name(&name).is_some()
}

fn plain(file: PathBuf) -> Lora {
    Lora {
        file,
        strength: 1.0,
        expert: None,
    }
}
