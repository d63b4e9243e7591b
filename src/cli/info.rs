//! `zoetrope info`: the settings stored in a video.

use serde_json::Value;

use super::args::Info;
use super::{print, print_json, shown};
use crate::error::{Error, Result};
use crate::job::Settings;
use crate::job::plain_text::one_line;
use crate::media::mp4;

/// Prints what the video says about itself.
///
/// # Errors
/// It is no video, or it says nothing that Zoetrope wrote.
pub fn run(args: &Info) -> Result<()> {
    let stored = mp4::settings(&args.file)?;
    let settings = stored
        .as_deref()
        .and_then(|json| Settings::from_json(json).ok());
    let settings = settings.ok_or_else(|| {
        let problem = if stored.is_some_and(|json| is_decoding(&json)) {
            "was decoded from latents that nothing is known of: it has no prompt and no seed to show"
        } else {
            "holds no settings that can be read: it was made by another program, or by a newer Zoetrope"
        };
        Error::content(&args.file, problem)
    })?;
    if args.json {
        print_json(&settings.to_json())
    } else {
        print(&table(&settings))
    }
}

/// Whether this is what a video says that was made of latents alone.
fn is_decoding(json: &str) -> bool {
    let told: Value = serde_json::from_str(json).unwrap_or_default();
    told["program"] == "Zoetrope" && told["size"].is_array() && told["prompt"].is_null()
}

/// A line for each setting.
fn table(settings: &Settings) -> String {
    let negative = match settings.negative.as_str() {
        "" => "(none)".into(),
        text => text.to_owned(),
    };
    let fit = match settings.max_area {
        Some(area) => format!("{}, within {area} pixels", settings.fit),
        None => settings.fit.to_string(),
    };
    let image = settings.image.as_deref().map(shown);
    let loras: Vec<_> = settings.loras.iter().map(ToString::to_string).collect();
    let lines = [
        ("Prompt", Some(settings.prompt.clone())),
        ("Negative prompt", Some(negative)),
        ("Fit", image.is_some().then_some(fit)),
        ("Picture", image),
        ("Last picture", settings.last_image.as_deref().map(shown)),
        (
            "Model",
            Some(format!("{} ({})", settings.model, settings.variant.name())),
        ),
        ("Size", Some(settings.size.to_string())),
        (
            "Frames",
            Some(format!("{} at {} a second", settings.frames, settings.fps)),
        ),
        (
            "Steps",
            Some(format!("{} of {}", settings.steps, settings.sampler)),
        ),
        (
            "Stopped after",
            settings.stopped_after.map(|step| format!("step {step}")),
        ),
        ("Guidance", Some(settings.guidance.to_string())),
        ("Shift", Some(settings.shift.to_string())),
        ("Seed", Some(settings.seed.to_string())),
        ("Products in", Some(settings.precision.to_string())),
        (
            "Decoded in",
            (!settings.vae_precision.is_f32()).then(|| settings.vae_precision.to_string()),
        ),
        (
            "Weights in",
            settings.quantize.map(|bits| format!("{bits} bits")),
        ),
        ("LoRA", (!loras.is_empty()).then(|| loras.join(", "))),
        ("Noise from", settings.noise.as_deref().map(shown)),
        (
            "Made by",
            Some(format!("{} {}", settings.program, settings.version)),
        ),
    ];
    let lines = lines
        .into_iter()
        .filter_map(|(name, value)| Some(row(name, &value?)));
    lines.collect::<Vec<_>>().join("\n")
}

/// A setting and what it is, however many lines that has: none of them can pass for another setting.
fn row(name: &str, value: &str) -> String {
    let lines: Vec<_> = value.lines().map(one_line).collect();
    format!("{name:16}{}", lines.join("\n                "))
}
