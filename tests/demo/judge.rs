//! The judge: a small network that says what a clip shows, as `judge.json` describes it.

use std::collections::{BTreeMap, HashMap};

use mlx_rs::ops::{concatenate, conv3d, matmul, maximum, softmax_axis};
use mlx_rs::{Array, Dtype};
use serde::Deserialize;

use super::golden_json;
use crate::support::{golden_path, values};

/// A word for each slot: what a clip shows, or should show.
pub type Words = BTreeMap<String, String>;

#[derive(Deserialize)]
struct Manifest {
    frames: Vec<usize>,
    convolutions: Vec<Convolution>,
    heads: BTreeMap<String, Head>,
}

#[derive(Deserialize)]
struct Convolution {
    weight: String,
    bias: String,
    stride: (i32, i32, i32),
    padding: (i32, i32, i32),
}

#[derive(Deserialize)]
struct Head {
    weight: String,
    bias: String,
    classes: Vec<String>,
}

/// What a clip shows in the judge's eyes: for each slot, how much it believes in each word.
pub struct Reading(BTreeMap<String, Vec<(String, f32)>>);

impl Reading {
    /// The word that it believes in most.
    pub fn word(&self, slot: &str) -> &str {
        let most = self.0[slot].iter().max_by(|a, b| a.1.total_cmp(&b.1));
        &most.unwrap().0
    }

    /// How far it is from being sure of the word that a clip should show, in bits: 0 is certainty, 1 an even bet.
    pub fn doubt(&self, slot: &str, word: &str) -> f64 {
        let share = self.0[slot].iter().find(|(other, _)| other == word);
        -f64::from(share.unwrap().1).log2()
    }
}

/// Reads words from clips of 128×128.
pub struct Judge {
    card: Manifest,
    weights: HashMap<String, Array>,
}

impl Judge {
    pub fn load() -> Self {
        let mut weights = Array::load_safetensors(golden_path("demo/judge.safetensors")).unwrap();
        for weight in weights.values_mut() {
            *weight = weight.as_dtype(Dtype::Float32).unwrap();
        }
        Self {
            card: serde_json::from_value(golden_json("judge")).unwrap(),
            weights,
        }
    }

    /// Which frames of a video of 33 it looks at.
    pub fn frames(&self) -> &[usize] {
        &self.card.frames
    }

    /// What the frames that it looks at show, (frames, 128, 128, 3); a slot that does not apply holds any word.
    pub fn read(&self, pixels: &[u8]) -> Reading {
        let shape = [1, self.card.frames.len() as i32, 128, 128, 3];
        let features = self.features(&Array::from_slice(pixels, &shape));
        let shares = |head: &Head| {
            let scores = matmul(&features, self.weights[&head.weight].t()).unwrap();
            let scores = scores.add(&self.weights[&head.bias]).unwrap();
            let shares = values(&softmax_axis(&scores, -1, true).unwrap());
            head.classes.iter().cloned().zip(shares).collect()
        };
        let heads = self.card.heads.iter();
        Reading(
            heads
                .map(|(slot, head)| (slot.clone(), shares(head)))
                .collect(),
        )
    }

    /// (1, frames, height, width, 3) → (1, 2 · channels): the mean and the maximum of each channel.
    fn features(&self, pixels: &Array) -> Array {
        let scale = Array::from_f32(2.0 / 255.0);
        let mut x = pixels.as_dtype(Dtype::Float32).unwrap();
        x = x.multiply(scale).unwrap();
        x = x.subtract(Array::from_f32(1.0)).unwrap();
        for layer in &self.card.convolutions {
            let weight = &self.weights[&layer.weight];
            let weight = weight.transpose_axes(&[0, 2, 3, 4, 1]).unwrap();
            x = conv3d(&x, weight, layer.stride, layer.padding, None, None).unwrap();
            x = x.add(&self.weights[&layer.bias]).unwrap();
            x = maximum(&x, Array::from_f32(0.0)).unwrap();
        }
        let everywhere = [1, 2, 3];
        let (mean, most) = (
            x.mean_axes(&everywhere, None),
            x.max_axes(&everywhere, None),
        );
        concatenate(&[mean.unwrap(), most.unwrap()], 1).unwrap()
    }
}
