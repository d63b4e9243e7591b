//! Both VAEs against the official ones, stage by stage, and the laws that any causal VAE keeps.

use std::collections::HashMap;
use std::ops::Range;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{broadcast_to, concatenate};
use mlx_rs::random::normal;
use mlx_rs::{Array, Dtype};
use zoetrope::model::vae::chain::Chain;
use zoetrope::model::vae::shortcut::{Factor, average_down, duplicate_up, patchify, unpatchify};
use zoetrope::model::vae::{Cache, Decoder, Encoder, Kind, Tiling};
use zoetrope::weights::Weights;

use crate::support::{compare, golden, golden_path};

/// Two independent float32 implementations differ by up to 4e-6 on pixels; sums of a few hundred
/// products in another order make a few 1e-6 more.
const LATENT: (f32, f32) = (3e-5, 1e-5);
const PIXEL: (f32, f32) = (1e-4, 0.0);
const EXACT: (f32, f32) = (0.0, 0.0);

/// A VAE with its reference data.
struct Vae {
    kind: Kind,
    file: &'static str,
    data: &'static str,
}

const VAES: [Vae; 2] = [
    Vae {
        kind: Kind::V21,
        file: "ckpt/t2v_a14b/official/Wan2.1_VAE.pth",
        data: "vae2_1",
    },
    Vae {
        kind: Kind::V22,
        file: "ckpt/ti2v_5b/official/Wan2.2_VAE.pth",
        data: "vae2_2",
    },
];

impl Vae {
    fn weights(&self) -> Weights {
        let weights = Weights::open(&[golden_path(self.file)]).unwrap();
        weights.as_type(Dtype::Float32)
    }

    fn encoder(&self) -> Encoder {
        self.weights()
            .load(|weights| Encoder::load(self.kind, weights))
            .unwrap()
    }

    fn decoder(&self) -> Decoder {
        self.weights()
            .load(|weights| Decoder::load(self.kind, weights))
            .unwrap()
    }

    fn golden(&self) -> HashMap<String, Array> {
        golden(self.data)
    }

    /// These frames of the clip of the reference as the encoder's first layer takes them.
    fn pixels(&self, video: &Array, range: Range<i32>) -> Array {
        let frames = channels_last(video).try_index(range).unwrap();
        self.kind.fold(&frames).unwrap()
    }

    fn decode(&self, latents: &Array) -> Array {
        self.decode_in_tiles(latents, Tiling::WHOLE)
    }

    fn decode_in_tiles(&self, latents: &Array, tiling: Tiling) -> Array {
        let mut chunks = Vec::new();
        let keep = |frames: &Array| {
            chunks.push(frames.clone());
            Ok(())
        };
        self.decoder().decode(latents, tiling, keep).unwrap();
        concatenate(&chunks, 0).unwrap()
    }
}

/// (channels, frames, height, width) → (frames, height, width, channels)
fn channels_last(x: &Array) -> Array {
    x.transpose_axes(&[1, 2, 3, 0]).unwrap()
}

/// What leaves the layers of a chain that are given these chunks, each layer a whole chunk.
fn in_whole_chunks(chain: &Chain, chunks: &[Array]) -> Array {
    let mut cache = Cache::default();
    let outputs = chunks.iter().map(|chunk| {
        cache.rewind();
        chain.layers().fold(chunk.clone(), |x, (_, layer)| {
            layer.forward(&x, &mut cache).unwrap()
        })
    });
    concatenate(&outputs.collect::<Vec<_>>(), 0).unwrap()
}

/// What leaves a chain that is given these chunks.
fn stream(chain: &Chain, chunks: &[Array]) -> Array {
    let mut cache = Cache::default();
    let outputs: Vec<_> = chunks
        .iter()
        .map(|chunk| chain.forward(chunk, Tiling::WHOLE, &mut cache).unwrap())
        .collect();
    concatenate(&outputs, 0).unwrap()
}

/// Runs a chain over chunks by hand and compares what leaves each layer that the reference has.
fn compare_stages(vae: &Vae, chain: &Chain, chunks: &[Array], prefix: &str) {
    let golden = vae.golden();
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
        let what = format!("{} {prefix}.{name}", vae.data);
        let actual = concatenate(&chunks, 0).unwrap();
        compare(&actual, &channels_last(expected), LATENT, &what);
    }
    assert_eq!(compared, 8, "the reference has eight stages of each half");
}

#[test]
fn every_stage_of_the_encoders_matches() {
    for vae in VAES {
        let video = &vae.golden()["enc1.video"];
        let chunks = [0..1, 1..5, 5..9].map(|range| vae.pixels(video, range));
        compare_stages(&vae, vae.encoder().chain(), &chunks, "enc1.encoder");
    }
}

#[test]
fn every_stage_of_the_decoders_matches() {
    for vae in VAES {
        let golden = vae.golden();
        let decoder = vae.decoder();
        let latent = channels_last(&golden["dec1.latent"]);
        let prepared = decoder.prepare(&latent).unwrap();
        let expected = channels_last(&golden["dec1.conv2"]);
        compare(&prepared, &expected, LATENT, "conv2");
        let chunks = [0, 1, 2].map(|i| prepared.try_index(i..i + 1).unwrap());
        compare_stages(&vae, decoder.chain(), &chunks, "dec1.decoder");
    }
}

#[test]
fn pictures_and_clips_encode_to_the_official_latents() {
    for vae in VAES {
        let golden = vae.golden();
        let encoder = vae.encoder();
        for case in ["enc0", "enc1"] {
            let video = channels_last(&golden[&format!("{case}.video")]);
            let expected = channels_last(&golden[&format!("{case}.latent")]);
            let latent = encoder.encode(&video).unwrap();
            compare(&latent, &expected, LATENT, &format!("{} {case}", vae.data));
        }
    }
}

/// What the image-to-video model sees: a picture, and grey after it.
#[test]
fn a_clip_is_encoded_without_ever_being_whole() {
    let [vae, _] = VAES;
    let golden = vae.golden();
    let first = channels_last(&golden["enc1.video"]).try_index(..1).unwrap();
    let read = |range: Range<i32>| {
        let (height, width) = (first.dim(1), first.dim(2));
        Ok(match range.start {
            0 => first.clone(),
            _ => Array::zeros::<f32>(&[range.end - range.start, height, width, 3])?,
        })
    };
    let latent = vae.encoder().encode_chunks(9, Tiling::WHOLE, read).unwrap();
    let expected = channels_last(&golden["enc_i2v.latent"]);
    compare(&latent, &expected, LATENT, "picture and grey");
}

#[test]
fn latents_decode_to_the_official_pixels() {
    for vae in VAES {
        let golden = vae.golden();
        for case in ["dec0", "dec1"] {
            let frames = vae.decode(&channels_last(&golden[&format!("{case}.latent")]));
            let expected = channels_last(&golden[&format!("{case}.video")]);
            compare(&frames, &expected, PIXEL, &format!("{} {case}", vae.data));
        }
    }
}

#[test]
fn frames_come_as_they_are_decoded() {
    for vae in VAES {
        let mut counts = Vec::new();
        let count = |frames: &Array| {
            counts.push(frames.dim(0));
            Ok(())
        };
        let latent = channels_last(&vae.golden()["dec1.latent"]);
        vae.decoder().decode(&latent, Tiling::WHOLE, count).unwrap();
        assert_eq!(
            counts,
            [1, 4, 4],
            "one frame for the first latent, four for each later one"
        );
    }
}

/// After the first frame, which both halves treat differently, all the rest at once is the same as
/// a chunk at a time, of which the layers see a few frames at a time: the caches hold everything that
/// a layer needs of the past.
#[test]
fn streaming_equals_the_whole() {
    for vae in VAES {
        let golden = vae.golden();
        let video = &golden["enc1.video"];
        let encoder = vae.encoder();
        let encode = |ranges: &[Range<i32>]| {
            let chunks: Vec<_> = ranges
                .iter()
                .map(|range| vae.pixels(video, range.clone()))
                .collect();
            (
                stream(encoder.chain(), &chunks),
                in_whole_chunks(encoder.chain(), &chunks),
            )
        };
        let (_, whole) = encode(&[0..1, 1..9]);
        let (streamed, _) = encode(&[0..1, 1..5, 5..9]);
        compare(&streamed, &whole, LATENT, "encoder");

        let decoder = vae.decoder();
        let latent = channels_last(&golden["dec1.latent"]);
        let prepared = decoder.prepare(&latent).unwrap();
        let decode = |ranges: &[Range<i32>]| {
            let chunks: Vec<_> = ranges
                .iter()
                .map(|range| prepared.try_index(range.clone()).unwrap())
                .collect();
            (
                stream(decoder.chain(), &chunks),
                in_whole_chunks(decoder.chain(), &chunks),
            )
        };
        let (_, whole) = decode(&[0..1, 1..3]);
        let (streamed, _) = decode(&[0..1, 1..2, 2..3]);
        compare(&streamed, &whole, PIXEL, "decoder");
    }
}

/// How many frames are taken at a time is a matter of speed and memory alone.
#[test]
fn many_frames_at_a_time_are_as_one() {
    let drawn = |shape: &[i32]| normal::<f32>(shape, None, None, None).unwrap();
    for vae in VAES {
        let latents = drawn(&[6, 3, 5, vae.kind.statistics().channels()]);
        let clip = drawn(&[13, 32, 48, 3]);
        let encoder = vae.encoder();
        let both = |frames| {
            let tiling = Tiling {
                frames,
                ..Tiling::WHOLE
            };
            let read = |range| Ok(clip.try_index(range)?);
            (
                vae.decode_in_tiles(&latents, tiling),
                encoder.encode_chunks(13, tiling, read).unwrap(),
            )
        };
        let (decoded, encoded) = both(1);
        assert_eq!(decoded.dim(0), 21);
        for frames in [2, 3, 4, 100] {
            let (more, latent) = both(frames);
            compare(&more, &decoded, PIXEL, &format!("decoder, {frames}"));
            compare(&latent, &encoded, LATENT, &format!("encoder, {frames}"));
        }
    }
}

/// Tiles overlap by all that their layers see, so that there is no seam even in noise. The pictures
/// are large enough that no tile sees the whole.
#[test]
fn tiles_leave_no_seams() {
    let tiling = Tiling {
        frames: 1,
        rows: 2,
        columns: 3,
    };
    let drawn = |shape: &[i32]| normal::<f32>(shape, None, None, None).unwrap();
    for vae in VAES {
        let channels = vae.kind.statistics().channels();
        let latents = drawn(&[2, 12, 18, channels]);
        let tiled = vae.decode_in_tiles(&latents, tiling);
        compare(&tiled, &vae.decode(&latents), PIXEL, "decoder");

        let clip = drawn(&[5, 96, 160, 3]);
        let encoder = vae.encoder();
        let encode = |tiling| {
            let read = |range| Ok(clip.try_index(range)?);
            encoder.encode_chunks(5, tiling, read).unwrap()
        };
        let whole = encode(Tiling::WHOLE);
        compare(&encode(tiling), &whole, LATENT, "encoder");
    }
}

/// Before a clip begins, the causal layers see black. Once that has passed out of their sight, a
/// still has the same latent again and again, and gives the same four frames again and again.
#[test]
fn a_still_stays_a_still() {
    const LATENTS: i32 = 48;
    for vae in VAES {
        let golden = vae.golden();
        let picture = channels_last(&golden["enc0.video"]);
        let picture = picture.try_index((.., ..32, ..32)).unwrap();
        let read = |range: Range<i32>| {
            let frames = range.end - range.start;
            Ok(broadcast_to(&picture, &[frames, 32, 32, 3])?)
        };
        let frames = 4 * (LATENTS - 1) + 1;
        let latents = vae
            .encoder()
            .encode_chunks(frames, Tiling::WHOLE, read)
            .unwrap();
        let latent = |i: i32| latents.try_index(i..i + 1).unwrap();
        let (settled, last) = (latent(LATENTS - 6), latent(LATENTS - 1));
        compare(&last, &settled, LATENT, "latents");

        let still = broadcast_to(&last, latents.shape()).unwrap();
        let video = vae.decode(&still);
        assert_eq!(video.shape(), [frames, 32, 32, 3]);
        let four = |before_last: i32| {
            let end = frames - 4 * before_last;
            video.try_index(end - 4..end).unwrap()
        };
        compare(&four(0), &four(4), PIXEL, "frames");
    }
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
    for vae in VAES {
        let channels = vae.kind.statistics().channels();
        let frames = vae.decode(&Array::zeros::<f32>(&[1, 2, 4, channels]).unwrap());
        let values = frames.try_as_slice::<f32>().unwrap();
        assert!(values.iter().all(|value| value.is_finite()));
    }
}
