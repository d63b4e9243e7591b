//! What the form's video needs of memory.

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use zoetrope::app::Preferences;
use zoetrope::app::memory_estimate::Fit;
use zoetrope::job::memory::{Fitted, Need, Saving};
use zoetrope::job::{Advice, Event, Plan, Problem, QuantBits, Refusal, Stage};
use zoetrope::view::strings::Language;

use super::{Opening, Window};

const TOO_MUCH: &str = "This video needs 36.5 GB of memory, but this machine can spare 32.0 GB: quantize it to 8 bits, which needs 20.0 GB";

fn too_much() -> Refusal {
    Refusal::Memory {
        needed: 36_500_000_000,
        most: 32_000_000_000,
        is_limited: false,
        advice: Advice::Quantize(QuantBits::Eight, 20_000_000_000),
    }
}

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
    assert!(window.sees("To fit in memory: decoding in tiles"));
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
        None => Err(zoetrope::Error::from(too_much())),
    }));
    window.until_seen(TOO_MUCH);
    window.press(Modifiers::COMMAND, Key::Enter);
    assert!(window.command().is_none());
    window.click("Use 8-bit weights");
    window.until("it fits", |window| !window.sees(TOO_MUCH));
    window.press(Modifiers::COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    assert_eq!(plan.compute.quantize, Some(QuantBits::Eight));
}

/// Breaks when the same is found out only by the engine, and the way out of it is lost on the way.
#[test]
fn a_job_that_is_refused_can_be_mended_too() {
    let mut window = window(Arc::new(|plan| Ok(fitted(plan, 1_000, &[]))));
    window.press(Modifiers::COMMAND, Key::Enter);
    let (handle, _) = window.next_job();
    window.tell(Event::Failed {
        id: handle.id,
        problem: Problem::Refused(too_much()),
        kept: None,
    });
    assert!(window.sees(TOO_MUCH));
    window.click("Use 8-bit weights");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    assert_eq!(plan.compute.quantize, Some(QuantBits::Eight));
}

/// Breaks when a window in another language says in English why something could not be made.
#[test]
fn a_failure_is_told_in_the_language_of_the_window() {
    let opening = Opening {
        preferences: Preferences {
            language: Some(Language::Chinese),
            ..Preferences::default()
        },
        ..Opening::default()
    };
    let mut window = opening.open();
    window.write("提示词", "A boat");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (handle, _) = window.next_job();
    window.tell(Event::Failed {
        id: handle.id,
        problem: Problem::Refused(too_much()),
        kept: None,
    });
    assert!(window.sees(
        "此视频需要 36.5 GB 内存，但本机只能提供 32.0 GB：请将权重量化为 8 位，这样只需 20.0 GB"
    ));
    assert!(window.sees("使用 8 位权重"));
}
