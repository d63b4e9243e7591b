//! *Loose* files: one for each network, wherever they lie and whatever they are called, as ComfyUI, GGUF sets and
//! converted MLX models have them.

use std::path::{self, Path, PathBuf};

use super::component::{Component, Role};
use super::dits::{self, Dits};
use super::inventory::{self, Inventory};
use super::walk::Walk;
use super::{folders, scan::scan, tokenizers};
use crate::error::{Error, Result};
use crate::job::Checkpoint;
use crate::weights::NetworkKind;

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
        let Some(low) = picked(self.dit.as_deref(), "--dit", NetworkKind::Dit)? else {
            return Err(Error::Other(
                "The DiT is missing: give it with --dit FILE".into(),
            ));
        };
        let high = picked(self.dit_high.as_deref(), "--dit-high", NetworkKind::Dit)?;
        // What is in the DiT's own file is used for what was not picked.
        let sees = low.role.dit_shape().is_some_and(|shape| shape.seen > 0);
        let needs_image_encoder = sees && self.image_encoder.is_none();
        let others = if self.text_encoder.is_none() || self.vae.is_none() || needs_image_encoder {
            Component::open(low.file())?
        } else {
            Vec::new()
        };
        let inside = |fits: fn(Role) -> bool| others.iter().find(|one| fits(one.role)).cloned();
        let text_encoder = picked(
            self.text_encoder.as_deref(),
            "--text-encoder",
            NetworkKind::TextEncoder,
        )?;
        let text_encoder = text_encoder.or_else(|| inside(is_encoder));
        let vae =
            picked(self.vae.as_deref(), "--vae", NetworkKind::Vae)?.or_else(|| inside(is_vae));
        let image_encoder = picked(
            self.image_encoder.as_deref(),
            "--image-encoder",
            NetworkKind::ImageEncoder,
        )?;
        let image_encoder = image_encoder.or_else(|| inside(is_image_encoder));
        let tokenizer = match &self.tokenizer {
            Some(place) => {
                let whole = path::absolute(place).map_err(Error::file("find", place))?;
                Some(picked_tokenizer(&whole)?)
            }
            None => text_encoder.as_ref().and_then(tokenizer_of),
        };
        let root = low.folder().to_owned();
        let dits = Dits::picked(low, high)?;
        if let Some(vae) = &vae {
            inventory::check_vae(vae, dits.variant()?)?;
        }
        let stock = Inventory {
            text_encoders: text_encoder.into_iter().collect(),
            image_encoders: image_encoder.into_iter().collect(),
            vaes: vae.into_iter().collect(),
            picked_tokenizer: tokenizer,
            ..Inventory::default()
        };
        stock.model(&dits, &root)
    }
}

fn is_encoder(role: Role) -> bool {
    matches!(role, Role::TextEncoder { .. })
}

fn is_image_encoder(role: Role) -> bool {
    matches!(role, Role::ImageEncoder { .. })
}

fn is_vae(role: Role) -> bool {
    matches!(role, Role::Vae { .. })
}

/// The network in a file, which must be what the file was picked for; others in it are left alone.
fn picked(file: Option<&Path>, option: &str, kind: NetworkKind) -> Result<Option<Component>> {
    let Some(file) = file else { return Ok(None) };
    // What belongs to it is looked for in its folder, which a bare name does not tell.
    let file = &path::absolute(file).map_err(Error::file("find", file))?;
    if let Some(found) = Component::open_kind(file, kind)? {
        return Ok(Some(found));
    }
    let networks = Component::open(file)?;
    let what = networks
        .first()
        .map_or("nothing", |network| network.role.name());
    let problem = format!("is {what}, and cannot be given with {option}");
    Err(Error::content(file, problem))
}

/// The tokenizer that was picked, be it by its folder.
fn picked_tokenizer(place: &Path) -> Result<PathBuf> {
    if !place.is_dir() {
        return Ok(place.to_owned());
    }
    tokenizers::inside(place).ok_or_else(|| {
        let names = tokenizers::NAMES.join(" nor ");
        Error::content(
            place,
            format!("has neither {names} in it: give the file of a tokenizer"),
        )
    })
}

/// The tokenizer of a picked encoder: its own, one near it, or that of a known model whose encoder has as many tokens.
fn tokenizer_of(encoder: &Component) -> Option<PathBuf> {
    if matches!(
        encoder.role,
        Role::TextEncoder {
            vocabulary: true,
            ..
        }
    ) {
        return Some(encoder.file().to_owned());
    }
    tokenizers::near(encoder.file()).or_else(|| known_tokenizer(encoder))
}

/// The tokenizer of a known model whose encoder has as many tokens, or one in the known folders that is called UMT5's.
fn known_tokenizer(encoder: &Component) -> Option<PathBuf> {
    let known = scan(&folders::all()).models.into_iter();
    let known = known.filter_map(|model| model.checkpoint.ok());
    let fits = |files: &[PathBuf]| {
        let other = Component::of_kind(files, NetworkKind::TextEncoder);
        matches!(other, Ok(Some(other)) if other.tokens() == encoder.tokens())
    };
    let (fitting, others): (Vec<_>, Vec<_>) =
        known.partition(|model: &Checkpoint| fits(&model.text_encoder));
    // The same name stands over one with other tokens where another encoder has it.
    let is_others = |file: &PathBuf| others.iter().any(|model| model.tokenizer == *file);
    let model = fitting.into_iter().next();
    model.map(|model| model.tokenizer).or_else(|| {
        let mut walk = Walk::default();
        for folder in folders::all() {
            walk.through(&folder);
        }
        let mut all = walk.tokenizers.into_iter();
        all.find(|file| tokenizers::is_named_umt5(file) && !is_others(file))
    })
}

/// The model whose files lie in `folder`, or nothing if no file is of any.
///
/// # Errors
/// There are several, or parts are missing or damaged.
pub fn open(folder: &Path) -> Option<Result<Checkpoint>> {
    let mut walk = Walk::default();
    walk.through(folder);
    let mut stock = Inventory::of(walk);
    let damaged = stock.damaged.pop().map(|(_, error)| error);
    if stock.lacks_tokenizer() {
        stock.spare_tokenizer = stock.text_encoders.first().and_then(tokenizer_of);
    }
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
