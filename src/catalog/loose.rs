//! *Loose* files: one for each network, wherever they lie and whatever they are called, as ComfyUI, GGUF sets and
//! converted MLX models have them.

use std::fs;
use std::path::{Path, PathBuf};

use super::component::{Component, Role};
use super::family;
use crate::error::{Error, Result};
use crate::job::{Checkpoint, Expert, HighNoise, Network, Variant};

/// How far below a folder its files may lie: `split_files/diffusion_models/…` and what people add to it.
const DEPTH: usize = 4;

/// Files that were picked one by one.
#[derive(Clone, Debug, Default)]
pub struct Picked {
    /// The DiT, or of two the one for low noise.
    pub dit: Option<PathBuf>,
    /// The DiT for high noise.
    pub dit_high: Option<PathBuf>,
    /// The text encoder.
    pub text_encoder: Option<PathBuf>,
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
            vae,
            tokenizer,
        } = self;
        [dit, dit_high, text_encoder, vae, tokenizer]
            .into_iter()
            .all(Option::is_none)
    }

    /// The model that these files make, without help from elsewhere.
    ///
    /// # Errors
    /// One is missing, damaged, or something else than it was picked for.
    pub fn model(&self) -> Result<Checkpoint> {
        let mut found = Found::default();
        for (file, option) in [
            (&self.dit, "--dit"),
            (&self.dit_high, "--dit-high"),
            (&self.text_encoder, "--text-encoder"),
            (&self.vae, "--vae"),
        ] {
            let Some(file) = file else { continue };
            let component = Component::open(vec![file.clone()])?;
            let fits = match component.role {
                Role::Dit { .. } => ["--dit", "--dit-high"].contains(&option),
                Role::TextEncoder { .. } => option == "--text-encoder",
                Role::Vae { .. } => option == "--vae",
            };
            if !fits {
                let problem = format!(
                    "is {}, and cannot be given with {option}",
                    component.role.name()
                );
                return Err(Error::content(file, problem));
            }
            match option {
                "--dit" => found.low = Some(component),
                "--dit-high" => found.high = Some(component),
                "--vae" => found.vaes.push(component),
                _ => found.text_encoders.push(component),
            }
        }
        found.tokenizers.extend(self.tokenizer.clone());
        let root = self
            .dit
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new("."));
        found.model(root)
    }
}

/// The model whose files lie in `folder`, or nothing if there is no DiT.
///
/// # Errors
/// There are several, or parts are missing or damaged.
pub fn open(folder: &Path) -> Option<Result<Checkpoint>> {
    let mut files = Vec::new();
    list(folder, DEPTH, &mut files);
    files.sort();
    let mut found = Found::default();
    let mut damaged = None;
    let mut dits = Vec::new();
    for group in grouped(files) {
        let [first, ..] = group.as_slice() else {
            continue;
        };
        if first
            .file_name()
            .is_some_and(|name| name == "tokenizer.json")
        {
            found.tokenizers.extend(group);
            continue;
        }
        match whole(&group).and_then(|()| Component::open(group)) {
            Ok(component) => match component.role {
                Role::Dit { .. } => dits.push(component),
                Role::TextEncoder { .. } => found.text_encoders.push(component),
                Role::Vae { .. } => found.vaes.push(component),
            },
            Err(error) => damaged = damaged.or(Some(error)),
        }
    }
    if dits.is_empty() {
        return None;
    }
    let result = experts(folder, dits).and_then(|(low, high)| {
        found.low = Some(low);
        found.high = high;
        found.model(folder)
    });
    Some(result.map_err(|error| damaged.unwrap_or(error)))
}

/// The only DiT, or the one for low noise and the one for high.
fn experts(folder: &Path, mut dits: Vec<Component>) -> Result<(Component, Option<Component>)> {
    let names: Vec<String> = dits.iter().map(file_name).collect();
    dits.sort_by_key(|dit| dit.expert() == Some(Expert::HighNoise));
    let mut dits = dits.into_iter();
    match (dits.next(), dits.next(), dits.next()) {
        (Some(only), None, None) => Ok((only, None)),
        (Some(low), Some(high), None)
            if low.role == high.role
                && low.expert() == Some(Expert::LowNoise)
                && high.expert() == Some(Expert::HighNoise) =>
        {
            Ok((low, Some(high)))
        }
        _ => {
            let problem = format!(
                "holds several models ({}): pick one with --dit FILE, or two experts with --dit LOW --dit-high HIGH",
                names.join(", ")
            );
            Err(Error::content(folder, problem))
        }
    }
}

/// What was found of one model.
#[derive(Default)]
struct Found {
    low: Option<Component>,
    high: Option<Component>,
    text_encoders: Vec<Component>,
    vaes: Vec<Component>,
    tokenizers: Vec<PathBuf>,
}

impl Found {
    fn model(self, root: &Path) -> Result<Checkpoint> {
        let incomplete =
            |what: &str| Error::content(root, format!("is not a complete model: {what}"));
        let dit = self
            .low
            .ok_or_else(|| incomplete("the DiT is missing; give it with --dit FILE"))?;
        let variant = variant(&dit, self.high.as_ref())?;
        let vae = self.vaes.into_iter().find(|vae| {
            vae.role
                == Role::Vae {
                    channels: variant.latent_channels(),
                }
        });
        let text_encoder = self.text_encoders.into_iter().next();
        let missing = [
            (
                text_encoder.is_none(),
                "a text encoder (umt5_xxl), given with --text-encoder FILE",
            ),
            (vae.is_none(), vae_words(variant)),
        ];
        let missing: Vec<_> = missing
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, what)| what)
            .collect();
        let (Some(text_encoder), Some(vae)) = (text_encoder, vae) else {
            return Err(incomplete(&format!("it lacks {}", missing.join(" and "))));
        };
        let own = text_encoder.role == Role::TextEncoder { vocabulary: true };
        let tokenizer = self.tokenizers.into_iter().next();
        let tokenizer = tokenizer.or_else(|| text_encoder.files.first().filter(|_| own).cloned());
        let tokenizer = tokenizer.ok_or_else(|| {
            incomplete("its text encoder comes without a tokenizer; give it with --tokenizer FILE")
        })?;
        let name = file_stem(&dit);
        let high_noise = self
            .high
            .zip(variant.boundary())
            .map(|(high, boundary)| HighNoise {
                network: network(high),
                boundary,
            });
        Ok(Checkpoint {
            name,
            variant,
            root: root.to_owned(),
            dit: network(dit),
            high_noise,
            text_encoder: text_encoder.files,
            tokenizer,
            vae: vae.files,
            defaults: variant.defaults(),
            sizes: Vec::new(),
            latent_rgb: None,
            examples: Vec::new(),
        })
    }
}

fn vae_words(variant: Variant) -> &'static str {
    if variant == Variant::Ti2v {
        "the Wan2.2 VAE, given with --vae FILE"
    } else {
        "the Wan2.1 VAE, given with --vae FILE"
    }
}

/// The family that one DiT or two belong to.
fn variant(dit: &Component, high: Option<&Component>) -> Result<Variant> {
    let place = dit.files.first().cloned().unwrap_or_default();
    let wrong = |problem: &str| Err(Error::content(&place, problem));
    let Role::Dit { inputs, outputs } = dit.role else {
        return wrong("is no DiT: choose another file");
    };
    if high.is_some_and(|high| high.role != dit.role) {
        return wrong(
            "belongs to another model than the DiT for high noise: choose two of one model",
        );
    }
    let experts = 1 + usize::from(high.is_some());
    match family::by_channels(inputs, outputs, experts) {
        Some(Variant::T2v) if dit.expert().is_some() => wrong(
            "is one of two experts: the other is missing; give both with --dit LOW --dit-high HIGH",
        ),
        Some(variant) => Ok(variant),
        None if family::by_channels(inputs, outputs, 2).is_some() => wrong(
            "is one of two experts: the other is missing; give both with --dit LOW --dit-high HIGH",
        ),
        None => wrong(
            "belongs to a Wan model of a kind that is not supported: Wan2.1 T2V and Wan2.2 TI2V, T2V-A14B and I2V-A14B are",
        ),
    }
}

/// With the configuration beside it, if there is one.
fn network(dit: Component) -> Network {
    let folder = dit.files.first().and_then(|file| file.parent());
    Network {
        config: folder
            .map(|folder| folder.join("config.json"))
            .filter(|config| config.is_file()),
        weights: dit.files,
    }
}

/// Every file of weights or tokenizer at or below `folder`. What cannot be read is passed over.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let extension = path.extension().unwrap_or_default();
        if name.starts_with('.') {
        } else if path.is_dir() {
            if depth > 0 {
                list(&path, depth - 1, files);
            }
        } else if name == "tokenizer.json"
            || ["safetensors", "gguf", "pth"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        {
            files.push(path);
        }
    }
}

/// Shards of one network together; they are neighbours in the order of their names.
fn grouped(files: Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    let mut groups: Vec<Vec<PathBuf>> = Vec::new();
    for file in files {
        let series = shard(&file).map(|(series, _)| series);
        match groups.last_mut() {
            Some(group)
                if series.is_some()
                    && group
                        .first()
                        .and_then(|first| shard(first))
                        .map(|(series, _)| series)
                        == series =>
            {
                group.push(file);
            }
            _ => groups.push(vec![file]),
        }
    }
    groups
}

/// The path of a shard up to its number, and how many there are: `…-00001-of-00003.safetensors`.
fn shard(file: &Path) -> Option<(String, usize)> {
    let path = file.to_str()?.strip_suffix(".safetensors")?;
    let (before, count) = path.rsplit_once("-of-")?;
    let (series, number) = before.rsplit_once('-')?;
    number.parse::<usize>().ok()?;
    Some((format!("{series} of {count}"), count.parse().ok()?))
}

/// Whether all shards of a network are there.
fn whole(files: &[PathBuf]) -> Result<()> {
    match files
        .first()
        .and_then(|first| Some((first, shard(first)?.1)))
    {
        Some((first, count)) if files.len() != count => Err(Error::content(
            first,
            format!(
                "is one of {count} shards, of which {} are there: download the others",
                files.len()
            ),
        )),
        _ => Ok(()),
    }
}

fn file_name(component: &Component) -> String {
    let name = component.files.first().and_then(|file| file.file_name());
    name.unwrap_or_default().to_string_lossy().into_owned()
}

fn file_stem(component: &Component) -> String {
    let name = component.files.first().and_then(|file| file.file_stem());
    name.unwrap_or_default().to_string_lossy().into_owned()
}
