//! *Guides* are what a video is made along: a video that it follows or changes, and pictures of what it should show.

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::sources::file_name;
use super::{Canvas, Line};
use crate::job::{OutOfRange, Refusal, Size, Span, Use, Variant};

/// The files of a video to follow or to change, and of references.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Video and references")]
#[serde(default)]
pub struct Guides {
    /// Control or source video, for models that take one: an MP4, a GIF or a folder of pictures
    #[arg(long, value_name = "FILE|FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<PathBuf>,

    /// Mask for --video: white is generated, black is kept; a video, a folder of pictures, or one picture for all frames
    #[arg(long, value_name = "FILE|FOLDER", requires = "video")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<PathBuf>,

    /// Reference picture of what the video should show, for models that take one; repeat it for several
    #[arg(long = "reference", value_name = "FILE")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<PathBuf>,

    /// Strength of the control video and references [default: 1]
    #[arg(long, value_name = "S")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength: Option<f64>,
}

impl Guides {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.video.is_none() && self.references.is_empty()
    }

    /// How strongly they lead.
    pub fn strength(&self) -> f64 {
        self.strength.unwrap_or(1.0)
    }

    /// The latent frames that references are before those of the video.
    pub fn leading(&self, variant: Variant) -> u32 {
        if variant.inputs().chain {
            u32::try_from(self.references.len()).unwrap_or(u32::MAX)
        } else {
            0
        }
    }

    /// Whether a model of this family takes what there is, and has what it needs.
    pub(in crate::job) fn check(&self, variant: Variant) -> Result<(), Refusal> {
        let inputs = variant.inputs();
        match (inputs.video, &self.video) {
            (Use::Never, Some(_)) => return Err(Refusal::TakesNoVideo(variant)),
            (Use::Required, None) => return Err(Refusal::NeedsVideo(variant)),
            _ => {}
        }
        if inputs.mask == Use::Never && self.mask.is_some() {
            return Err(Refusal::TakesNoMask(variant));
        }
        if self.references.len() > inputs.references {
            return Err(Refusal::TooManyReferences(variant));
        }
        if !self.strength().is_finite() {
            return Err(Refusal::GuideStrength);
        }
        if self.strength.is_some() && !inputs.chain {
            return Err(Refusal::TakesNoStrength(variant));
        }
        Ok(())
    }

    /// Whether the video has so many frames. Where a chain of blocks follows it, what is missing is made anew.
    pub(in crate::job) fn check_length(
        video: Option<&Span>,
        variant: Variant,
        &Canvas { frames, fps, .. }: &Canvas,
    ) -> Result<(), Refusal> {
        let Some(video) = video.filter(|_| !variant.inputs().chain) else {
            return Ok(());
        };
        let most = video.length(fps);
        if frames <= most {
            return Ok(());
        }
        Err(OutOfRange::GuideTooShort { most, fps }.into())
    }

    /// The same with the names of the files alone.
    #[must_use]
    pub(in crate::job) fn without_folders(&self) -> Self {
        let mut named = self.clone();
        for file in named.files_mut() {
            *file = file_name(file);
        }
        named
    }

    /// For `zoetrope info`.
    pub(in crate::job) fn lines(&self) -> Vec<Line> {
        let path = |name, path: &PathBuf| (name, path.display().to_string());
        let video = self.video.iter().map(|file| path("Video", file));
        let mask = self.mask.iter().map(|file| path("Mask", file));
        let references = self.references.iter();
        let references = references.map(|file| path("Reference", file));
        let strength = self
            .strength
            .map(|strength| ("Strength", strength.to_string()));
        video
            .chain(mask)
            .chain(references)
            .chain(strength)
            .collect()
    }

    /// Every file.
    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self {
            video,
            mask,
            references,
            strength: _,
        } = self;
        video.iter_mut().chain(mask).chain(references)
    }
}

/// What the files of a request tell of themselves before anything of them is decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Found {
    /// The size of the first frame.
    pub picture: Option<Size>,
    /// The size and the length of the video that leads.
    pub video: Option<Span>,
}

impl From<Option<Size>> for Found {
    fn from(picture: Option<Size>) -> Self {
        Self {
            picture,
            video: None,
        }
    }
}
