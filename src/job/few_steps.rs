//! *Few-step* files are networks that were distilled, or LoRAs that do that to a network: 3 to 10 steps without guidance
//! instead of 40 or 50 with it. They only work with the settings that they were distilled for.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::speedups::Phases;
use super::{Checkpoint, Guidance, Negative, Request, Sampler, StepCache, Table, Variant};

/// What few-step files are distilled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FewSteps {
    /// Nothing, whatever the files look like.
    Off,
    /// Lightning and `LightX2V`'s step distillation, alone or merged into a model.
    Lightning,
    /// Lightning's LoRAs after a first step without them, since clips that are theirs alone move slowly.
    #[serde(rename = "natural-motion")]
    NaturalMotion,
    /// FastWan.
    FastWan,
    /// rCM and TurboDiffusion.
    Rcm,
    /// CausVid in its bidirectional form, and what people merge with it.
    CausVid,
    /// AccVideo.
    AccVideo,
}

/// The settings of a preset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FewStepSettings {
    /// Denoising steps.
    pub steps: u32,
    /// The solver.
    pub sampler: Sampler,
    /// Its noise levels.
    pub table: Table,
    /// How much of the schedule is spent at high noise.
    pub shift: f64,
    /// The scales. Where they are not 1, guidance counts in the first steps alone.
    pub guidance: Guidance,
}

/// What the files are that make few steps enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// What for.
    pub preset: FewSteps,
    /// The name of the file that tells.
    pub from: String,
    /// Those of the LoRAs that are such files.
    pub loras: Vec<PathBuf>,
}

/// More steps than this gain nothing.
const MOST_STEPS: u32 = 10;
/// A shift that is further off than this spends too few steps at low noise, or at high.
const FAR_OFF: f64 = 4.0;

/// The three phases of "natural motion": guidance without the LoRAs above the first of these timesteps, the expert for
/// high noise down to the second.
///
/// deepbeepmeep/Wan2GP at commit 2f5319e, `profiles/wan_2_2/Lightning t2v v2025-12-17 3 Phases - 8 Steps.json`:
/// `switch_threshold` and `switch_threshold2`, `model_switch_phase` 2.
const PHASES: [f64; 2] = [965.0, 800.0];

impl FewSteps {
    const NAMED: [Self; 6] = [
        Self::Lightning,
        Self::NaturalMotion,
        Self::FastWan,
        Self::Rcm,
        Self::CausVid,
        Self::AccVideo,
    ];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "none",
            Self::Lightning => "Lightning",
            Self::NaturalMotion => "Natural motion",
            Self::FastWan => "FastWan",
            Self::Rcm => "rCM",
            Self::CausVid => "CausVid",
            Self::AccVideo => "AccVideo",
        }
    }

    /// The settings for a family; none for [`FewSteps::Off`].
    ///
    /// Lightning: ModelTC/Wan2.2-Lightning at commit 92efeb4, `wan/configs`. Natural motion: `Wan2GP`, as above. FastWan:
    /// hao-ai-lab/FastVideo at commit 2f3d407. rCM: thu-ml/TurboDiffusion at commit aaecff5, `turbodiffusion/inference`; its
    /// shift is in its table. For the others there are only their users' workflows.
    pub fn settings(self, variant: Variant) -> Option<FewStepSettings> {
        let settings = |steps, sampler, table, shift| FewStepSettings {
            steps,
            sampler,
            table,
            shift,
            guidance: Guidance::both(1.0),
        };
        Some(match (self, variant) {
            (Self::Off, _) => return None,
            (Self::Lightning, _) => settings(4, Sampler::Euler, Table::Even, 5.0),
            (Self::NaturalMotion, _) => FewStepSettings {
                guidance: Guidance {
                    high: 3.5,
                    low: 1.0,
                },
                ..settings(8, Sampler::Euler, Table::Thousandth, 3.0)
            },
            (
                Self::FastWan,
                Variant::Ti2v | Variant::FunInp | Variant::FunControl | Variant::LucyEdit,
            ) => settings(3, Sampler::Dmd, Table::Warped, 5.0),
            (Self::FastWan, _) => settings(3, Sampler::Dmd, Table::Official, 8.0),
            (
                Self::Rcm,
                Variant::T2vA14b
                | Variant::I2vA14b
                | Variant::FunInpA14b
                | Variant::FunControlA14b
                | Variant::VaceA14b,
            ) => settings(4, Sampler::Rcm, Table::Steep, 5.0),
            (Self::Rcm, _) => settings(4, Sampler::Rcm, Table::Official, 5.0),
            (Self::CausVid, _) => settings(8, Sampler::UniPc, Table::Official, 2.0),
            (Self::AccVideo, _) => settings(10, Sampler::UniPc, Table::Official, 5.0),
        })
    }

    /// What the name of a file tells.
    pub fn by_name(name: &str) -> Option<Self> {
        const WORDS: [(&str, FewSteps); 15] = [
            ("fastwan", FewSteps::FastWan),
            ("turbowan", FewSteps::Rcm),
            ("turbodiffusion", FewSteps::Rcm),
            ("rcm", FewSteps::Rcm),
            ("causvid", FewSteps::CausVid),
            ("fusionx", FewSteps::CausVid),
            ("fusionix", FewSteps::CausVid),
            ("accvid", FewSteps::AccVideo),
            ("accvideo", FewSteps::AccVideo),
            ("lightning", FewSteps::Lightning),
            ("lightx2v", FewSteps::Lightning),
            ("stepdistill", FewSteps::Lightning),
            ("seko", FewSteps::Lightning),
            ("4step", FewSteps::Lightning),
            ("4steps", FewSteps::Lightning),
        ];
        let name = name
            .to_lowercase()
            .replace(['-', ' '], "_")
            .replace("step_distill", "stepdistill");
        let parts: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        // Makers join their words as they like, but a short one within another word says nothing.
        let says = |word: &str| {
            let joined = |part: &&str| word.len() > 6 && part.contains(word);
            parts.contains(&word) || parts.iter().any(joined)
        };
        // Merges with Lightning inside are called by their makers' names.
        let merged = says("rapid") && says("aio") || says("remix") && name.contains("wan");
        let found = WORDS.iter().find(|(word, _)| says(word));
        let found = found.map(|(_, preset)| *preset);
        found.or(merged.then_some(Self::Lightning))
    }

    /// Sets what the request leaves open, and tells what was set and what cannot come out well, a line each. `from` is
    /// the name of the file that it was told by, `loras` are those that make few steps enough.
    pub fn apply(
        self,
        request: &mut Request,
        model: &Checkpoint,
        from: &str,
        loras: &[PathBuf],
    ) -> Vec<String> {
        request.speedups.preset = Some(self);
        request.speedups.phases = None;
        let Some(preset) = self.settings(model.variant) else {
            return Vec::new();
        };
        let steps = *request.sampling.steps.get_or_insert(preset.steps);
        let shift = *request.sampling.shift.get_or_insert(preset.shift);
        let own = match &model.high_noise {
            Some(_) => preset.guidance,
            None => Guidance::both(preset.guidance.low),
        };
        let guidance = *request.sampling.guidance.get_or_insert(own);
        let sampler = *request.sampling.sampler.get_or_insert(preset.sampler);
        if sampler == preset.sampler {
            request.speedups.table = preset.table;
        }
        if self == Self::NaturalMotion {
            request.speedups.guidance_until = share_above(PHASES[0], steps, shift);
            request.speedups.phases = model.high_noise.is_some().then(|| Phases {
                late: loras.to_vec(),
                boundary: PHASES[1] / 1000.0,
            });
        }
        let count = if steps == 1 { "step" } else { "steps" };
        let mut lines = vec![format!(
            "{} ({from}): {steps} {count} of {sampler}, shift {shift}, guidance {guidance}; --preset off leaves it out",
            self.name()
        )];
        lines.extend(self.doubts(&preset, request).into_iter().flatten());
        if !request.speedups.cache.is_off() {
            request.speedups.cache = StepCache::Off;
            lines.push(format!(
                "The step cache is off: none of so few steps can be taken over from another, as {} has them",
                self.name()
            ));
        }
        lines
    }

    /// What the user asks for and the files were not made for.
    fn doubts(self, preset: &FewStepSettings, request: &Request) -> [Option<String>; 4] {
        let name = self.name();
        let own = preset.guidance;
        let guidance = request.sampling.guidance.unwrap_or(own);
        let burns = guidance.low > own.low || guidance.high > own.high;
        let shift = request.sampling.shift.unwrap_or(preset.shift);
        // With a last picture LightX2V takes 16, and rCM looks at none.
        let ignores = request.sources.last_image.is_some() || preset.sampler == Sampler::Rcm;
        let far = !ignores && (shift - preset.shift).abs() > FAR_OFF;
        let steps = request.sampling.steps.unwrap_or(preset.steps);
        let speaks = matches!(&request.negative, Negative::Text(text) if !text.is_empty());
        let is_one = guidance == Guidance::both(1.0);
        let unheard = speaks && is_one && request.speedups.nag.is_none();
        [
            burns.then(|| {
                format!(
                    "warning: Guidance {guidance} burns the picture with {name}, which is made for {own}"
                )
            }),
            far.then(|| {
                format!(
                    "warning: Shift {shift} leaves too few steps for details or for motion with {name}, which is made for {}",
                    preset.shift
                )
            }),
            (steps > MOST_STEPS).then(|| {
                format!(
                    "warning: {steps} steps take longer and look no better with {name}, which is made for {}",
                    preset.steps
                )
            }),
            unheard.then(|| {
                "The negative prompt does nothing at guidance 1; --nag 11 lets it count".to_owned()
            }),
        ]
    }
}

/// The share of the steps whose timesteps lie above one, on the table from pure noise down to a thousandth.
fn share_above(timestep: f64, steps: u32, shift: f64) -> f64 {
    let last = f64::from(steps.saturating_sub(1).max(1));
    let bent = |step: u32| {
        let even = 1.0 - 0.999 * f64::from(step) / last;
        1000.0 * shift * even / (1.0 + (shift - 1.0) * even)
    };
    let above = (0..steps).filter(|&step| bent(step) > timestep).count();
    above as f64 / f64::from(steps.max(1))
}

impl fmt::Display for FewSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Lightning => "lightning",
            Self::NaturalMotion => "natural-motion",
            Self::FastWan => "fastwan",
            Self::Rcm => "rcm",
            Self::CausVid => "causvid",
            Self::AccVideo => "accvideo",
        })
    }
}

impl FromStr for FewSteps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = [Self::Off].into_iter().chain(Self::NAMED);
        all.find(|preset| preset.to_string() == text)
            .ok_or_else(|| {
                "the presets are off, lightning, natural-motion, fastwan, rcm, causvid and accvideo"
                    .into()
            })
    }
}
