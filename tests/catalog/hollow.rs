//! Networks of which only the headers are there: the files have their full size, but next to nothing on the disk.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde_json::{Map, json};

/// Writes a safetensors file of bfloat16 tensors.
pub fn network(path: &Path, tensors: &[(&str, &[u64])]) {
    let mut header = Map::new();
    let mut end = 0;
    for (name, shape) in tensors {
        let start = end;
        end += 2 * shape.iter().product::<u64>();
        let entry = json!({ "dtype": "BF16", "shape": shape, "data_offsets": [start, end] });
        header.insert((*name).into(), entry);
    }
    let header = serde_json::to_string(&header).unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = File::create(path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes())
        .unwrap();
    file.write_all(header.as_bytes()).unwrap();
    let start = 8 + header.len() as u64;
    file.set_len(start + end).unwrap();
    // A tensor of nothing but zeros is one that was never downloaded.
    let mut end = start;
    for (_, shape) in tensors {
        let from = end;
        end += 2 * shape.iter().product::<u64>();
        // Where samples of it are taken.
        let sample = ((end - from) / 3).min(4096);
        for place in [
            from,
            from + (end - from - sample) / 2,
            end - sample,
            end - 1,
        ] {
            file.write_all_at(&[1], place).unwrap();
        }
    }
}

/// A DiT with these channels.
pub fn dit(path: &Path, inputs: u64, outputs: u64) {
    network(
        path,
        &[
            ("patch_embedding.weight", &[256, inputs, 1, 2, 2]),
            ("blocks.0.self_attn.q.weight", &[256, 256]),
            ("head.head.weight", &[4 * outputs, 256]),
        ],
    );
}

/// A DiT that reads pictures of this many features.
pub fn seeing_dit(path: &Path, features: u64, pictures: u64) {
    let positions: &[u64] = &[1, 257 * pictures, features];
    let mut tensors: Vec<(&str, &[u64])> = vec![
        ("patch_embedding.weight", &[256, 36, 1, 2, 2]),
        ("blocks.0.self_attn.q.weight", &[256, 256]),
        ("head.head.weight", &[64, 256]),
    ];
    let norm = [features];
    tensors.push(("img_emb.proj.0.weight", &norm));
    if pictures > 1 {
        tensors.push(("img_emb.emb_pos", positions));
    }
    network(path, &tensors);
}

/// An image encoder with this many features, as ComfyUI has it.
pub fn image_encoder(path: &Path, features: u64) {
    network(
        path,
        &[
            ("vision_model.embeddings.class_embedding", &[features]),
            (
                "vision_model.embeddings.patch_embedding.weight",
                &[features, 3, 14, 14],
            ),
        ],
    );
}

/// A UMT5, with a vocabulary inside.
pub fn text_encoder(path: &Path) {
    network(
        path,
        &[
            ("shared.weight", &[1000, 64]),
            ("encoder.block.0.layer.0.SelfAttention.q.weight", &[64, 64]),
            (
                "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                &[32, 4],
            ),
            (
                "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
                &[32, 4],
            ),
            ("spiece_model", &[10]),
        ],
    );
}

/// A UMT5 without a vocabulary.
pub fn bare_text_encoder(path: &Path) {
    network(
        path,
        &[
            ("shared.weight", &[1000, 64]),
            ("encoder.block.0.layer.0.SelfAttention.q.weight", &[64, 64]),
            (
                "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
                &[32, 4],
            ),
        ],
    );
}

/// A T5, which shares one table of positions among its layers.
pub fn other_text_encoder(path: &Path) {
    network(
        path,
        &[
            ("shared.weight", &[1000, 64]),
            ("encoder.block.0.layer.0.SelfAttention.q.weight", &[64, 64]),
            (
                "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                &[32, 4],
            ),
            ("spiece_model", &[10]),
        ],
    );
}

/// A VAE whose latents have these channels.
pub fn vae(path: &Path, channels: u64) {
    network(
        path,
        &[
            ("conv2.weight", &[channels, channels, 1, 1, 1]),
            ("decoder.conv1.weight", &[64, channels, 3, 3, 3]),
        ],
    );
}
