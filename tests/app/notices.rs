//! Sentences over the stage: good news leaves, bad news stays, and both can be sent away.

use std::fs;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::files::let_go;
use super::{Opening, Window};

/// So many frames are a little more than five seconds.
const LONG: usize = 160;

const CLEARED: &str = "Form cleared";

fn with_bad_news() -> Window {
    let mut window = Opening::default().open();
    let file = window.path("notes.txt");
    fs::write(&file, "no picture").unwrap();
    let_go(&mut window, file);
    window.until("a sentence", |window| window.sees_part("notes.txt"));
    window
}

/// Breaks when the picture is covered for minutes by what was read long ago.
#[test]
fn good_news_leaves_by_itself() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A boat");
    window.press(Modifiers::COMMAND, Key::N);
    assert!(window.sees(CLEARED));
    window.harness.run_steps(LONG);
    assert!(!window.sees(CLEARED));
}

/// Breaks when somebody who was away for a minute does not learn what went wrong, or cannot send it away by the keyboard.
#[test]
fn bad_news_stays_until_it_was_read() {
    let mut window = with_bad_news();
    window.harness.run_steps(LONG);
    assert!(window.sees_part("notes.txt"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.sees_part("notes.txt"));
}

/// Breaks when a sentence lies over the form or beside the picture that it is about.
#[test]
fn a_notice_lies_in_the_middle_of_the_stage() {
    let window = with_bad_news();
    let notice = window.harness.get_by_label_contains("notes.txt").rect();
    // The form is 320 wide, the window 1280.
    let middle = f32::midpoint(320.0, 1280.0);
    assert!(
        notice.left() > 320.0 && notice.bottom() < 800.0,
        "{notice:?}"
    );
    assert!((notice.center().x - middle).abs() < 60.0, "{notice:?}");
}
