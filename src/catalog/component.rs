//! A *component* is one network of a model in files of its own: what it is, its tensors tell.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{family, shards, strangers};
use crate::error::{Error, Result};
use crate::job::DitShape;
use crate::job::spelling::{self, Said};
use crate::weights::{NetworkKind, Weights, gguf};

/// One network.
#[derive(Clone, Debug)]
pub struct Component {
    /// One file, or all shards.
    pub files: Vec<PathBuf>,
    /// How large they are together.
    pub bytes: u64,
    /// What it is.
    pub role: Role,
    /// How many tensors in its files belong to no network: what training or another tool left there.
    pub left_over: usize,
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
        /// What it is made for, if it has parts that no supported family has.
        extension: Option<&'static str>,
    },
    /// It reads the prompt.
    TextEncoder {
        /// Whether the tokenizer's vocabulary is in the file.
        vocabulary: bool,
        /// How many tokens it knows.
        tokens: u32,
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
        /// The channels that its decoder ends in; none without a decoder.
        outputs: Option<u32>,
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
    /// Every network in these files, from their headers.
    ///
    /// # Errors
    /// They cannot be read, or one of the networks is not whole or in a format that is not read.
    pub fn all_in(files: &[PathBuf]) -> Result<Vec<Self>> {
        Self::each(files, None)
    }

    /// Every network in these files, or the one of this kind, if it is one of Wan's.
    fn each(files: &[PathBuf], kind: Option<NetworkKind>) -> Result<Vec<Self>> {
        let (networks, left_over) = Weights::each(files, kind)?;
        let networks = networks.iter().map(|(kind, weights)| {
            let mut network = Self::of(files, *kind, weights)?;
            if let Some(network) = &mut network {
                network.left_over = left_over;
            }
            Ok(network)
        });
        networks.filter_map(Result::transpose).collect()
    }

    /// The network of this kind in these files; none if it is not one of Wan's.
    ///
    /// # Errors
    /// As [`all_in`](Self::all_in).
    pub fn of_kind(files: &[PathBuf], kind: NetworkKind) -> Result<Option<Self>> {
        Ok(Self::each(files, Some(kind))?.pop())
    }

    fn of(files: &[PathBuf], kind: NetworkKind, weights: &Weights) -> Result<Option<Self>> {
        let Some(mut role) = role(weights, kind)? else {
            return Ok(None);
        };
        let first = files.first().map_or(Path::new(""), PathBuf::as_path);
        check_sound(weights, first)?;
        if let Role::TextEncoder { vocabulary, .. } = &mut role {
            *vocabulary = *vocabulary || has_vocabulary(first);
        }
        let size = |file: &PathBuf| file.metadata().map_or(0, |about| about.len());
        Ok(Some(Self {
            bytes: files.iter().map(size).sum(),
            files: files.to_owned(),
            role,
            left_over: 0,
        }))
    }

    /// The networks in a file that was picked, which may be one of its shards; there is at least one.
    ///
    /// # Errors
    /// It cannot be read, or holds no network of Wan's.
    pub fn open(file: &Path) -> Result<Vec<Self>> {
        let files = shards::beside(file);
        shards::check_whole(&files)?;
        let networks = Self::all_in(&files)?;
        if networks.is_empty() {
            return Err(stranger(&files, file));
        }
        Ok(networks)
    }

    /// The network of this kind in such a file; none if there is none.
    ///
    /// # Errors
    /// It cannot be read, or that network is not whole.
    pub fn open_kind(file: &Path, kind: NetworkKind) -> Result<Option<Self>> {
        let files = shards::beside(file);
        shards::check_whole(&files)?;
        Self::of_kind(&files, kind)
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

    /// How many tokens it knows, if it is a text encoder.
    pub fn tokens(&self) -> Option<u32> {
        match self.role {
            Role::TextEncoder { tokens, .. } => Some(tokens),
            _ => None,
        }
    }

    /// Whether its name has Wan's in it.
    pub fn says_wan(&self) -> bool {
        self.file_name().to_lowercase().contains("wan")
    }

    /// Which expert it is, as its name tells; nothing else could.
    pub fn expert(&self) -> Option<Said> {
        spelling::of_expert(self.file())
    }

    /// Whether its tensors allow that there is another expert.
    pub fn may_be_expert(&self) -> bool {
        let is_small = matches!(self.role, Role::Dit { width, .. } if width == WIDTH_OF_1B);
        let shape = self.role.dit_shape().filter(|_| !is_small);
        shape.is_some_and(|shape| family::by_shape(shape, 2).is_some())
    }

    /// Whether nothing that is whole has such tensors.
    pub fn must_be_expert(&self) -> bool {
        let shape = self.role.dit_shape();
        shape.is_some_and(|shape| family::by_shape(shape, 1).is_none())
    }
}

/// The width of Wan2.1 T2V-1.3B, of which there are no experts.
const WIDTH_OF_1B: u32 = 1536;

/// What is said of a file that holds no network of Wan's.
fn stranger(files: &[PathBuf], file: &Path) -> Error {
    let what = Weights::open(files).ok();
    let what = what.and_then(|weights| strangers::name(&weights));
    let problem = match what {
        Some(what) => format!("is {what}: {}", strangers::advice(what)),
        None => {
            "holds neither a DiT nor a text encoder nor a VAE nor an image encoder of Wan's: choose another file"
                .into()
        }
    };
    Error::content(file, problem)
}

/// Demands that every matrix can be read, and that something was written where it should be.
fn check_sound(weights: &Weights, file: &Path) -> Result<()> {
    if let Some((name, flaw, others)) = weights.unreadable_tensor() {
        let problem = match flaw.strip_prefix("is in ") {
            Some(format) => format!(
                "is in {format}, which Zoetrope cannot read: take it in 16 bits, 8-bit floats or GGUF (`zoetrope models get` \
                 has them)"
            ),
            None if others == 0 => {
                format!("cannot be used: {name} {flaw}; download it again, or choose another file")
            }
            None => format!(
                "cannot be used: {name} {flaw}, as {others} others; download it again, or choose another file"
            ),
        };
        return Err(Error::content(file, problem));
    }
    let blank = weights.blank()?;
    let Some(first) = blank.first() else {
        return Ok(());
    };
    let others = match blank.len() - 1 {
        0 => " holds".to_owned(),
        others => format!(" and {others} more hold"),
    };
    let problem = format!(
        "is not whole: {first}{others} nothing but zeros, at least in places, as if a part had not been downloaded; download it again"
    );
    Err(Error::content(file, problem))
}

/// Whether the file is GGUF with a vocabulary in its header.
fn has_vocabulary(file: &Path) -> bool {
    gguf::read(file).is_ok_and(|header| header.texts("tokenizer.ggml.tokens").is_some())
}

fn role(weights: &Weights, kind: NetworkKind) -> Result<Option<Role>> {
    let size = |name: &str, axis: usize| -> Result<u32> {
        let shape = weights.shape(name)?;
        Ok(shape.get(axis).map_or(0, |side| side.unsigned_abs()))
    };
    let has = |name: &str| weights.has(name);
    Ok(match kind {
        NetworkKind::Dit if has("patch_embedding.weight") && has("blocks.0.self_attn.q.weight") => {
            let optional = |name: &str, axis| if has(name) { size(name, axis) } else { Ok(0) };
            Some(Role::Dit {
                width: size("patch_embedding.weight", 0)?,
                inputs: size("patch_embedding.weight", 1)?,
                outputs: size("head.head.weight", 0)? / 4,
                leads: has("ref_conv.weight"),
                chain: optional("vace_patch_embedding.weight", 1)?,
                seen: match (has("img_emb.proj.0.weight"), has("img_emb.emb_pos")) {
                    (true, true) => 2,
                    (true, false) => 1,
                    (false, _) => 0,
                },
                features: optional("img_emb.proj.0.weight", 0)?,
                extension: extension(weights),
            })
        }
        // That every layer has positions of its own is what sets UMT5 apart from T5.
        NetworkKind::TextEncoder
            if has("token_embedding.weight") && has("blocks.1.pos_embedding.embedding.weight") =>
        {
            Some(Role::TextEncoder {
                vocabulary: has("spiece_model"),
                tokens: size("token_embedding.weight", 0)?,
            })
        }
        NetworkKind::ImageEncoder
            if has("visual.patch_embedding.weight") && has("visual.cls_embedding") =>
        {
            Some(Role::ImageEncoder {
                width: size("visual.patch_embedding.weight", 0)?,
            })
        }
        NetworkKind::Vae if has("conv2.weight") && has("decoder.conv1.weight") => {
            let last = "decoder.head.2.weight";
            Some(Role::Vae {
                channels: size("conv2.weight", 0)?,
                outputs: has(last).then(|| size(last, 0)).transpose()?,
            })
        }
        _ => None,
    })
}

/// What it is made for beyond every supported family. The blocks of VACE are nothing without what feeds them.
fn extension(weights: &Weights) -> Option<&'static str> {
    let has_chain = weights.has("vace_patch_embedding.weight");
    let parts = DIT_PARTS.into_iter();
    let parts: Vec<_> = parts
        .filter(|part| has_chain || *part != "vace_blocks")
        .collect();
    strangers::derivative(weights, &parts)
}
