//! One network in several files.

use mlx_rs::{Array, Dtype};
use zoetrope::weights::{Weights, shards};

use super::files::Folder;
use super::{assert_says, failure};
use crate::support::{golden_path, max_difference};

const STEM: &str = "diffusion_pytorch_model";

/// Every tensor of both shards against MLX's own reader.
#[test]
fn reads_what_mlx_reads() {
    let files = shards::list(&golden_path("ckpt/ti2v_5b/official"), STEM).unwrap();
    assert_eq!(files.len(), 2);
    let weights = Weights::open(&files).unwrap();
    let mut tensors = 0;
    weights
        .load(|weights| {
            for file in &files {
                for (key, expected) in Array::load_safetensors(file).unwrap() {
                    assert_eq!(weights.dtype(&key)?, Dtype::Float32);
                    let actual = weights.tensor(&key, expected.shape())?;
                    assert_eq!(max_difference(&actual, &expected), 0.0, "{key}");
                    tensors += 1;
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(tensors > 90, "only {tensors} tensors");
    assert_eq!(weights.count("blocks"), 3);
}

/// One file of the plain name needs no index.
#[test]
fn finds_a_single_file() {
    let folder = Folder::new();
    let file = folder.floats("model.safetensors", &[("w", &[1], &[1.0])]);
    assert_eq!(shards::list(folder.path(), "model").unwrap(), [file]);
}

/// Each way in which an index can be wrong has its own sentence.
#[test]
fn says_what_is_wrong_with_an_index() {
    let folder = Folder::new();
    let list = || failure(shards::list(folder.path(), "model"));
    assert_says(
        &list(),
        &["has neither model.safetensors nor model.safetensors.index.json"],
    );

    let index = |text: &str| folder.file("model.safetensors.index.json", text.as_bytes());
    index("{");
    assert_says(
        &list(),
        &[
            "model.safetensors.index.json is not an index of shards",
            "download it again",
        ],
    );
    index(r#"{"weight_map": {}}"#);
    assert_says(&list(), &["names no files"]);
    index(r#"{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}"#);
    folder.floats("model-1.safetensors", &[("a", &[1], &[1.0])]);
    assert_says(
        &list(),
        &["names the shard model-2.safetensors, which is missing"],
    );
    for elsewhere in ["../model-1.safetensors", "/etc/passwd", "", "..", "a/b"] {
        index(&format!(r#"{{"weight_map": {{"a": "{elsewhere}"}}}}"#));
        assert_says(&list(), &["not the name of a file beside it"]);
    }
}

/// Two files with the same tensor: nobody knows which is right.
#[test]
fn refuses_a_tensor_held_twice() {
    let folder = Folder::new();
    let a = folder.floats("a.safetensors", &[("w", &[1], &[1.0])]);
    let b = folder.floats("b.safetensors", &[("w", &[1], &[2.0])]);
    let message = failure(Weights::open(&[a, b]));
    assert_says(
        &message,
        &["b.safetensors holds w", "a.safetensors holds already"],
    );
    assert_says(&failure(Weights::open(&[])), &["No file"]);
}
