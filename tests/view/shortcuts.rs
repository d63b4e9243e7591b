//! The table of keys.

use std::collections::HashSet;

use egui::{Key as Stroke, Modifiers};
use zoetrope::view::keys::{Key, TABLE, pressed};
use zoetrope::view::strings::Language;

/// What text fields and assistive technology need for themselves, with ⌘.
const TAKEN: [Stroke; 6] = [
    Stroke::A,
    Stroke::C,
    Stroke::V,
    Stroke::X,
    Stroke::Y,
    Stroke::Z,
];

/// Breaks when one key does two things, or two keys are told as the same.
#[test]
fn no_two_keys_clash() {
    let mut strokes = HashSet::new();
    let mut keys = Vec::new();
    for (key, shortcut) in TABLE {
        assert!(strokes.insert(shortcut), "{key:?}: {shortcut:?} is taken");
        assert!(!keys.contains(&key), "{key:?} stands there twice");
        keys.push(key);
        let edits = shortcut.modifiers.command && !shortcut.modifiers.shift;
        assert!(
            !(edits && TAKEN.contains(&shortcut.logical_key)),
            "{key:?} takes a key from text fields"
        );
    }
}

/// Breaks when a key is not told in a language.
#[test]
fn every_key_is_told_in_every_language() {
    for (language, name) in Language::ALL {
        let told: HashSet<&str> = TABLE
            .iter()
            .map(|(key, _)| (language.words().key)(*key))
            .collect();
        assert_eq!(told.len(), TABLE.len(), "{name}");
        assert!(!told.contains(""), "{name}");
    }
}

/// What is asked for while this key is held down, a frame after the other; `typing` into a field or not.
fn keys_in(typing: bool, modifiers: Modifiers, stroke: Stroke) -> Vec<Vec<Key>> {
    let ctx = egui::Context::default();
    let mut found = Vec::new();
    for frame in 0..4 {
        let event = egui::Event::Key {
            key: stroke,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        };
        let input = egui::RawInput {
            events: (frame > 1).then_some(event).into_iter().collect(),
            ..egui::RawInput::default()
        };
        let mut text = String::new();
        let mut output = ctx.run_ui(input, |ui| {
            found.push(pressed(ui.ctx()));
            let field = ui.text_edit_singleline(&mut text);
            if typing {
                field.request_focus();
            }
        });
        // Nobody draws it.
        output.textures_delta.clear();
    }
    found.split_off(2)
}

/// Breaks when a finger that rests on a key asks for video after video, or has to be lifted for each frame.
#[test]
fn a_key_that_is_held_down_asks_once_unless_it_steps() {
    let held = |modifiers, stroke| keys_in(false, modifiers, stroke);
    let generate = held(Modifiers::COMMAND, Stroke::Enter);
    assert_eq!(generate, [vec![Key::Generate], vec![]]);
    let step = held(Modifiers::NONE, Stroke::ArrowRight);
    assert_eq!(step, [[Key::StepForward], [Key::StepForward]]);
}

/// Breaks when typing a word plays the clip.
#[test]
fn plain_keys_are_left_to_a_field_that_is_typed_into() {
    let keys_in = |typing, modifiers, stroke| keys_in(typing, modifiers, stroke).swap_remove(0);
    assert_eq!(keys_in(false, Modifiers::NONE, Stroke::Space), [Key::Play]);
    assert_eq!(keys_in(true, Modifiers::NONE, Stroke::Space), []);
    assert_eq!(keys_in(true, Modifiers::NONE, Stroke::Escape), [Key::Close]);
    let command = keys_in(true, Modifiers::COMMAND, Stroke::Enter);
    assert_eq!(command, [Key::Generate]);
}
