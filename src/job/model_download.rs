//! What can be downloaded: a published model in one of its forms.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Published;

/// One model that can be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelDownload {
    /// Which it is.
    pub model: Published,
    /// The form of its weights.
    pub edition: WeightFormat,
    /// About how many bytes all its files have.
    pub bytes: u64,
}

/// The form in which a model's weights are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightFormat {
    /// As its authors published it, to the last bit.
    Official,
    /// 16-bit floats.
    Fp16,
    /// 8-bit floats, where they are published of a network.
    Fp8,
    /// 8-bit blocks.
    Q8,
    /// 4-bit blocks.
    Q4,
}

impl WeightFormat {
    /// All of them, the largest first.
    pub const ALL: [Self; 5] = [Self::Official, Self::Fp16, Self::Fp8, Self::Q8, Self::Q4];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Fp16 => "fp16",
            Self::Fp8 => "fp8",
            Self::Q8 => "q8",
            Self::Q4 => "q4",
        }
    }
}

impl fmt::Display for WeightFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for WeightFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|edition| edition.name() == text);
        found.ok_or_else(|| "the precisions are official, fp16, fp8, q8 and q4".into())
    }
}
