//! A *record* is a finished job on the library: the video, what made it, and what that took.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{GenerationInfo, Guides, Plan, Request, Sources, Timings};

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
        }
    }

    /// When it was finished.
    pub fn when(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.made)
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
