//! The table of keys.

use std::collections::HashSet;

use egui::{Key, Modifiers};
use zoetrope::view::commands::{TABLE, UiCommand, pressed};
use zoetrope::view::strings::Language;

/// What text fields and assistive technology need for themselves, with ⌘.
const TAKEN: [Key; 6] = [Key::A, Key::C, Key::V, Key::X, Key::Y, Key::Z];

/// Breaks when one key does two things, or two keys are told as the same.
#[test]
fn no_two_keys_clash() {
    let mut strokes = HashSet::new();
    for (place, entry) in TABLE.iter().enumerate() {
        let (command, keys) = (entry.command, entry.keys);
        assert!(strokes.insert(keys), "{command:?}: {keys:?} is taken");
        assert_eq!(command as usize, place, "{command:?} stands elsewhere");
        let edits = keys.modifiers.command && !keys.modifiers.shift;
        assert!(
            !(edits && TAKEN.contains(&keys.logical_key)),
            "{command:?} takes a key from text fields"
        );
    }
}

/// Breaks when a key is not told in a language.
#[test]
fn every_key_is_told_in_every_language() {
    for (language, name) in Language::ALL {
        let told: HashSet<&str> = TABLE
            .iter()
            .map(|entry| (language.words().command)(entry.command))
            .collect();
        assert_eq!(told.len(), TABLE.len(), "{name}");
        assert!(!told.contains(""), "{name}");
    }
}

/// What is asked for while this key is held down, a frame after the other; `typing` into a field or not.
fn keys_in(typing: bool, modifiers: Modifiers, stroke: Key) -> Vec<Vec<UiCommand>> {
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
    let generate = held(Modifiers::COMMAND, Key::Enter);
    assert_eq!(generate, [vec![UiCommand::Generate], vec![]]);
    let step = held(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(step, [[UiCommand::StepForward], [UiCommand::StepForward]]);
}

/// Breaks when typing a word plays the clip.
#[test]
fn plain_keys_are_left_to_a_field_that_is_typed_into() {
    let keys_in = |typing, modifiers, stroke| keys_in(typing, modifiers, stroke).swap_remove(0);
    assert_eq!(
        keys_in(false, Modifiers::NONE, Key::Space),
        [UiCommand::Play]
    );
    assert_eq!(keys_in(true, Modifiers::NONE, Key::Space), []);
    assert_eq!(
        keys_in(true, Modifiers::NONE, Key::Escape),
        [UiCommand::Close]
    );
    let command = keys_in(true, Modifiers::COMMAND, Key::Enter);
    assert_eq!(command, [UiCommand::Generate]);
}
