//! Files that can be downloaded beside a model and make its videos sooner.

use std::fmt;
use std::str::FromStr;

use super::{ModelDownload, Published, WeightFormat};

/// Files that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FastFiles {
    /// The two LoRAs for T2V-A14B by `LightX2V`.
    LightningT2v,
    /// Those for I2V-A14B.
    LightningI2v,
    /// The LoRA of FastWan for the 5B.
    FastWan5b,
    /// The tiny VAE for models with the VAE of Wan2.1.
    TinyVae21,
    /// That for models with the VAE of Wan2.2.
    TinyVae22,
    /// A VAE of Wan2.1 with a quarter of the channels.
    LightVae21,
}

impl FastFiles {
    /// All of them, those that save most first.
    pub const ALL: [Self; 6] = [
        Self::LightningT2v,
        Self::LightningI2v,
        Self::FastWan5b,
        Self::TinyVae21,
        Self::TinyVae22,
        Self::LightVae21,
    ];

    /// As it is typed, what people call it, and its megabytes.
    ///
    /// The sizes are those that the hub tells; that of the tiny VAE for Wan2.2 is what its tensors take.
    const fn facts(self) -> (&'static str, &'static str, u64) {
        match self {
            Self::LightningT2v => ("lightning-t2v-a14b", "Lightning for T2V A14B", 1228),
            Self::LightningI2v => ("lightning-i2v-a14b", "Lightning for I2V A14B", 1374),
            Self::FastWan5b => ("fastwan-5b", "FastWan for TI2V 5B", 661),
            Self::TinyVae21 => ("tiny-vae-2.1", "Tiny VAE for Wan2.1 and A14B", 45),
            Self::TinyVae22 => ("tiny-vae-2.2", "Tiny VAE for TI2V 5B", 46),
            Self::LightVae21 => ("light-vae-2.1", "LightVAE for Wan2.1 and A14B", 32),
        }
    }

    /// As it is typed.
    pub const fn name(self) -> &'static str {
        self.facts().0
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        self.facts().1
    }

    /// About how many bytes all of them have.
    pub const fn bytes(self) -> u64 {
        self.facts().2 * 1_000_000
    }
}

/// What somebody can let come from the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A model in one of its forms.
    Model(Published, WeightFormat),
    /// What makes one fast.
    Fast(FastFiles),
    /// The tokenizer alone, which some files of text encoders lack.
    Tokenizer,
}

impl Wanted {
    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Model(model, _) => model.title(),
            Self::Fast(files) => files.title(),
            Self::Tokenizer => "Tokenizer",
        }
    }
}

impl From<(Published, WeightFormat)> for Wanted {
    fn from((model, edition): (Published, WeightFormat)) -> Self {
        Self::Model(model, edition)
    }
}

impl From<ModelDownload> for Wanted {
    fn from(offer: ModelDownload) -> Self {
        Self::Model(offer.model, offer.edition)
    }
}

impl From<FastFiles> for Wanted {
    fn from(files: FastFiles) -> Self {
        Self::Fast(files)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(model, edition) => write!(f, "{model} ({edition})"),
            Self::Fast(files) => f.write_str(files.title()),
            Self::Tokenizer => f.write_str("the tokenizer"),
        }
    }
}

/// A name that stands for a model, whose form is yet to be said, or for files beside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A model.
    Model(Published),
    /// What makes one fast.
    Fast(FastFiles),
    /// The tokenizer alone.
    Tokenizer,
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "tokenizer" {
            return Ok(Self::Tokenizer);
        }
        let fast = FastFiles::ALL
            .into_iter()
            .find(|files| files.name() == text);
        match fast {
            Some(files) => Ok(Self::Fast(files)),
            None => text.parse().map(Self::Model),
        }
    }
}
