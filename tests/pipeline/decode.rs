//! Saved latents, decoded again.

use std::collections::HashMap;

use mlx_rs::Array;
use zoetrope::job::memory::needs;
use zoetrope::job::{Canvas, Plan, Size};
use zoetrope::media::mp4;
use zoetrope::pipeline;

use super::job::{Place, model, sentence};
use crate::support::program::Job;

#[test]
fn saved_latents_decode_to_the_same_video() {
    let place = Place::new();
    let job = Job::start(place.generate(&["--size", "64x32", "--steps", "2", "--fps", "12"]));
    assert_eq!(job.end().0, Some(0));
    let model = model().display().to_string();
    let (latents, output) = (place.text("latents.safetensors"), place.text("again.mp4"));
    let frames = place.text("again.safetensors");
    let decode = ["decode", &latents, "--model", &model, "-o", &output];

    let run = place.run(&[&decode[..], &["--save-frames", &frames]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(place.bytes("again.mp4") == place.bytes("out.mp4"));
    assert!(place.bytes("again.safetensors") == place.bytes("frames.safetensors"));
    assert!(!place.path("again.mp4.run").exists());

    let run = place.run(&[&decode[..], &["--fps", "30", "--json"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let info = mp4::info(&place.path("again.mp4")).unwrap();
    assert!((info.fps - 30.0).abs() < 1e-6, "{info:?}");
    let told = mp4::settings(&place.path("again.mp4")).unwrap().unwrap();
    assert!(
        told.contains(r#""fps":30"#) && told.contains("a boat"),
        "{told}"
    );
}

/// Breaks when latents that are there cannot become a video for want of memory that tiles would save.
#[test]
fn latents_decode_with_less_memory() {
    let place = Place::new();
    let job = Job::start(place.generate(&["--size", "384x320", "--steps", "1"]));
    assert_eq!(job.end().0, Some(0));
    let plan = place.plan(&model());
    let plan = Plan {
        canvas: Canvas {
            size: Size::new(384, 320),
            ..plan.canvas
        },
        ..plan
    };
    let need = needs(&plan, &pipeline::sizes(&plan).unwrap())
        .pop()
        .unwrap();
    let model = model().display().to_string();
    let (latents, output) = (place.text("latents.safetensors"), place.text("again.mp4"));
    let limited = |bytes: u64| {
        let limit = (bytes as f64 / 1e9).to_string();
        let decode = ["decode", &latents, "--model", &model, "-o", &output];
        place.run(&[&decode[..], &["--memory-limit", &limit]].concat())
    };
    let run = limited(need.bytes() - 1000);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let told = "To fit in memory: decoding in tiles";
    assert!(run.stderr.contains(told), "{}", run.stderr);

    let run = limited(1000);
    let told = sentence(&run);
    assert!(told.contains("raise the limit"), "{told}");
}

#[test]
fn latents_of_other_programs_are_welcome_if_they_fit() {
    let place = Place::new();
    let path = place.path("foreign.safetensors");
    let try_shape = |shape: &[i32], value: f32| {
        let count = shape.iter().product::<i32>();
        let values = (0..count).map(|i| (i as f32).sin() * value);
        let array = Array::from_iter(values, shape);
        Array::save_safetensors(HashMap::from([("latents", &array)]), None, &path).unwrap();
        let model = model().display().to_string();
        let (latents, output) = (place.text("foreign.safetensors"), place.text("out.mp4"));
        place.run(&["decode", &latents, "--model", &model, "-o", &output])
    };
    let run = try_shape(&[48, 2, 2, 4], 1.0);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let info = mp4::info(&place.path("out.mp4")).unwrap();
    assert_eq!(
        (info.size.width, info.size.height, info.frames),
        (64, 32, 5)
    );

    let other = try_shape(&[16, 2, 2, 4], 1.0);
    assert!(
        sentence(&other).contains("have 16 channels, but"),
        "{}",
        other.stderr
    );
    let flat = try_shape(&[48, 2, 2], 1.0);
    assert!(
        sentence(&flat).contains("latents with 3 axes"),
        "{}",
        flat.stderr
    );
    let broken = try_shape(&[48, 2, 2, 4], f32::NAN);
    assert!(
        sentence(&broken).contains("not finite"),
        "{}",
        broken.stderr
    );
}
