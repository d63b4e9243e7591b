//! *Loose* files: one for each network, wherever they lie and whatever they are called, as ComfyUI, GGUF sets and
//! converted MLX models have them.

use std::path::{Path, PathBuf};

use super::component::{Component, Role};
use super::dits::{self, Dits};
use super::inventory::Inventory;
use super::walk::Walk;
use crate::error::{Error, Result};
use crate::job::Checkpoint;

/// Files that were picked one by one.
#[derive(Clone, Debug, Default)]
pub struct Picked {
    /// The DiT, or of two the one for low noise.
    pub dit: Option<PathBuf>,
    /// The DiT for high noise.
    pub dit_high: Option<PathBuf>,
    /// The text encoder.
    pub text_encoder: Option<PathBuf>,
    /// What reads pictures beside the text.
    pub image_encoder: Option<PathBuf>,
    /// The VAE.
    pub vae: Option<PathBuf>,
    /// The tokenizer.
    pub tokenizer: Option<PathBuf>,
}

impl Picked {
    /// Whether nothing was picked.
    pub fn is_empty(&self) -> bool {
        let Self {
            dit,
            dit_high,
            text_encoder,
            image_encoder,
            vae,
            tokenizer,
        } = self;
        [dit, dit_high, text_encoder, image_encoder, vae, tokenizer]
            .into_iter()
            .all(Option::is_none)
    }

    /// The model that these files make, without help from elsewhere.
    ///
    /// # Errors
    /// One is missing, damaged, or something else than it was picked for.
    pub fn model(&self) -> Result<Checkpoint> {
        let is_dit = |role| matches!(role, Role::Dit { .. });
        let is_encoder = |role| matches!(role, Role::TextEncoder { .. });
        let is_image_encoder = |role| matches!(role, Role::ImageEncoder { .. });
        let is_vae = |role| matches!(role, Role::Vae { .. });
        let text_encoder = picked(self.text_encoder.as_deref(), "--text-encoder", is_encoder)?;
        let image_encoder = picked(
            self.image_encoder.as_deref(),
            "--image-encoder",
            is_image_encoder,
        )?;
        let stock = Inventory {
            text_encoders: text_encoder.into_iter().collect(),
            image_encoders: image_encoder.into_iter().collect(),
            vaes: picked(self.vae.as_deref(), "--vae", is_vae)?
                .into_iter()
                .collect(),
            picked_tokenizer: self.tokenizer.clone(),
            ..Inventory::default()
        };
        let high = picked(self.dit_high.as_deref(), "--dit-high", is_dit)?;
        let Some(low) = picked(self.dit.as_deref(), "--dit", is_dit)? else {
            return Err(Error::Other(
                "The DiT is missing: give it with --dit FILE".into(),
            ));
        };
        let root = low.folder().to_owned();
        stock.model(&Dits { low, high }, &root)
    }
}

/// The network in a file, which must be what the file was picked for.
fn picked(
    file: Option<&Path>,
    option: &str,
    fits: impl Fn(Role) -> bool,
) -> Result<Option<Component>> {
    let Some(file) = file else { return Ok(None) };
    let component = Component::open(file)?;
    if fits(component.role) {
        return Ok(Some(component));
    }
    let problem = format!(
        "is {}, and cannot be given with {option}",
        component.role.name()
    );
    Err(Error::content(file, problem))
}

/// The model whose files lie in `folder`, or nothing if no file is of any.
///
/// # Errors
/// There are several, or parts are missing or damaged.
pub fn open(folder: &Path) -> Option<Result<Checkpoint>> {
    let mut walk = Walk::default();
    walk.through(folder);
    let mut stock = Inventory::of(walk);
    let damaged = stock.damaged.pop();
    let model = match dits::paired(&stock.dits).as_slice() {
        [] => return damaged.map(Err),
        [only] => stock.model(only, folder),
        _ => {
            let names: Vec<_> = stock.dits.iter().map(Component::file_name).collect();
            let problem = format!(
                "holds several models ({}): pick one with --dit FILE, or two experts with --dit LOW --dit-high HIGH",
                names.join(", ")
            );
            Err(Error::content(folder, problem))
        }
    };
    // That a file is damaged is why something seems to be missing.
    Some(model.map_err(|error| damaged.unwrap_or(error)))
}
