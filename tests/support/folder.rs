//! Complete model folders out of the reference data.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

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
const BORROWED: [(&str, &str); 7] = [
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
];
/// The image encoder of both.
pub const IMAGE_ENCODER: &str =
    "ckpt/i2v_14b/official/models_clip_open-clip-xlm-roberta-large-vit-huge-14.pth";

/// A folder as it would be downloaded.
pub struct Model(TempDir);

impl Model {
    /// The model of `checkpoint`, as in `ckpt/i2v_a14b`, in the official layout.
    pub fn official(checkpoint: &str) -> Self {
        let model = Self(TempDir::new().unwrap());
        for entry in golden_path(checkpoint).join("official").read_dir().unwrap() {
            model.link(&entry.unwrap().path());
        }
        for (_, file) in BORROWED.iter().filter(|(family, _)| *family == checkpoint) {
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
        self.0.path()
    }

    fn link(&self, part: &Path) {
        let name = part.file_name().unwrap();
        symlink(part, self.path().join(name)).unwrap();
    }
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
