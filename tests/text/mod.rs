mod clean;
mod encoder;
mod memory;
mod tokenizer;

use std::path::PathBuf;

use mlx_rs::Array;
use serde::Deserialize;
use zoetrope::model::text::Tokens;

use crate::support::{golden_json, golden_path};

/// The families of models whose text encoders are in the reference data: tokenizers and sizes differ.
const FAMILIES: [&str; 2] = ["ti2v_5b", "t2v_a14b"];

/// One prompt of the reference data.
#[derive(Deserialize)]
struct Prompt {
    name: String,
    text: String,
    cleaned: String,
    ids: Vec<u32>,
    mask: Vec<u32>,
    length: usize,
}

impl Prompt {
    /// Without the padding.
    fn tokens(&self) -> Tokens {
        Tokens {
            ids: self.ids[..self.length].to_vec(),
        }
    }
}

/// The prompts of a family, and the number of tokens that they are cut to.
fn prompts(family: &str) -> (Vec<Prompt>, usize) {
    let json = golden_json(&format!("text_{family}"));
    let length = json["text_len"].as_u64().unwrap() as usize;
    (
        serde_json::from_value(json["prompts"].clone()).unwrap(),
        length,
    )
}

/// A file of a family's checkpoint in the official layout.
fn official(family: &str, name: &str) -> PathBuf {
    golden_path(&format!("ckpt/{family}/official/{name}"))
}

/// An array of integers as they are.
fn integers(array: &Array) -> Vec<i64> {
    array.to_vec_exact().unwrap()
}
