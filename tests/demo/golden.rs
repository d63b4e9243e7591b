//! Two clips of the built-in model against the same files run by PyTorch.

use mlx_rs::{Array, Dtype};
use serde_json::Value;
use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::job::{
    CanvasRequest, Compute, Guidance, Outputs, Plan, Precision, Request, SamplingRequest, Size,
    Sources,
};
use zoetrope::media::photo;
use zoetrope::pipeline::{self, Reporter};

use super::{folder, golden_json};
use crate::support::{compare, golden_path, max_difference};

/// As for every other run: the sensitivity of a guided run to a relative change of 1e-6 is 1e-5.
const LATENTS: (f32, f32) = (2e-4, 0.0);
/// Of 255: the two programs would have to disagree visibly to reach it.
const FRAMES_MEAN: f32 = 1.0;

#[test]
fn the_same_files_give_the_same_clips_as_in_pytorch() {
    let card = golden_json("golden");
    let golden = Array::load_safetensors(golden_path("demo/golden.safetensors")).unwrap();
    for run in ["t2v", "i2v"] {
        let scratch = TempDir::new().unwrap();
        let file = |name: &str| scratch.path().join(name);
        let request = Request {
            outputs: Outputs {
                save_latents: Some(file("latents.safetensors")),
                save_frames: Some(file("frames.safetensors")),
                ..Default::default()
            },
            ..request(&card["settings"], &card["runs"][run])
        };
        let picture = request
            .sources
            .image
            .as_deref()
            .map(|path| photo::size(path).unwrap());
        let checkpoint = catalog::open(&folder()).unwrap();
        let plan = Plan::new(&request, checkpoint, picture, 0, file("out.mp4")).unwrap();
        pipeline::generate(&plan, &mut Reporter::new(|_| (), || false)).unwrap();

        let saved = |name: &str| Array::load_safetensors(file(name)).unwrap();
        let expected = &golden[&format!("{run}.latents")];
        compare(
            &saved("latents.safetensors")["latents"],
            expected,
            LATENTS,
            run,
        );
        let frames = bytes(&saved("frames.safetensors")["frames"]);
        let strip = photo::open(&golden_path(&format!("demo/{run}.webp"))).unwrap();
        let expected = Array::from_slice(strip.as_raw(), frames.shape());
        let expected = expected.as_dtype(Dtype::Float32).unwrap();
        let mean = frames
            .subtract(&expected)
            .unwrap()
            .abs()
            .unwrap()
            .mean(None)
            .unwrap();
        let mean = mean.item_cast::<f32>();
        println!(
            "{run}: {mean} of 255 on average, {} at most",
            max_difference(&frames, &expected)
        );
        assert!(
            mean < FRAMES_MEAN,
            "{run}: frames off by {mean} of 255 on average"
        );
    }
}

fn request(settings: &Value, run: &Value) -> Request {
    let number = |key: &str| settings[key].as_u64().unwrap() as u32;
    let side = |index: usize| settings["size"][index].as_u64().unwrap() as u32;
    Request {
        prompt: run["prompt"].as_str().unwrap().into(),
        sources: Sources {
            image: run["picture"]
                .as_str()
                .map(|name| golden_path(&format!("demo/{name}"))),
            ..Default::default()
        },
        canvas: CanvasRequest {
            size: Some(Size::new(side(0), side(1))),
            frames: Some(number("frames")),
            ..Default::default()
        },
        sampling: SamplingRequest {
            steps: Some(number("steps")),
            guidance: Some(Guidance::both(settings["guidance"].as_f64().unwrap())),
            shift: settings["shift"].as_f64(),
            seed: run["seed"].as_u64(),
            ..Default::default()
        },
        compute: Compute {
            precision: Precision::F32,
            ..Default::default()
        },
        ..Request::default()
    }
}

/// Pixels in [-1, 1], (3, frames, height, width), as whole numbers of 255, truncated: (frames, height, width, 3).
fn bytes(frames: &Array) -> Array {
    let frames = frames.transpose_axes(&[1, 2, 3, 0]).unwrap();
    let unit = frames
        .add(Array::from_f32(1.0))
        .unwrap()
        .divide(Array::from_f32(2.0))
        .unwrap();
    mlx_rs::ops::floor(unit.multiply(Array::from_f32(255.0)).unwrap()).unwrap()
}
