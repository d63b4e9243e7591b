//! Tiny autoencoders against their authors' code, and the narrow kind of the large ones.

use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype};
use zoetrope::catalog::tiny_vae::channels;
use zoetrope::model::tiny_vae::{Decoder, Detail, Encoder};
use zoetrope::model::vae::{self, Kind, Tiling};
use zoetrope::weights::Weights;

use crate::support::{compare, golden, golden_path};

/// The authors' own ways of computing it differ by up to 1.4e-6; sums in another order make a little more. Pixels are
/// doubled here, since they lie in [-1, 1].
const LATENT: (f32, f32) = (2e-5, 0.0);
const PIXEL: (f32, f32) = (4e-5, 0.0);

const TINY: [(&str, &str, Kind); 2] = [
    ("taew2_1.pth", "taew2_1", Kind::V21),
    ("taew2_2.safetensors", "taew2_2", Kind::V22),
];

fn weights(file: &str) -> Weights {
    let path = golden_path("ckpt/taehv").join(file);
    Weights::open(&[path]).unwrap().as_type(Dtype::Float32)
}

/// (t, c, h, w) → (t, h, w, c)
fn channels_last(x: &Array) -> Array {
    x.transpose_axes(&[0, 2, 3, 1]).unwrap()
}

/// [0, 1] → [-1, 1]
fn signed(x: &Array) -> Array {
    x.as_dtype(Dtype::Float32)
        .unwrap()
        .multiply(Array::from_f32(2.0))
        .unwrap()
        .subtract(Array::from_f32(1.0))
        .unwrap()
}

#[test]
fn tiny_vaes_decode_as_their_authors_code() {
    for (file, name, kind) in TINY {
        let (weights, data) = (weights(file), golden(name));
        let path = golden_path("ckpt/taehv").join(file);
        let expected = kind.statistics().channels();
        assert_eq!(channels(&path), u32::try_from(expected).ok(), "{name}");
        let decoder = weights.load(Decoder::load).unwrap();
        assert_eq!(decoder.channels(), expected, "{name}");
        let latents = channels_last(&data["dec.latent"]);
        for (layers, block) in [(3, "dec.block_2"), (8, "dec.block_7")] {
            let made = decoder.after(layers, &latents).unwrap();
            let expected = channels_last(&data[block]);
            compare(&made, &expected, LATENT, &format!("{name} {block}"));
        }
        let (mut frames, mut counts) = (Vec::new(), Vec::new());
        let write = |chunk: &Array| {
            counts.push(chunk.dim(0));
            frames.push(chunk.clone());
            Ok(())
        };
        decoder.decode(&latents, write).unwrap();
        assert_eq!(counts[0], 1, "{name}");
        assert!(counts[1..].iter().all(|&count| count == 4), "{name}");
        let video = concatenate(&frames, 0).unwrap();
        let expected = signed(&channels_last(&data["dec.video"]));
        compare(&video, &expected, PIXEL, name);

        let frames_once = Detail {
            in_time: false,
            in_space: true,
        };
        let made = decoder.sketch(&latents, frames_once).unwrap();
        let expected = signed(&channels_last(&data["dec.no_time"]));
        compare(
            &made,
            &expected,
            PIXEL,
            &format!("{name}, each latent once"),
        );
        let small = Detail {
            in_time: true,
            in_space: false,
        };
        let made = decoder.sketch(&latents, small).unwrap();
        let made = made.try_index(3..).unwrap();
        let expected = signed(&channels_last(&data["dec.no_last_space"]));
        compare(&made, &expected, PIXEL, &format!("{name}, half the size"));

        let mut one = None;
        let first = data["dec.one_latent"].clone();
        let alone = &latents.split_equal(latents.dim(0), 0).unwrap()[0];
        let write = |chunk: &Array| {
            one = Some(chunk.clone());
            Ok(())
        };
        decoder.decode(alone, write).unwrap();
        let expected = signed(&channels_last(&first));
        compare(
            &one.unwrap(),
            &expected,
            PIXEL,
            &format!("{name}, one frame"),
        );
    }
}

#[test]
fn tiny_vaes_encode_as_their_authors_code() {
    for (file, name, _) in TINY {
        let data = golden(name);
        let encoder = weights(file).load(Encoder::load).unwrap();
        let bytes = data["enc.video_u8"].as_dtype(Dtype::Float32).unwrap();
        let video = bytes.divide(Array::from_f32(255.0)).unwrap();
        let latents = encoder.encode(&signed(&channels_last(&video))).unwrap();
        compare(&latents, &channels_last(&data["enc.latent"]), LATENT, name);
    }
}

/// The network that others trained anew, and the larger decoder of other layers: tensors alone tell which it is.
#[test]
fn relatives_of_tiny_vaes_decode_as_their_authors_code() {
    for (name, expected_channels) in [("lighttaew2_1", 16), ("taew2_2_super", 48)] {
        let file = format!("{name}.safetensors");
        let path = golden_path("ckpt/taehv").join(&file);
        assert_eq!(channels(&path), Some(expected_channels), "{name}");
        let (weights, data) = (weights(&file), golden(name));
        let decoder = weights.load(Decoder::load).unwrap();
        let latents = channels_last(&data["dec.latent"]);
        for (layers, block) in [(3, "dec.block_2"), (8, "dec.block_7")] {
            if let Some(expected) = data.get(block) {
                let made = decoder.after(layers, &latents).unwrap();
                let what = format!("{name} {block}");
                compare(&made, &channels_last(expected), LATENT, &what);
            }
        }
        let decoded = |latents: &Array| {
            let mut frames = Vec::new();
            let write = |chunk: &Array| {
                frames.push(chunk.clone());
                Ok(())
            };
            decoder.decode(latents, write).unwrap();
            concatenate(&frames, 0).unwrap()
        };
        let expected = signed(&channels_last(&data["dec.video"]));
        compare(&decoded(&latents), &expected, PIXEL, name);
        if let Some(one) = data.get("dec.one_latent") {
            let first = latents.try_index(..1).unwrap();
            let expected = signed(&channels_last(one));
            compare(
                &decoded(&first),
                &expected,
                PIXEL,
                &format!("{name}, one frame"),
            );
        }
        if let Some(once) = data.get("dec.no_time") {
            let made = decoder.sketch(&latents, Detail::SKETCH).unwrap();
            let expected = signed(&channels_last(once));
            compare(
                &made,
                &expected,
                PIXEL,
                &format!("{name}, each latent once"),
            );
        }
    }
    let data = golden("taew2_2_super");
    let encoder = weights("taew2_2_super.safetensors");
    let encoder = encoder.load(Encoder::load).unwrap();
    let bytes = data["enc.video_u8"].as_dtype(Dtype::Float32).unwrap();
    let video = bytes.divide(Array::from_f32(255.0)).unwrap();
    let latents = encoder.encode(&signed(&channels_last(&video))).unwrap();
    compare(
        &latents,
        &channels_last(&data["enc.latent"]),
        LATENT,
        "super",
    );
}

/// `LightVAE` as its authors' code with a `pruning_rate` of three quarters computes it. The tolerances are those of the
/// VAE of the usual width.
#[test]
fn light_vae_is_read_as_the_vae_that_it_is() {
    let path = golden_path("ckpt/taehv/lightvaew2_1.safetensors");
    assert_eq!(channels(&path), None);
    let weights = Weights::open(&[path]).unwrap().as_type(Dtype::Float32);
    let data = golden("lightvaew2_1");
    let frames_last = |name: &str| data[name].transpose_axes(&[1, 2, 3, 0]).unwrap();
    let load = |weights: &Weights| vae::Decoder::load(Kind::V21, weights);
    let decoder = weights.load(load).unwrap();
    let mut frames = Vec::new();
    let write = |chunk: &Array| {
        frames.push(chunk.clone());
        Ok(())
    };
    let latents = frames_last("dec.latent");
    decoder.decode(&latents, Tiling::WHOLE, write).unwrap();
    let video = concatenate(&frames, 0).unwrap();
    compare(&video, &frames_last("dec.video"), (1e-4, 0.0), "decoded");
    let load = |weights: &Weights| vae::Encoder::load(Kind::V21, weights);
    let encoder = weights.load(load).unwrap();
    let latents = encoder.encode(&frames_last("enc.video")).unwrap();
    compare(
        &latents,
        &frames_last("enc.latent"),
        (3e-5, 1e-5),
        "encoded",
    );
}

/// The large VAEs are no tiny ones, however narrow; `LightVAE` has the official names and a quarter of the widths.
#[test]
fn a_narrow_vae_with_the_official_names_is_one() {
    let path = golden_path("ckpt/vae2_1_small/Wan2.1_VAE.pth");
    assert_eq!(channels(&path), None);
    let weights = Weights::open(&[path]).unwrap().as_type(Dtype::Float32);
    let data = golden("vae2_1_small");
    let frames_last = |name: &str| data[name].transpose_axes(&[1, 2, 3, 0]).unwrap();
    let load = |weights: &Weights| vae::Decoder::load(Kind::V21, weights);
    let decoder = weights.load(load).unwrap();
    let mut frames = Vec::new();
    let write = |chunk: &Array| {
        frames.push(chunk.clone());
        Ok(())
    };
    let latents = frames_last("dec.latent");
    decoder.decode(&latents, Tiling::WHOLE, write).unwrap();
    let video = concatenate(&frames, 0).unwrap();
    // As for the VAEs of the usual width.
    compare(&video, &frames_last("dec.video"), (1e-4, 0.0), "decoded");

    let load = |weights: &Weights| vae::Encoder::load(Kind::V21, weights);
    let encoder = weights.load(load).unwrap();
    let latents = encoder.encode(&frames_last("enc.video")).unwrap();
    compare(
        &latents,
        &frames_last("enc.latent"),
        (3e-5, 1e-5),
        "encoded",
    );
}
