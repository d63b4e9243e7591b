//! *Settings* are what is written into a finished video: the plan's numbers without this machine's
//! files, so that anybody who has the video can ask for it again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    CropAnchor, Guidance, Guides, Lora, Negative, PictureFit, Plan, Precision, Quality, QuantBits,
    Request, Sampler, Size, VaePrecision, Variant,
};

/// Everything that decides what a video shows. Of the files, only their names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The program that made the video.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The model's name.
    pub model: String,
    /// The family it belongs to.
    pub variant: Variant,
    /// What the video should show.
    pub prompt: String,
    /// What it should not show; empty if that was compared with nothing.
    pub negative: String,
    /// The name of the first frame's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<PathBuf>,
    /// The name of the last frame's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_image: Option<PathBuf>,
    /// Videos and references; of the files their names.
    #[serde(flatten)]
    pub guides: Guides,
    /// How the first frame and the size were brought together.
    #[serde(default)]
    pub fit: PictureFit,
    /// Which part of the first frame was kept.
    #[serde(default, skip_serializing_if = "CropAnchor::is_centre")]
    pub anchor: CropAnchor,
    /// Which part of the last frame was kept.
    #[serde(default, skip_serializing_if = "CropAnchor::is_centre")]
    pub last_anchor: CropAnchor,
    /// The area in pixels that [`PictureFit::Picture`] filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_area: Option<u64>,
    /// The size of the video.
    pub size: Size,
    /// The number of frames.
    pub frames: u32,
    /// Frames a second.
    pub fps: u32,
    /// Denoising steps.
    pub steps: u32,
    /// The finished steps, where the job was stopped before the last one and what there was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_after: Option<u32>,
    /// The solver.
    pub sampler: Sampler,
    /// How strongly the prompt pulled.
    pub guidance: Guidance,
    /// How much of the schedule was spent at high noise.
    pub shift: f64,
    /// The seed of the starting noise.
    pub seed: u64,
    /// The type in which matrix products were computed.
    pub precision: Precision,
    /// The type in which the latents were decoded.
    #[serde(default, skip_serializing_if = "VaePrecision::is_f32")]
    pub vae_precision: VaePrecision,
    /// What the weights of the DiT's large matrices were packed into, if they were not used as the file has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantize: Option<QuantBits>,
    /// What changed the DiT; of the files their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loras: Vec<Lora>,
    /// The name of the file that the starting noise came from, if it was not drawn from the seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<PathBuf>,
}

impl Settings {
    /// The request that leads to the same video, with every number given.
    ///
    /// The pictures, noise and LoRA files are named without their folders.
    pub fn into_request(self) -> Request {
        Request {
            prompt: self.prompt,
            negative: match self.negative {
                empty if empty.is_empty() => Negative::Empty,
                text => Negative::Text(text),
            },
            image: self.image,
            last_image: self.last_image,
            guides: self.guides,
            fit: self.fit,
            anchor: self.anchor,
            last_anchor: self.last_anchor,
            size: Some(self.size),
            max_area: self.max_area,
            frames: Some(self.frames),
            fps: Some(self.fps),
            steps: Some(self.steps),
            sampler: Some(self.sampler),
            guidance: Some(self.guidance),
            shift: Some(self.shift),
            seed: Some(self.seed),
            precision: self.precision,
            vae_precision: self.vae_precision,
            quantize: self.quantize,
            loras: self.loras,
            memory_limit: None,
            quality: Quality::default(),
            noise: self.noise,
            save_latents: None,
            save_frames: None,
        }
    }

    /// As a video's metadata holds them.
    pub fn to_json(&self) -> String {
        // Plain strings and numbers: there is nothing that JSON could refuse.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From a video's metadata.
    ///
    /// # Errors
    /// What in `json` is not as [`Settings::to_json`] writes it.
    pub fn from_json(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }
}

impl Plan {
    /// What the finished video says about itself.
    pub fn settings(&self) -> Settings {
        let picture = self.picture.as_ref();
        Settings {
            program: "Zoetrope".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            model: self.checkpoint.name.clone(),
            variant: self.checkpoint.variant,
            prompt: self.prompt.clone(),
            negative: self.negative.clone(),
            image: picture.and_then(|picture| file_name(&picture.path)),
            last_image: self.last_picture.as_deref().and_then(file_name),
            guides: without_folders(&self.guides),
            fit: picture.map(|picture| picture.fit).unwrap_or_default(),
            anchor: picture.map(|picture| picture.anchor).unwrap_or_default(),
            last_anchor: self.last_anchor,
            max_area: picture.and_then(|picture| picture.max_area),
            size: self.size,
            frames: self.frames,
            fps: self.fps,
            steps: self.steps,
            stopped_after: None,
            sampler: self.sampler,
            guidance: self.guidance,
            shift: self.shift,
            seed: self.seed,
            precision: self.precision,
            vae_precision: self.vae_precision,
            quantize: self.quantize,
            loras: self.loras.iter().map(without_folder).collect(),
            noise: self.noise.as_deref().and_then(file_name),
        }
    }

    /// [`Plan::settings`] as the video's metadata holds them.
    pub fn settings_json(&self) -> String {
        self.settings().to_json()
    }
}

fn without_folders(guides: &Guides) -> Guides {
    let mut guides = guides.clone();
    for file in guides.files_mut() {
        *file = file_name(file).unwrap_or_default();
    }
    guides
}

fn without_folder(lora: &Lora) -> Lora {
    Lora {
        file: file_name(&lora.file).unwrap_or_default(),
        ..lora.clone()
    }
}

/// A path's last part; the rest would tell strangers about the machine. A name that is not Unicode
/// is made so, because JSON knows nothing else.
fn file_name(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy();
    Some(PathBuf::from(name.as_ref()))
}
