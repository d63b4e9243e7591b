//! Complete model folders out of the reference data.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use mlx_rs::Array;
use tempfile::TempDir;
use zoetrope::weights::{Weights, shards};

use super::golden_path;
use crate::catalog::hub::files;

/// Where the parts lie that all families but one share; their own folders leave them out.
const SHARED_FROM: &str = "ckpt/t2v_a14b/official";
const SHARED: [&str; 3] = [
    "google",
    "models_t5_umt5-xxl-enc-bf16.pth",
    "Wan2.1_VAE.pth",
];

/// What some families take from elsewhere: the family, and where the files lie.
const BORROWED: [(&str, &str); 14] = [
    ("ckpt/i2v_14b", "ckpt/vae2_1_small/Wan2.1_VAE.pth"),
    ("ckpt/flf2v_14b", "ckpt/vae2_1_small/Wan2.1_VAE.pth"),
    ("ckpt/flf2v_14b", IMAGE_ENCODER),
    ("ckpt/vace_1_3b", "ckpt/vae2_1_small/Wan2.1_VAE.pth"),
    ("ckpt/fun_5b_inp", "ckpt/ti2v_5b/official/Wan2.2_VAE.pth"),
    (
        "ckpt/fun_5b_inp",
        "ckpt/ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth",
    ),
    ("ckpt/fun_5b_inp", "ckpt/ti2v_5b/official/google"),
    (
        "ckpt/fun_5b_control",
        "ckpt/ti2v_5b/official/Wan2.2_VAE.pth",
    ),
    (
        "ckpt/fun_5b_control",
        "ckpt/ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth",
    ),
    ("ckpt/fun_5b_control", "ckpt/ti2v_5b/official/google"),
    ("ckpt/lucy_edit", "ckpt/ti2v_5b/official/Wan2.2_VAE.pth"),
    (
        "ckpt/lucy_edit",
        "ckpt/ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth",
    ),
    ("ckpt/lucy_edit", "ckpt/ti2v_5b/official/google"),
    ("ckpt/vace_a14b", "ckpt/vae2_1_small/Wan2.1_VAE.pth"),
];

/// Networks that are others' but for a few tensors: the family, the place in its folder, whose they are, and the file with
/// those tensors.
const CHANGED: [(&str, &str, &str, Option<&str>); 6] = [
    (
        "ckpt/fun_5b_control",
        "",
        "ckpt/fun_5b_inp/official",
        Some("ckpt/fun_5b_control/changes.safetensors"),
    ),
    (
        "ckpt/lucy_edit",
        "",
        "ckpt/ti2v_5b/official",
        Some("ckpt/lucy_edit/changes.safetensors"),
    ),
    (
        "ckpt/vace_a14b",
        "high_noise_model",
        "ckpt/vace_1_3b/official",
        Some("ckpt/vace_a14b/changes.safetensors"),
    ),
    (
        "ckpt/vace_a14b",
        "low_noise_model",
        "ckpt/vace_1_3b/official",
        None,
    ),
    (
        "ckpt/fun_a14b_inp",
        "high_noise_model",
        "ckpt/i2v_a14b/official/high_noise_model",
        None,
    ),
    (
        "ckpt/fun_a14b_inp",
        "low_noise_model",
        "ckpt/i2v_a14b/official/low_noise_model",
        None,
    ),
];
const DIT: &str = "diffusion_pytorch_model";

/// The image encoder of both.
pub const IMAGE_ENCODER: &str =
    "ckpt/i2v_14b/official/models_clip_open-clip-xlm-roberta-large-vit-huge-14.pth";

/// A folder as it would be downloaded. Its name is that of the family: of one only that tells which it is.
pub struct Model {
    /// What holds it, which goes with it.
    _place: TempDir,
    path: PathBuf,
}

impl Model {
    /// The model of `checkpoint`, as in `ckpt/i2v_a14b`, in the official layout.
    pub fn official(checkpoint: &str) -> Self {
        let place = TempDir::new().unwrap();
        let path = place
            .path()
            .join(checkpoint.rsplit('/').next().unwrap_or_default());
        fs::create_dir(&path).unwrap();
        let model = Self {
            _place: place,
            path,
        };
        let own = golden_path(checkpoint).join("official");
        let is_own = |family: &str| family == checkpoint;
        for &(_, part, of, changes) in CHANGED.iter().filter(|(family, ..)| is_own(family)) {
            model.change(part, of, changes);
            let config = "config.json";
            let here = own.join(part).join(config);
            let config = if here.is_file() {
                here
            } else {
                golden_path(of).join(config)
            };
            symlink(config, model.path().join(part).join("config.json")).unwrap();
        }
        if !CHANGED.iter().any(|(family, ..)| is_own(family)) {
            for entry in own.read_dir().unwrap() {
                model.link(&entry.unwrap().path());
            }
        }
        for (_, file) in BORROWED.iter().filter(|(family, _)| is_own(family)) {
            model.link(&golden_path(file));
        }
        for name in SHARED {
            if !model.path().join(name).exists() {
                model.link(&golden_path(SHARED_FROM).join(name));
            }
        }
        model
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn link(&self, part: &Path) {
        let name = part.file_name().unwrap();
        symlink(part, self.path().join(name)).unwrap();
    }

    /// Writes the network of `of` with `changes` as that of the folder's `part`.
    fn change(&self, part: &str, of: &str, changes: Option<&str>) {
        let files = shards::list(&golden_path(of), DIT).unwrap();
        let mut tensors = read(&files);
        if let Some(changes) = changes {
            tensors.extend(read(&[golden_path(changes)]));
        }
        let folder = self.path().join(part);
        fs::create_dir_all(&folder).unwrap();
        let tensors = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
        let path = folder.join(format!("{DIT}.safetensors"));
        Array::save_safetensors(tensors, None, path).unwrap();
    }
}

fn read(files: &[PathBuf]) -> HashMap<String, Array> {
    let weights = Weights::open(files).unwrap();
    let tensors = weights.names().into_iter().map(|name| {
        let shape = weights.shape(&name).unwrap();
        let tensor = weights.tensor(&name, &shape).unwrap();
        (name, tensor)
    });
    tensors.collect()
}

/// The folder again, with files of its own where it has links.
pub fn copied(folder: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    for file in files(folder) {
        let place = copy.path().join(file.strip_prefix(folder).unwrap());
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, fs::read(&file).unwrap()).unwrap();
    }
    copy
}
