//! Whether a model's files are as they were published, to the last byte.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::disk;
use crate::error::{Error, Result};
use crate::job::Checkpoint;
use crate::weights::Weights;

/// How much is read at once.
const BLOCK: usize = 1 << 20;

/// What was found out about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The file.
    pub file: PathBuf,
    /// The SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
    /// The one that it was published with, if that is known.
    pub published: Option<String>,
}

impl Verdict {
    /// Whether it is another file than was published.
    pub fn is_damaged(&self) -> bool {
        self.published
            .as_ref()
            .is_some_and(|published| *published != self.sha256)
    }
}

/// Reads every file of the model; networks that no published hash vouches for twice, to look at their numbers too.
/// `tell` hears how many bytes are done, of how many; an error of its ends the work.
///
/// # Errors
/// A file cannot be read, its tensors are not all there, or hold something that is no number.
pub fn verify(
    model: &Checkpoint,
    tell: &mut dyn FnMut(u64, u64) -> Result<()>,
) -> Result<Vec<Verdict>> {
    super::soundness::check(model)?;
    let high_noise = model.high_noise.iter().map(|high| &high.network.weights);
    let networks = [&model.dit.weights, &model.text_encoder, &model.vae];
    let image_encoder = Some(&model.image_encoder).filter(|files| !files.is_empty());
    let networks = networks.into_iter().chain(image_encoder);
    // One file may hold several networks.
    let networks: BTreeSet<_> = networks.chain(high_noise).collect();
    let unknown = networks.into_iter();
    let unknown = unknown.filter(|files| files.iter().any(|file| published(file).is_none()));
    let unknown: Vec<_> = unknown.collect();
    let files: BTreeSet<PathBuf> = model
        .paths()
        .into_iter()
        .filter(|path| path.is_file())
        .collect();
    let size = |file: &PathBuf| file.metadata().map_or(0, |about| about.len());
    let of = files
        .iter()
        .chain(unknown.iter().copied().flatten())
        .map(size)
        .sum();
    let mut done = 0;
    let mut step = |bytes| {
        done += bytes;
        tell(done, of)
    };
    for files in unknown {
        look_at_numbers(files, &mut step)?;
    }
    let verdicts = files.into_iter().map(|file| {
        Ok(Verdict {
            sha256: sha256(&file, &mut step)?,
            published: published(&file),
            file,
        })
    });
    verdicts.collect()
}

fn look_at_numbers(files: &[PathBuf], step: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
    let mut unsound = Vec::new();
    for kind in Weights::kinds(files)? {
        unsound.extend(Weights::open_kind(files, kind)?.unsound(step)?);
    }
    let (Some(file), Some(first)) = (files.first(), unsound.first()) else {
        return Ok(());
    };
    let others = match unsound.len() - 1 {
        0 => String::new(),
        count => format!(" and {count} other tensors"),
    };
    let problem =
        format!("holds something that is no finite number in {first}{others}: download it again");
    Err(Error::content(file, problem))
}

fn sha256(path: &Path, read: &mut dyn FnMut(u64) -> Result<()>) -> Result<String> {
    let mut file = disk::open(path)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; BLOCK];
    loop {
        let count = file.read(&mut block).map_err(Error::file("read", path))?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&block[..count]);
        read(count as u64)?;
    }
}

/// Hugging Face's cache keeps large files under their SHA-256, and links to them.
fn published(file: &Path) -> Option<String> {
    let place = file.canonicalize().ok()?;
    let name = place.file_name()?.to_str()?;
    let is_hash = name.len() == 64 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hash.then(|| name.to_lowercase())
}

/// Two digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
