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

/// Multiplies a matrix of the DiT, so that float16 cannot hold its products and wider types can.
pub fn widen_dit(model: &Path, times: f32) {
    const NAME: &str = "blocks.1.ffn.0.weight";
    let shards = fs::read_dir(model)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut shards = shards.filter(|path| path.extension().is_some_and(|it| it == "safetensors"));
    let holds = |path: &std::path::PathBuf| {
        let bytes = fs::read(path).unwrap();
        bytes
            .windows(NAME.len())
            .any(|part| part == NAME.as_bytes())
    };
    let path = shards.find(holds).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let place = |side: usize| header[NAME]["data_offsets"][side].as_u64().unwrap() as usize;
    for number in bytes[8 + length + place(0)..8 + length + place(1)]
        .as_chunks_mut::<4>()
        .0
    {
        *number = (times * f32::from_le_bytes(*number)).to_le_bytes();
    }
    fs::write(path, bytes).unwrap();
}

/// Gives all weights of the VAE the same value.
pub fn flatten_vae(model: &Path, value: f32) {
    change_vae(model, |_| value);
}

/// Multiplies all weights of the VAE, so that float16 cannot hold what it computes and float32 can.
pub fn widen_vae(model: &Path, times: f32) {
    change_vae(model, |value| times * value);
}

fn change_vae(model: &Path, change: impl Fn(f32) -> f32) {
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
            for value in values {
                *value = change(f32::from_le_bytes(*value)).to_le_bytes();
            }
        }
        new.start_file(name, stored).unwrap();
        new.write_all(&bytes).unwrap();
    }
    new.finish().unwrap();
    fs::rename(fresh, path).unwrap();
}
