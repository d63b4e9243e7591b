//! The queue as a list: its order, and when it goes on.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use zoetrope::job::{Event, JobHandle};

use super::{Opening, Window};

/// A window with a job at work and others that wait, and the list beside the stage.
fn with_list(prompts: &[&str]) -> (Window, JobHandle) {
    let mut window = Opening::default().open();
    for prompt in prompts {
        window.press(Modifiers::COMMAND, Key::N);
        window.write("Prompt", prompt);
        window.press(Modifiers::COMMAND, Key::Enter);
    }
    let (handle, _) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    window.until("all", |window| {
        window.sees_part(&format!("{} in queue", prompts.len()))
    });
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::J);
    assert!(window.sees("Queue"));
    (window, handle)
}

/// The name of the job that comes after the one at work.
fn next(window: &mut Window, handle: &JobHandle) -> String {
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: None,
    });
    window.next_job().1.prompt.clone()
}

/// Breaks when the order cannot be changed by dragging a line to its place.
#[test]
fn a_line_is_dragged_to_its_place() {
    let (mut window, handle) = with_list(&["one", "two", "three", "four"]);
    let grip = |window: &Window, name: &str| {
        let name = format!("Move {name}");
        window.harness.get_by_label(&name).rect().center()
    };
    let (from, to) = (grip(&window, "four"), grip(&window, "two"));
    window.harness.drag_at(from);
    window.harness.step();
    window.harness.hover_at(from + egui::vec2(0.0, -20.0));
    window.harness.step();
    window.harness.hover_at(to);
    window.harness.step();
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(next(&mut window, &handle), "four");
}

/// Breaks when the order cannot be changed without a mouse.
#[test]
fn a_line_is_moved_by_the_arrow_keys() {
    let (mut window, handle) = with_list(&["one", "two", "three"]);
    window.harness.get_by_label("Move three").focus();
    window.settle();
    window.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(next(&mut window, &handle), "three");
}

/// Breaks when "pause all" pauses one job and begins the next, or cannot be taken back.
#[test]
fn everything_waits_and_goes_on() {
    let (mut window, handle) = with_list(&["one", "two"]);
    window.click("Pause all");
    assert!(handle.is_paused());
    window.tell(Event::Paused { id: handle.id });
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: None,
    });
    window.settle();
    assert!(window.command().is_none(), "nothing begins");
    window.click("Resume all");
    assert_eq!(window.next_job().1.prompt, "two");
}

/// Breaks when somebody who works at the machine is disturbed by a queue that was to wait for that.
#[test]
fn work_waits_until_nobody_is_there() {
    let (mut window, handle) = with_list(&["one", "two"]);
    window.switch("Only when the Mac is idle");
    assert!(handle.is_paused());
    assert!(window.sees_part("Waiting until the Mac is idle"));
    window.switch("Only when the Mac is idle");
    assert!(!handle.is_paused());
}
