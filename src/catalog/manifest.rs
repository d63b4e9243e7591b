//! A *card* is the file `zoetrope.json` that may lie in a model folder: how this model is meant to
//! be used, where that differs from its family.

use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::disk;
use crate::disk::PartialFile;
use crate::error::{Error, Result};
use crate::job::{
    CanvasRequest, Checkpoint, Defaults, Field, Guidance, Guides, LatentRgb, Plan, Request,
    Sampler, Size, Sources, Use,
};

const CARD: &str = "zoetrope.json";

/// What a card may say. What it leaves out stays as the family has it; what it says beyond this is
/// for others.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Manifest {
    name: Option<String>,
    negative_prompt: Option<String>,
    size: Option<Size>,
    sizes: Option<Vec<Size>>,
    frames: Option<u32>,
    fps: Option<u32>,
    steps: Option<u32>,
    shift: Option<f64>,
    guidance: Option<Scale>,
    sampler: Option<Sampler>,
    latent_rgb: Option<LatentRgb>,
    examples: Option<Vec<String>>,
}

/// What a card says about guidance.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(untagged)]
enum Scale {
    Both(f64),
    /// (low noise, high noise)
    Each(Guidance),
    /// Something that is no guidance, to be refused where its line is known.
    #[serde(skip_serializing)]
    Neither(IgnoredAny),
}

/// Reads the card in the checkpoint's folder, if there is one, and lays it over the family's
/// defaults.
///
/// # Errors
/// The card cannot be read, or says something that cannot work.
pub fn lay_over(checkpoint: &mut Checkpoint) -> Result<()> {
    let path = checkpoint.root.join(CARD);
    if !path.exists() {
        return Ok(());
    }
    let text = disk::read_text(&path)?;
    let card: Manifest = serde_json::from_str(&text).map_err(|error| malformed(&path, &error))?;
    if let Some(Scale::Neither(_)) = card.guidance {
        let expected = "give one number, or two as in [3.0, 4.0]";
        return Err(unworkable(&path, &text, "guidance", expected));
    }
    card.apply(checkpoint);
    check(checkpoint).map_err(|(field, message)| unworkable(&path, &text, field, &message))
}

/// Writes a card that says how the model of `checkpoint` is used, into another folder.
///
/// # Errors
/// It cannot be written.
pub fn write(checkpoint: &Checkpoint, folder: &Path) -> Result<()> {
    let path = folder.join(CARD);
    let json = serde_json::to_string_pretty(&Manifest::of(checkpoint));
    let json =
        json.map_err(|error| Error::content(&path, format!("cannot be written: {error}")))?;
    PartialFile::write(&path, json.as_bytes())
}

impl Manifest {
    /// All that makes this model another one than its family's usual.
    fn of(checkpoint: &Checkpoint) -> Self {
        let defaults = checkpoint.defaults.clone();
        Self {
            name: None, // the new folder's
            negative_prompt: Some(defaults.negative_prompt),
            size: Some(defaults.size),
            sizes: Some(checkpoint.sizes.clone()),
            frames: Some(defaults.frames),
            fps: Some(defaults.fps),
            steps: Some(defaults.steps),
            shift: Some(defaults.shift),
            guidance: Some(Scale::Each(defaults.guidance)),
            sampler: Some(defaults.sampler),
            latent_rgb: checkpoint.latent_rgb.clone(),
            examples: Some(checkpoint.examples.clone()),
        }
    }

    fn apply(self, checkpoint: &mut Checkpoint) {
        fn set<T>(place: &mut T, value: Option<impl Into<T>>) {
            if let Some(value) = value {
                *place = value.into();
            }
        }
        let Defaults {
            negative_prompt,
            size,
            frames,
            fps,
            steps,
            sampler,
            guidance,
            shift,
        } = &mut checkpoint.defaults;
        set(negative_prompt, self.negative_prompt);
        set(size, self.size);
        set(frames, self.frames);
        set(fps, self.fps);
        set(steps, self.steps);
        set(sampler, self.sampler);
        match self.guidance {
            Some(Scale::Both(scale)) => *guidance = Guidance::both(scale),
            Some(Scale::Each(scales)) => *guidance = scales,
            Some(Scale::Neither(_)) | None => {}
        }
        set(shift, self.shift);
        set(&mut checkpoint.name, self.name);
        set(&mut checkpoint.sizes, self.sizes);
        set(&mut checkpoint.examples, self.examples);
        checkpoint.latent_rgb = self.latent_rgb;
    }
}

/// Whether a request that leaves everything to the model would work, and one for each of its sizes.
///
/// # Errors
/// The field of the card that stands in the way, and why.
fn check(checkpoint: &Checkpoint) -> Result<(), (&'static str, String)> {
    let inputs = checkpoint.variant.inputs();
    let needed = |input: Use| (input == Use::Required).then(|| PathBuf::from("any.png"));
    let plan = |size, key: &'static str| {
        let request = Request {
            prompt: "anything".into(),
            canvas: CanvasRequest {
                size,
                ..CanvasRequest::default()
            },
            sources: Sources {
                image: needed(inputs.first),
                last_image: needed(inputs.last),
                ..Sources::default()
            },
            guides: Guides {
                video: needed(inputs.video),
                ..Guides::default()
            },
            ..Request::default()
        };
        Plan::new(
            &request,
            checkpoint.clone(),
            None,
            0,
            PathBuf::from("any.mp4"),
        )
        .map_err(|refusal| {
            let name = match refusal.field() {
                Field::Size => key,
                field => name_of(field),
            };
            (name, refusal.to_string())
        })
    };
    plan(None, "size")?;
    for &size in &checkpoint.sizes {
        plan(Some(size), "sizes")?;
    }
    let channels = checkpoint.variant.latent_channels() as usize;
    match &checkpoint.latent_rgb {
        Some(map) if map.factors.len() != channels => Err((
            "latent_rgb",
            format!(
                "{} factors cannot work: this model has {channels} channels",
                map.factors.len()
            ),
        )),
        _ => Ok(()),
    }
}

fn name_of(field: Field) -> &'static str {
    match field {
        Field::Frames => "frames",
        Field::Fps => "fps",
        Field::Steps => "steps",
        Field::Guidance => "guidance",
        Field::Shift => "shift",
        Field::Size
        | Field::Prompt
        | Field::Image
        | Field::LastImage
        | Field::Video
        | Field::Mask
        | Field::References
        | Field::Loras
        | Field::Memory
        | Field::Output => "size",
    }
}

fn malformed(path: &Path, error: &serde_json::Error) -> Error {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    Error::content(
        path,
        format!("cannot be understood in line {}: {reason}", error.line()),
    )
}

fn unworkable(path: &Path, text: &str, field: &str, message: &str) -> Error {
    let key = format!("\"{field}\"");
    let line = text
        .lines()
        .position(|line| line.contains(&key))
        .unwrap_or_default()
        + 1;
    Error::content(
        path,
        format!("asks for something impossible in line {line}: {message}"),
    )
}
