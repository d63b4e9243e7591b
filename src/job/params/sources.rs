//! The files that a video is made from, besides the model's.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::Line;
use crate::job::{Checkpoint, CropAnchor, Lora, PictureFit, Refusal, Use, Variant};

/// No LoRA is of any use beyond this, and products overflow.
const STRONGEST: f64 = 100.0;

/// The pictures, LoRAs and noise that a video is made from. Asked for and done differ in one thing: once the size
/// is known, `fit` and `max_area` say how it was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Pictures, LoRAs and noise")]
#[serde(from = "Stored")]
pub struct Sources {
    /// First frame; transparent areas become white
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<PathBuf>,

    /// Last frame, for models that take one
    #[arg(long, value_name = "FILE", requires = "image")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_image: Option<PathBuf>,

    /// How the first frame sets the size: keep its aspect ratio (picture), or crop it to --size (crop)
    #[arg(long, value_name = PictureFit::USAGE, requires = "leads", default_value_t)]
    pub fit: PictureFit,

    /// Which part of the first picture stays when it is cropped.
    #[arg(skip)]
    #[serde(skip_serializing_if = "CropAnchor::is_centre")]
    pub anchor: CropAnchor,

    /// The same for the last picture.
    #[arg(skip)]
    #[serde(skip_serializing_if = "CropAnchor::is_centre")]
    pub last_anchor: CropAnchor,

    /// Pixel budget (width x height) to use instead of --size
    #[arg(long, value_name = "PIXELS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_area: Option<u64>,

    /// Apply a LoRA [default strength: 1]; high or low limits it to one expert; repeatable
    #[arg(long = "lora", value_name = "FILE[:STRENGTH[:high|low]]")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loras: Vec<Lora>,

    /// Read the starting noise from this file: tensor "noise", (channels, frames, height, width)
    #[arg(long, value_name = "FILE.safetensors")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<PathBuf>,
}

/// How files have them. Plans of version 0.1 keep what belongs to the first picture in an object of its own.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    image: Option<PathBuf>,
    #[serde(alias = "last_picture")]
    last_image: Option<PathBuf>,
    fit: PictureFit,
    anchor: CropAnchor,
    last_anchor: CropAnchor,
    max_area: Option<u64>,
    loras: Vec<Lora>,
    noise: Option<PathBuf>,
    picture: Option<Picture>,
}

/// The first picture in plans of version 0.1.
#[derive(Deserialize)]
struct Picture {
    path: PathBuf,
    fit: PictureFit,
    max_area: Option<u64>,
    #[serde(default)]
    anchor: CropAnchor,
}

impl From<Stored> for Sources {
    fn from(stored: Stored) -> Self {
        let Stored {
            image,
            last_image,
            fit,
            anchor,
            last_anchor,
            max_area,
            loras,
            noise,
            picture,
        } = stored;
        let (image, fit, anchor, max_area) = match picture {
            Some(first) => (Some(first.path), first.fit, first.anchor, first.max_area),
            None => (image, fit, anchor, max_area),
        };
        Self {
            image,
            last_image,
            fit,
            anchor,
            last_anchor,
            max_area,
            loras,
            noise,
        }
    }
}

impl Sources {
    /// Those of a video whose first picture, or else the video that leads it, fills `area`: what leads to the same size
    /// again.
    pub(in crate::job) fn resolve(&self, area: u64, is_led: bool) -> Self {
        let sources = self.clone();
        if self.image.is_none() && !is_led {
            return Self {
                fit: PictureFit::default(),
                anchor: CropAnchor::CENTRE,
                max_area: None,
                ..sources
            };
        }
        Self {
            max_area: (self.fit == PictureFit::Picture).then_some(area),
            ..sources
        }
    }

    /// Whether a model of this family takes what pictures there are, for so many frames.
    pub(in crate::job) fn check_pictures(
        &self,
        variant: Variant,
        frames: u32,
    ) -> Result<(), Refusal> {
        match (variant.inputs().last, &self.last_image) {
            (Use::Required, None) => Err(Refusal::NeedsLastPicture(variant)),
            (Use::Never, Some(_)) => Err(Refusal::TakesNoLastPicture(variant)),
            (_, Some(_)) if frames == 1 => Err(Refusal::LastPictureOfOneFrame),
            _ => Ok(()),
        }
    }

    /// Whether a model of this family takes a first picture, or needs one.
    pub(in crate::job) fn check_first(&self, variant: Variant) -> Result<(), Refusal> {
        match (variant.inputs().first, &self.image) {
            (Use::Never, Some(_)) => Err(Refusal::TakesNoPicture(variant)),
            (Use::Required, None) => Err(Refusal::NeedsPicture(variant)),
            _ => Ok(()),
        }
    }

    /// Whether each strength is a number, and each LoRA is for an expert that the model has.
    pub(in crate::job) fn check_loras(&self, checkpoint: &Checkpoint) -> Result<(), Refusal> {
        for Lora {
            file,
            strength,
            expert,
        } in &self.loras
        {
            if !strength.is_finite() {
                return Err(Refusal::LoraStrength(file.clone()));
            }
            if strength.abs() > STRONGEST {
                return Err(Refusal::LoraTooStrong {
                    file: file.clone(),
                    strength: *strength,
                    most: STRONGEST,
                });
            }
            if expert.is_some() && checkpoint.high_noise.is_none() {
                return Err(Refusal::LoraForTwo(file.clone()));
            }
        }
        Ok(())
    }

    /// Every file that is read.
    pub(in crate::job) fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self {
            image,
            last_image,
            fit: _,
            anchor: _,
            last_anchor: _,
            max_area: _,
            loras,
            noise,
        } = self;
        let loras = loras.iter_mut().map(|lora| &mut lora.file);
        let pictures = image.iter_mut().chain(last_image);
        pictures.chain(noise).chain(loras)
    }

    /// The pictures, the first one first.
    pub fn pictures_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.image.iter_mut().chain(&mut self.last_image)
    }

    /// The same with the names of the files alone: their folders would tell strangers about this machine.
    #[must_use]
    pub fn without_folders(&self) -> Self {
        let mut named = self.clone();
        for file in named.files_mut() {
            *file = file_name(file);
        }
        named
    }

    /// For `zoetrope info`.
    pub(in crate::job) fn lines(&self) -> Vec<Line> {
        let path = |path: &Path| path.display().to_string();
        let fit = match self.max_area {
            Some(area) => format!("{}, within {area} pixels", self.fit),
            None => self.fit.to_string(),
        };
        let loras: Vec<_> = self.loras.iter().map(ToString::to_string).collect();
        let lines = [
            ("Fit", self.image.is_some().then_some(fit)),
            ("Picture", self.image.as_deref().map(path)),
            ("Last picture", self.last_image.as_deref().map(path)),
            ("LoRA", (!loras.is_empty()).then(|| loras.join(", "))),
            ("Noise from", self.noise.as_deref().map(path)),
        ];
        let lines = lines.into_iter();
        lines
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}

/// A path's last part. A name that is not Unicode is made so, because JSON knows nothing else.
pub(super) fn file_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    PathBuf::from(name.as_ref())
}
