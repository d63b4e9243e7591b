//! An *estimate* is how long a job will take, told from those that this machine has finished.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Compute, Expert, MemoryOptions, Plan, Timings, Variant};

/// What a job will take, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// How long.
    pub time: Option<Duration>,
    /// The most memory at once, in bytes.
    pub memory: Option<u64>,
}

/// What was learnt so far. There is one line for each kind of job, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimates {
    lines: Vec<Line>,
}

/// More kinds of jobs than anybody has; the oldest goes.
const MOST: usize = 200;

/// How many times larger or smaller a job may be than the one that it is judged by.
const REACH: f64 = 4.0;
/// The share of the time of a proper decode that a tiny VAE's takes, where none was measured here: 0.5 s of 2 to 3 s, as
/// its author found for 61 frames of 512 × 320.
const DRAFT: f64 = 0.2;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    kind: Kind,
    /// Seconds of a step.
    step: f64,
    /// Seconds to decode a pixel of one frame.
    pixel: f64,
    /// Seconds to load the networks.
    load: f64,
    /// Seconds to read the prompt.
    text: f64,
    /// Seconds to encode a pixel of one latent frame of what was given; nothing where nothing was.
    #[serde(default)]
    encode: f64,
}

/// Jobs of one kind take equally long. Version 0.1 did not tell folders, devices, LoRAs and thrift apart: what it learnt
/// counts as the usual, and only until something is learnt that does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kind {
    /// The folder of the model: two of one name can hold weights of different types.
    #[serde(default)]
    root: Option<PathBuf>,
    model: String,
    variant: Variant,
    /// Whether the processor computes alone.
    #[serde(default)]
    by_processor: bool,
    #[serde(flatten)]
    compute: Compute,
    #[serde(default)]
    loras: Vec<(PathBuf, Option<Expert>)>,
    #[serde(default)]
    thrift: MemoryOptions,
    /// Whether each step looks at the prompt and at what is to be avoided.
    guided: bool,
    /// What saves passes or decodes otherwise, in words: such a job says nothing of others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    speedups: String,
    tokens: u64,
}

impl Kind {
    fn of(plan: &Plan, by_processor: bool) -> Self {
        let guidance = plan.sampling.guidance;
        let loras = plan.sources.loras.iter();
        let plain = |scale: f64| scale.total_cmp(&1.0).is_eq();
        Self {
            root: Some(plan.checkpoint.root.clone()),
            model: plan.checkpoint.name.clone(),
            by_processor,
            variant: plan.checkpoint.variant,
            compute: plan.compute,
            loras: loras.map(|lora| (lora.file.clone(), lora.expert)).collect(),
            thrift: plan.thrift,
            guided: !(plain(guidance.low) && plain(guidance.high)),
            speedups: plan.speedups.pace(),
            tokens: plan.tokens(),
        }
    }

    /// The same without guidance, and without LoRAs and what makes it sooner.
    fn plain(&self) -> Self {
        Self {
            loras: Vec::new(),
            guided: false,
            speedups: String::new(),
            ..self.clone()
        }
    }

    /// Whether the other differs in size alone.
    fn is_like(&self, other: &Self) -> bool {
        let tokens = other.tokens;
        let root = self.root.clone().or_else(|| other.root.clone());
        Self {
            root,
            tokens,
            ..self.clone()
        } == *other
    }

    /// The work of a step: for each token the layers, and in attention every other token.
    ///
    /// Per token a block multiplies by 8 d² + 2 d f weights and attends over n tokens with 2 n d
    /// products; the two are equal at n = 4 d + f, which is 15 to 35 thousand for all Wan models.
    fn work(&self) -> f64 {
        const EQUAL: f64 = 25_000.0;
        let tokens = self.tokens as f64;
        tokens * (1.0 + tokens / EQUAL)
    }
}

impl Estimates {
    /// Takes note of what a job took that was carried out as `plan` says, `by_processor` alone or not. What it did not
    /// do is not learnt.
    pub fn learn(&mut self, plan: &Plan, by_processor: bool, timings: &Timings) {
        let Timings {
            text,
            image,
            load,
            denoise,
            decode,
        } = *timings;
        if denoise.units == 0 || decode.units == 0 {
            return;
        }
        let kind = Kind::of(plan, by_processor);
        let pixels = decode.units as f64 * plan.canvas.size.area() as f64;
        let given = plan.encoded_frames() as f64 * plan.canvas.size.area() as f64;
        let mut line = Line {
            encode: if given > 0.0 {
                image.seconds / given
            } else {
                0.0
            },
            step: denoise.seconds / denoise.units as f64,
            pixel: decode.seconds / pixels,
            load: load.seconds,
            text: text.seconds,
            kind,
        };
        if let Some(at) = self.lines.iter().position(|known| known.kind == line.kind) {
            line.blend(&self.lines.remove(at));
        }
        self.lines.push(line);
        if self.lines.len() > MOST {
            self.lines.remove(0);
        }
    }

    /// How long a job will take, `by_processor` alone or not, if one like it was finished here.
    pub fn of(&self, plan: &Plan, by_processor: bool) -> Option<Duration> {
        let nearest = self.nearest(plan, by_processor)?;
        let step = nearest.step * Kind::of(plan, by_processor).work() / nearest.kind.work();
        let denoise = step * f64::from(plan.sampling.steps);
        let encode = self.encoding(plan, by_processor);
        let seconds = nearest.text + nearest.load + encode + denoise + nearest.decoding(plan);
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// How long a job will take that computes so many `passes` of the network. Where none like it was finished here, it is
    /// told from those that had other LoRAs, another guidance, or nothing that makes them sooner.
    pub fn guess(&self, plan: &Plan, by_processor: bool, passes: f64) -> Option<Duration> {
        if let Some(time) = self.of(plan, by_processor) {
            return Some(time);
        }
        let plain = Kind::of(plan, by_processor).plain();
        let others = self
            .lines
            .iter()
            .filter(|line| line.kind.speedups.is_empty());
        let others: Vec<Line> = others
            .map(|line| Line {
                step: line.step / if line.kind.guided { 2.0 } else { 1.0 },
                kind: line.kind.plain(),
                ..line.clone()
            })
            .collect();
        let nearest = nearest(&others, &plain)?;
        let pass = nearest.step * plain.work() / nearest.kind.work();
        let is_draft = plan.speedups.draft().is_some();
        let decoding = nearest.decoding(plan) * if is_draft { DRAFT } else { 1.0 };
        let seconds = nearest.text + nearest.load + pass * passes + decoding;
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// How long a job will take with a model that is not here, told from others of its family.
    pub fn of_family(&self, plan: &Plan, by_processor: bool) -> Option<Duration> {
        let kind = Kind::of(plan, by_processor);
        let is_alike = |line: &&Line| {
            line.kind.variant == kind.variant
                && line.kind.by_processor == kind.by_processor
                && line.kind.guided == kind.guided
                && line.kind.speedups == kind.speedups
        };
        let family = self.lines.iter().filter(is_alike).map(|line| Line {
            kind: Kind {
                tokens: line.kind.tokens,
                ..kind.clone()
            },
            ..line.clone()
        });
        let family = Self {
            lines: family.collect(),
        };
        family.of(plan, by_processor)
    }

    /// How long it will take to decode the frames of a job, if one like it was finished here.
    pub fn decoding(&self, plan: &Plan, by_processor: bool) -> Option<Duration> {
        let nearest = self.nearest(plan, by_processor)?;
        Duration::try_from_secs_f64(nearest.decoding(plan)).ok()
    }

    /// Seconds to encode what a job is given, told from one like it that was given something.
    fn encoding(&self, plan: &Plan, by_processor: bool) -> f64 {
        let given = plan.encoded_frames() as f64 * plan.canvas.size.area() as f64;
        let kind = Kind::of(plan, by_processor);
        let mut lines = self.lines.iter().rev();
        let known = lines.find(|line| line.encode > 0.0 && line.kind.is_like(&kind));
        known.map_or(0.0, |line| line.encode * given)
    }

    /// What is known of the job that is most like this one, if any is like it.
    fn nearest(&self, plan: &Plan, by_processor: bool) -> Option<&Line> {
        nearest(&self.lines, &Kind::of(plan, by_processor))
    }
}

/// The line that is most like this kind, if any is like it.
fn nearest<'a>(lines: &'a [Line], kind: &Kind) -> Option<&'a Line> {
    let distance = |line: &Line| {
        (line.kind.tokens.max(1) as f64 / kind.tokens.max(1) as f64)
            .ln()
            .abs()
    };
    let like = lines.iter().filter(|line| line.kind.is_like(kind));
    let like: Vec<&Line> = like.collect();
    let knows_all = |line: &&Line| line.kind.root.is_some();
    let is_known = like.iter().any(knows_all);
    let like = like.into_iter().filter(|line| !is_known || knows_all(line));
    let nearest = like.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    (distance(nearest) <= REACH.ln()).then_some(nearest)
}

impl Line {
    /// Seconds to decode the frames of a job.
    fn decoding(&self, plan: &Plan) -> f64 {
        self.pixel * f64::from(plan.canvas.frames) * plan.canvas.size.area() as f64
    }

    /// The mean with what was known before, so that one bad day does not count for all. A prompt that
    /// was remembered took no time, which says nothing.
    fn blend(&mut self, before: &Self) {
        let mean = |now: &mut f64, before: f64| *now = f64::midpoint(*now, before);
        mean(&mut self.step, before.step);
        mean(&mut self.pixel, before.pixel);
        mean(&mut self.load, before.load);
        if self.encode > 0.0 && before.encode > 0.0 {
            mean(&mut self.encode, before.encode);
        } else {
            self.encode = self.encode.max(before.encode);
        }
        self.text = self.text.max(before.text);
    }
}
