//! The memory of encoding, by MLX's own counter.

use std::path::{Path, PathBuf};

use mlx_rs::ops::multiply;
use mlx_rs::{Array, Dtype, memory, random};
use zoetrope::model::text::{self, Tokens};
use zoetrope::weights::Weights;

use crate::support::alone::alone;

const WIDTH: i32 = 256;
const INNER: i32 = 512;
const FEED_FORWARD: i32 = 2048;
const HEADS: i32 = 8;
const VOCABULARY: i32 = 64_000;
/// So few that a layer is most of what is held.
const TOKENS: usize = 32;

/// The bytes of one layer in float32: about 8.4 MB.
const LAYER: usize =
    4 * (4 * WIDTH * INNER + 3 * WIDTH * FEED_FORWARD + 32 * HEADS + 2 * WIDTH) as usize;

/// Writes an encoder with random bfloat16 weights.
fn encoder(folder: &Path, layers: usize) -> PathBuf {
    let tensor = |shape: &[i32]| {
        let values = random::normal::<f32>(shape, None, None, None).unwrap();
        let small = multiply(values, Array::from_f32(0.05)).unwrap();
        small.as_dtype(Dtype::Bfloat16).unwrap()
    };
    let mut tensors = vec![
        (
            "token_embedding.weight".to_owned(),
            tensor(&[VOCABULARY, WIDTH]),
        ),
        ("norm.weight".to_owned(), tensor(&[WIDTH])),
    ];
    for i in 0..layers {
        let parts: [(&str, &[i32]); 10] = [
            ("norm1", &[WIDTH]),
            ("norm2", &[WIDTH]),
            ("attn.q", &[INNER, WIDTH]),
            ("attn.k", &[INNER, WIDTH]),
            ("attn.v", &[INNER, WIDTH]),
            ("attn.o", &[WIDTH, INNER]),
            ("pos_embedding.embedding", &[32, HEADS]),
            ("ffn.gate.0", &[FEED_FORWARD, WIDTH]),
            ("ffn.fc1", &[FEED_FORWARD, WIDTH]),
            ("ffn.fc2", &[WIDTH, FEED_FORWARD]),
        ];
        for (name, shape) in parts {
            tensors.push((format!("blocks.{i}.{name}.weight"), tensor(shape)));
        }
    }
    let path = folder.join(format!("{layers}.safetensors"));
    let pairs = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    Array::save_safetensors(pairs, None, &path).unwrap();
    path
}

/// The most bytes that MLX held while two prompts were encoded, above what it held before.
fn peak(file: PathBuf) -> usize {
    let prompt = |start: usize| Tokens {
        ids: (start..start + TOKENS).map(|i| i as u32 * 99).collect(),
    };
    memory::clear_cache().unwrap();
    let before = memory::active_memory().unwrap();
    memory::reset_peak_memory().unwrap();
    let weights = Weights::open(&[file]).unwrap();
    let features = text::encode(&weights, &[prompt(0), prompt(100)], |_, _| Ok(())).unwrap();
    let peak = memory::peak_memory().unwrap() - before;
    assert_eq!(features[1].shape(), [TOKENS as i32, WIDTH]);
    peak
}

#[test]
fn encoding_holds_two_layers_however_many_there_are() {
    alone(
        "text::memory::encoding_holds_two_layers_however_many_there_are",
        measure,
    );
}

fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let files = [4, 12].map(|layers| encoder(folder.path(), layers));
    let [few, many] = files.map(peak);
    let layers = |bytes: usize| bytes as f64 / LAYER as f64;
    println!(
        "a layer {:.1} MB; peak {:.2} layers with 4 of them, {:.2} with 12",
        LAYER as f64 / 1e6,
        layers(few),
        layers(many)
    );
    // The embedding alone is four layers wide, so this also shows that it is not read whole.
    // The next layer comes while one computes.
    assert!(layers(many) < 2.2, "{many} bytes");
    assert!(layers(few) > 1.0, "{few} bytes: the counter does not count");
    assert!(layers(few) < 2.2, "{few} bytes");
}
