//! What is installed that makes videos of a model fast.

use std::path::{Path, PathBuf};

use super::walk::Walk;
use super::{few_steps, folders, match_loras, tiny_vae};
use crate::error::Result;
use crate::job::lora_pair::{half, pair_up};
use crate::job::{Checkpoint, Decode, FewSteps, Lora, Request, Speed, StepCache, Variant, Way};

/// Asks for what `speed` means with this model and what is installed for it, where the request says nothing of it. Tells
/// what that is; nothing if nothing would save time.
///
/// # Errors
/// A file cannot be read.
pub fn choose(speed: Speed, request: &mut Request, model: &Checkpoint) -> Result<Vec<Way>> {
    let mut ways = Vec::new();
    if speed == Speed::Exact {
        return Ok(ways);
    }
    let is_off = request.speedups.preset == Some(FewSteps::Off);
    let mut few_steps = !is_off && few_steps::recognised(&request.sources.loras, model)?.is_some();
    let is_open = request.sampling.steps.is_none() && request.speedups.preset.is_none();
    if speed == Speed::Fast
        && !few_steps
        && is_open
        && let Some((preset, loras)) = installed(model)
    {
        few_steps = true;
        let settings = preset.settings(model.variant);
        ways.extend(settings.map(|settings| Way::FewSteps(preset, settings.steps)));
        request.sources.loras.extend(loras);
    }
    if !few_steps && request.speedups.cache.is_off() {
        let (cache, way) = match speed {
            Speed::Fast => (StepCache::Fast, Way::StrongCache),
            _ => (StepCache::Balanced, Way::LightCache),
        };
        request.speedups.cache = cache;
        ways.push(way);
    }
    if speed == Speed::Fast
        && request.speedups.decode == Decode::Full
        && let Ok(file) = tiny_vae::nearest(model)
    {
        ways.push(Way::Draft);
        request.speedups.decode = Decode::Draft;
        request.speedups.tiny_vae = Some(file);
    }
    Ok(ways)
}

/// What few-step LoRAs for a model are for, and they: both halves of a pair where there are two experts, or else one file. The names tell
/// whether they are for sentences or for pictures, which nothing else does.
fn installed(model: &Checkpoint) -> Option<(FewSteps, Vec<Lora>)> {
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
    candidates.into_iter().find_map(|candidate| {
        let presets = candidate.iter().map(|lora| few_steps::of_lora(&lora.file));
        let presets: Option<Vec<FewSteps>> = presets.map(|preset| preset.ok()?).collect();
        let preset = presets?.first().copied()?;
        match_loras(&candidate, model).ok()?;
        Some((preset, candidate))
    })
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
