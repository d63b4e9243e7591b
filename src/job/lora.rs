//! A *LoRA* is a file with a small change to a model's DiT, that somebody trained.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Expert, Refusal};

/// A LoRA as it is to be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lora {
    /// The file.
    pub file: PathBuf,
    /// How much of it is added: 1 as it was trained, below 0 the opposite of it.
    pub strength: f64,
    /// The only one of two experts that it changes; both if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expert: Option<Expert>,
}

/// How many of a LoRA's layers fit a model, and of how many; or why it cannot be used with it.
pub type LoraFit = Result<(usize, usize), Refusal>;

impl Lora {
    /// Whether it changes this expert.
    pub fn changes(&self, expert: Expert) -> bool {
        self.expert.is_none_or(|only| only == expert)
    }
}

impl fmt::Display for Lora {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.strength)?;
        f.write_str(match self.expert {
            None => "",
            Some(Expert::HighNoise) => ":high",
            Some(Expert::LowNoise) => ":low",
        })
    }
}

/// `FILE[:STRENGTH][:high|low]`, read from its end, since a file's name may have colons.
impl FromStr for Lora {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rest, expert) = match text.rsplit_once(':') {
            Some((rest, "high")) => (rest, Some(Expert::HighNoise)),
            Some((rest, "low")) => (rest, Some(Expert::LowNoise)),
            _ => (text, None),
        };
        let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
        let (file, strength) = rest
            .rsplit_once(':')
            .and_then(|(file, strength)| Some((file, number(strength)?)))
            .unwrap_or((rest, 1.0));
        if file.is_empty() {
            return Err("give a file, and how much of it, as in style.safetensors:0.8".into());
        }
        Ok(Self {
            file: file.into(),
            strength,
            expert,
        })
    }
}
