//! The LoRAs of the form, and how tightly weights are packed.

use std::fs;
use std::path::PathBuf;

use egui::{Key, Modifiers};
use zoetrope::catalog;
use zoetrope::job::{FewSteps, QuantBits, Sampler};

use super::files::let_go;
use super::{Opening, Window};
use crate::support::golden_path;

/// A window with a small model and a prompt, onto which a file was dropped.
fn with_lora(file: PathBuf) -> Window {
    let opening = Opening {
        models: vec![catalog::open(&golden_path("ckpt/ti2v_5b/official")).unwrap()],
        // High enough for everything under Advanced.
        size: [1280.0, 1400.0],
        ..Opening::default()
    };
    let mut window = opening.open();
    window.write("Prompt", "A boat of clay");
    let_go(&mut window, file);
    window
}

/// Breaks when a dropped LoRA, or the packing, does not reach the job, or cannot be taken back.
#[test]
fn a_dropped_lora_and_the_packing_reach_the_job() {
    let file = golden_path("lora/comfy_with_diff_and_diff_b.safetensors");
    let mut window = with_lora(file.clone());
    window.until_seen("Matches 34 of 34 layers");
    window.click("4-bit");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    let [lora] = plan.sources.loras.as_slice() else {
        panic!("{:?}", plan.sources.loras);
    };
    assert_eq!(lora.file, file);
    assert_eq!((lora.strength, lora.expert), (1.0, None));
    assert_eq!(plan.compute.quantize, Some(QuantBits::Four));
    window.click("Remove comfy_with_diff_and_diff_b");
    assert!(!window.sees_part("comfy_with"));
}

/// Breaks when somebody has to wait for the engine to hear that a file is no LoRA, or can begin all the
/// same.
#[test]
fn with_a_file_that_is_no_lora_nothing_begins() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("clay.safetensors");
    fs::write(&file, "no weights").unwrap();
    let mut window = with_lora(file);
    window.until("the sentence", |window| {
        window.sees_part("clay.safetensors")
    });
    window.press(Modifiers::COMMAND, Key::Enter);
    assert!(window.command().is_none(), "it cannot work");
    window.click("Remove");
    assert!(!window.sees_part("clay"));
    window.press(Modifiers::COMMAND, Key::Enter);
    window.next_job();
}

/// Breaks when a few-step LoRA does not bring its settings, does not say so, or cannot be used without them.
#[test]
fn a_few_step_lora_brings_its_settings_and_they_can_be_left_out() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("FastWan_5B_lora.safetensors");
    fs::copy(
        golden_path("lora/comfy_with_diff_and_diff_b.safetensors"),
        &file,
    )
    .unwrap();
    let mut window = with_lora(file.clone());
    window.until_seen("FastWan: 3 steps, guidance 1");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    assert_eq!(
        (plan.sampling.steps, plan.sampling.sampler),
        (3, Sampler::Dmd)
    );
    assert_eq!(plan.speedups.preset, Some(FewSteps::FastWan));

    let mut window = with_lora(file);
    window.until_seen("FastWan: 3 steps, guidance 1");
    window.click("Turn these settings off");
    window.until_seen("FastWan settings are off");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    assert_eq!(
        (plan.sampling.steps, plan.sampling.sampler),
        (50, Sampler::UniPc)
    );
    window.click("Turn on");
    window.until_seen("FastWan: 3 steps, guidance 1");
}
