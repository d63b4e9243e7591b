//! Every family with everything that goes with it: a LoRA, packed weights, a step cache, NAG.

use mlx_rs::Array;
use mlx_rs::ops::ones;
use serde_json::Value;
use tempfile::TempDir;

use super::case::Case;
use crate::support::golden;
use crate::support::program::zoetrope;
use crate::support::{max_difference, values};
use mlx_rs::ops::indexing::TryIndexOp;

/// A run of each family, and the width of its tokens.
const RUNS: [(&str, i32); 10] = [
    ("i2v_14b_unipc", 48),
    ("flf2v_14b_unipc", 36),
    ("fun_5b_inp_start_end_unipc", 48),
    ("fun_a14b_inp_start_end_unipc", 64),
    ("fun_5b_control_start_ref_unipc", 48),
    ("fun_a14b_control_start_ref_unipc", 32),
    ("vace_1_3b_extend_unipc", 32),
    ("vace_a14b_control_refs_unipc", 32),
    ("lucy_edit_unipc", 64),
    ("ti2v_5b_i2v_unipc", 64),
];

struct Made {
    latents: Array,
    stderr: String,
    settings: Value,
}

/// Makes the run with other arguments in the place of its own, and more.
#[track_caller]
fn made(case: &Case, more: &[&str]) -> Made {
    let (model, folder) = (case.model(), TempDir::new().unwrap());
    let mut arguments = case.arguments(model.path(), folder.path());
    for pair in more.chunks(2) {
        if let Some(at) = arguments.iter().position(|each| each == pair[0]) {
            arguments.drain(at..at + 2);
        }
    }
    arguments.extend(more.iter().map(ToString::to_string));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = zoetrope(folder.path(), &arguments);
    assert_eq!(run.code, Some(0), "{} {more:?}: {}", case.name, run.stderr);
    let saved = Array::load_safetensors(folder.path().join("latents.safetensors")).unwrap();
    let video = folder.path().join("out.mp4");
    let settings = zoetrope::media::mp4::settings(&video).unwrap().unwrap();
    Made {
        latents: saved["latents"].clone(),
        stderr: run.stderr,
        settings: serde_json::from_str(&settings).unwrap(),
    }
}

#[track_caller]
fn assert_is_another(case: &Case, what: &str, made: &Array) {
    let golden = golden(&format!("e2e_{}", case.name));
    let expected = golden["latents"].try_index(-1).unwrap();
    assert!(
        values(made).iter().all(|value| value.is_finite()),
        "{} {what}",
        case.name
    );
    let difference = max_difference(made, &expected);
    assert!(
        difference > 1e-3,
        "{} {what} changes nothing: {difference}",
        case.name
    );
}

/// Breaks when a family cannot be had with what the others can be had with, or does as if it did not hear.
#[test]
fn every_family_takes_a_lora() {
    for (run, width) in RUNS {
        let case = Case::new(run);
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("style.safetensors");
        let part = |part: &str| format!("diffusion_model.blocks.0.cross_attn.q.lora_{part}.weight");
        let down = ones::<f32>(&[2, width]).unwrap();
        let up = ones::<f32>(&[width, 2]).unwrap();
        let (a, b) = (part("A"), part("B"));
        let tensors = [(a.as_str(), &down), (b.as_str(), &up)];
        Array::save_safetensors(tensors, None, &file).unwrap();
        let lora = format!("{}:0.1", file.display());
        let made = made(&case, &["--lora", &lora]);
        assert!(
            made.stderr.contains("1 of 1 layers matched"),
            "{}",
            made.stderr
        );
        assert_is_another(&case, "LoRA", &made.latents);
    }
}

/// A step cache saves passes of each family, and NAG lets a negative prompt count where there is no guidance.
#[test]
fn every_family_takes_a_step_cache_and_nag() {
    for (run, _) in RUNS {
        let case = Case::new(run);
        // The first steps and the last are always computed.
        let cached = made(&case, &["--cache", "easycache=100,1", "--steps", "6"]);
        let passes = &cached.settings["passes"];
        assert!(
            passes["computed"].as_u64() < passes["of"].as_u64(),
            "{run}: {}",
            cached.settings
        );
        let with = |scale: &str| {
            let nag = ["--guidance", "1", "--nag", scale, "--negative", "rain"];
            made(&case, &nag).latents
        };
        let (none, some) = (with("1"), with("11"));
        assert!(
            max_difference(&none, &some) > 1e-4,
            "{run}: NAG changes nothing"
        );
    }
}

/// Eight bits move what is made by little, and do not go unnoticed where matrices are wide enough to be packed.
#[test]
fn families_are_packed() {
    for (run, width) in RUNS {
        let case = Case::new(run);
        let packed = made(&case, &["--quantize", "8"]).latents;
        let golden = golden(&format!("e2e_{run}"));
        let expected = golden["latents"].try_index(-1).unwrap();
        let difference = max_difference(&packed, &expected);
        assert!(difference < 0.5, "{run}: {difference}");
        if width % 32 == 0 {
            assert!(difference > 2e-4, "{run}: nothing is packed");
        }
    }
}
