//! What decides whether something that is kept is what a job would load.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use mlx_rs::Dtype;

use crate::backend::Backend;
use crate::job::{
    Checkpoint, Decoding, Lora, Network, Plan, Precision, QuantBits, VaeKind, VaePrecision,
};

/// A file as it is at the moment. Another one in its place has another number or another time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pipeline) struct Stamp {
    path: PathBuf,
    /// Device, number, bytes, seconds and nanoseconds of its last change.
    about: (u64, u64, u64, i64, i64),
}

impl Stamp {
    /// That of a file, unless it cannot be looked at.
    fn of(path: &Path) -> Option<Self> {
        let about = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(Self {
            path: path.to_owned(),
            about: (
                about.dev(),
                about.ino(),
                about.len(),
                about.ctime(),
                about.ctime_nsec(),
            ),
        })
    }

    fn of_all<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Option<Vec<Self>> {
        paths.into_iter().map(|path| Self::of(path)).collect()
    }
}

/// Names one thing that may be kept.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pipeline) enum Key {
    /// A DiT.
    Dit {
        files: Vec<Stamp>,
        /// In the order in which they are added, with the bits of their strengths.
        loras: Vec<(Stamp, u64)>,
        precision: Precision,
        instead: Option<Dtype>,
        quantize: Option<QuantBits>,
        backend: Backend,
    },
    /// The half of a VAE that makes frames.
    Decoder {
        files: Vec<Stamp>,
        kind: VaeKind,
        precision: VaePrecision,
        backend: Backend,
    },
    /// What was made of a prompt.
    Text {
        files: Vec<Stamp>,
        prompt: String,
        backend: Backend,
    },
}

impl Key {
    /// The DiT of an expert without these LoRAs.
    pub(in crate::pipeline) fn dit(
        plan: &Plan,
        network: &Network,
        loras: &[&Lora],
        instead: Option<Dtype>,
    ) -> Option<Self> {
        let stamp = |lora: &&Lora| Some((Stamp::of(&lora.file)?, lora.strength.to_bits()));
        Some(Self::Dit {
            files: Stamp::of_all(network.weights.iter().chain(&network.config))?,
            loras: loras.iter().map(stamp).collect::<Option<_>>()?,
            precision: plan.compute.precision,
            instead,
            quantize: plan.compute.quantize,
            backend: Backend::current().ok()?,
        })
    }

    /// The VAE that a decoding needs.
    pub(in crate::pipeline) fn decoder(decoding: &Decoding, files: &[PathBuf]) -> Option<Self> {
        Some(Self::Decoder {
            files: Stamp::of_all(files)?,
            kind: decoding.checkpoint.variant.vae(),
            precision: decoding.precision,
            backend: Backend::current().ok()?,
        })
    }

    /// A cleaned prompt, as the text encoder of a model reads it for its DiT.
    pub(in crate::pipeline) fn text(checkpoint: &Checkpoint, prompt: &str) -> Option<Self> {
        let dit = &checkpoint.dit;
        let files = checkpoint.text_encoder.iter();
        let files = files.chain([&checkpoint.tokenizer]);
        let files = files.chain(&dit.weights).chain(&dit.config);
        Some(Self::Text {
            files: Stamp::of_all(files)?,
            prompt: prompt.to_owned(),
            backend: Backend::current().ok()?,
        })
    }
}
