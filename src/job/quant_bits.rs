//! How tightly weights are packed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How many bits each weight of the DiT's large matrices takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum QuantBits {
    /// Half of the memory of bfloat16, and hardly another picture.
    Eight,
    /// A quarter of it, and a picture that differs in details.
    Four,
}

impl QuantBits {
    /// The number.
    pub fn count(self) -> u8 {
        match self {
            Self::Eight => 8,
            Self::Four => 4,
        }
    }
}

impl From<QuantBits> for u8 {
    fn from(bits: QuantBits) -> Self {
        bits.count()
    }
}

impl TryFrom<u8> for QuantBits {
    type Error = String;

    fn try_from(count: u8) -> Result<Self, Self::Error> {
        match count {
            8 => Ok(Self::Eight),
            4 => Ok(Self::Four),
            _ => Err("weights are packed into 8 or 4 bits".into()),
        }
    }
}

impl fmt::Display for QuantBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.count().fmt(f)
    }
}

impl FromStr for QuantBits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let count: u8 = text.parse().unwrap_or_default();
        count.try_into()
    }
}
