//! The *form*: what is asked for, the pictures that go with it, and whether it can be done.

use std::path::{Path, PathBuf};

use egui::{ColorImage, Context, TextureOptions};

use super::guides::{Leading, Seen};
use crate::job::lora_pair::pair_up;
use crate::job::plain_text::is_blank;
use crate::job::{
    CanvasRequest, Checkpoint, Defaults, Found, Negative, Plan, Preset, Recognised, Refusal,
    Request, SamplingRequest, Size,
};
use crate::view::action::End;
use crate::view::compose::Photo;

/// The state of the form.
#[derive(Clone, Default)]
pub struct Form {
    /// What is asked for.
    pub request: Request,
    /// The first frame, once it is read.
    pub first: Option<Photo>,
    /// The last frame, once it is read.
    pub last: Option<Photo>,
    /// The video that leads.
    pub leading: Leading,
    /// What is seen of it, of its mask and of references.
    pub seen: Seen,
    /// The seed of the latest job.
    pub latest_seed: Option<u64>,
    /// What the model or its LoRAs were distilled for, once that is known.
    pub few_steps: Option<Recognised>,
}

impl Form {
    /// A form that holds this.
    pub fn of(request: Request) -> Self {
        Self {
            request,
            ..Self::default()
        }
    }

    /// The plan for this request, without a file to write yet.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn plan(&self, model: &Checkpoint, seed: u64, output: PathBuf) -> Result<Plan, Refusal> {
        let picture = self.first.as_ref().map(|photo| photo.size);
        self.plan_with(model, picture, seed, output)
    }

    /// The same with a first frame of this size, which need not have been seen.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn plan_with(
        &self,
        model: &Checkpoint,
        picture: Option<Size>,
        seed: u64,
        output: PathBuf,
    ) -> Result<Plan, Refusal> {
        let found = Found {
            picture: picture.filter(|_| self.request.sources.image.is_some()),
            video: self.leading.span,
        };
        let mut request = self.request.clone();
        if model.high_noise.is_some() {
            pair_up(&mut request.sources.loras);
        }
        let told = self.few_steps.as_ref();
        let loras = told.map_or(&[][..], |told| &told.loras);
        let said = request.speedups.preset;
        if let Some(preset) = said.or(told.map(|told| told.preset)) {
            preset.apply(&mut request, model, "", loras);
        }
        Plan::new(&request, model.clone(), found, seed, output)
    }

    /// The plan if there were a prompt: an empty box is no reproach.
    pub fn draft(&self, model: &Checkpoint) -> Result<Plan, Refusal> {
        let mut draft = Self {
            request: self.request.clone(),
            first: self.first.clone(),
            leading: self.leading.clone(),
            few_steps: self.few_steps.clone(),
            ..Self::default()
        };
        if is_blank(&draft.request.prompt) {
            "…".clone_into(&mut draft.request.prompt);
        }
        draft.plan(model, 0, PathBuf::from("draft.mp4"))
    }

    /// The size that the video will have, or would have.
    pub fn size(&self, model: &Checkpoint) -> Size {
        let asked = self.request.canvas.size.unwrap_or(model.defaults.size);
        self.draft(model).map_or(asked, |plan| plan.canvas.size)
    }

    /// The picture's file for an end.
    pub fn path(&self, end: End) -> Option<&Path> {
        match end {
            End::First => self.request.sources.image.as_deref(),
            End::Last => self.request.sources.last_image.as_deref(),
        }
    }

    /// Asks for a picture, or for none. It is seen once it is read.
    pub fn set_path(&mut self, end: End, path: Option<PathBuf>) {
        let (place, photo, anchor) = match end {
            End::First => (
                &mut self.request.sources.image,
                &mut self.first,
                &mut self.request.sources.anchor,
            ),
            End::Last => (
                &mut self.request.sources.last_image,
                &mut self.last,
                &mut self.request.sources.last_anchor,
            ),
        };
        if *place != path {
            *place = path;
            *photo = None;
            *anchor = crate::job::CropAnchor::default();
        }
    }

    /// The first frame becomes the last one, and the other way round.
    pub fn swap(&mut self) {
        let sources = &mut self.request.sources;
        std::mem::swap(&mut sources.image, &mut sources.last_image);
        std::mem::swap(&mut sources.anchor, &mut sources.last_anchor);
        std::mem::swap(&mut self.first, &mut self.last);
    }

    /// Asks for the size that stands for the same wish with another model: 720 rows are not the same number of pixels
    /// everywhere, and what a small model does well is tiny for a large one.
    pub fn wish_size(&mut self, before: &Checkpoint, after: &Checkpoint) {
        let Some(size) = self.request.canvas.size else {
            return;
        };
        let presets = before.presets();
        let Some(was) = presets.iter().find(|preset| preset.size == size) else {
            return;
        };
        let fits = |preset: &&Preset| preset.shape == was.shape && preset.tier == was.tier;
        let alike = |preset: &&Preset| preset.shape == was.shape;
        let presets = after.presets();
        let preset = presets.iter().find(fits).or(presets.iter().find(alike));
        let wanted = preset.map(|preset| preset.size);
        self.request.canvas.size = wanted.filter(|&size| size != after.defaults.size);
    }

    /// Takes a picture that was read, if it is still asked for.
    pub fn take_photo(
        &mut self,
        ctx: &Context,
        end: End,
        path: &Path,
        pixels: ColorImage,
        size: Size,
    ) {
        if self.path(end) != Some(path) {
            return;
        }
        let texture = ctx.load_texture("photo", pixels, TextureOptions::LINEAR);
        let photo = Some(Photo { texture, size });
        match end {
            End::First => self.first = photo,
            End::Last => self.last = photo,
        }
    }
}

/// A request without the numbers that the model recommends anyway: they are none that somebody has chosen, and another
/// model recommends others.
pub fn as_recommended(request: Request, defaults: &Defaults) -> Request {
    fn other<T: PartialEq>(asked: Option<T>, usual: &T) -> Option<T> {
        asked.filter(|asked| asked != usual)
    }
    let Request {
        canvas, sampling, ..
    } = request;
    Request {
        negative: match request.negative {
            Negative::Text(text) if text == defaults.negative_prompt => Negative::Default,
            Negative::Empty if defaults.negative_prompt.is_empty() => Negative::Default,
            negative => negative,
        },
        canvas: CanvasRequest {
            size: other(canvas.size, &defaults.size),
            frames: other(canvas.frames, &defaults.frames),
            fps: other(canvas.fps, &defaults.fps),
        },
        sampling: SamplingRequest {
            steps: other(sampling.steps, &defaults.steps),
            sampler: other(sampling.sampler, &defaults.sampler),
            guidance: other(sampling.guidance, &defaults.guidance),
            shift: other(sampling.shift, &defaults.shift),
            ..sampling
        },
        ..request
    }
}
