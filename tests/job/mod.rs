//! Plain data: plans, refusals, settings and the time that is left.

mod bench;
mod clip;
mod clock;
mod estimate;
mod formats;
mod gpu_fault;
mod handle;
mod lora;
mod memory;
mod plain_text;
mod plan;
mod preview_pace;
mod progress;
mod queue;
mod record;
mod settings;
mod stall;
mod step_cache;
mod timings;
mod wildcards;

use std::path::PathBuf;

use zoetrope::job::{Checkpoint, Network, Plan, Refusal, Request, Size, Variant};

/// A model whose files nobody opens.
pub fn checkpoint() -> Checkpoint {
    checkpoint_of(Variant::Ti2v)
}

/// One of this family.
pub fn checkpoint_of(variant: Variant) -> Checkpoint {
    Checkpoint {
        name: "A model".into(),
        variant,
        root: "model".into(),
        dit: Network {
            config: Some("model/config.json".into()),
            weights: vec!["model/dit.safetensors".into()],
        },
        high_noise: None,
        text_encoder: vec!["model/t5.safetensors".into()],
        tokenizer: "model/tokenizer.json".into(),
        image_encoder: Vec::new(),
        vae: vec!["model/vae.safetensors".into()],
        defaults: variant.defaults(),
        sizes: Vec::new(),
        latent_rgb: None,
        examples: Vec::new(),
    }
}

/// A request for a video of `prompt`.
pub fn request(prompt: &str) -> Request {
    Request {
        prompt: prompt.into(),
        ..Request::default()
    }
}

/// A plan with the test model.
pub fn plan(request: &Request, picture: Option<Size>) -> Result<Plan, Refusal> {
    Plan::new(
        request,
        checkpoint(),
        picture,
        7,
        PathBuf::from("video.mp4"),
    )
}
