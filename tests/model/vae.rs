//! The 2.2 VAE against the official one, stage by stage.

use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype};
use zoetrope::Result;
use zoetrope::model::vae::chain::Chain;
use zoetrope::model::vae::shortcut::{Factor, average_down, duplicate_up, patchify, unpatchify};
use zoetrope::model::vae::{Cache, v22};
use zoetrope::weights::Weights;

use crate::support::{compare, golden, golden_path};

/// Two independent float32 implementations differ by up to 4e-6 on pixels; sums of a few hundred
/// products in another order make a few 1e-6 more.
const LATENT: (f32, f32) = (3e-5, 1e-5);
const PIXEL: (f32, f32) = (1e-4, 0.0);
const EXACT: (f32, f32) = (0.0, 0.0);

fn weights() -> Weights {
    let file = golden_path("ckpt/ti2v_5b/official/Wan2.2_VAE.pth");
    Weights::open(&[file]).unwrap().as_type(Dtype::Float32)
}

fn encoder() -> v22::Encoder {
    let load = |weights: &Weights| {
        weights.skip("decoder");
        weights.skip("conv2");
        v22::Encoder::load(weights)
    };
    weights().load(load).unwrap()
}

fn decoder() -> v22::Decoder {
    let load = |weights: &Weights| {
        weights.skip("encoder");
        weights.skip("conv1");
        v22::Decoder::load(weights)
    };
    weights().load(load).unwrap()
}

/// (channels, frames, height, width) → (frames, height, width, channels)
fn channels_last(x: &Array) -> Array {
    x.transpose_axes(&[1, 2, 3, 0]).unwrap()
}

fn decode(latents: &Array) -> Array {
    let mut chunks = Vec::new();
    let keep = |frames: &Array| {
        chunks.push(frames.clone());
        Ok(())
    };
    decoder().decode(latents, keep).unwrap();
    concatenate(&chunks, 0).unwrap()
}

/// Runs a chain over chunks by hand and compares what leaves each layer that the reference has.
fn compare_stages(chain: &Chain, chunks: &[Array], prefix: &str) {
    let golden = golden("vae2_2");
    let mut cache = Cache::default();
    let mut outputs: Vec<(String, Vec<Array>)> = Vec::new();
    for chunk in chunks {
        cache.rewind();
        let mut x = chunk.clone();
        for (i, (name, layer)) in chain.layers().enumerate() {
            x = layer.forward(&x, &mut cache).unwrap();
            if outputs.len() == i {
                outputs.push((name.to_owned(), Vec::new()));
            }
            outputs[i].1.push(x.clone());
        }
    }
    let mut compared = 0;
    for (name, chunks) in outputs {
        let Some(expected) = golden.get(&format!("{prefix}.{name}")) else {
            continue;
        };
        compared += 1;
        compare(
            &concatenate(&chunks, 0).unwrap(),
            &channels_last(expected),
            LATENT,
            &name,
        );
    }
    assert_eq!(compared, 8, "the reference has eight stages of each half");
}

/// A clip of 9 frames in the chunks that the encoder takes: 1, 4, 4.
fn encoder_chunks(video: &Array) -> Result<Vec<Array>> {
    let video = channels_last(video);
    [0..1, 1..5, 5..9]
        .into_iter()
        .map(|range| patchify(&video.try_index(range)?))
        .collect()
}

#[test]
fn every_stage_of_the_encoder_matches() {
    let golden = golden("vae2_2");
    let chunks = encoder_chunks(&golden["enc1.video"]).unwrap();
    compare_stages(encoder().chain(), &chunks, "enc1.encoder");
}

#[test]
fn every_stage_of_the_decoder_matches() {
    let golden = golden("vae2_2");
    let decoder = decoder();
    let prepared = decoder
        .prepare(&channels_last(&golden["dec1.latent"]))
        .unwrap();
    compare(
        &prepared,
        &channels_last(&golden["dec1.conv2"]),
        LATENT,
        "conv2",
    );
    let chunks: Vec<_> = (0..3)
        .map(|i| prepared.try_index(i..i + 1).unwrap())
        .collect();
    compare_stages(decoder.chain(), &chunks, "dec1.decoder");
}

#[test]
fn pictures_and_clips_encode_to_the_official_latents() {
    let golden = golden("vae2_2");
    let encoder = encoder();
    for case in ["enc0", "enc1"] {
        let video = channels_last(&golden[&format!("{case}.video")]);
        let latent = encoder.encode(&video).unwrap();
        compare(
            &latent,
            &channels_last(&golden[&format!("{case}.latent")]),
            LATENT,
            case,
        );
    }
}

#[test]
fn latents_decode_to_the_official_pixels() {
    let golden = golden("vae2_2");
    for case in ["dec0", "dec1"] {
        let frames = decode(&channels_last(&golden[&format!("{case}.latent")]));
        compare(
            &frames,
            &channels_last(&golden[&format!("{case}.video")]),
            PIXEL,
            case,
        );
    }
}

#[test]
fn frames_come_as_they_are_decoded() {
    let golden = golden("vae2_2");
    let mut counts = Vec::new();
    let count = |frames: &Array| {
        counts.push(frames.dim(0));
        Ok(())
    };
    decoder()
        .decode(&channels_last(&golden["dec1.latent"]), count)
        .unwrap();
    assert_eq!(
        counts,
        [1, 4, 4],
        "one frame for the first latent, four for each later one"
    );
}

#[test]
fn pixel_patches_and_shortcuts_keep_the_official_order() {
    let golden = golden("patchify");
    let last = |name: &str| channels_last(&golden[name]);

    let patched = patchify(&last("vae22.image")).unwrap();
    compare(&patched, &last("vae22.patchified"), EXACT, "patchify");
    compare(
        &unpatchify(&patched).unwrap(),
        &last("vae22.image"),
        EXACT,
        "unpatchify",
    );

    let twice = Factor { time: 2, space: 2 };
    let up = |first| duplicate_up(&last("vae22.dupup.in"), 2, twice, first).unwrap();
    compare(&up(false), &last("vae22.dupup.out"), EXACT, "duplicate");
    compare(
        &up(true),
        &last("vae22.dupup.out_first_chunk"),
        EXACT,
        "duplicate, first chunk",
    );

    let down = average_down(&last("vae22.avgdown.in"), 4, twice).unwrap();
    compare(&down, &last("vae22.avgdown.out"), EXACT, "average");
}

#[test]
fn a_black_pixel_does_not_become_nan() {
    let frames = decode(&Array::zeros::<f32>(&[1, 2, 4, 48]).unwrap());
    assert!(
        frames
            .try_as_slice::<f32>()
            .unwrap()
            .iter()
            .all(|value| value.is_finite())
    );
}
