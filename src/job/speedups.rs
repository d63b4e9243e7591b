//! *Speedups* are what a video is made with so that it takes minutes instead of hours.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::params::Line;
use super::refusal::refuse;
use super::{
    Checkpoint, Expert, FewSteps, Field, Guidance, Nag, Network, Plan, Refusal, Sampler, Sampling,
    StepCache,
};

/// All of them. In a request they may be words; in a plan they are numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Speed")]
#[serde(default)]
pub struct Speedups {
    /// Few-step preset: sets steps, sampler, shift and guidance [default: recognized from the files]
    #[arg(
        long,
        value_name = "off|lightning|natural-motion|fastwan|rcm|causvid|accvideo"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<FewSteps>,

    /// The noise levels that the sampler visits.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Table::is_official")]
    pub table: Table,

    /// What steps with guidance do without, where the others have it.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phases: Option<Phases>,

    /// Step cache: reuse predictions where little changes; a level, or the numbers of EasyCache or MagCache
    #[arg(
        long,
        value_name = "off|balanced|fast|easycache=T[,FIRST]|magcache=E,K,R",
        default_value_t
    )]
    #[serde(skip_serializing_if = "StepCache::is_off")]
    pub cache: StepCache,

    /// Turn guidance off after this share of the steps; each step then takes one pass instead of two
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    #[serde(skip_serializing_if = "is_one")]
    pub guidance_until: f64,

    /// Use CFG-Zero*: rescaled guidance, and no change in the first steps
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cfg_zero: bool,

    /// Use NAG: the negative prompt works at guidance scale 1, too
    #[arg(long, value_name = "SCALE[,ALPHA,TAU]")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nag: Option<Nag>,

    /// VAE that decodes: "draft" is a tiny one that takes seconds at slightly lower quality;
    /// `zoetrope decode OUT.mp4 -o OUT.mp4` decodes it in full later
    #[arg(long, value_name = "full|draft", default_value_t)]
    #[serde(skip_serializing_if = "Decode::is_full")]
    pub decode: Decode,

    /// Tiny VAE for drafts [default: the nearest one that matches the model]
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiny_vae: Option<PathBuf>,
}

/// Which VAE decodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decode {
    /// The model's own.
    #[default]
    Full,
    /// A tiny one: seconds instead of minutes, and a picture that is a little worse.
    Draft,
}

impl Decode {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    fn is_full(&self) -> bool {
        *self == Self::Full
    }
}

impl fmt::Display for Decode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::Draft => "draft",
        })
    }
}

impl FromStr for Decode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "full" => Ok(Self::Full),
            "draft" => Ok(Self::Draft),
            _ => Err("videos are decoded full or as a draft".into()),
        }
    }
}

/// The noise levels that a sampler visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// The sampler's own.
    #[default]
    Official,
    /// Lightning's: evenly from pure noise, timesteps not rounded.
    Even,
    /// That of FastWan for the 5B.
    Warped,
    /// That of rCM for networks that begin at more noise.
    Steep,
    /// That of `Wan2GP`: evenly from pure noise down to a thousandth of it, timesteps not rounded.
    Thousandth,
}

/// The first steps are without some LoRAs, and the expert for low noise begins elsewhere than it was trained to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phases {
    /// The LoRAs that the steps do without in which guidance counts.
    pub late: Vec<PathBuf>,
    /// The share of the timesteps from which up the expert for high noise is used.
    pub boundary: f64,
}

impl Table {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_official(&self) -> bool {
        *self == Self::Official
    }
}

/// The passes of the network that a video took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passes {
    /// How many were computed.
    pub computed: u32,
    /// How many there would have been.
    pub of: u32,
    /// Of each step, whether the pass with the prompt was: 1 or 0.
    pub with: String,
    /// The same for the pass without it.
    pub without: String,
}

/// The share of the first steps that stand still with CFG-Zero*.
///
/// Fan et al., "CFG-Zero*" (arXiv 2503.18886), section 4.2.
const STILL: f64 = 0.04;

impl Default for Speedups {
    fn default() -> Self {
        Self {
            preset: None,
            table: Table::default(),
            phases: None,
            cache: StepCache::default(),
            guidance_until: 1.0,
            cfg_zero: false,
            nag: None,
            decode: Decode::default(),
            tiny_vae: None,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_one(share: &f64) -> bool {
    share.total_cmp(&1.0).is_eq()
}

impl Speedups {
    /// The tiny VAE, if that decodes.
    pub fn draft(&self) -> Option<&PathBuf> {
        self.tiny_vae
            .as_ref()
            .filter(|_| self.decode == Decode::Draft)
    }

    /// Whether there are none.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether they may save passes, so that it is worth telling how many.
    pub fn saves_passes(&self) -> bool {
        let ends_early = !is_one(&self.guidance_until) && self.phases.is_none();
        !self.cache.is_off() || ends_early || self.cfg_zero
    }

    /// What makes a step or a frame of a job take another time than it would without; empty if nothing does.
    pub(super) fn pace(&self) -> String {
        let plain = Self {
            preset: None,
            table: Table::default(),
            phases: None,
            tiny_vae: None,
            ..self.clone()
        };
        if plain.is_default() {
            return String::new();
        }
        let nag = if self.nag.is_some() { "nag" } else { "" };
        let Self {
            cache,
            guidance_until,
            cfg_zero,
            decode,
            ..
        } = self;
        format!("{cache} {guidance_until} {cfg_zero} {decode} {nag}")
    }

    /// The words as numbers, and whether they can work.
    ///
    /// # Errors
    /// The first that cannot.
    pub(super) fn resolved(
        &self,
        checkpoint: &Checkpoint,
        sampling: &Sampling,
    ) -> Result<Self, Refusal> {
        self.check(sampling)?;
        Ok(Self {
            cache: self.cache.resolved(checkpoint, sampling)?,
            ..self.clone()
        })
    }

    /// Whether they can work with this sampling.
    ///
    /// # Errors
    /// The first that cannot.
    pub(super) fn check(&self, sampling: &Sampling) -> Result<(), Refusal> {
        /// More levels rCM does not have.
        const MOST: u32 = 4;
        if sampling.sampler == Sampler::Rcm && sampling.steps > MOST {
            return refuse(
                Field::Steps,
                format!(
                    "The sampler rcm takes at most {MOST} steps: ask for {MOST}, or choose another sampler"
                ),
            );
        }
        let boundary = self.phases.as_ref().map_or(0.0, |phases| phases.boundary);
        if !(0.0..=1.0).contains(&boundary) {
            return refuse(
                Field::Guidance,
                "A boundary between two experts that is not from 0 to 1 cannot work",
            );
        }
        let has_late = self
            .phases
            .as_ref()
            .is_some_and(|phases| !phases.late.is_empty());
        if self.preset == Some(FewSteps::NaturalMotion) && !has_late {
            return refuse(
                Field::Loras,
                "Natural motion leaves a Lightning LoRA out of the first steps: add both of its halves, with a model of two experts, or leave --preset out",
            );
        }
        if self.nag.is_some() && sampling.guidance != Guidance::both(1.0) {
            return refuse(
                Field::Guidance,
                "NAG brings a negative prompt to a guidance scale of 1: leave --nag out, or set --guidance 1",
            );
        }
        let until = self.guidance_until;
        if until > 0.0 && until <= 1.0 {
            return Ok(());
        }
        refuse(
            Field::Guidance,
            format!(
                "Guidance until {until} of the steps cannot work: give a share above 0, up to 1"
            ),
        )
    }

    /// The same with the name of the file alone.
    pub(super) fn without_folders(&self) -> Self {
        let name = |file: &PathBuf| file.file_name().map(|name| Path::new(name).to_owned());
        let phases = self.phases.as_ref().map(|phases| Phases {
            late: phases.late.iter().filter_map(name).collect(),
            ..*phases
        });
        Self {
            tiny_vae: self.draft().and_then(name),
            phases,
            ..self.clone()
        }
    }

    /// For `zoetrope info`.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let preset = self.preset.filter(|preset| *preset != FewSteps::Off);
        lines.extend(preset.map(|preset| ("Preset", preset.name().to_owned())));
        if !self.cache.is_off() {
            lines.push(("Step cache", self.cache.to_string()));
        }
        if !is_one(&self.guidance_until) {
            lines.push(("Guidance until", self.guidance_until.to_string()));
        }
        if self.cfg_zero {
            lines.push(("CFG-Zero*", "yes".into()));
        }
        lines.extend(self.nag.map(|nag| ("NAG", nag.to_string())));
        if let Some(file) = self.draft() {
            lines.push(("Draft by", file.display().to_string()));
        }
        lines
    }
}

impl Passes {
    /// For `zoetrope info`.
    pub(super) fn line(&self) -> Line {
        let Self { computed, of, .. } = self;
        ("Passes", format!("{computed} of {of} computed"))
    }
}

impl Plan {
    /// Whether guidance, where it is on, counts in a step, counted from 0.
    pub fn guides_at(&self, step: usize) -> bool {
        const ROUNDING: f64 = 1e-9;
        (step as f64) + ROUNDING < self.speedups.guidance_until * f64::from(self.sampling.steps)
    }

    /// The expert for a timestep, 0 to 1000, and its files.
    pub fn expert_at(&self, timestep: f64) -> (Expert, &Network) {
        let Some(phases) = &self.speedups.phases else {
            return self.checkpoint.expert_at(timestep);
        };
        match &self.checkpoint.high_noise {
            Some(high) if timestep >= phases.boundary * 1000.0 => {
                (Expert::HighNoise, &high.network)
            }
            _ => (Expert::LowNoise, &self.checkpoint.dit),
        }
    }

    /// The LoRAs that a step, counted from 0, does without.
    pub fn late_loras(&self, step: usize) -> &[PathBuf] {
        match &self.speedups.phases {
            Some(phases) if self.guides_at(step) => &phases.late,
            _ => &[],
        }
    }

    /// Whether the latents stand still in a step, counted from 0.
    pub fn is_still_at(&self, step: usize) -> bool {
        self.speedups.cfg_zero && (step as f64) < (STILL * f64::from(self.sampling.steps)).round()
    }
}
