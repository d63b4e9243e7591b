//! Sound files with a few bytes changed: whatever comes of it, it is an answer and no panic.

use std::path::Path;

use super::files::{Folder, floats};
use super::open;
use super::pickles::{WHOLE, archive_of};
use crate::support::golden_path;

/// Reads all that there is to read; errors are as good as values.
fn read_everything(path: &Path) {
    let Ok(weights) = open(path) else {
        return;
    };
    for name in ["w", "a.b", "token_embedding.weight", "norm.weight"] {
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
fn every_byte(name: &str, sound: &[u8]) {
    let folder = Folder::new();
    for at in 0..sound.len() {
        for value in [0xff, sound[at] ^ 0x01] {
            let mut changed = sound.to_vec();
            changed[at] = value;
            read_everything(&folder.file(name, &changed));
        }
        read_everything(&folder.file(name, &sound[..at]));
    }
}

#[test]
fn every_byte_of_a_safetensors_file() {
    every_byte(
        "w.safetensors",
        &floats(&[("a.b", &[2], &[1.0, 2.0]), ("w", &[2, 2], &[0.0; 4])]),
    );
}

#[test]
fn every_byte_of_a_torch_file() {
    every_byte("w.pth", &archive_of(&WHOLE));
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
