//! What decoding the built-in model's clips in bfloat16 costs.

use mlx_rs::ops::concatenate;
use mlx_rs::{Array, Dtype};
use zoetrope::model::vae::{Decoder, Kind, Tiling};
use zoetrope::weights::Weights;

use super::folder;
use crate::support::golden_path;

/// Of 255, on average; 0.14 and 0.23 were measured. The video's own rounding costs 0.25.
const MEAN: f64 = 0.35;
/// In decibels; 58.3 and 61.9 were measured.
const PSNR: f64 = 55.0;

#[test]
fn bfloat16_decodes_to_nearly_the_same_pixels() {
    let golden = Array::load_safetensors(golden_path("demo/golden.safetensors")).unwrap();
    for run in ["t2v", "i2v"] {
        let latents = golden[&format!("{run}.latents")]
            .transpose_axes(&[1, 2, 3, 0])
            .unwrap();
        let exact = decode(&latents, Dtype::Float32);
        let fast = decode(&latents, Dtype::Bfloat16);
        assert_eq!(fast.dtype(), Dtype::Float32);

        let difference = fast.subtract(&exact).unwrap();
        let mean = |x: Array| f64::from(x.mean(None).unwrap().item_cast::<f32>());
        // Pixels lie in [-1, 1], which is a range of 2.
        let error = 127.5 * mean(difference.abs().unwrap());
        let psnr = 10.0 * (4.0 / mean(difference.square().unwrap())).log10();
        println!("{run}: {error:.3} of 255 on average, {psnr:.1} dB");
        assert!(error < MEAN, "{run}: off by {error} of 255 on average");
        assert!(psnr > PSNR, "{run}: only {psnr} dB");
    }
}

fn decode(latents: &Array, dtype: Dtype) -> Array {
    let weights = Weights::open(&[folder().join("Wan2.2_VAE.pth")]).unwrap();
    let decoder = weights
        .as_type(dtype)
        .load(|weights| Decoder::load(Kind::V22, weights))
        .unwrap();
    let mut chunks = Vec::new();
    let keep = |frames: &Array| {
        chunks.push(frames.clone());
        Ok(())
    };
    decoder.decode(latents, Tiling::WHOLE, keep).unwrap();
    concatenate(&chunks, 0).unwrap()
}
