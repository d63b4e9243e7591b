//! Checkpoints that are damaged: one sentence each, exit code 1, and nothing written.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use crate::support::model::{SHARD, VAE, copy_model};
use crate::support::program::zoetrope;

const LAST_SHARD: &str = "diffusion_pytorch_model-00002-of-00002.safetensors";
const INDEX: &str = "diffusion_pytorch_model.safetensors.index.json";

/// A way to break a model, and what the message must name.
type Damage = (&'static str, fn(&Path), &'static [&'static str]);

const DAMAGES: [Damage; 12] = [
    ("truncated shard", truncate_shard, &[SHARD]),
    (
        "missing key",
        |folder| rename_key(folder, "blocks.0.ffn.0.bias", "blocks.0.ffn.0.bixs"),
        &["blocks.0.ffn.0.bias", "missing"],
    ),
    ("extra key", add_key, &["blocks.0.extra"]),
    (
        "wrong shape",
        |folder| edit_header(folder, "[64,192]", "[192,64]"),
        &["ffn.2.weight", "(192, 64)", "(64, 192)"],
    ),
    (
        "wrong dtype",
        |folder| edit_header(folder, r#""dtype":"F32""#, r#""dtype":"I32""#),
        &["blocks.0", "I32"],
    ),
    ("header of 2^60 bytes", huge_header, &[SHARD]),
    (
        "pickle that calls os.system",
        call_system,
        &[VAE, "os.system"],
    ),
    (
        "empty file",
        |folder| write(&folder.join(SHARD), b""),
        &[SHARD],
    ),
    (
        "no tokenizer",
        |folder| fs::remove_dir_all(folder.join("google")).unwrap(),
        &["tokenizer.json"],
    ),
    (
        "weights that end after a part of the layers",
        |folder| tell_layers(folder, 99),
        &["config.json", "99 layers", "weights have 3"],
    ),
    (
        "configuration of another model",
        |folder| tell_layers(folder, 2),
        &["config.json", "2 layers", "weights have 3"],
    ),
    (
        "index naming a missing shard",
        |folder| fs::remove_file(folder.join(LAST_SHARD)).unwrap(),
        &[LAST_SHARD],
    ),
];

fn tell_layers(folder: &Path, layers: u32) {
    let path = folder.join("config.json");
    let text = fs::read_to_string(&path).unwrap();
    let told = format!("\"num_layers\": {layers}");
    let text = text.replace("\"num_layers\": 3", &told);
    assert!(text.contains(&told));
    fs::write(path, text).unwrap();
}

#[test]
fn ten_ways_to_break_a_model_give_ten_clear_errors() {
    for (what, damage, named) in DAMAGES {
        let folder = TempDir::new().unwrap();
        let model = folder.path().join("model");
        copy_model(&model);
        damage(&model);
        let output = folder.path().join("out.mp4");
        let run = zoetrope(
            &folder.path().join("cache"),
            &[
                "generate",
                "--model",
                model.to_str().unwrap(),
                "--prompt",
                "a boat",
                "--size",
                "32x32",
                "--frames",
                "1",
                "--steps",
                "1",
                "-o",
                output.to_str().unwrap(),
            ],
        );
        assert_eq!(run.code, Some(1), "{what}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
        let message = run.stderr.lines().last().unwrap_or_default();
        for name in named {
            assert!(
                message.contains(name),
                "{what}: «{message}» should name {name}"
            );
        }
        assert!(!output.exists(), "{what}: a video was written");
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
}

fn truncate_shard(folder: &Path) {
    let path = folder.join(SHARD);
    let bytes = fs::read(&path).unwrap();
    write(&path, &bytes[..bytes.len() / 2]);
}

fn huge_header(folder: &Path) {
    let path = folder.join(SHARD);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..8].copy_from_slice(&(1u64 << 60).to_le_bytes());
    write(&path, &bytes);
}

/// Replaces the first occurrence of `from` in the header of the first shard by `to`, of the same
/// length.
fn edit_header(folder: &Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let path = folder.join(SHARD);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes
        .windows(from.len())
        .position(|window| window == from.as_bytes())
        .unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    write(&path, &bytes);
}

fn rename_key(folder: &Path, from: &str, to: &str) {
    edit_header(folder, &format!("\"{from}\""), &format!("\"{to}\""));
}

/// A third shard, named in the index, with a tensor that no network asks for.
fn add_key(folder: &Path) {
    let header = br#"{"blocks.0.extra":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}     "#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(&[0; 4]);
    write(&folder.join("extra.safetensors"), &bytes);
    let path = folder.join(INDEX);
    let index = fs::read_to_string(&path).unwrap();
    let mut index: serde_json::Value = serde_json::from_str(&index).unwrap();
    index["weight_map"]["blocks.0.extra"] = "extra.safetensors".into();
    write(&path, index.to_string().as_bytes());
}

/// What a malicious checkpoint looks like: unpickling it would run a command.
fn call_system(folder: &Path) {
    let mut zip = zip::ZipWriter::new(File::create(folder.join(VAE)).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("archive/data.pkl", stored).unwrap();
    zip.write_all(b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.")
        .unwrap();
    zip.finish().unwrap();
}
