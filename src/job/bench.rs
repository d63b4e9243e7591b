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
    /// Wan2.1 I2V-14B, trained at 480 rows.
    I2v480,
    /// Wan2.1 I2V-14B, trained at 720 rows.
    I2v720,
    /// Wan2.1 FLF2V-14B.
    Flf2v14B,
    /// Wan2.1 VACE-1.3B.
    Vace1B,
    /// Wan2.1 VACE-14B.
    Vace14B,
    /// Wan2.2 TI2V-5B.
    Ti2v5B,
    /// Wan2.2 Fun-5B-InP.
    FunInp5B,
    /// Wan2.2 Fun-5B-Control.
    FunControl5B,
    /// Lucy-Edit.
    LucyEdit5B,
    /// One expert of Wan2.2 T2V-A14B.
    T2vA14B,
    /// One expert of Wan2.2 I2V-A14B.
    I2vA14B,
    /// One expert of Wan2.2 Fun-A14B-InP.
    FunInpA14B,
    /// One expert of Wan2.2 Fun-A14B-Control.
    FunControlA14B,
    /// One expert of Wan2.2 VACE-Fun-A14B.
    VaceA14B,
}

impl Published {
    /// All of them, those of one version of Wan together, the small ones first.
    pub const ALL: [Self; 15] = [
        Self::T2v1B,
        Self::I2v480,
        Self::I2v720,
        Self::Flf2v14B,
        Self::Vace1B,
        Self::Vace14B,
        Self::Ti2v5B,
        Self::FunInp5B,
        Self::FunControl5B,
        Self::LucyEdit5B,
        Self::T2vA14B,
        Self::I2vA14B,
        Self::FunInpA14B,
        Self::FunControlA14B,
        Self::VaceA14B,
    ];

    /// As it is typed, what people call it, and the family that it belongs to.
    const fn facts(self) -> (&'static str, &'static str, Variant) {
        match self {
            Self::T2v1B => ("t2v-1.3b", "Wan2.1 T2V 1.3B", Variant::T2v),
            Self::I2v480 => ("i2v-14b-480p", "Wan2.1 I2V 14B 480P", Variant::I2v),
            Self::I2v720 => ("i2v-14b-720p", "Wan2.1 I2V 14B 720P", Variant::I2v),
            Self::Flf2v14B => ("flf2v-14b", "Wan2.1 FLF2V 14B", Variant::Flf2v),
            Self::Vace1B => ("vace-1.3b", "Wan2.1 VACE 1.3B", Variant::Vace),
            Self::Vace14B => ("vace-14b", "Wan2.1 VACE 14B", Variant::Vace),
            Self::Ti2v5B => ("ti2v-5b", "Wan2.2 TI2V 5B", Variant::Ti2v),
            Self::FunInp5B => ("fun-inp-5b", "Wan2.2 Fun InP 5B", Variant::FunInp),
            Self::FunControl5B => (
                "fun-control-5b",
                "Wan2.2 Fun Control 5B",
                Variant::FunControl,
            ),
            Self::LucyEdit5B => ("lucy-edit-5b", "Lucy-Edit 5B", Variant::LucyEdit),
            Self::T2vA14B => ("t2v-a14b", "Wan2.2 T2V A14B", Variant::T2vA14b),
            Self::I2vA14B => ("i2v-a14b", "Wan2.2 I2V A14B", Variant::I2vA14b),
            Self::FunInpA14B => ("fun-inp-a14b", "Wan2.2 Fun InP A14B", Variant::FunInpA14b),
            Self::FunControlA14B => (
                "fun-control-a14b",
                "Wan2.2 Fun Control A14B",
                Variant::FunControlA14b,
            ),
            Self::VaceA14B => ("vace-a14b", "Wan2.2 VACE-Fun A14B", Variant::VaceA14b),
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        self.facts().1
    }

    /// The family that it belongs to.
    pub fn variant(self) -> Variant {
        self.facts().2
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
            image_encoder: Vec::new(),
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
        f.write_str(self.facts().0)
    }
}

impl FromStr for Published {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|model| model.facts().0 == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(|model| model.facts().0);
            let (last, others) = names.split_last().unwrap_or((&"none", &[]));
            format!("the variants are {} and {last}", others.join(", "))
        })
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
