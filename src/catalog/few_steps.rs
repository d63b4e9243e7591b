//! Which files are *few-step* ones, told by what is in them first, by the titles in their headers and
//! their names second; and which LoRAs are the two
//! halves of a pair.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::diffusers::INDEX;
use crate::error::Result;
use crate::job::lora_pair::{half, pair_up};
use crate::job::{Checkpoint, Expert, FewSteps, Lora, Recognised, Request, spelling};
use crate::weights;
use crate::weights::lora::{self, Origin};

/// The widths of the published networks: those of 14 billion weights, the 5B and the 1.3B.
const WIDTH_14B: i32 = 5120;
const WIDTH_5B: i32 = 3072;

/// Gives each half of a pair of LoRAs its expert, sets what few-step files need and the request leaves open, and tells
/// what was done and what cannot come out well, a line each.
///
/// # Errors
/// A LoRA cannot be read.
pub fn prepare(request: &mut Request, model: &Checkpoint) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    if model.high_noise.is_some() {
        for (high, low) in pair_up(&mut request.sources.loras) {
            let [high, low] = [high, low].map(|place| name(&request.sources.loras[place].file));
            lines.push(format!(
                "{high} changes the expert for high noise, {low} the one for low noise"
            ));
        }
    }
    let together = together(&request.sources.loras, model);
    let few_step = misplaced(&request.sources.loras, model);
    let misplaced = if few_step.is_empty() {
        together.clone()
    } else {
        few_step
    };
    if request.speedups.preset == Some(FewSteps::Off) {
        lines.extend(FewSteps::Off.apply(request, model, "", &[]));
        lines.extend(together);
        return Ok(lines);
    }
    let found = recognised(&request.sources.loras, model)?;
    let loras = found.as_ref().map_or(&[][..], |found| &found.loras);
    if let Some(preset) = request.speedups.preset {
        lines.extend(preset.apply(request, model, "asked for", loras));
        lines.extend(misplaced);
        return Ok(lines);
    }
    let Some(Recognised {
        preset,
        from,
        loras,
    }) = found
    else {
        lines.extend(together);
        return Ok(lines);
    };
    lines.extend(preset.apply(request, model, &from, &loras));
    lines.extend(misplaced);
    Ok(lines)
}

/// What the files were distilled for, and which they are.
///
/// # Errors
/// A LoRA cannot be read.
pub fn recognised(loras: &[Lora], model: &Checkpoint) -> Result<Option<Recognised>> {
    let mut found: Option<Recognised> = None;
    for lora in loras {
        if let Some(preset) = of_lora(&lora.file)? {
            let recognised = found.get_or_insert_with(|| Recognised {
                preset,
                from: name(&lora.file),
                loras: Vec::new(),
            });
            recognised.loras.push(lora.file.clone());
        }
    }
    if found.is_some() {
        return Ok(found);
    }
    let by_model = |preset, from| Recognised {
        preset,
        from,
        loras: Vec::new(),
    };
    if pipeline_class(&model.root).as_deref() == Some("WanDMDPipeline") {
        return Ok(Some(by_model(FewSteps::FastWan, name(&model.root))));
    }
    let files = || model.experts().flat_map(|(_, network)| &network.weights);
    let titled = files().find_map(|file| Some(by_model(by_title(file)?, name(file))));
    let names = files().map(|file| name(file));
    let mut names = names.chain([model.name.clone(), name(&model.root)]);
    Ok(titled.or_else(|| names.find_map(|name| Some(by_model(FewSteps::by_name(&name)?, name)))))
}

/// What a LoRA was distilled for.
///
/// # Errors
/// It cannot be read.
pub fn of_lora(file: &Path) -> Result<Option<FewSteps>> {
    let origin = lora::Lora::open(file)?.origin();
    if origin.is_trained {
        return Ok(None);
    }
    let by_name = by_title(file).or_else(|| FewSteps::by_name(&name(file)));
    Ok(match of_origin(&origin) {
        // Several makers took theirs out of two checkpoints: the name may tell whose it is.
        Some(FewSteps::Lightning) if origin.differences > 0 => {
            by_name.or(Some(FewSteps::Lightning))
        }
        Some(preset) => Some(preset),
        None => by_name,
    })
}

/// What the title tells that the maker has written into the header, which stays when a file is renamed.
fn by_title(file: &Path) -> Option<FewSteps> {
    const TITLES: [&str; 4] = ["modelspec.title", "title", "name", "model_name"];
    let notes = weights::notes(file).ok()?;
    let titles = TITLES.iter().filter_map(|key| notes.get(*key));
    titles
        .into_iter()
        .find_map(|title| FewSteps::by_name(title))
}

/// What the tensors alone tell.
///
/// Lightning's trainer has rank 64 and alpha 8 for all ten matrices of every block. `LightX2V` and Kijai take theirs out
/// of two checkpoints, so that they have whole differences of biases and norms in every block as well.
fn of_origin(origin: &Origin) -> Option<FewSteps> {
    const MATRICES: usize = 10;
    let all = origin.blocks >= 30 && origin.matrices >= origin.blocks * MATRICES;
    if !all {
        return None;
    }
    let is_lightning = origin.rank == Some(64) && origin.alpha.is_some_and(is_eight);
    let is_extracted = origin.differences >= origin.blocks;
    match origin.width {
        Some(WIDTH_14B) if is_lightning || is_extracted => Some(FewSteps::Lightning),
        Some(WIDTH_5B) if is_extracted => Some(FewSteps::FastWan),
        _ => None,
    }
}

fn is_eight(alpha: f32) -> bool {
    (alpha - 8.0).abs() < 0.01
}

/// Few-step LoRAs that do not lie where they should.
fn misplaced(loras: &[Lora], model: &Checkpoint) -> Vec<String> {
    let halves = |side: Expert| {
        let of_side = move |lora: &&Lora| half(&lora.file) == Some(side);
        loras.iter().filter(of_side)
    };
    let (mut highs, mut lows) = (halves(Expert::HighNoise), halves(Expert::LowNoise));
    match (highs.next(), lows.next()) {
        (Some(high), Some(low)) if high.expert == low.expert || model.high_noise.is_none() => {
            vec![on_one(high, low, model)]
        }
        (Some(only), None) | (None, Some(only)) if only.expert.is_none() => {
            if model.high_noise.is_none() {
                return Vec::new();
            }
            vec![format!(
                "warning: {} is one half of a pair and changes both experts: give the other half too",
                name(&only.file)
            )]
        }
        _ => Vec::new(),
    }
}

/// Pairs of any LoRAs of which both halves change the same network.
fn together(loras: &[Lora], model: &Checkpoint) -> Vec<String> {
    let is_pair = |one: &Lora, other: &Lora| {
        let is_one = model.high_noise.is_none() || one.expert.is_some();
        is_one && one.expert == other.expert && spelling::are_twins(&one.file, &other.file)
    };
    let pairs = loras
        .iter()
        .flat_map(|low| loras.iter().map(move |high| (low, high)));
    let pairs = pairs.filter(|(low, high)| is_pair(low, high));
    pairs.map(|(low, high)| on_one(high, low, model)).collect()
}

fn on_one(high: &Lora, low: &Lora, model: &Checkpoint) -> String {
    let what = if model.high_noise.is_some() {
        "change the same one: give each its own with :1:high and :1:low"
    } else {
        "this model is one network: give the one that is made for it"
    };
    format!(
        "warning: {} and {} are for different experts and {what}",
        name(&high.file),
        name(&low.file)
    )
}

/// The class of the pipeline that a folder of Diffusers names.
fn pipeline_class(folder: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Index {
        #[serde(rename = "_class_name")]
        class: String,
    }
    let text = fs::read(folder.join(INDEX)).ok()?;
    let index: Index = serde_json::from_slice(&text).ok()?;
    Some(index.class)
}

pub(super) fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
