//! The LoRAs of the form, and how tightly weights are packed.

use std::fs;

use egui::{Key, Modifiers};
use zoetrope::job::Bits;

use super::files::let_go;
use super::{Opening, Window};

fn with_lora(contents: &str) -> Window {
    let opening = Opening {
        // High enough for everything under Advanced.
        size: [1280.0, 1400.0],
        ..Opening::default()
    };
    let mut window = opening.open();
    let file = window.path("clay.safetensors");
    fs::write(&file, contents).unwrap();
    let_go(&mut window, file);
    window.until_seen("Strength of clay");
    window
}

/// Breaks when a dropped LoRA, or the packing, does not reach the job, or cannot be taken back.
#[test]
fn a_dropped_lora_and_the_packing_reach_the_job() {
    let mut window = with_lora("");
    window.write("Prompt", "A boat of clay");
    window.click("4 bits");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    let [lora] = plan.loras.as_slice() else {
        panic!("{:?}", plan.loras);
    };
    assert_eq!(lora.file, window.path("clay.safetensors"));
    assert_eq!((lora.strength, lora.expert), (1.0, None));
    assert_eq!(plan.quantize, Some(Bits::Four));
    window.click("Remove clay");
    assert!(!window.sees("Strength of clay"));
}

/// Breaks when somebody has to wait for the engine to hear that a file is no LoRA, or can begin all the same.
#[test]
fn a_file_that_is_no_lora_is_told_of_at_once() {
    let mut window = with_lora("no weights");
    window.until("the sentence", |window| {
        window.sees_part("clay.safetensors")
    });
    window.write("Prompt", "A boat");
    window.press(Modifiers::COMMAND, Key::Enter);
    assert!(window.command().is_none(), "it cannot work");
    window.click("Remove clay");
    assert!(!window.sees_part("clay.safetensors"));
    window.press(Modifiers::COMMAND, Key::Enter);
    window.next_job();
}
