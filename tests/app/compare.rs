//! Several finished videos: stacks, what is selected, and clips side by side.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Opening, Window};

const PROMPT: &str = "A paper boat";
const COMMAND: Modifiers = Modifiers::COMMAND;

/// A window with so many finished variations, of which the last one is on the stage.
fn variations(count: usize) -> Window {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.click("Make variations");
    window.click(&format!("{count} variations"));
    for made in 1..=count {
        let (handle, plan) = window.next_job();
        window.tell(zoetrope::job::Event::Started { id: handle.id });
        window.finish(handle.id, &plan);
        let seen = if made == 1 {
            "1 video".to_owned()
        } else {
            format!("{made} videos")
        };
        window.until("a video", |window| window.sees_part(&seen));
    }
    window.until("the clip", |window| window.sees_part("frame 1 of"));
    window
}

/// A window with videos of these prompts, the last one newest and on the stage.
fn videos(prompts: &[&str]) -> Window {
    let mut window = Opening::default().open();
    for (place, prompt) in prompts.iter().enumerate() {
        window.press(COMMAND, Key::N);
        window.write("Prompt", prompt);
        window.press(COMMAND, Key::Enter);
        let (handle, plan) = window.next_job();
        window.tell(zoetrope::job::Event::Started { id: handle.id });
        window.finish(handle.id, &plan);
        window.until("a video", |window| {
            cells(window, prompt) == 1 && window.sees_part("frame 1 of") || place > 100
        });
    }
    window
}

/// How many cells are called so.
fn cells(window: &Window, name: &str) -> usize {
    let all = window
        .harness
        .query_all_by_role_and_label(Role::Button, name);
    all.count()
}

fn panes(window: &Window) -> usize {
    let all = window.harness.query_all_by_role(Role::RadioButton);
    all.filter(|node| {
        let label = node.accesskit_node().label();
        label.is_some_and(|label| label.starts_with("Video "))
    })
    .count()
}

/// Clicks a cell with a key held.
fn click_with(window: &mut Window, modifiers: Modifiers, name: &str) {
    let cell = window
        .harness
        .query_all_by_role_and_label(Role::Button, name)
        .next()
        .unwrap()
        .rect()
        .center();
    let harness = &mut window.harness;
    harness.hover_at(cell);
    harness.step();
    for pressed in [true, false] {
        harness.event_modifiers(
            egui::Event::PointerButton {
                pos: cell,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers,
            },
            modifiers,
        );
        harness.step();
    }
    window.settle();
}

/// Breaks when ten variations fill the reel, or cannot be got at one by one.
#[test]
fn variations_lie_as_one_until_one_of_them_is_looked_at() {
    let mut window = variations(3);
    assert_eq!(
        cells(&window, PROMPT),
        3,
        "one is looked at: they are fanned out"
    );
    window.press(COMMAND, Key::N);
    assert_eq!(cells(&window, PROMPT), 1, "they lie as one");
    assert!(window.sees("3 videos"));
    let stack = window
        .harness
        .get_by_role_and_label(Role::Button, PROMPT)
        .accesskit_node()
        .description();
    assert_eq!(stack.as_deref(), Some("3 variations"));
}

/// Breaks when videos that only share some words lie in one stack.
#[test]
fn other_prompts_are_other_videos() {
    let mut window = videos(&["A paper boat", "A paper boat at night"]);
    window.press(COMMAND, Key::N);
    assert_eq!(cells(&window, "A paper boat"), 1);
    assert_eq!(cells(&window, "A paper boat at night"), 1);
}

/// Breaks when variations cannot be compared by the keyboard alone, or the one that is kept is not marked.
#[test]
fn of_compared_variations_one_is_kept() {
    let mut window = variations(3);
    window.press(COMMAND | Modifiers::SHIFT, Key::C);
    window.until("the clips", |window| panes(window) == 3);
    window.press(Modifiers::NONE, Key::ArrowRight);
    window.press(Modifiers::NONE, Key::K);
    window.until("the clip", |window| window.sees("Remove from favorites"));
    assert_eq!(panes(&window), 0);
}

/// Breaks when a bad one cannot be taken away while clips are compared, or is gone for good.
#[test]
fn of_compared_variations_one_is_trashed_and_comes_back() {
    let mut window = variations(3);
    window.press(COMMAND | Modifiers::SHIFT, Key::C);
    window.until("the clips", |window| panes(window) == 3);
    window.press(COMMAND, Key::Backspace);
    assert_eq!(panes(&window), 2);
    assert!(window.sees("Moved to Trash"));
    window.click("Undo");
    assert!(window.sees("3 videos"), "{:?}", window.seen());
}

/// Breaks when the fifth of a stack can never be compared.
#[test]
fn the_next_of_the_stack_takes_a_place() {
    let mut window = variations(5);
    window.press(COMMAND | Modifiers::SHIFT, Key::C);
    window.until("the clips", |window| panes(window) == 4);
    let first = |window: &Window| {
        let name = format!("Video 1: {PROMPT}");
        let pane = window.harness.get_by_label(&name);
        pane.accesskit_node().description().unwrap_or_default()
    };
    let before = first(&window);
    assert!(before.starts_with("Seed "), "{before}");
    window.press(Modifiers::NONE, Key::N);
    assert_ne!(first(&window), before);
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(panes(&window), 0);
}

/// Breaks when two clips cannot be wiped, or three can.
#[test]
fn two_clips_can_be_wiped() {
    let mut window = videos(&["A paper boat", "A whale"]);
    click_with(&mut window, COMMAND, "A paper boat");
    window.press(COMMAND | Modifiers::SHIFT, Key::C);
    window.until("the clips", |window| panes(window) == 2);
    window.click("Wipe");
    assert!(window.sees("Divider"));
    window.click("Side by side");
    assert!(!window.sees("Divider"));
}

/// Breaks when whoever sorts clips has to find the place again after each one that goes.
#[test]
fn after_the_trash_the_neighbour_is_on_the_stage() {
    let mut window = videos(&["A whale", "A paper boat", "A lighthouse"]);
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.until("the older", |window| window.sees_part("frame 1 of"));
    window.press(COMMAND, Key::Backspace);
    assert_eq!(cells(&window, "A paper boat"), 0);
    assert!(!window.sees("Describe your shot"));
    window.press(COMMAND, Key::Backspace);
    assert_eq!(cells(&window, "A whale"), 0, "{:?}", window.seen());
}

/// Breaks when several videos have to be taken away one by one, or only the last of them comes back.
#[test]
fn what_is_selected_goes_and_comes_back_together() {
    let mut window = videos(&["A whale", "A paper boat", "A lighthouse"]);
    click_with(&mut window, COMMAND, "A whale");
    window.press(COMMAND, Key::Backspace);
    assert!(
        window.sees("2 videos moved to Trash"),
        "{:?}",
        window.seen()
    );
    let left = ["A whale", "A paper boat", "A lighthouse"];
    assert_eq!(left.map(|name| cells(&window, name)), [0, 1, 0]);
    window.click("Undo");
    assert_eq!(left.map(|name| cells(&window, name)), [1, 1, 1]);
}

/// Breaks when nobody can tell with which seed a video was made, or the facts cannot be taken along.
#[test]
fn what_is_to_be_known_stands_beside_the_clip() {
    let mut window = videos(&["A whale"]);
    window.press(COMMAND, Key::I);
    for fact in ["Seed", "Model", "Guidance", "Made"] {
        assert!(window.sees(fact), "{fact}: {:?}", window.seen());
    }
    assert!(window.sees_part("today "));
    window.click("Copy");
    assert!(window.sees("Info copied"));
    window.press(COMMAND, Key::I);
    assert!(!window.sees("Guidance"));
}

/// Breaks when a clip cannot be looked at from the library without leaving it.
#[test]
fn space_looks_quickly_from_the_library() {
    let mut window = videos(&["A whale", "A paper boat"]);
    window.press(COMMAND, Key::F);
    // From the search past favorites, stacks and the order to the first cell.
    for _ in 0..4 {
        window.harness.key_press(Key::Tab);
        window.settle();
    }
    window.press(Modifiers::NONE, Key::Space);
    let looks = |window: &Window| {
        let mut found = window
            .harness
            .query_all_by_role_and_label(Role::Image, "A paper boat");
        found.next().is_some()
    };
    assert!(looks(&window), "{:?}", window.seen());
    window.press(Modifiers::NONE, Key::Escape);
    assert!(window.sees("Search"), "the library is still open");
}

/// Breaks when J, K and L do not move a clip as every player does.
#[test]
fn j_k_and_l_move_the_clip() {
    let mut window = videos(&["A whale"]);
    window.press(Modifiers::NONE, Key::K);
    window.press(Modifiers::NONE, Key::Home);
    window.until("the start", |window| window.frame() == 1);
    window.press(Modifiers::NONE, Key::L);
    window.until("on", |window| window.frame() > 3);
    window.press(Modifiers::NONE, Key::K);
    let stands = window.frame();
    window.press(Modifiers::NONE, Key::J);
    window.until("back", |window| {
        window.frame() < stands || window.frame() > stands + 2
    });
    window.press(Modifiers::NONE, Key::End);
    window.until("the end", |window| window.frame() == 9);
}
