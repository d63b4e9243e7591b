//! A *request* is exactly what the form or the command line holds: nothing filled in, nothing
//! checked.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CropAnchor, Expert, Guides, Lora, Precision, Quality, QuantBits, Size, VaePrecision};

/// What the user asked for. `None` means "as the model recommends".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// What the video should show.
    pub prompt: String,
    /// What it should not show.
    pub negative: Negative,
    /// The first frame.
    pub image: Option<PathBuf>,
    /// The last frame.
    pub last_image: Option<PathBuf>,
    /// Videos and references.
    #[serde(flatten)]
    pub guides: Guides,
    /// How the first frame and the size of the video are brought together.
    pub fit: PictureFit,
    /// Which part of the first frame stays when it is cropped.
    pub anchor: CropAnchor,
    /// The same for the last frame.
    pub last_anchor: CropAnchor,
    /// The size of the video, or with [`PictureFit::Picture`] its area.
    pub size: Option<Size>,
    /// The area in pixels that [`PictureFit::Picture`] fills, instead of that of `size`. Without a picture
    /// and a size, the video has this area and the aspect of the model's own size.
    pub max_area: Option<u64>,
    /// The number of frames, 4n + 1.
    pub frames: Option<u32>,
    /// Frames a second in the finished file.
    pub fps: Option<u32>,
    /// Denoising steps.
    pub steps: Option<u32>,
    /// The solver.
    pub sampler: Option<Sampler>,
    /// How strongly the prompt pulls.
    pub guidance: Option<Guidance>,
    /// How much of the schedule is spent at high noise.
    pub shift: Option<f64>,
    /// The seed of the starting noise; drawn when absent.
    pub seed: Option<u64>,
    /// The type in which matrix products are computed.
    pub precision: Precision,
    /// The type in which latents are decoded.
    pub vae_precision: VaePrecision,
    /// What the weights of the DiT's large matrices are packed into; as the file has them when absent.
    pub quantize: Option<QuantBits>,
    /// What changes the DiT.
    pub loras: Vec<Lora>,
    /// The most memory that the job may use, in bytes; what the machine can give when absent.
    pub memory_limit: Option<u64>,
    /// How well the video is encoded.
    pub quality: Quality,
    /// A file with the starting noise, instead of drawing it from the seed.
    pub noise: Option<PathBuf>,
    /// Where to keep the final latents.
    pub save_latents: Option<PathBuf>,
    /// Where to keep the decoded frames as floats.
    pub save_frames: Option<PathBuf>,
}

/// The negative prompt of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Negative {
    /// The model's own.
    #[default]
    Default,
    /// None: guidance compares with an empty prompt.
    Empty,
    /// This text.
    Text(String),
}

/// How the first frame and the size of the video are brought together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureFit {
    /// The video takes the aspect of the picture, by the official code's rule.
    #[default]
    Picture,
    /// The video has exactly the size asked for; the picture is cropped to it.
    Crop,
}

impl fmt::Display for PictureFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Picture => "picture",
            Self::Crop => "crop",
        })
    }
}

impl FromStr for PictureFit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "picture" => Ok(Self::Picture),
            "crop" => Ok(Self::Crop),
            _ => Err("the fits are picture and crop".into()),
        }
    }
}

/// A solver of the flow's differential equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sampler {
    /// UniPC, order 2 with corrector: the official default.
    UniPc,
    /// DPM-Solver++ (2M).
    DpmPp,
    /// Euler.
    Euler,
}

impl Sampler {
    /// Every solver, the recommended one first.
    pub const ALL: [Self; 3] = [Self::UniPc, Self::DpmPp, Self::Euler];
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UniPc => "unipc",
            Self::DpmPp => "dpmpp",
            Self::Euler => "euler",
        })
    }
}

impl FromStr for Sampler {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|sampler| sampler.to_string() == text)
            .ok_or_else(|| "the samplers are unipc, dpmpp and euler".into())
    }
}

/// The guidance scale, for the two noise ranges of models with two experts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "[f64; 2]", from = "[f64; 2]")]
pub struct Guidance {
    /// For low noise; the only one where there is one network.
    pub low: f64,
    /// For high noise.
    pub high: f64,
}

impl Guidance {
    /// The scale for one expert.
    pub fn of(self, expert: Expert) -> f64 {
        match expert {
            Expert::HighNoise => self.high,
            Expert::LowNoise => self.low,
        }
    }

    /// The same scale everywhere.
    pub const fn both(scale: f64) -> Self {
        Self {
            low: scale,
            high: scale,
        }
    }
}

impl From<[f64; 2]> for Guidance {
    fn from([low, high]: [f64; 2]) -> Self {
        Self { low, high }
    }
}

impl From<Guidance> for [f64; 2] {
    fn from(guidance: Guidance) -> Self {
        [guidance.low, guidance.high]
    }
}

impl fmt::Display for Guidance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = *self;
        if low.total_cmp(&high).is_eq() {
            write!(f, "{low}")
        } else {
            write!(f, "{low},{high}")
        }
    }
}

impl FromStr for Guidance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |part: &str| {
            let value: f64 = part.trim().parse().ok()?;
            value.is_finite().then_some(value)
        };
        match text.split_once(',') {
            None => number(text).map(Self::both),
            Some((low, high)) => number(low)
                .zip(number(high))
                .map(|(low, high)| Self { low, high }),
        }
        .ok_or_else(|| "give one number, or two as in 3.0,4.0 (low noise, high noise)".into())
    }
}
