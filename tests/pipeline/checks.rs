//! Jobs that come to nothing stop with a reason and save no black video.

use std::collections::HashMap;

use mlx_rs::Array;
use zoetrope::media::mp4;

use super::job::{Place, sentence};
use crate::support::model::{copy_model, flatten_vae, poison_dit, widen_dit, widen_vae};
use crate::support::program::Run;

const SHORT: [&str; 4] = ["--size", "32x32", "--steps", "3"];

fn generate(place: &Place, more: &[&str]) -> Run {
    let output = place.generate(&[&SHORT, more].concat()).output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn noise(place: &Place, value: f32) -> String {
    let path = place.path("noise.safetensors");
    let mut values = [0.5_f32; 48 * 2 * 2 * 2];
    values[100] = value;
    let array = Array::from_slice(&values, &[48, 2, 2, 2]);
    Array::save_safetensors(HashMap::from([("noise", &array)]), None, &path).unwrap();
    path.display().to_string()
}

#[test]
fn noise_that_is_no_number_is_named() {
    for value in [f32::NAN, f32::INFINITY] {
        let place = Place::new();
        let noise = noise(&place, value);
        let run = generate(&place, &["--noise", &noise]);
        let told = sentence(&run);
        assert!(
            told.contains("noise.safetensors holds values that are not finite"),
            "{told}"
        );
        assert_eq!(place.names(), ["noise.safetensors"]);
    }
}

#[test]
fn latents_far_from_any_video_stop_the_job() {
    let place = Place::new();
    let noise = noise(&place, 1e6);
    let told = generate(&place, &["--noise", &noise]);
    let told = sentence(&told);
    assert!(told.contains("times too wide"), "{told}");
    assert!(!place.path("out.mp4").exists());
}

#[test]
fn weights_that_are_no_numbers_stop_the_job() {
    let place = Place::new();
    let model = place.path("model");
    copy_model(&model);
    poison_dit(&model);
    let run = generate(&place, &["--model", &place.text("model")]);
    let told = sentence(&run);
    assert!(
        told.contains("after step 1 of 3 are not finite: the model's weights"),
        "{told}"
    );
    assert_eq!(place.names(), ["model"]);
}

/// The latents of such a job are good, so they are kept.
#[test]
fn a_vae_that_decodes_to_nothing_saves_no_video() {
    for (value, named) in [(f32::NAN, "are not finite"), (1e-30, "the same color")] {
        let place = Place::new();
        copy_model(&place.path("model"));
        flatten_vae(&place.path("model"), value);
        let run = generate(&place, &["--model", &place.text("model")]);
        let told = sentence(&run);
        assert!(
            told.contains(named) && told.contains("no video was saved"),
            "{told}"
        );
        assert!(told.contains("decode them again with"), "{told}");
        assert!(!place.path("out.mp4").exists());
        assert!(place.path("out.mp4.run/latents.safetensors").exists());
    }
}

/// Breaks when a network that needs more room than float16 has ends the job, when it is not said, or when bf16, which has that
/// room, is computed again as well.
#[test]
fn what_is_too_large_for_float16_is_computed_again_in_bf16() {
    let place = Place::new();
    let model = place.path("model");
    copy_model(&model);
    let fits = generate(&place, &["--model", &place.text("model"), "--dtype", "f16"]);
    assert_eq!(fits.code, Some(0), "{}", fits.stderr);
    assert!(!fits.stderr.contains("too large"), "{}", fits.stderr);

    widen_dit(&model, 1e5);
    for (dtype, times) in [("f16", 1), ("bf16", 0), ("f32", 0)] {
        let run = generate(&place, &["--model", &place.text("model"), "--dtype", dtype]);
        assert_eq!(run.code, Some(0), "{dtype}: {}", run.stderr);
        let told = run.stderr.matches("too large for f16; the step").count();
        assert_eq!(told, times, "{dtype}: {}", run.stderr);
        assert!(place.path("out.mp4").exists());
    }
}

/// Breaks when frames that float16 cannot hold end a job of hours, or when the video says that it was decoded in float16.
#[test]
fn frames_too_large_for_float16_are_decoded_again_in_float32() {
    let place = Place::new();
    let model = place.path("model");
    copy_model(&model);
    let decoded = |times: usize| {
        let arguments = ["--model", &place.text("model"), "--vae-dtype", "f16"];
        let run = generate(&place, &arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(
            run.stderr.matches("decoded again in f32").count(),
            times,
            "{}",
            run.stderr
        );
        mp4::settings(&place.path("out.mp4")).unwrap().unwrap()
    };
    assert!(decoded(0).contains(r#""vae_precision":"f16""#));
    widen_vae(&model, 300.0);
    assert!(!decoded(1).contains("vae_precision"));
}
