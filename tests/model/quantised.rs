//! The DiT with large matrices of few bits: how far its velocity is from the reference's.

use mlx_rs::{Array, Dtype};
use tempfile::TempDir;
use zoetrope::model::dit::{Config, Dit, Grid, Timesteps};
use zoetrope::weights::{QuantScheme, Weights, shards};

use crate::support::gguf::{self, Stored};
use crate::support::{float8, golden, golden_path, max_difference, relative_error};

fn official() -> Weights {
    let folder = golden_path("ckpt/ti2v_5b/official");
    Weights::open(&shards::list(&folder, "diffusion_pytorch_model").unwrap()).unwrap()
}

fn velocity(weights: &Weights) -> Array {
    let config = Config::read(&golden_path("ckpt/ti2v_5b/official/config.json")).unwrap();
    let dit = weights
        .load(|weights| Dit::load(weights, &config, Dtype::Float32))
        .unwrap();
    let input = golden("dit_ti2v_5b");
    let latents = &input["in.latent"];
    let rope = dit.rope(Grid::of(latents)).unwrap();
    let prompts = dit.encode_context(&[&input["in.context"]]).unwrap();
    let timesteps = Timesteps {
        noisy: 731.0,
        clean_first_frame: false,
    };
    let velocities = dit.forward(latents, &timesteps, &prompts, &rope);
    velocities.unwrap().remove(0)
}

/// How far the velocity is from the reference's.
fn error(weights: &Weights) -> f32 {
    relative_error(
        &velocity(weights),
        &golden("dit_ti2v_5b")["scalar.velocity"],
    )
}

/// Weights are uniform on a grid, so that eight bits lose 1/255/√12 of their range, and four sixteen times as much; both
/// grow through the layers. A layer that was not packed, or packed wrongly, is outside of these bounds.
#[test]
fn eight_bits_lose_little_and_four_bits_more() {
    let packed = |bits| error(&official().packed(QuantScheme { group: 64, bits }));
    let (eight, four) = (packed(8), packed(4));
    assert!((1e-4..1e-2).contains(&eight), "{eight}");
    assert!((1e-2..0.3).contains(&four), "{four}");
}

fn in_gguf(folder: &TempDir, stored: Stored) -> Weights {
    let file = folder.path().join("dit.gguf");
    std::fs::write(
        &file,
        gguf::network(&official(), stored, str::to_owned, &[]),
    )
    .unwrap();
    Weights::open(&[file]).unwrap()
}

/// The reference's weights lie on a grid that float16 holds, so that a file of it is the same network.
#[test]
fn plain_numbers_in_gguf_are_the_official_network() {
    let folder = TempDir::new().unwrap();
    let theirs = velocity(&in_gguf(&folder, Stored::F16));
    assert_eq!(max_difference(&theirs, &velocity(&official())), 0.0);
}

/// Eight bits in groups of 32: as near as MLX's eight bits. Text and time embedding and the head are in blocks as well.
#[test]
fn blocks_in_gguf_are_nearly_the_official_network() {
    let folder = TempDir::new().unwrap();
    let error = error(&in_gguf(&folder, Stored::Q8_0));
    assert!((1e-4..1e-2).contains(&error), "{error}");
}

/// Three digits after the point, and as many bits before it as are needed: a weight is off by up to a sixteenth, by a
/// fortieth in the mean.
#[test]
fn eight_bit_floats_are_roughly_the_official_network() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("dit.safetensors");
    std::fs::write(&file, float8::network(&official())).unwrap();
    let error = error(&Weights::open(&[file]).unwrap());
    assert!((5e-3..5e-2).contains(&error), "{error}");
}
