//! Whole runs against the official code's, in float32 from the same starting noise.

use std::path::Path;

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use tempfile::TempDir;
use zoetrope::pipeline::{self, Reporter};

use super::case::Case;
use crate::support::program::zoetrope;
use crate::support::{compare, golden};

/// A relative change of 1e-6 in the noise moves the latents of these runs by 1e-5; a forward pass
/// of two independent implementations differs by 3e-5, and guidance multiplies that by five.
const LATENTS: (f32, f32) = (2e-4, 0.0);
const FRAMES: (f32, f32) = (5e-4, 0.0);
const FRAMES_MEAN: f32 = 3e-5;

/// The families, and what they make videos from.
pub const RUNS: [&str; 5] = [
    "ti2v_5b_t2v",
    "ti2v_5b_i2v",
    "t2v_1_3b",
    "t2v_a14b",
    "i2v_a14b",
];

/// The families that came later, and for what the reference has runs of them.
pub const FAMILY: [&str; 23] = [
    "i2v_14b_unipc",
    "flf2v_14b_unipc",
    "fun_5b_inp_none_unipc",
    "fun_5b_inp_start_unipc",
    "fun_5b_inp_start_end_unipc",
    "fun_a14b_control_plain_unipc",
    "fun_a14b_control_ref_unipc",
    "fun_a14b_control_start_ref_unipc",
    "fun_a14b_inp_none_unipc",
    "fun_a14b_inp_start_unipc",
    "fun_a14b_inp_start_end_unipc",
    "fun_5b_control_plain_unipc",
    "fun_5b_control_ref_unipc",
    "fun_5b_control_start_ref_unipc",
    "lucy_edit_unipc",
    "vace_a14b_inpaint_unipc",
    "vace_a14b_control_refs_unipc",
    "vace_a14b_ref_unipc",
    "vace_1_3b_ref_unipc",
    "vace_1_3b_inpaint_unipc",
    "vace_1_3b_control_unipc",
    "vace_1_3b_extend_unipc",
    // The only length that the official code can do.
    "flf2v_14b_81_unipc",
];

/// Every run of the reference, through the command line: final latents, frames where the reference
/// has them, and the video itself.
#[test]
fn the_command_line_reproduces_every_reference_run() {
    for run in RUNS {
        for solver in ["unipc", "dpmpp", "euler"] {
            reproduce(&Case::new(&format!("{run}_{solver}")));
        }
    }
}

/// The same for models that are given more than a prompt and a first frame.
#[test]
fn the_command_line_reproduces_the_runs_of_other_families() {
    for run in FAMILY {
        reproduce(&Case::new(run));
    }
}

#[track_caller]
fn reproduce(case: &Case) {
    let (model, folder) = (case.model(), TempDir::new().unwrap());
    let arguments = case.arguments(model.path(), folder.path());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = zoetrope(folder.path(), &arguments);
    assert_eq!(run.code, Some(0), "{}: {}", case.name, run.stderr);
    compare_files(case, folder.path());
}

fn compare_files(case: &Case, folder: &Path) {
    let golden = golden(&format!("e2e_{}", case.name));
    let saved = |name: &str| Array::load_safetensors(folder.join(name)).unwrap();

    let expected = golden["latents"].try_index(-1).unwrap();
    let latents = &saved("latents.safetensors")["latents"];
    compare(latents, &expected, LATENTS, &case.name);

    if let Some(expected) = golden.get("frames") {
        let frames = &saved("frames.safetensors")["frames"];
        compare(frames, expected, FRAMES, &case.name);
        let difference = frames.subtract(expected).unwrap().abs().unwrap();
        let mean = difference.mean(None).unwrap().item_cast::<f32>();
        assert!(
            mean < FRAMES_MEAN,
            "{}: frames off by {mean:.2e} on average",
            case.name
        );
    }

    let video = zoetrope::media::mp4::info(&folder.join("out.mp4")).unwrap();
    assert_eq!(video.size, case.size(), "{}", case.name);
    assert_eq!(
        u64::from(video.frames),
        case.number("frame_num"),
        "{}",
        case.name
    );
}

/// A wrong turn early in a run can be hidden by the steps after it.
#[test]
fn the_latents_match_after_every_step() {
    let runs = RUNS.map(|run| format!("{run}_unipc"));
    let others = FAMILY[..FAMILY.len() - 1].iter().map(|&run| run.to_owned());
    for run in runs.into_iter().chain(others) {
        let case = Case::new(&run);
        let golden = golden(&format!("e2e_{}", case.name));
        let (model, folder) = (case.model(), TempDir::new().unwrap());
        let plan = case.plan(model.path(), folder.path());
        let mut step = 0;
        let compare = |latents: &Array| {
            step += 1;
            let expected = golden["latents"].try_index(step)?;
            compare(
                latents,
                &expected,
                LATENTS,
                &format!("{} step {step}", case.name),
            );
            Ok(())
        };
        let mut reporter = Reporter::new(|_| (), || false).watching(compare);
        pipeline::generate(&plan, &mut reporter).unwrap();
        drop(reporter);
        assert_eq!(step as u64, case.number("steps"));
    }
}

/// The official code would draw the same noise from the same seed with a CPU generator, so no file
/// is needed to reproduce its runs.
#[test]
fn the_seed_alone_gives_the_reference_noise() {
    let case = Case::new("ti2v_5b_t2v_unipc");
    let expected = &golden("e2e_ti2v_5b_t2v_unipc")["noise"];
    let noise = zoetrope::sampler::noise(case.number("seed"), expected.shape());
    // The reference draws in float32; logarithm and cosine differ in the last place.
    compare(&noise, expected, (1e-6, 1e-6), "noise");
}
