//! A *LoRA* is a file with a small change to a model's DiT, that somebody trained.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::plain_text::one_line;
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

/// How a LoRA fits a model, or why it cannot be used with it.
pub type LoraFit = Result<LayersFit, Refusal>;

/// How many of a LoRA's layers fit a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayersFit {
    /// Those that do.
    pub matched: usize,
    /// All.
    pub of: usize,
    /// Those that are for Wan2.1's picture input, which the model does well without.
    pub pictures: usize,
}

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

/// `FILE[:STRENGTH][:high|low]`. A file's name may have colons: the longest beginning that is the name of a file is taken
/// for the file, and where there is none, what reads as a strength or an expert is taken off the end.
impl FromStr for Lora {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |length: &usize| Path::new(&text[..*length]).exists();
        let colons = text.rmatch_indices(':').map(|(place, _)| place);
        let file = [text.len()].into_iter().chain(colons).find(named);
        let mut rest = file.map_or(text, |length| &text[length..]);
        let mut lora = Self {
            file: PathBuf::new(),
            strength: 1.0,
            expert: None,
        };
        let (mut has_strength, mut has_expert) = (false, false);
        while let Some((before, word)) = rest.rsplit_once(':') {
            match Suffix::of(word) {
                Suffix::Strength(strength) if !has_strength => {
                    (lora.strength, has_strength) = (strength, true);
                }
                Suffix::Expert(expert) if !has_expert => {
                    (lora.expert, has_expert) = (Some(expert), true);
                }
                Suffix::Name if file.is_none() => break,
                _ => return Err(no_suffix(word)),
            }
            rest = before;
        }
        lora.file = file.map_or(rest, |length| &text[..length]).into();
        if lora.file.as_os_str().is_empty() {
            return Err("give a file, and how much of it, as in style.safetensors:0.8".into());
        }
        Ok(lora)
    }
}

/// What stands behind a colon.
enum Suffix {
    Strength(f64),
    Expert(Expert),
    /// Something that is meant for a strength.
    Wrong,
    /// Maybe a part of the file's name.
    Name,
}

impl Suffix {
    fn of(word: &str) -> Self {
        let word = word.trim().to_lowercase();
        let joined = word.replace(['_', '-', ' '], "");
        match joined.as_str() {
            "high" | "highnoise" => return Self::Expert(Expert::HighNoise),
            "low" | "lownoise" => return Self::Expert(Expert::LowNoise),
            "" => return Self::Wrong,
            _ => {}
        }
        match word.parse::<f64>() {
            Ok(strength) if strength.is_finite() => Self::Strength(strength),
            Ok(_) => Self::Wrong,
            // "0,8", "80%"
            Err(_) if word.starts_with(|c: char| c.is_ascii_digit() || "+-.,".contains(c)) => {
                let is_number = |c: char| c.is_ascii_digit() || "+-.,%".contains(c);
                if word.chars().all(is_number) {
                    Self::Wrong
                } else {
                    Self::Name
                }
            }
            Err(_) => Self::Name,
        }
    }
}

fn no_suffix(word: &str) -> String {
    let word = one_line(word);
    match word.trim() {
        "" => "nothing follows the last colon: give a strength, as in style.safetensors:0.8"
            .to_owned(),
        word => format!(
            "\u{201c}{word}\u{201d} is no strength and no expert: give a number, and for one of two experts high or \
             low, as in style.safetensors:0.8:high"
        ),
    }
}
