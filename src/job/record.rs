//! A *record* is a finished job on the library: the video, what made it, and what that took.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{Decode, GenerationInfo, Guides, Plan, Request, Sources, Timings};

/// In which order videos are looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Those made last first.
    #[default]
    Newest,
    /// Those made first first.
    Oldest,
    /// By their names.
    Name,
    /// Those that play longest first.
    Longest,
}

impl Order {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Name, Self::Longest];

    /// Puts records, which come newest first, into this order.
    pub fn sort(self, records: &mut [&Record]) {
        let plays = |record: &Record| {
            let canvas = record.settings.canvas;
            f64::from(canvas.frames) / f64::from(canvas.fps.max(1))
        };
        match self {
            Self::Newest => {}
            Self::Oldest => records.reverse(),
            Self::Name => records.sort_by_key(|record| record.name().to_lowercase()),
            Self::Longest => records.sort_by(|a, b| plays(b).total_cmp(&plays(a))),
        }
    }
}

/// One video that was made here. It belongs to this machine and names its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Names it for ever; empty until it is on the library.
    #[serde(skip)]
    pub id: String,
    /// The name that its owner gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What made it.
    pub settings: GenerationInfo,
    /// The folder of the model.
    pub model: PathBuf,
    /// The first frame's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<PathBuf>,
    /// The last frame's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_image: Option<PathBuf>,
    /// The files of the video that led, and of references.
    #[serde(default, skip_serializing_if = "Guides::is_empty")]
    pub guides: Guides,
    /// The video.
    pub file: PathBuf,
    /// A small picture of it; none until it is on the library.
    #[serde(skip)]
    pub poster: Option<PathBuf>,
    /// When it was finished, in milliseconds since 1970.
    pub made: u64,
    /// How long the work took, pauses left out.
    pub seconds: f64,
    /// The most memory that MLX held at once, in bytes.
    pub peak_memory: usize,
    /// How long each stage took.
    #[serde(default)]
    pub timings: Timings,
    /// Whether its owner marked it.
    #[serde(default)]
    pub favourite: bool,
    /// The first and the last frame that its owner wants of it, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trim: Option<[usize; 2]>,
}

impl Record {
    /// The record of the `plan` whose video was just finished. `info` is the plan's, unless the
    /// job ended early.
    pub fn new(plan: &Plan, info: GenerationInfo) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            id: String::new(),
            title: None,
            settings: info,
            model: plan.checkpoint.root.clone(),
            image: plan.sources.image.clone(),
            last_image: plan.sources.last_image.clone(),
            guides: plan.guides.clone(),
            file: plan.output.clone(),
            poster: None,
            made: now.unwrap_or_default().as_millis() as u64,
            seconds: 0.0,
            peak_memory: 0,
            timings: Timings::default(),
            favourite: false,
            trim: None,
        }
    }

    /// The record and the frame, counted from 0, that it goes on from: the picture that it begins with has the name that the
    /// window gives to frames.
    pub fn continues(&self) -> Option<(&str, usize)> {
        let name = self.image.as_deref()?.file_stem()?.to_str()?;
        let (id, number) = name.split_once(" frame ")?;
        let number: usize = number.parse().ok()?;
        Some((id, number.checked_sub(1)?))
    }

    /// When it was finished.
    pub fn when(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.made)
    }

    /// What it has in common with its variations: the same number for videos that differ in their seeds alone, drafts
    /// among them.
    pub fn stack(&self) -> u64 {
        let mut settings = self.settings.clone();
        settings.sampling.seed = 0;
        settings.passes = None;
        settings.stopped_after = None;
        settings.speedups.decode = Decode::Full;
        settings.speedups.tiny_vae = None;
        let mut hasher = DefaultHasher::new();
        settings.to_json().hash(&mut hasher);
        self.model.hash(&mut hasher);
        hasher.finish()
    }

    /// What it is called: as its owner says, or by its prompt.
    pub fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.settings.prompt)
    }

    /// The request that makes it again, with every number given and the pictures where they lie here.
    pub fn request(&self) -> Request {
        let request = Request::from(self.settings.clone());
        Request {
            sources: Sources {
                image: self.image.clone(),
                last_image: self.last_image.clone(),
                ..request.sources
            },
            guides: self.guides.clone(),
            ..request
        }
    }
}
