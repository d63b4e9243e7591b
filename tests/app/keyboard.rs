//! The window without a mouse.

use std::collections::HashSet;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::NodeT;
use zoetrope::app::Saved;
use zoetrope::job::{Event, Lora, Request, Variant};

use super::{Opening, Window};
use crate::job::checkpoint_of;

/// More than there are controls.
const MOST: usize = 200;

const ROLES: [Role; 7] = [
    Role::Button,
    Role::RadioButton,
    Role::Slider,
    Role::SpinButton,
    Role::TextInput,
    Role::MultilineTextInput,
    Role::DisclosureTriangle,
];

/// A window with everything unfolded.
fn unfolded() -> Window {
    let lora = Lora {
        file: "style.safetensors".into(),
        strength: 0.5,
        expert: None,
    };
    let saved = Saved {
        negative_open: true,
        advanced_open: true,
        request: Request {
            prompt: "A boat".into(),
            loras: vec![lora],
            ..Request::default()
        },
        ..Saved::default()
    };
    let opening = Opening {
        models: vec![checkpoint_of(Variant::I2vA14b)],
        saved,
        ..Opening::default()
    };
    opening.open()
}

/// The controls that can be operated now, by their numbers, with their names.
fn controls(window: &Window) -> HashSet<(String, String)> {
    let nodes = window.harness.root().children_recursive();
    let controls = nodes.filter_map(|node| {
        let node = node.accesskit_node();
        let is_control = ROLES.contains(&node.role()) && !node.is_disabled();
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

/// Goes through the window with Tab, and compares what comes along with what is there.
#[track_caller]
fn check(window: &mut Window, state: &str) {
    let mut reached = HashSet::new();
    for _ in 0..MOST {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(2);
        reached.extend(focused(window));
    }
    let mut missed: Vec<String> = controls(window)
        .into_iter()
        .filter(|(id, _)| !reached.contains(id))
        .map(|(_, name)| name)
        .collect();
    missed.sort();
    assert!(missed.is_empty(), "{state}: Tab does not reach {missed:?}");
}

/// Breaks when something can be reached with a mouse alone.
#[test]
fn tab_reaches_every_control() {
    check(&mut unfolded(), "with nothing made");
    let mut window = Opening::default().open();
    window.write("Prompt", "A boat");
    window.click("Generate");
    let (ticket, plan) = window.next_job();
    window.tell(Event::Started { id: ticket.id });
    check(&mut window, "at work");
    window.finish(ticket.id, &plan);
    window.until("the clip", |window| window.sees_part("frame 1 of"));
    check(&mut window, "in the player");
    for key in [Key::L, Key::E, Key::Comma, Key::Slash] {
        window.press(Modifiers::COMMAND, key);
        check(&mut window, &format!("on the sheet of {key:?}"));
        window.press(Modifiers::NONE, Key::Escape);
    }
}
