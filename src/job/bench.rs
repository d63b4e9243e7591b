//! A *bench* measures the stages of a job one by one: how long each takes at a size, and how much memory.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;

use super::params::canvas::{check_frames, check_size};
use super::{Checkpoint, Compute, HighNoise, Network, Refusal, Size, Variant};

/// Everything that is measured, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Bench {
    /// Whose networks.
    pub subject: Subject,
    /// The size of the video.
    pub size: Size,
    /// The number of frames, 4n + 1.
    pub frames: u32,
    /// How many prompts the DiT takes at once: two with guidance, where they run as one batch.
    pub batch: u32,
    /// What is measured, in this order.
    pub parts: Vec<Part>,
    /// The types that it is measured in.
    pub compute: Compute,
    /// How often each is repeated, after a pass that is not counted.
    pub runs: u32,
}

/// Networks to measure.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Those of an installed model.
    Installed(Box<Checkpoint>),
    /// Networks of a published size with random weights.
    Synthetic(Published),
}

impl Subject {
    /// The family that they belong to.
    pub fn variant(&self) -> Variant {
        match self {
            Self::Installed(checkpoint) => checkpoint.variant,
            Self::Synthetic(published) => published.variant(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed(checkpoint) => f.write_str(&checkpoint.name),
            Self::Synthetic(published) => write!(f, "{published} with random weights"),
        }
    }
}

/// A published model, whose sizes are known without its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// Wan2.1 T2V-1.3B.
    T2v1B,
    /// Wan2.2 TI2V-5B.
    Ti2v5B,
    /// One expert of Wan2.2 T2V-A14B.
    T2vA14B,
    /// One expert of Wan2.2 I2V-A14B.
    I2vA14B,
}

impl Published {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::T2v1B, Self::Ti2v5B, Self::T2vA14B, Self::I2vA14B];

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::T2v1B => "Wan2.1 T2V 1.3B",
            Self::Ti2v5B => "Wan2.2 TI2V 5B",
            Self::T2vA14B => "Wan2.2 T2V A14B",
            Self::I2vA14B => "Wan2.2 I2V A14B",
        }
    }

    /// The family that it belongs to.
    pub fn variant(self) -> Variant {
        match self {
            Self::T2v1B => Variant::T2v,
            Self::Ti2v5B => Variant::Ti2v,
            Self::T2vA14B => Variant::T2vA14b,
            Self::I2vA14B => Variant::I2vA14b,
        }
    }

    /// It as a model without files, for plans that nobody carries out.
    pub fn checkpoint(self) -> Checkpoint {
        let variant = self.variant();
        let dit = Network {
            config: None,
            weights: Vec::new(),
        };
        let high_noise = variant.boundary().map(|boundary| HighNoise {
            network: dit.clone(),
            boundary,
        });
        Checkpoint {
            name: self.title().into(),
            variant,
            root: PathBuf::new(),
            dit,
            high_noise,
            text_encoder: Vec::new(),
            tokenizer: PathBuf::new(),
            vae: Vec::new(),
            defaults: variant.defaults(),
            sizes: Vec::new(),
            latent_rgb: None,
            examples: Vec::new(),
        }
    }
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::T2v1B => "t2v-1.3b",
            Self::Ti2v5B => "ti2v-5b",
            Self::T2vA14B => "t2v-a14b",
            Self::I2vA14B => "i2v-a14b",
        })
    }
}

impl FromStr for Published {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|published| published.to_string() == text)
            .ok_or_else(|| "the variants are t2v-1.3b, ti2v-5b, t2v-a14b and i2v-a14b".into())
    }
}

/// What a bench measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The text encoder: a layer at a time is read and used.
    Text,
    /// A forward pass of the DiT, one step without guidance.
    Denoise,
    /// From latents to frames.
    Decode,
    /// From frames to latents.
    Encode,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Denoise, Self::Decode, Self::Encode];

    /// What it goes through: its speed is counted in these.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Text | Self::Denoise => "tokens",
            Self::Decode | Self::Encode => "frames",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Denoise => "denoise",
            Self::Decode => "decode",
            Self::Encode => "encode",
        })
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|part| part.to_string() == text)
            .ok_or_else(|| "the stages are text, denoise, decode and encode".into())
    }
}

impl Bench {
    /// Everything, as the model is meant to be used.
    pub fn of(subject: Subject) -> Self {
        let defaults = match &subject {
            Subject::Installed(checkpoint) => checkpoint.defaults.clone(),
            Subject::Synthetic(published) => published.variant().defaults(),
        };
        Self {
            subject,
            size: defaults.size,
            frames: defaults.frames,
            batch: 1,
            parts: Part::ALL.to_vec(),
            compute: Compute::default(),
            runs: 3,
        }
    }

    /// Whether the networks can take what they would be given.
    ///
    /// # Errors
    /// The size or the number of frames cannot work, with what would.
    pub fn check(&self) -> Result<(), Refusal> {
        let variant = self.subject.variant();
        check_size(self.size, variant.alignment())?;
        check_frames(self.frames, variant)
    }
}

/// What was measured of one part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement {
    /// What it is of.
    #[serde(rename = "stage")]
    pub part: Part,
    /// How many of its units a run goes through.
    pub units: u64,
    /// What it took to load the network, in seconds. The text encoder is loaded as it runs.
    #[serde(rename = "load_seconds")]
    pub load: f64,
    /// The first pass, in seconds, which finds nothing compiled yet.
    #[serde(rename = "first_seconds")]
    pub first: f64,
    /// The runs, in seconds, in order of their lengths.
    #[serde(rename = "run_seconds")]
    pub runs: Vec<f64>,
    /// The most memory that MLX held at once, with the network, in bytes.
    #[serde(rename = "peak_memory_bytes")]
    pub peak_memory: usize,
}

impl Measurement {
    /// The length of a run, in seconds: the median.
    pub fn seconds(&self) -> f64 {
        let (upper, lower) = (self.runs.len() / 2, self.runs.len().saturating_sub(1) / 2);
        match (self.runs.get(lower), self.runs.get(upper)) {
            (Some(below), Some(above)) => f64::midpoint(*below, *above),
            _ => self.first,
        }
    }

    /// Units a second.
    pub fn rate(&self) -> f64 {
        self.units as f64 / self.seconds()
    }
}
