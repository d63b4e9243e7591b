//! What the form's video needs of memory.

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use zoetrope::app::memory_estimate::Fit;
use zoetrope::error::Error;
use zoetrope::job::memory::{Fitted, Need, Saving};
use zoetrope::job::{Field, Plan, QuantBits, Refusal, Remedy, Stage};

use super::{Opening, Window};

const TOO_MUCH: &str = "This video needs 36.5 GB of memory, and 32.0 GB is all that there is";

fn fitted(plan: &Plan, bytes: u64, savings: &[Saving]) -> Fitted {
    Fitted {
        plan: plan.clone(),
        needs: vec![Need {
            stage: Stage::Denoise,
            expert: None,
            weights: bytes,
            work: 0,
        }],
        savings: savings.to_vec(),
    }
}

/// A window in which plans are made to fit like this.
fn window(fit: Fit) -> Window {
    let opening = Opening {
        fit: Some(fit),
        ..Opening::default()
    };
    let mut window = opening.open();
    window.write("Prompt", "A boat");
    window
}

/// What the button says below its name.
fn estimate(window: &Window) -> Option<String> {
    let button = window.harness.get_by_label("Generate");
    button.accesskit_node().description()
}

/// Breaks when somebody has to begin to see what a video takes, or what is done so that it fits.
#[test]
fn what_a_video_takes_is_told_before_it_begins() {
    let mut window = window(Arc::new(|plan| {
        let bytes = u64::from(plan.canvas.frames) * 100_000_000;
        Ok(fitted(plan, bytes, &[Saving::Tiles]))
    }));
    window.until("the memory", |window| {
        estimate(window).as_deref() == Some("12.1 GB")
    });
    assert!(window.sees("To fit into memory: decoded in tiles"));
    window.write("Frames", "49");
    window.press(Modifiers::NONE, Key::Enter);
    window.until("less memory", |window| {
        estimate(window).as_deref() == Some("4.9 GB")
    });
}

/// Breaks when a video can be begun that cannot fit, or the button beside the sentence does not mend it.
#[test]
fn what_cannot_fit_says_why_and_mends_itself() {
    let mut window = window(Arc::new(|plan| match plan.compute.quantize {
        Some(_) => Ok(fitted(plan, 20_000_000_000, &[])),
        None => Err(Error::Refused(Refusal {
            remedy: Some(Remedy::Pack(QuantBits::Eight)),
            ..Refusal::new(Field::Memory, TOO_MUCH)
        })),
    }));
    window.until_seen(TOO_MUCH);
    window.press(Modifiers::COMMAND, Key::Enter);
    assert!(window.command().is_none());
    window.click("Pack into 8 bits");
    window.until("it fits", |window| !window.sees(TOO_MUCH));
    window.press(Modifiers::COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    assert_eq!(plan.compute.quantize, Some(QuantBits::Eight));
}
