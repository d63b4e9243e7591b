//! Files of latents, which carry the settings that led to them.

use std::path::Path;

use mlx_rs::Array;

use super::checks;
use super::tensor_file::{TensorFile, save_all};
use crate::disk;
use crate::job::{GenerationInfo, LatentShape, Plan};
use crate::{Error, Result};

/// The tensor that every file of latents holds, (channels, frames, height, width).
pub(super) const TENSOR: &str = "latents";
/// The note with the settings that lead to the latents, as a video's metadata holds them.
const SETTINGS: &str = "settings";

/// What a file of latents says about them.
#[derive(Clone, Debug)]
pub struct Latents {
    /// Their axes.
    pub shape: LatentShape,
    /// The settings that made them, if the file tells.
    pub info: Option<GenerationInfo>,
}

/// What denoising led to.
pub(super) struct Denoised {
    /// (channels, frames, height, width), float32.
    pub(super) latents: Array,
    /// What led there: the plan's, and where it was enough before the last step, when.
    pub(super) info: GenerationInfo,
}

/// Reads the header of a file of latents.
///
/// # Errors
/// It is no safetensors file, or there are no latents in it.
pub fn latents(path: &Path) -> Result<Latents> {
    let file = TensorFile::open(path)?;
    let shape = file.shape(TENSOR)?;
    let &[channels, frames, height, width] = shape.as_slice() else {
        let problem = format!(
            "holds latents with {} axes: they have 4, (channels, frames, height, width)",
            shape.len()
        );
        return Err(Error::content(path, problem));
    };
    if shape.contains(&0) {
        return Err(Error::content(path, "holds latents without any values"));
    }
    Ok(Latents {
        shape: LatentShape {
            channels,
            frames,
            height,
            width,
        },
        info: info(&file),
    })
}

/// The settings that a file of latents says led to them.
pub(super) fn info(file: &TensorFile) -> Option<GenerationInfo> {
    GenerationInfo::from_json(file.note(SETTINGS)?).ok()
}

/// Whether a file holds latents that `plan` led to.
pub(super) fn is_of(path: &Path, plan: &Plan) -> bool {
    // A pipe would wait for ever.
    let file = disk::open(path).and_then(|_| latents(path));
    let found = file.ok().and_then(|latents| latents.info);
    let own = plan.info();
    found.is_some_and(|found| {
        let seeds = found.sampling.seed == own.sampling.seed;
        seeds && found.prompt == own.prompt && found.canvas == own.canvas
    })
}

/// Writes the final latents that `info` led to.
pub(super) fn write(path: &Path, info: &GenerationInfo, latents: &Array) -> Result<()> {
    let tensors = [(TENSOR.to_owned(), latents.clone())];
    save_all(path, &tensors, &[(SETTINGS, info.to_json())])
}

/// The latents themselves.
pub(super) fn read(path: &Path) -> Result<Array> {
    let file = TensorFile::open(path)?;
    let latents = file.tensor(TENSOR, &file.shape(TENSOR)?)?;
    if checks::is_finite(&latents)? {
        return Ok(latents);
    }
    let problem = "holds latents that are not finite: they cannot become a video";
    Err(Error::content(path, problem))
}
