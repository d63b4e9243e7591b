//! Encoded prompts on the disk: the same words with another seed never read the text encoder again.

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use mlx_rs::Array;
use sha2::{Digest, Sha256};

use super::tensor_file::{self, TensorFile};
use crate::model::text::Tokenizer;
use crate::weights::Weights;
use crate::{Result, dirs};

/// How many bytes the folder may hold: those of the latest hundred prompts of full length, and of many more short ones.
const MOST: u64 = 1 << 30;

const TENSOR: &str = "context";
/// To be counted up whenever the encoder comes to round differently: a video must not depend on when its words were
/// first encoded.
const EDITION: [u8; 1] = [2];

/// Where encoded prompts are kept, for one encoder and tokenizer.
pub(super) struct EmbedCache {
    folder: Option<PathBuf>,
    encoder: String,
}

impl EmbedCache {
    /// The one of this user, for prompts of `length` tokens.
    pub(super) fn new(weights: &Weights, tokenizer: &Path, length: usize) -> Result<Self> {
        let vocabulary = Tokenizer::source(tokenizer)?;
        let mut hash = Sha256::new();
        hash.update(weights.fingerprint()?);
        hash.update(vocabulary);
        hash.update(length.to_le_bytes());
        hash.update(EDITION);
        Ok(Self::of("text", hex(&hash.finalize())))
    }

    /// The folder of this name, for the encoder that a hash tells.
    pub(super) fn of(name: &str, encoder: String) -> Self {
        Self {
            folder: dirs::cache().map(|folder| folder.join(name)),
            encoder,
        }
    }

    fn path(&self, prompt: &str) -> Option<PathBuf> {
        let mut hash = Sha256::new();
        hash.update(&self.encoder);
        hash.update(prompt);
        let name = format!("{}.safetensors", hex(&hash.finalize()));
        self.folder.as_ref().map(|folder| folder.join(name))
    }

    /// What is kept of a prompt, (tokens, text width). Anything wrong with it, a single flipped bit too, only means that
    /// the prompt is encoded again.
    pub(super) fn recall(&self, prompt: &str) -> Option<Array> {
        let path = self.path(prompt).filter(|path| path.is_file())?;
        let file = TensorFile::open(&path).ok()?;
        if !file.has_checksum(TENSOR) {
            return None;
        }
        let context = file.tensor(TENSOR, &file.shape(TENSOR).ok()?).ok()?;
        // What was used last goes last. On a disk that cannot be written the order is that of making.
        let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(context)
    }

    /// A full disk is no reason to stop: it is only kept for later.
    pub(super) fn keep(&self, prompt: &str, context: &Array) {
        let (Some(folder), Some(path)) = (&self.folder, self.path(prompt)) else {
            return;
        };
        if fs::create_dir_all(folder).is_ok() && tensor_file::save(&path, TENSOR, context).is_ok() {
            prune(folder, MOST);
        }
    }
}

/// Removes kept prompts, the ones first that were not used for longest, until the rest takes at most so many bytes. No
/// other file in the folder is touched.
fn prune(folder: &Path, most: u64) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let kept = entries.flatten().filter_map(|entry| {
        let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        let path = entry.path();
        is_ours(&path).then_some((about.modified().ok()?, about.len(), path))
    });
    let mut kept: Vec<_> = kept.collect();
    kept.sort();
    let sizes = kept.iter().map(|(_, size, _)| *size);
    let mut all = sizes.fold(0_u64, u64::saturating_add);
    for (_, size, path) in kept {
        if all <= most {
            return;
        }
        // Another program may have removed it meanwhile.
        let _ = fs::remove_file(path);
        all = all.saturating_sub(size);
    }
}

/// Whether a file is named as those of [`EmbedCache::keep`].
fn is_ours(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    path.extension()
        .is_some_and(|extension| extension == "safetensors")
        && stem.len() == 64
        && stem.iter().all(u8::is_ascii_hexdigit)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
