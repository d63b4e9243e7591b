//! From nothing to the first job, and back at the next start.

use eframe::App as _;
use egui::{Key, Modifiers};
use zoetrope::app::Preferences;
use zoetrope::job::Checkpoint;

use super::{Opening, Window};
use crate::job::checkpoint;

const EXAMPLE: &str = "A red lighthouse shines over the sea at night";

fn with_examples() -> Opening {
    Opening {
        models: vec![Checkpoint {
            examples: vec![EXAMPLE.into(), "A pink cake".into()],
            ..checkpoint()
        }],
        ..Opening::default()
    }
}

/// Breaks when a newcomer needs more than two clicks to the first video.
#[test]
fn one_click_takes_an_example_and_the_next_makes_it() {
    let mut window = with_examples().open();
    assert!(window.sees("Describe your shot"));
    window.click(EXAMPLE);
    window.click("Generate");
    let (_, plan) = window.next_job();
    assert_eq!(plan.prompt, EXAMPLE);
    let videos = window.path("videos");
    assert_eq!(plan.output.parent(), Some(videos.as_path()));
}

/// Breaks when a job without a prompt can be begun, by the button or by its key.
#[test]
fn without_a_prompt_nothing_is_made() {
    let mut window = with_examples().open();
    window.click("Generate");
    window.press(Modifiers::COMMAND, Key::Enter);
    window.settle();
    assert!(window.command().is_none());
    assert!(window.sees("Describe your shot"));
}

/// Breaks when a model without examples promises some.
#[test]
fn without_examples_none_are_promised() {
    let window = Opening::default().open();
    assert!(window.sees("Write a prompt or drop a picture"));
    let window = with_examples().open();
    assert!(window.sees("Write a prompt, drop a picture, or try one of these"));
}

/// Breaks when the key does not do what the button does.
#[test]
fn a_typed_prompt_is_made_by_the_key() {
    let mut window = with_examples().open();
    window.write("Prompt", "A paper boat");
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(window.next_job().1.prompt, "A paper boat");
}

/// Breaks when the window cannot say what to do without a single model.
#[test]
fn without_a_model_the_stage_says_so_and_leads_to_the_models() {
    let mut window = Opening {
        models: Vec::new(),
        ..Opening::default()
    }
    .open();
    assert!(window.sees("No model installed"));
    window.click("Models…");
    assert!(window.sees_part("Models are saved to the Hugging Face cache"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.sees_part("Models are saved to the Hugging Face cache"));
}

/// Breaks when the form is lost with the window.
#[test]
fn the_next_start_finds_the_form_as_it_was() {
    let mut window = with_examples().open();
    window.write("Prompt", "A green tent");
    window.click("Advanced");
    let (folder, harness) = (std::rc::Rc::clone(&window.folder), window.harness);
    let mut app = harness.into_state();
    app.on_exit();
    drop(app);
    let preferences = Preferences::read(&folder.path().join("window.json"));
    assert_eq!(preferences.request.prompt, "A green tent");
    let window = Opening {
        preferences,
        ..with_examples()
    }
    .open();
    assert!(window.sees("Sampler"), "what was unfolded is folded");
}

/// Breaks when a settings file of another version, or a damaged one, keeps the window shut.
#[test]
fn what_cannot_be_read_of_the_settings_is_as_on_the_first_day() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("window.json");
    assert_eq!(Preferences::read(&path), Preferences::default());
    std::fs::write(&path, "{\"zoom\": ").unwrap();
    assert_eq!(Preferences::read(&path), Preferences::default());
    std::fs::write(&path, "{\"zoom\": 1.5, \"new\": true}").unwrap();
    let expected = Preferences {
        zoom: 1.5,
        ..Preferences::default()
    };
    assert_eq!(Preferences::read(&path), expected);
}

/// Breaks when a choice in the settings does nothing until the next start.
#[test]
fn the_language_changes_at_once() {
    let mut window: Window = with_examples().open();
    window.press(Modifiers::COMMAND, Key::Comma);
    window.click("简体中文");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(window.sees("生成") && !window.sees("Generate"));
}
