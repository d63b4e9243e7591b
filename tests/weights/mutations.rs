//! Sound files with a few bytes changed: whatever comes of it, it is an answer and no panic.

use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use zoetrope::weights::lora::Lora;

use super::files::{Folder, floats, le_bytes};
use super::open;
use super::pickles::{WHOLE, archive_of};
use crate::support::gguf::{self, Tensor};
use crate::support::golden_path;

/// Reads all that there is to read; errors are as good as values.
fn read_everything(path: &Path) {
    let Ok(weights) = open(path) else {
        return;
    };
    let _ = weights.product("q", 64, 2);
    for name in [
        "w",
        "a.b",
        "q.weight",
        "token_embedding.weight",
        "norm.weight",
    ] {
        if let Ok(shape) = weights.shape(name) {
            let _ = weights.tensor(name, &shape);
            let _ = weights.rows(name, &[0, 1]);
            let _ = weights.as_stored(name);
        }
    }
    let _ = weights.count("blocks");
    let _ = weights.fingerprint();
    let _ = weights.finish();
}

/// A generator good enough to spread changes over a file (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Every byte of a small file, in two ways, and every length.
fn every_byte(name: &str, sound: &[u8], read: impl Fn(&Path)) {
    let folder = Folder::new();
    for at in 0..sound.len() {
        for value in [0xff, sound[at] ^ 0x01] {
            let mut changed = sound.to_vec();
            changed[at] = value;
            read(&folder.file(name, &changed));
        }
        read(&folder.file(name, &sound[..at]));
    }
}

#[test]
fn every_byte_of_a_safetensors_file() {
    every_byte(
        "w.safetensors",
        &floats(&[("a.b", &[2], &[1.0, 2.0]), ("w", &[2, 2], &[0.0; 4])]),
        read_everything,
    );
}

/// Tensors of several types, as a file for [`read_everything`].
fn typed(tensors: &[(&str, Dtype, &[usize], &[u8])]) -> Vec<u8> {
    let views = tensors.iter().map(|&(name, dtype, shape, bytes)| {
        (name, TensorView::new(dtype, shape.to_vec(), bytes).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

#[test]
fn every_byte_of_scaled_eight_bit_floats() {
    let sound = typed(&[
        ("q.weight", Dtype::F8_E4M3, &[2, 64], &[0x38; 128]),
        ("q.scale_weight", Dtype::F32, &[], &le_bytes(&[0.5])),
        ("q.bias", Dtype::F32, &[2], &[0; 8]),
    ]);
    every_byte("q.safetensors", &sound, read_everything);
}

#[test]
fn every_byte_of_a_packed_matrix() {
    let sound = typed(&[
        ("q.weight", Dtype::U32, &[2, 16], &[0x55; 128]),
        ("q.scales", Dtype::F32, &[2, 1], &le_bytes(&[0.5, 1.0])),
        ("q.biases", Dtype::F32, &[2, 1], &[0; 8]),
        ("q.bias", Dtype::F32, &[2], &[0; 8]),
    ]);
    every_byte("q.safetensors", &sound, read_everything);
}

#[test]
fn every_byte_of_a_gguf_file() {
    let tensor = |name: &str, shape: &[u64], kind, bytes| Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        kind,
        bytes: vec![0; bytes],
    };
    let values = [
        ("tokenizer.ggml.tokens", gguf::texts(["a", "b"].into_iter())),
        ("comfy.gguf.orig_shape.w", gguf::integers(&[2, 2, 1])),
    ];
    let tensors = [
        tensor("q.weight", &[2, 64], 8, 136),
        tensor("q.bias", &[2], 0, 8),
        tensor("w", &[2, 2], 1, 8),
    ];
    every_byte("q.gguf", &gguf::file(&values, &tensors), read_everything);
}

/// Merged into a matrix, however much of it is still found there.
#[test]
fn every_byte_of_a_lora() {
    let folder = Folder::new();
    let network = folder.floats("network.safetensors", &[("q.weight", &[2, 3], &[0.0; 6])]);
    let network = open(&network).unwrap();
    let sound = floats(&[
        ("q.lora_down.weight", &[1, 3], &[1.0, 2.0, 3.0]),
        ("q.lora_up.weight", &[2, 1], &[1.0, 2.0]),
        ("q.alpha", &[], &[1.0]),
        ("q.diff", &[2, 3], &[0.0; 6]),
    ]);
    every_byte("lora.safetensors", &sound, |file| {
        let changed = Lora::open(file).and_then(|lora| network.with_lora(&lora, 0.5));
        let _ = changed.and_then(|weights| weights.tensor("q.weight", &[2, 3]));
    });
}

#[test]
fn every_byte_of_a_torch_file() {
    every_byte("w.pth", &archive_of(&WHOLE), read_everything);
}

/// Several changes at once in a real checkpoint's pickle and directory, where there is something to break.
#[test]
fn many_bytes_of_a_real_torch_file() {
    let sound = std::fs::read(golden_path(
        "ckpt/ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth",
    ))
    .unwrap();
    let folder = Folder::new();
    let mut dice = Dice(1);
    for _ in 0..300 {
        let mut changed = sound.clone();
        for _ in 0..=dice.below(4) {
            let from_either_end = dice.below(6000);
            let at = if dice.below(2) == 0 {
                from_either_end
            } else {
                changed.len() - 1 - from_either_end
            };
            changed[at] = dice.below(256) as u8;
        }
        read_everything(&folder.file("w.pth", &changed));
    }
}
