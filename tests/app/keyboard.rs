//! The window without a mouse.

use std::collections::{HashMap, HashSet};

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use zoetrope::app::Preferences;
use zoetrope::job::{Event, Lora, Request, Sources, Variant};

use super::{OPERABLE, Opening, Window};
use crate::job::checkpoint_of;

/// More than there are controls.
const MOST: usize = 200;

/// A window with everything unfolded.
fn unfolded() -> Window {
    let lora = Lora {
        file: "style.safetensors".into(),
        strength: 0.5,
        expert: None,
    };
    let preferences = Preferences {
        negative_open: true,
        advanced_open: true,
        request: Request {
            prompt: "A boat".into(),
            sources: Sources {
                loras: vec![lora],
                ..Default::default()
            },
            ..Request::default()
        },
        ..Preferences::default()
    };
    let opening = Opening {
        models: vec![checkpoint_of(Variant::I2vA14b)],
        preferences,
        ..Opening::default()
    };
    opening.open()
}

/// The controls that can be operated now: their numbers and names.
fn controls(window: &Window) -> HashMap<String, String> {
    let nodes = window.harness.root().children_recursive();
    let controls = nodes.filter_map(|node| {
        let node = node.accesskit_node();
        let is_control = OPERABLE.contains(&node.role()) && !node.is_disabled();
        is_control.then(|| (format!("{:?}", node.id()), node.label().unwrap_or_default()))
    });
    controls.collect()
}

/// The number of what the keyboard talks to.
fn focused(window: &Window) -> Option<String> {
    let mut nodes = window.harness.root().children_recursive();
    let focused = nodes.find(|node| node.accesskit_node().is_focused())?;
    Some(format!("{:?}", focused.accesskit_node().id()))
}

/// Everything that Tab comes along.
fn reached(window: &mut Window) -> HashSet<String> {
    let mut reached = HashSet::new();
    for _ in 0..MOST {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(2);
        reached.extend(focused(window));
    }
    reached
}

#[track_caller]
fn check(window: &mut Window, state: &str) {
    let reached = reached(window);
    let mut missed = controls(window);
    missed.retain(|id, _| !reached.contains(id));
    assert!(missed.is_empty(), "{state}: Tab does not reach {missed:?}");
}

/// Breaks when something can be reached with a mouse alone.
#[test]
fn tab_reaches_every_control() {
    check(&mut unfolded(), "with nothing made");
    let mut window = Opening::default().open();
    window.write("Prompt", "A boat");
    window.click("Generate");
    let (handle, plan) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    check(&mut window, "at work");
    window.finish(handle.id, &plan);
    window.until("the clip", |window| window.sees_part("frame 1 of"));
    check(&mut window, "in the player");
}

/// Breaks when the keyboard walks into what is scrolled out of sight: nobody sees then what a key would do.
#[test]
fn what_the_keyboard_comes_to_is_in_sight() {
    let mut window = unfolded();
    let room = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 800.0));
    let mut walked = HashSet::new();
    for _ in 0..60 {
        window.harness.key_press(Key::Tab);
        // It scrolls there softly.
        window.harness.run_steps(12);
        let mut nodes = window.harness.root().children_recursive();
        let Some(node) = nodes.find(|node| node.accesskit_node().is_focused()) else {
            continue;
        };
        let name = node.accesskit_node().label().unwrap_or_default();
        assert!(
            room.contains(node.rect().center()),
            "{name}: {:?}",
            node.rect()
        );
        walked.insert(name);
    }
    assert!(
        walked.contains("Remove") && walked.contains("Shift"),
        "{walked:?}"
    );
}

/// Breaks when Tab jumps to and fro: it goes from the bar to the form, the stage and the reel, and in each as one reads.
#[test]
fn tab_goes_the_way_that_is_read() {
    let mut window = unfolded();
    let mut way: Vec<(String, egui::Rect)> = Vec::new();
    for _ in 0..60 {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(12);
        let mut nodes = window.harness.root().children_recursive();
        let Some(node) = nodes.find(|node| node.accesskit_node().is_focused()) else {
            continue;
        };
        let name = node.accesskit_node().label().unwrap_or_default();
        if way.first().is_some_and(|(first, _)| *first == name) {
            break;
        }
        way.push((name, node.rect()));
    }
    let place = |name: &str| {
        let found = way.iter().position(|(other, _)| other == name);
        found.unwrap_or_else(|| panic!("{name} is not among {way:?}"))
    };
    let read = [
        "Library",
        "Settings…",
        "Prompt",
        "Width",
        "Height",
        "Steps",
        "Guidance (CFG)",
        "New seed",
        "Add…",
        "Strength of style",
        "Remove style",
        "Speed: Exact",
    ];
    let places = read.map(place);
    assert!(places.is_sorted(), "{way:?}");
}

/// Breaks when the controls of the player cover the clip for good because a prompt was typed, or Space types after ⌘⏎.
#[test]
fn a_typed_prompt_does_not_hold_the_controls_of_the_player() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A boat");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (handle, plan) = window.next_job();
    assert_eq!(focused(&window), None, "the form still has the keys");
    window.tell(Event::Started { id: handle.id });
    window.finish(handle.id, &plan);
    window.until("the clip", |window| window.sees_part("frame 1 of"));
    window.harness.get_by_label("Prompt").focus();
    // Two seconds without the pointer, and the time to fade.
    window.harness.run_steps(120);
    assert!(!window.sees("Loop"), "the controls stay");
    let frame = egui::pos2(700.0, 300.0);
    window.harness.hover_at(frame);
    window.settle();
    assert!(window.sees("Loop"));
}

/// Breaks when the library opens with what was looked for days ago, or Esc closes it with the words in it.
#[test]
fn the_library_opens_without_what_was_looked_for() {
    let mut window = Opening::default().open();
    window.press(Modifiers::COMMAND, Key::L);
    window.harness.event(egui::Event::Text("whale".into()));
    window.settle();
    let words = |window: &Window| {
        let search = window.harness.query_by_label("Search")?;
        search.accesskit_node().value()
    };
    assert_eq!(words(&window).as_deref(), Some("whale"));
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(words(&window).unwrap_or_default(), "");
    assert!(window.sees("Library") && window.sees("Search"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.sees("Search"));
    window.press(Modifiers::COMMAND, Key::L);
    window.harness.event(egui::Event::Text("boat".into()));
    window.settle();
    assert_eq!(
        words(&window).as_deref(),
        Some("boat"),
        "the field has no focus"
    );
    window.press(Modifiers::COMMAND, Key::L);
    window.press(Modifiers::COMMAND, Key::L);
    assert_eq!(words(&window).unwrap_or_default(), "");
}

/// Breaks when a sheet cannot be used without a mouse, or the keyboard strays to what lies behind it.
#[test]
fn on_a_sheet_tab_reaches_the_sheet_alone() {
    let mut window = Opening::default().open();
    let behind = controls(&window);
    let models = (Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    let sheets = [Key::L, Key::Comma, Key::Slash].map(|key| (Modifiers::COMMAND, key));
    for (modifiers, key) in sheets.into_iter().chain([models]) {
        window.press(modifiers, key);
        let reached = reached(&mut window);
        let mut on_sheet = controls(&window);
        on_sheet.retain(|id, _| !behind.contains_key(id));
        assert!(!on_sheet.is_empty(), "{key:?} opens no sheet");
        let strayed: Vec<_> = reached.iter().filter_map(|id| behind.get(id)).collect();
        assert!(
            strayed.is_empty(),
            "{key:?}: Tab goes behind it, to {strayed:?}"
        );
        on_sheet.retain(|id, _| !reached.contains(id));
        assert!(
            on_sheet.is_empty(),
            "{key:?}: Tab does not reach {on_sheet:?}"
        );
        window.press(Modifiers::NONE, Key::Escape);
    }
}

/// Breaks when what is typed on a sheet goes into the prompt behind it.
#[test]
fn the_library_is_typed_into_as_soon_as_it_is_open() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A boat");
    window.press(Modifiers::COMMAND, Key::L);
    window.harness.event(egui::Event::Text("whale".into()));
    window.settle();
    let search = window.harness.get_by_label("Search");
    assert_eq!(search.accesskit_node().value().as_deref(), Some("whale"));
}
