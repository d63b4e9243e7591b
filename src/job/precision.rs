//! *Precision* is the type that numbers are computed in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The type in which matrix products are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// That of the weights in the file.
    #[default]
    Auto,
    /// bfloat16.
    Bf16,
    /// float32.
    F32,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Bf16 => "bf16",
            Self::F32 => "f32",
        })
    }
}

impl FromStr for Precision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "bf16" => Ok(Self::Bf16),
            "f32" => Ok(Self::F32),
            _ => Err("the types are auto, bf16 and f32".into()),
        }
    }
}

/// The type in which latents are decoded.
///
/// Pictures are encoded in float32 whatever it is: a whole video follows from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VaePrecision {
    /// float32.
    #[default]
    F32,
    /// bfloat16: half the memory, and faster on a GPU.
    Bf16,
}

impl VaePrecision {
    /// Whether it is the default, which goes without saying.
    pub fn is_f32(&self) -> bool {
        *self == Self::F32
    }
}

impl fmt::Display for VaePrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        })
    }
}

impl FromStr for VaePrecision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "f32" => Ok(Self::F32),
            "bf16" => Ok(Self::Bf16),
            _ => Err("the types are f32 and bf16".into()),
        }
    }
}
