//! `zoetrope info`: the settings stored in a video.

use super::args::Info;
use super::print;
use crate::error::{Error, Result};
use crate::job::Settings;
use crate::media::mp4;

/// Prints what the video says about itself.
///
/// # Errors
/// It is no video, or it says nothing that Zoetrope wrote.
pub fn run(args: &Info) -> Result<()> {
    let stored = mp4::settings(&args.file)?;
    let settings = stored.and_then(|json| Settings::from_json(&json).ok()).ok_or_else(|| {
        Error::content(
            &args.file,
            "holds no settings that can be read: it was made by another program, or by a newer Zoetrope",
        )
    })?;
    print(&if args.json {
        settings.to_json()
    } else {
        table(&settings)
    })
}

/// A line for each setting.
fn table(settings: &Settings) -> String {
    let path = |path: &std::path::Path| path.display().to_string();
    let negative = match settings.negative.as_str() {
        "" => "(none)".into(),
        text => text.to_owned(),
    };
    let fit = match settings.max_area {
        Some(area) => format!("{}, within {area} pixels", settings.fit),
        None => settings.fit.to_string(),
    };
    let image = settings.image.as_deref().map(path);
    let loras: Vec<_> = settings.loras.iter().map(ToString::to_string).collect();
    let speedups = &settings.speedups;
    let lines = [
        ("Prompt", Some(settings.prompt.clone())),
        ("Negative prompt", Some(negative)),
        ("Fit", image.is_some().then_some(fit)),
        ("Picture", image),
        ("Last picture", settings.last_image.as_deref().map(path)),
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
        (
            "Preset",
            speedups.preset.map(|preset| preset.name().to_owned()),
        ),
        (
            "Step cache",
            (!speedups.cache.is_off()).then(|| speedups.cache.to_string()),
        ),
        (
            "Guidance until",
            (speedups.guidance_until < 1.0).then(|| speedups.guidance_until.to_string()),
        ),
        ("CFG-Zero*", speedups.cfg_zero.then(|| "yes".to_owned())),
        ("NAG", speedups.nag.map(|nag| nag.to_string())),
        (
            "Passes",
            settings
                .passes
                .as_ref()
                .map(|passes| format!("{} of {} computed", passes.computed, passes.of)),
        ),
        ("Noise from", settings.noise.as_deref().map(path)),
        (
            "Made by",
            Some(format!("{} {}", settings.program, settings.version)),
        ),
    ];
    let lines = lines
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name:16}{}", value?)));
    lines.collect::<Vec<_>>().join("\n")
}
