//! What the built-in model is asked for, and how the answer is made: `eval.json`.

use serde::Deserialize;
use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::job::{
    Clip, GenerationInfo, Guidance, Negative, Plan, Request, SamplingRequest, Sources,
};
use zoetrope::media::photo;
use zoetrope::pipeline::{self, Glimpse, Reporter};

use super::judge::Words;
use super::{folder, golden_json};
use crate::support::golden_path;

/// Clips made with the same settings.
#[derive(Deserialize)]
pub struct Group {
    pub name: String,
    pub settings: Changes,
    pub cases: Vec<Case>,
}

/// What differs from the model's own settings.
#[derive(Deserialize)]
pub struct Changes {
    guidance: Option<f64>,
    negative_prompt: Option<String>,
}

/// A clip to be made.
#[derive(Deserialize)]
pub struct Case {
    pub prompt: String,
    seed: u64,
    picture: Option<String>,
    /// What it should show.
    pub labels: Words,
    /// What the judge read from PyTorch's frames.
    pub read: Words,
}

/// All groups.
pub fn groups() -> Vec<Group> {
    serde_json::from_value(golden_json("eval")["groups"].take()).unwrap()
}

impl Case {
    /// The frames, (33, 128, 128, 3), with the model's own settings but for `changes`.
    pub fn film(&self, changes: &Changes) -> Clip {
        self.film_with(changes, |_| ()).0
    }

    /// The same with more changes, and what the video remembers of its making.
    pub fn film_with(
        &self,
        changes: &Changes,
        more: impl FnOnce(&mut Request),
    ) -> (Clip, GenerationInfo) {
        let scratch = TempDir::new().unwrap();
        let image = self.picture.as_ref();
        let mut request = Request {
            prompt: self.prompt.clone(),
            negative: match &changes.negative_prompt {
                Some(text) => Negative::Text(text.clone()),
                None => Negative::Default,
            },
            sources: Sources {
                image: image.map(|name| golden_path(&format!("demo/{name}"))),
                ..Default::default()
            },
            sampling: SamplingRequest {
                seed: Some(self.seed),
                guidance: changes.guidance.map(Guidance::both),
                ..Default::default()
            },
            ..Request::default()
        };
        more(&mut request);
        let picture = request
            .sources
            .image
            .as_deref()
            .map(|path| photo::size(path).unwrap());
        let checkpoint = catalog::open(&folder()).unwrap();
        let video = scratch.path().join("clip.mp4");
        let plan = Plan::new(&request, checkpoint, picture, 0, video).unwrap();

        let mut pixels = Vec::new();
        let keep = |glimpse| {
            if let Glimpse::Frames(_, clip) = glimpse {
                clip.frames()
                    .for_each(|frame| pixels.extend_from_slice(frame));
            }
        };
        let mut reporter = Reporter::new(|_| (), || false).showing(|| true, keep);
        let outcome = pipeline::generate(&plan, &mut reporter).unwrap();
        drop(reporter);
        let clip = Clip::new(plan.canvas.size, f64::from(plan.canvas.fps), pixels);
        (clip, outcome.info.unwrap())
    }

    /// How well a clip keeps the picture that it was given, in decibels.
    pub fn kept(&self, clip: &Clip) -> Option<f64> {
        let picture = self.picture.as_ref()?;
        let picture = photo::open(&golden_path(&format!("demo/{picture}"))).unwrap();
        let pairs = picture.as_raw().iter().zip(clip.frame(0).unwrap());
        let error: f64 = pairs
            .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
            .sum();
        let mean = error / picture.as_raw().len() as f64;
        Some(10.0 * (255.0_f64.powi(2) / mean).log10())
    }
}
