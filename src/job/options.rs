//! Small choices: what people type on the command line, pick in the form, and find in files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Gives an enum without data the names that people type: all of them, how `--help` lists them, and the
/// way from a value to its name and back.
macro_rules! named {
    ($type:ident, $many:literal: $first:ident = $first_name:literal $(, $other:ident = $name:literal)*) => {
        impl $type {
            /// Every choice, in the order in which they are offered.
            pub const ALL: [Self; [$first_name $(, $name)*].len()] = [Self::$first $(, Self::$other)*];
            /// The names as `--help` shows them.
            pub const USAGE: &str = concat!($first_name $(, "|", $name)*);

            /// The name, as it is typed and written into files.
            pub const fn name(self) -> &'static str {
                match self {
                    Self::$first => $first_name,
                    $(Self::$other => $name,)*
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.into_iter().find(|each| each.name() == text);
                found.ok_or_else(|| choices($many, &Self::ALL.map(Self::name)))
            }
        }
    };
}

/// "the samplers are unipc, dpmpp and euler"
fn choices(many: &str, names: &[&str]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => {
            format!("the {many} are {} and {last}", others.join(", "))
        }
        _ => format!("the {many} are {}", names.concat()),
    }
}

/// What several machines that make one video divide among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// One computes with the prompt, the other with the negative prompt.
    Guidance,
    /// Each has a part of the picture's tokens.
    Tokens,
}

named!(Split, "splits": Guidance = "guidance", Tokens = "tokens");

/// A solver of the flow's differential equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sampler {
    /// `UniPC`, order 2 with corrector: the official default.
    UniPc,
    /// DPM-Solver++ of order 2, multistep, midpoint.
    DpmPp,
    /// Euler: one straight line a step.
    Euler,
    /// Clean latents and new noise, as FastWan was distilled for.
    Dmd,
    /// The same on an even table: latent consistency.
    Lcm,
    /// The same on the table of rCM and TurboDiffusion.
    Rcm,
}

named!(Sampler, "samplers": UniPc = "unipc", DpmPp = "dpmpp", Euler = "euler", Dmd = "dmd", Lcm = "lcm", Rcm = "rcm");

impl Sampler {
    /// Those for any network; the others are for distilled ones.
    pub const GENERAL: [Self; 3] = [Self::UniPc, Self::DpmPp, Self::Euler];

    /// The name as its authors write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::UniPc => "UniPC",
            Self::DpmPp => "DPM++",
            Self::Euler => "Euler",
            Self::Dmd => "DMD",
            Self::Lcm => "LCM",
            Self::Rcm => "rCM",
        }
    }
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

named!(PictureFit, "fits": Picture = "picture", Crop = "crop");

/// The type in which matrix products are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// A half type where there is a GPU that computes it, float32 otherwise.
    #[default]
    Auto,
    /// bfloat16.
    Bf16,
    /// float16: closer than bfloat16, and on M1 and M2 faster; what becomes too large for it is computed again in bf16.
    F16,
    /// float32.
    F32,
}

named!(Precision, "types": Auto = "auto", Bf16 = "bf16", F16 = "f16", F32 = "f32");

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
    /// float16: the same, and closer; frames that become too large for it are decoded again in f32.
    F16,
}

named!(VaePrecision, "types": F32 = "f32", Bf16 = "bf16", F16 = "f16");

impl VaePrecision {
    /// Whether it is the default, which goes without saying.
    pub fn is_f32(&self) -> bool {
        *self == Self::F32
    }
}

/// How much of the picture survives, for how large a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// A small file; a trained eye sees that it is compressed.
    Small,
    /// No difference to be seen.
    #[default]
    Standard,
    /// For further editing.
    Best,
}

named!(Quality, "qualities": Small = "small", Standard = "standard", Best = "best");

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

/// Where the kept part lies: 0 at the left or top, 1 at the right or bottom.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "[f32; 2]", from = "[f32; 2]")]
pub struct CropAnchor {
    /// From left to right.
    pub x: f32,
    /// From top to bottom.
    pub y: f32,
}

impl CropAnchor {
    /// The middle, as the official code crops.
    pub const CENTRE: Self = Self { x: 0.5, y: 0.5 };

    /// Whether it is the middle.
    pub fn is_centre(&self) -> bool {
        *self == Self::CENTRE
    }
}

impl Default for CropAnchor {
    fn default() -> Self {
        Self::CENTRE
    }
}

impl From<[f32; 2]> for CropAnchor {
    fn from([x, y]: [f32; 2]) -> Self {
        Self { x, y }
    }
}

impl From<CropAnchor> for [f32; 2] {
    fn from(anchor: CropAnchor) -> Self {
        [anchor.x, anchor.y]
    }
}
