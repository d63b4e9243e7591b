//! The same network as several programs name it: every tensor must be found, and be the same to the last bit.

use std::path::PathBuf;

use mlx_rs::{Array, Dtype};
use zoetrope::weights::Weights;

use super::files::Folder;
use super::{assert_says, failure};
use crate::support::dialects::{
    llama_cpp_t5, mlx_video_dit, mlx_video_t5, mlx_video_vae_21, mlx_video_vae_22,
};
use crate::support::{golden_path, values};

fn open(files: &[&str]) -> Weights {
    let files: Vec<PathBuf> = files
        .iter()
        .map(|name| golden_path(&format!("ckpt/{name}")))
        .collect();
    Weights::open(&files).unwrap()
}

fn read(weights: &Weights, name: &str) -> Array {
    let shape = weights.shape(name).unwrap();
    weights
        .as_type(Dtype::Float32)
        .tensor(name, &shape)
        .unwrap()
}

/// Demands that both hold the same tensors under the same names; `beside` is what one has besides.
#[track_caller]
fn assert_same(theirs: &Weights, official: &Weights, beside: &[&str]) {
    let mut names = theirs.names();
    names.retain(|name| !beside.contains(&name.as_str()));
    assert_eq!(names, official.names());
    for name in names {
        let (a, b) = (read(theirs, &name), read(official, &name));
        assert_eq!(a.shape(), b.shape(), "{name}");
        assert_eq!(values(&a), values(&b), "{name}");
    }
}

const DIT: [&str; 2] = [
    "t2v_a14b/official/high_noise_model/diffusion_pytorch_model-00001-of-00002.safetensors",
    "t2v_a14b/official/high_noise_model/diffusion_pytorch_model-00002-of-00002.safetensors",
];
const VAE_21: &str = "t2v_a14b/official/Wan2.1_VAE.pth";
const VAE_22: &str = "ti2v_5b/official/Wan2.2_VAE.pth";
const UMT5: &str = "ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth";
const VAE_FILE: &str = "vae/diffusion_pytorch_model.safetensors";

/// If a row of the table were wrong, a network would load wrong weights of the right shape.
#[test]
fn diffusers_networks_are_the_official_ones() {
    let dit = "t2v_a14b/diffusers/transformer/diffusion_pytorch_model.safetensors";
    assert_same(&open(&[dit]), &open(&DIT), &[]);
    for family in ["i2v_14b", "vace_1_3b"] {
        let weights = "diffusion_pytorch_model.safetensors";
        let theirs = format!("{family}/diffusers/transformer/{weights}");
        let official = format!("{family}/official/{weights}");
        assert_same(&open(&[&theirs]), &open(&[&official]), &[]);
    }
    assert_same(
        &open(&[&format!("t2v_a14b/diffusers/{VAE_FILE}")]),
        &open(&[VAE_21]),
        &[],
    );
    assert_same(
        &open(&[&format!("ti2v_5b/diffusers/{VAE_FILE}")]),
        &open(&[VAE_22]),
        &[],
    );
}

#[test]
fn comfyui_text_encoders_are_the_official_ones() {
    let comfyui = open(&["ti2v_5b/comfyui/umt5_xxl_fp16.safetensors"]);
    assert_same(&comfyui, &open(&[UMT5]), &["spiece_model"]);
}

/// Writes the network again, each tensor under the name and with the axes that `rename` gives.
fn written(
    folder: &Folder,
    official: &Weights,
    rename: impl Fn(&str, Array) -> (String, Array),
) -> Weights {
    let renamed: Vec<(String, Vec<usize>, Vec<f32>)> = official
        .names()
        .into_iter()
        .map(|name| {
            let (name, array) = rename(&name, read(official, &name));
            let shape = array.shape().iter().map(|&side| side as usize).collect();
            (name, shape, values(&array))
        })
        .collect();
    let tensors: Vec<_> = renamed
        .iter()
        .map(|(name, shape, values)| (name.as_str(), shape.as_slice(), values.as_slice()))
        .collect();
    let file = folder.floats("network.safetensors", &tensors);
    Weights::open(&[file]).unwrap()
}

/// ComfyUI's tree around the network must not matter.
#[test]
fn prefixes_are_left_out() {
    let folder = Folder::new();
    let official = open(&DIT);
    for prefix in ["model.diffusion_model.", "diffusion_model."] {
        let theirs = written(&folder, &official, |name, array| {
            (format!("{prefix}{name}"), array)
        });
        assert_same(&theirs, &official, &[]);
    }
}

#[test]
fn llama_cpp_text_encoders_are_the_official_ones() {
    let folder = Folder::new();
    let official = open(&[UMT5]);
    let theirs = written(&folder, &official, |name, array| {
        (llama_cpp_t5(name), array)
    });
    assert_same(&theirs, &official, &[]);
}

/// mlx-video flattens the patch embedding, numbers layers in its own way and turns convolutions around.
#[test]
fn mlx_video_networks_are_the_official_ones() {
    let folder = Folder::new();
    for (official, change) in [
        (
            open(&DIT),
            mlx_video_dit as fn(&str, Array) -> (String, Array),
        ),
        (open(&[UMT5]), |name, array| (mlx_video_t5(name), array)),
        (open(&[VAE_21]), mlx_video_vae_21),
        (open(&[VAE_22]), mlx_video_vae_22),
    ] {
        let theirs = written(&folder, &official, change);
        assert_same(&theirs, &official, &[]);
    }
}

/// Which of the two would be the right one?
#[test]
fn a_tensor_that_is_there_twice_is_refused() {
    let folder = Folder::new();
    let key = "condition_embedder.time_proj.weight";
    let other = "time_projection.1.weight";
    let file = folder.floats(
        "w.safetensors",
        &[(key, &[1], &[1.0]), (other, &[1], &[1.0])],
    );
    let message = failure(Weights::open(&[file]));
    assert_says(
        &message,
        &["w.safetensors", "time_projection.1.weight twice"],
    );
}
