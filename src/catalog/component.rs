//! A *component* is one network of a model in files of its own: what it is, its tensors tell.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::shards;
use crate::error::{Error, Result};
use crate::job::{DitShape, Expert};
use crate::weights::{Weights, gguf};

/// One network.
#[derive(Clone, Debug)]
pub struct Component {
    /// One file, or all shards.
    pub files: Vec<PathBuf>,
    /// How large they are together.
    pub bytes: u64,
    /// What it is.
    pub role: Role,
}

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It denoises.
    Dit {
        /// The width of a token.
        width: u32,
        /// The channels that it sees.
        inputs: u32,
        /// The channels that it predicts.
        outputs: u32,
        /// The pictures that it reads an image encoder's features of.
        seen: u32,
        /// How wide these features are.
        features: u32,
        /// Whether it puts a reference picture's tokens before those of the video.
        leads: bool,
        /// The channels that VACE's blocks see; 0 where there are none.
        chain: u32,
        /// Whether it has parts that no supported family has.
        is_extended: bool,
    },
    /// It reads the prompt.
    TextEncoder {
        /// Whether the tokenizer's vocabulary is in the file.
        vocabulary: bool,
    },
    /// It reads pictures.
    ImageEncoder {
        /// The width of its features.
        width: u32,
    },
    /// It turns latents into pixels.
    Vae {
        /// The channels of a latent.
        channels: u32,
    },
}

/// The parts that DiTs of supported families have.
const DIT_PARTS: [&str; 10] = [
    "patch_embedding",
    "text_embedding",
    "img_emb",
    "ref_conv",
    "vace_patch_embedding",
    "vace_blocks",
    "time_embedding",
    "time_projection",
    "blocks",
    "head",
];

impl Role {
    /// As it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dit { .. } => "a DiT",
            Self::TextEncoder { .. } => "a text encoder",
            Self::ImageEncoder { .. } => "an image encoder",
            Self::Vae { .. } => "a VAE",
        }
    }

    /// What a DiT's tensors show of its family.
    pub fn dit_shape(self) -> Option<DitShape> {
        match self {
            Self::Dit {
                inputs,
                outputs,
                seen,
                leads,
                chain,
                ..
            } => Some(DitShape {
                inputs,
                outputs,
                seen,
                leads,
                chain,
            }),
            _ => None,
        }
    }
}

impl Component {
    /// The network in these files, from their headers; none if it is not one of Wan's.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn in_files(files: Vec<PathBuf>) -> Result<Option<Self>> {
        let weights = Weights::open(&files)?;
        let Some(mut role) = role(&weights)? else {
            return Ok(None);
        };
        if let (Role::TextEncoder { vocabulary }, Some(file)) = (&mut role, files.first()) {
            *vocabulary |= has_vocabulary(file);
        }
        let size = |file: &PathBuf| file.metadata().map_or(0, |about| about.len());
        Ok(Some(Self {
            bytes: files.iter().map(size).sum(),
            files,
            role,
        }))
    }

    /// The network in a file that was picked, which may be one of its shards.
    ///
    /// # Errors
    /// It cannot be read, or holds no network of Wan's.
    pub fn open(file: &Path) -> Result<Self> {
        let files = shards::beside(file);
        shards::check_whole(&files)?;
        Self::in_files(files)?.ok_or_else(|| {
            let problem =
                "holds neither a DiT nor a text encoder nor a VAE nor an image encoder of Wan's: choose another file";
            Error::content(file, problem)
        })
    }

    /// The only file, or the first shard.
    pub fn file(&self) -> &Path {
        self.files.first().map_or(Path::new(""), PathBuf::as_path)
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        self.file().parent().unwrap_or(Path::new(""))
    }

    /// The name of the file.
    pub fn file_name(&self) -> String {
        let name = self.file().file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// The name without its ending, and without the number of a shard.
    pub fn stem(&self) -> &str {
        let stem = self.file().file_stem().and_then(OsStr::to_str);
        let stem = stem.unwrap_or_default();
        shards::series(stem).map_or(stem, |(series, _)| series)
    }

    /// Whether its name has Wan's in it.
    pub fn says_wan(&self) -> bool {
        self.file_name().to_lowercase().contains("wan")
    }

    /// Which expert it is, as its name tells; nothing else could.
    pub fn expert(&self) -> Option<Expert> {
        let folder = self.file().parent().and_then(Path::file_name);
        let names = [self.file().file_name(), folder].into_iter().flatten();
        names.map(lower_case).find_map(|name| {
            let joined: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let says = |word: &str| {
                joined.contains(&format!("{word}noise"))
                    || name
                        .split(|c: char| !c.is_ascii_alphanumeric())
                        .any(|part| part == word)
            };
            match (says("high"), says("low")) {
                (true, false) => Some(Expert::HighNoise),
                (false, true) => Some(Expert::LowNoise),
                _ => None,
            }
        })
    }

    /// Its path without what tells experts and shards apart.
    pub fn series(&self) -> String {
        let path = lower_case(self.folder().join(self.stem()).as_os_str());
        let words = ["high", "low", "noise"].iter();
        words.fold(path, |path, word| path.replace(word, ""))
    }
}

fn lower_case(name: &OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}

/// Whether the file is GGUF with a vocabulary in its header.
fn has_vocabulary(file: &Path) -> bool {
    gguf::read(file).is_ok_and(|header| header.texts("tokenizer.ggml.tokens").is_some())
}

fn role(weights: &Weights) -> Result<Option<Role>> {
    let size = |name: &str, axis: usize| -> Result<u32> {
        let shape = weights.shape(name)?;
        Ok(shape.get(axis).map_or(0, |side| side.unsigned_abs()))
    };
    let has = |name: &str| weights.has(name);
    Ok(
        if has("patch_embedding.weight") && has("blocks.0.self_attn.q.weight") {
            // The blocks of VACE are nothing without what feeds them.
            let has_chain = has("vace_patch_embedding.weight");
            let is_known = |name: &str| {
                let part = name.split('.').next().unwrap_or(name);
                DIT_PARTS.contains(&part) && (has_chain || part != "vace_blocks")
            };
            Some(Role::Dit {
                width: size("patch_embedding.weight", 0)?,
                inputs: size("patch_embedding.weight", 1)?,
                outputs: size("head.head.weight", 0)? / 4,
                leads: has("ref_conv.weight"),
                chain: if has("vace_patch_embedding.weight") {
                    size("vace_patch_embedding.weight", 1)?
                } else {
                    0
                },
                seen: match (has("img_emb.proj.0.weight"), has("img_emb.emb_pos")) {
                    (true, true) => 2,
                    (true, false) => 1,
                    (false, _) => 0,
                },
                features: if has("img_emb.proj.0.weight") {
                    size("img_emb.proj.0.weight", 0)?
                } else {
                    0
                },
                is_extended: !weights.names().iter().all(|name| is_known(name)),
            })
        } else if has("token_embedding.weight") && has("blocks.1.pos_embedding.embedding.weight") {
            // That every layer has positions of its own is what sets UMT5 apart from T5.
            let vocabulary = has("spiece_model");
            Some(Role::TextEncoder { vocabulary })
        } else if has("visual.patch_embedding.weight") && has("visual.cls_embedding") {
            Some(Role::ImageEncoder {
                width: size("visual.patch_embedding.weight", 0)?,
            })
        } else if has("conv2.weight") && has("decoder.conv1.weight") {
            Some(Role::Vae {
                channels: size("conv2.weight", 0)?,
            })
        } else {
            None
        },
    )
}
