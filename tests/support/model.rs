//! A copy of the tiny model that may be damaged.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;

use super::golden_path;

/// The first file of the DiT's weights.
pub const SHARD: &str = "diffusion_pytorch_model-00001-of-00002.safetensors";
/// The VAE.
pub const VAE: &str = "Wan2.2_VAE.pth";

/// Copies the tiny TI2V model to the folder `to`.
pub fn copy_model(to: &Path) {
    copy(&golden_path("ckpt/ti2v_5b/official"), to);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Makes the last weight of the first file not a number.
pub fn poison_dit(model: &Path) {
    let path = model.join(SHARD);
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(path, bytes).unwrap();
}

/// Gives all weights of the VAE the same value.
pub fn flatten_vae(model: &Path, value: f32) {
    let path = model.join(VAE);
    let mut old = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let fresh = model.join("new.pth");
    let mut new = zip::ZipWriter::new(File::create(&fresh).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for index in 0..old.len() {
        let mut entry = old.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name.contains("/data/") {
            let values = bytes.as_chunks_mut::<4>().0;
            values.fill(value.to_le_bytes());
        }
        new.start_file(name, stored).unwrap();
        new.write_all(&bytes).unwrap();
    }
    new.finish().unwrap();
    fs::rename(fresh, path).unwrap();
}
