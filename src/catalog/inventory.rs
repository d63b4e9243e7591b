//! The *stock* is every network that was found; models are made of it.

use std::path::{Path, PathBuf};

use super::component::{Component, Role};
use super::dits::Dits;
use super::walk::Walk;
use super::{config, family, shards, tokenizers};
use crate::error::{Error, Result};
use crate::job::spelling;
use crate::job::{Checkpoint, Flaw, HighNoise, Network, VaeKind, Variant};
use crate::weights::NetworkKind;

/// What models can be made of.
#[derive(Default)]
pub struct Inventory {
    pub dits: Vec<Component>,
    pub text_encoders: Vec<Component>,
    pub image_encoders: Vec<Component>,
    pub vaes: Vec<Component>,
    pub tokenizers: Vec<PathBuf>,
    /// The one to take in any case.
    pub picked_tokenizer: Option<PathBuf>,
    /// One that lies elsewhere, for encoders without any.
    pub spare_tokenizer: Option<PathBuf>,
    /// Files that could not be read, shards of one network together, and why.
    pub damaged: Vec<(Vec<PathBuf>, Error)>,
}

impl Inventory {
    /// The networks that a walk came across.
    pub fn of(walk: Walk) -> Self {
        let mut stock = Self {
            tokenizers: walk.tokenizers,
            ..Self::default()
        };
        for files in shards::grouped(walk.weights) {
            match shards::check_whole(&files).and_then(|()| Component::all_in(&files)) {
                Ok(components) => components.into_iter().for_each(|one| stock.add(one)),
                Err(error) => stock.damaged.push((files, error)),
            }
        }
        stock
    }

    /// The network of this kind in these files, if it was found.
    pub fn network(&self, files: &[PathBuf], kind: NetworkKind) -> Option<&Component> {
        let all = match kind {
            NetworkKind::Dit => &self.dits,
            NetworkKind::TextEncoder => &self.text_encoders,
            NetworkKind::ImageEncoder => &self.image_encoders,
            NetworkKind::Vae => &self.vaes,
        };
        all.iter().find(|network| network.files == files)
    }

    /// Puts a network where it belongs.
    pub fn add(&mut self, component: Component) {
        let place = match component.role {
            Role::Dit { .. } => &mut self.dits,
            Role::TextEncoder { .. } => &mut self.text_encoders,
            Role::ImageEncoder { .. } => &mut self.image_encoders,
            Role::Vae { .. } => &mut self.vaes,
        };
        place.push(component);
    }

    /// The model that these DiTs make with the nearest other parts; `root` is where it will be found again.
    ///
    /// # Errors
    /// They make none, or other parts are missing.
    pub fn model(&self, dits: &Dits, root: &Path) -> Result<Checkpoint> {
        let variant = dits.variant()?;
        let low = dits.low.file();
        let fitting = |vae: &&Component| check_vae(vae, variant).is_ok();
        let vae = nearest(self.vaes.iter().filter(fitting), low);
        let readers = self.text_encoders.iter();
        let readers = readers.filter(|encoder| self.tokenizer(encoder).is_some());
        let text_encoder = nearest(readers, low).or_else(|| nearest(&self.text_encoders, low));
        let image_encoder = self.image_encoder(&dits.low);
        let lacks_image_encoder = variant.inputs().seen > 0 && image_encoder.is_none();
        let missing = [
            (text_encoder.is_none(), TEXT_ENCODER),
            (lacks_image_encoder, IMAGE_ENCODER),
            (vae.is_none(), vae_words(variant)),
        ];
        let missing = missing.iter().filter(|(is, _)| *is).map(|(_, what)| *what);
        let missing = missing.collect::<Vec<_>>().join(" and ");
        let (Some(text_encoder), Some(vae), false) = (text_encoder, vae, lacks_image_encoder)
        else {
            return Err(incomplete(root, &format!("it lacks {missing}")));
        };
        let tokenizer = self
            .tokenizer(text_encoder)
            .ok_or_else(|| Error::content(root, Flaw::NoTokenizer))?;
        let high_noise = dits.high.as_ref().zip(variant.boundary());
        let name = dits.name();
        let variant = family::named(variant, &name);
        Ok(Checkpoint {
            variant,
            root: root.to_owned(),
            dit: network(&dits.low, root),
            high_noise: high_noise.map(|(high, boundary)| HighNoise {
                network: network(high, root),
                boundary,
            }),
            text_encoder: text_encoder.files.clone(),
            tokenizer,
            image_encoder: image_encoder.map_or_else(Vec::new, |encoder| encoder.files.clone()),
            vae: vae.files.clone(),
            defaults: family::defaults(variant, &name),
            name,
            sizes: Vec::new(),
            latent_rgb: None,
            examples: Vec::new(),
        })
    }

    /// The nearest image encoder with the features that the DiT reads, if it reads any.
    fn image_encoder(&self, dit: &Component) -> Option<&Component> {
        let Role::Dit { features, .. } = dit.role else {
            return None;
        };
        let role = Role::ImageEncoder { width: features };
        let fitting = self
            .image_encoders
            .iter()
            .filter(|encoder| encoder.role == role);
        nearest(fitting, dit.file())
    }

    /// The one that was picked, the encoder's own, that of another encoder which knows as many tokens, or one that is
    /// called UMT5's.
    fn tokenizer(&self, encoder: &Component) -> Option<PathBuf> {
        if let Some(picked) = &self.picked_tokenizer {
            return Some(picked.clone());
        }
        let of_others = || {
            let tokens = encoder.tokens();
            let others = self.text_encoders.iter();
            let mut others = others.filter(|other| other.tokens() == tokens);
            others.find_map(|other| self.own_tokenizer(other))
        };
        // The same name stands over one with other tokens where another encoder has it.
        let is_others = |file: &PathBuf| {
            let others = self.text_encoders.iter();
            let mut others = others.filter(|other| other.tokens() != encoder.tokens());
            others.any(|other| self.own_tokenizer(other).as_ref() == Some(file))
        };
        let by_name = || {
            let mut all = self.tokenizers.iter();
            all.find(|file| tokenizers::is_named_umt5(file) && !is_others(file))
                .cloned()
        };
        self.own_tokenizer(encoder)
            .or_else(of_others)
            .or_else(by_name)
            .or_else(|| self.spare_tokenizer.clone())
    }

    /// Whether no encoder here has a tokenizer.
    pub fn lacks_tokenizer(&self) -> bool {
        let mut encoders = self.text_encoders.iter();
        encoders.all(|encoder| self.tokenizer(encoder).is_none())
    }

    /// The encoder's own vocabulary, or else the nearest tokenizer in its folder, above it or beside it: any other may
    /// be that of another model.
    fn own_tokenizer(&self, encoder: &Component) -> Option<PathBuf> {
        let (file, folder) = (encoder.file(), encoder.folder());
        if matches!(
            encoder.role,
            Role::TextEncoder {
                vocabulary: true,
                ..
            }
        ) {
            return Some(file.to_owned());
        }
        let own = self.tokenizers.iter();
        let own = own.filter(|tokenizer| tokenizers::belongs(tokenizer, folder));
        own.max_by_key(|tokenizer| steps_together(tokenizer, file))
            .cloned()
    }
}

const TEXT_ENCODER: &str = "a text encoder (umt5_xxl), given with --text-encoder FILE";

const IMAGE_ENCODER: &str = "an image encoder (clip_vision_h), given with --image-encoder FILE";

fn vae_words(variant: Variant) -> &'static str {
    match variant.vae() {
        VaeKind::V22 => "the Wan2.2 VAE, given with --vae FILE",
        VaeKind::V21 => "the Wan2.1 VAE, given with --vae FILE",
    }
}

/// Demands that a VAE is the one of a family.
///
/// # Errors
/// What it is instead.
pub(super) fn check_vae(vae: &Component, variant: Variant) -> Result<()> {
    let Role::Vae { channels, outputs } = vae.role else {
        return Err(Error::content(vae.file(), "is no VAE: choose another file"));
    };
    let (wanted, pixels, name, other) = match variant.vae() {
        VaeKind::V22 => (48, 12, "Wan2.2", "Wan2.1"),
        VaeKind::V21 => (16, 3, "Wan2.1", "Wan2.2"),
    };
    let problem = match (channels, outputs) {
        (channels, Some(outputs)) if channels == wanted && outputs != pixels => format!(
            "is no plain {name} VAE: its last layer makes {outputs} channels instead of {pixels}, as one that enlarges \
             pictures does, which Zoetrope cannot use yet; choose the {name} VAE"
        ),
        (channels, _) if channels == wanted => return Ok(()),
        (16 | 48, _) => {
            format!("is the {other} VAE, and this model needs the {name} VAE: choose that one")
        }
        _ => format!(
            "is the VAE of another model, with {channels} channels: this one needs the {name} VAE, with {wanted}"
        ),
    };
    Err(Error::content(vae.file(), problem))
}

fn incomplete(root: &Path, what: &str) -> Error {
    Error::content(root, format!("is not a complete model: {what}"))
}

/// Of several that would do, the one that lies nearest to `file`. Of neighbours one that calls itself Wan's, since other
/// makers' VAEs have the same tensors, and then the largest, which is rounded least.
fn nearest<'a>(
    candidates: impl IntoIterator<Item = &'a Component>,
    file: &Path,
) -> Option<&'a Component> {
    candidates.into_iter().max_by_key(|candidate| {
        let together = steps_together(candidate.file(), file);
        (together, candidate.says_wan(), candidate.bytes)
    })
}

/// How many folders two paths share from the root on.
pub(super) fn steps_together(one: &Path, other: &Path) -> usize {
    let pairs = one.components().zip(other.components());
    pairs.take_while(|(a, b)| a == b).count()
}

/// With its configuration, if there is one.
fn network(dit: &Component, root: &Path) -> Network {
    let own = dit.folder();
    // Where each expert has a folder, one configuration may lie above both.
    let above = own.parent().filter(|_| spelling::of_expert(own).is_some());
    let is_within = root.is_dir() && own.starts_with(root);
    let root = if is_within {
        root
    } else {
        above.unwrap_or(own)
    };
    let config = match dit.role {
        Role::Dit { width, .. } => config::near(dit.file(), root, width),
        _ => None,
    };
    Network {
        config,
        weights: dit.files.clone(),
    }
}
