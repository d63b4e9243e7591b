//! Weights that no file holds.

use mlx_rs::Dtype;
use zoetrope::model::dit::{Config, Dit, Grid, Timesteps};
use zoetrope::weights::{QuantScheme, Weights};

use crate::support::{max_difference, relative_error, values};

/// What a tiny DiT asks about: a width of 128 is one head.
fn network() -> Weights {
    let shapes: [(&str, &[i32]); 5] = [
        ("patch_embedding.weight", &[128, 4, 1, 2, 2]),
        ("text_embedding.0.weight", &[128, 16]),
        ("time_embedding.0.weight", &[128, 8]),
        ("head.head.weight", &[16, 128]),
        ("blocks.0.ffn.0.weight", &[256, 128]),
    ];
    Weights::synthetic(shapes.map(|(name, shape)| (name.to_owned(), shape.to_vec())))
}

/// A product with such a matrix keeps the variance, so that deep networks stay finite: 1/inputs.
#[test]
fn matrices_keep_the_variance_and_norms_do_nothing() {
    let weights = network();
    let matrix = values(&weights.tensor("m.weight", &[64, 256]).unwrap());
    let count = matrix.len() as f32;
    let mean = matrix.iter().sum::<f32>() / count;
    let variance = matrix.iter().map(|v| v * v).sum::<f32>() / count;
    // 16,384 draws: the standard errors are 5e-4 and 3e-5.
    assert!(mean.abs() < 2e-3, "{mean}");
    assert!((variance - 1.0 / 256.0).abs() < 1.5e-4, "{variance}");
    let norm = weights.tensor("norm.weight", &[3]).unwrap();
    assert_eq!(values(&norm), [1.0; 3]);
    let bias = weights.tensor("norm.bias", &[3]).unwrap();
    assert_eq!(values(&bias), [0.0; 3]);
}

/// Two runs measure the same network, and no two layers of it are alike.
#[test]
fn a_tensor_is_always_the_same() {
    let draw = |name| network().tensor(name, &[32, 32]).unwrap();
    assert_eq!(max_difference(&draw("a.weight"), &draw("a.weight")), 0.0);
    assert!(max_difference(&draw("a.weight"), &draw("b.weight")) > 0.0);
}

#[test]
fn the_type_is_that_of_checkpoints_or_the_one_asked_for() {
    let weights = network();
    for name in ["head.head.weight", "blocks.0.self_attn.q.weight"] {
        assert_eq!(weights.dtype(name).unwrap(), Dtype::Bfloat16, "{name}");
    }
    let exact = weights.as_type(Dtype::Float32);
    let (as_published, as_asked) = (weights.tensor("w", &[2, 2]), exact.tensor("w", &[2, 2]));
    assert_eq!(as_published.unwrap().dtype(), Dtype::Bfloat16);
    assert_eq!(as_asked.unwrap().dtype(), Dtype::Float32);
}

/// Quantization reaches the matrices that the network asks about and those that it does not: the products move, by little.
#[test]
fn every_matrix_can_be_packed() {
    let weights = network().as_type(Dtype::Float32);
    let packed = weights.packed(QuantScheme { group: 64, bits: 8 });
    let x = weights.tensor("x", &[4, 128]).unwrap();
    for (name, outputs) in [("blocks.0.ffn.0", 256), ("blocks.0.self_attn.q", 128)] {
        let product = |weights: &Weights| {
            let layer = weights.product(name, 128, outputs).unwrap();
            layer.forward(&x).unwrap()
        };
        let (plain, packed) = (product(&weights), product(&packed));
        let error = relative_error(&packed, &plain);
        assert!(0.0 < error && error < 0.01, "{name}: {error}");
    }
}

/// The network's own code loads them, and what it computes is finite.
#[test]
fn a_network_loads_and_runs() {
    let weights = network();
    let config = Config::of(None, &weights).unwrap();
    let dit = weights
        .load(|weights| Dit::load(weights, &config, Dtype::Float32))
        .unwrap();
    let latents = weights.tensor("latents", &[4, 2, 4, 4]).unwrap();
    let features = weights.tensor("features", &[3, 16]).unwrap();
    let rope = dit.rope(Grid::of(&latents)).unwrap();
    let prompts = dit.encode_context(&[&features]).unwrap();
    let timesteps = Timesteps {
        noisy: 500.0,
        clean_first_frame: true,
    };
    let velocity = dit.forward(&latents, &timesteps, &prompts, &rope).unwrap();
    assert_eq!(velocity[0].shape(), latents.shape());
    let values = values(&velocity[0]);
    assert!(values.iter().all(|v| v.is_finite()));
    assert!(values.iter().any(|v| v.abs() > 1e-3));
}
