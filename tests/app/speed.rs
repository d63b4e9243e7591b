//! How soon the form's video is wanted.

use std::fs;

use zoetrope::catalog;
use zoetrope::job::{Decode, Estimates, FewSteps, Plan, Request, Spent, StepCache, Timings};

use super::{Opening, Window};
use crate::support::golden_path;

/// A window on a slow machine: its model takes a minute for a step of both passes. Beside the model lie a few-step LoRA
/// and a tiny VAE.
fn window(with_files: bool) -> Window {
    let opening = Opening::default();
    let model = opening.folder.path().join("models/5b");
    crate::support::model::copy_model(&model);
    if with_files {
        let loras = opening.folder.path().join("models/loras");
        fs::create_dir_all(&loras).unwrap();
        let lora = golden_path("lora/comfy_with_diff_and_diff_b.safetensors");
        fs::copy(lora, loras.join("FastWan_5B_lora.safetensors")).unwrap();
        let approximate = opening.folder.path().join("models/vae_approx");
        fs::create_dir_all(&approximate).unwrap();
        let tiny = golden_path("ckpt/taehv/taew2_2.safetensors");
        fs::copy(tiny, approximate.join("taew2_2.safetensors")).unwrap();
    }
    let model = catalog::open(&model).unwrap();
    let request = Request {
        prompt: "a boat".into(),
        ..Request::default()
    };
    let plan = Plan::new(&request, model.clone(), None, 7, "v.mp4".into()).unwrap();
    let spent = |seconds: f64, units| Spent { seconds, units };
    let timings = Timings {
        denoise: spent(60.0 * 50.0, 50),
        decode: spent(120.0, plan.canvas.frames as usize),
        ..Timings::default()
    };
    let mut estimates = Estimates::default();
    estimates.learn(&plan, false, &timings);
    let data = opening.folder.path().join("data");
    fs::create_dir_all(&data).unwrap();
    let json = serde_json::to_string(&estimates).unwrap();
    fs::write(data.join("estimates.json"), json).unwrap();
    let opening = Opening {
        models: vec![model],
        ..opening
    };
    let mut window = opening.open();
    window.write("Prompt", "A paper boat");
    window
}

/// Breaks when the word is not there or opens nothing, when a way does not say what it does and how long it takes, or
/// does something else than it says.
#[test]
fn the_three_ways_say_what_they_do_and_do_it() {
    let mut window = window(true);
    let long = "Exact takes about 52 min; balanced about ";
    window.until("the offer", |window| window.sees_part(long));
    window.click("Speed: Exact");
    for line in ["Exact", "Balanced", "Fast"] {
        assert!(window.sees(line), "{line}: {:?}", window.seen());
    }
    window.click("Fast");
    window.until_seen("Speed: Fast");
    window.until_seen("FastWan: 3 steps, guidance 1");
    assert!(!window.sees_part(long), "it was taken");
    window.click("Generate");
    let (handle, plan) = window.next_job();
    assert_eq!(plan.speedups.preset, Some(FewSteps::FastWan));
    assert_eq!(plan.sampling.steps, 3);
    assert_eq!(plan.sources.loras.len(), 1);
    assert_eq!(plan.speedups.decode, Decode::Draft);
    window.finish(handle.id, &plan);

    // The chip takes the few steps out, and a cache comes in.
    window.click("Turn these settings off");
    window.until("the chip", |window| !window.sees_part("FastWan: 3"));
    window.click("Generate");
    let (_, plan) = window.next_job();
    assert_eq!(plan.sources.loras.len(), 0);
    assert_eq!(plan.sampling.steps, 50);
    assert_ne!(plan.speedups.cache, StepCache::Off);
}

/// Exact is what one has who asks for nothing, and a balanced video keeps its own VAE.
#[test]
fn only_what_was_chosen_changes_the_video() {
    let mut window = window(false);
    window.click("Generate");
    let (handle, plan) = window.next_job();
    assert!(plan.speedups.cache.is_off() && plan.speedups.decode == Decode::Full);
    window.finish(handle.id, &plan);
    window.click("Speed: Exact");
    window.until_seen("Balanced");
    window.click("Balanced");
    window.click("Generate");
    let (_, plan) = window.next_job();
    assert_ne!(plan.speedups.cache, StepCache::Off);
    assert_eq!(plan.speedups.decode, Decode::Full);
    assert_eq!(plan.sampling.steps, 50);
}
