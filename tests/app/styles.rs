//! Prompts that were used before, styles and wildcards.

use std::fs;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use zoetrope::app::Preferences;
use zoetrope::job::{Request, SamplingRequest};

use super::files::let_go;
use super::{Opening, Window};

const COMMAND: Modifiers = Modifiers::COMMAND;

fn with_steps(steps: u32) -> Window {
    let preferences = Preferences {
        request: Request {
            prompt: "A paper boat".into(),
            sampling: SamplingRequest {
                steps: Some(steps),
                seed: Some(7),
                ..SamplingRequest::default()
            },
            ..Request::default()
        },
        ..Preferences::default()
    };
    Opening {
        preferences,
        ..Opening::default()
    }
    .open()
}

/// Breaks when a prompt of yesterday has to be typed again.
#[test]
fn a_prompt_that_was_used_comes_back() {
    let mut window = Opening::default().open();
    assert!(!window.sees("Recent prompts"), "there are none yet");
    for prompt in ["A paper boat", "A whale"] {
        window.press(COMMAND, Key::N);
        window.write("Prompt", prompt);
        window.press(COMMAND, Key::Enter);
    }
    let (_, plan) = window.next_job();
    assert_eq!(plan.prompt, "A paper boat");
    window.press(COMMAND, Key::N);
    window.click("Recent prompts");
    let line = window
        .harness
        .get_by_role_and_label(Role::MenuItem, "A paper boat");
    line.click();
    window.settle();
    let prompt = |window: &Window| {
        let field = window.harness.get_by_label("Prompt");
        field.accesskit_node().value().unwrap_or_default()
    };
    assert_eq!(prompt(&window), "A paper boat");
    window.press(COMMAND, Key::Z);
    assert_eq!(prompt(&window), "");
}

/// Breaks when a style loses a setting, takes the seed along, or cannot be taken back.
#[test]
fn a_style_is_kept_and_used() {
    let mut window = with_steps(12);
    window.press(COMMAND | Modifiers::SHIFT, Key::S);
    window.write("Name", "Quick / sketch");
    window.write("Prompt template", "{prompt}, in pencil");
    window.click("Save style");
    window.press(Modifiers::NONE, Key::Escape);
    let file = window.path("data/styles/Quick  sketch.json");
    window.until("the file", |_| file.is_file());
    let kept = fs::read_to_string(&file).unwrap();
    assert!(
        kept.contains("\"steps\": 12") || kept.contains("\"steps\":12"),
        "{kept}"
    );
    assert!(
        !kept.contains("A paper boat"),
        "what a video shows is no style"
    );

    // Somebody else drops the file on another window.
    let mut other = with_steps(30);
    let given = other.path("Quick sketch.json");
    fs::write(&given, kept).unwrap();
    let_go(&mut other, given);
    other.until_seen("Style applied");
    other.press(COMMAND, Key::Enter);
    let (_, plan) = other.next_job();
    assert_eq!(plan.sampling.steps, 12);
    assert_eq!(plan.sampling.seed, 7);
    assert_eq!(plan.prompt, "A paper boat, in pencil");
    other.press(COMMAND, Key::Z);
    other.press(COMMAND, Key::Enter);
    other.until("both", |window| window.sees_part("2 in queue"));
}

/// Breaks when any file that is JSON changes the form.
#[test]
fn a_file_that_is_no_style_is_told() {
    let mut window = with_steps(12);
    let file = window.path("window settings.json");
    fs::write(&file, r#"{ "prompt": "x", "sampling": { "steps": 3 } }"#).unwrap();
    let_go(&mut window, file);
    window.until("a sentence", |window| {
        window.sees_part("is not a Zoetrope style")
    });
    window.press(COMMAND, Key::Enter);
    assert_eq!(window.next_job().1.sampling.steps, 12);
}

/// Breaks when variations of a prompt with wildcards are all the same one, or braces reach the model.
#[test]
fn variations_go_through_the_wildcards() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A {red|blue} boat");
    window.click("Make variations");
    window.click("2 variations");
    let mut prompts = Vec::new();
    for _ in 0..2 {
        let (handle, plan) = window.next_job();
        window.tell(zoetrope::job::Event::Started { id: handle.id });
        window.tell(zoetrope::job::Event::Cancelled {
            id: handle.id,
            kept: None,
        });
        prompts.push(plan.prompt.clone());
    }
    prompts.sort();
    assert_eq!(prompts, ["A blue boat", "A red boat"]);
}
