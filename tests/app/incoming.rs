//! What comes beside the window's own events finds its place among them.

use std::path::PathBuf;

use egui::{Event, ImeEvent, Key, Modifiers, PointerButton, Pos2, pos2};
use zoetrope::app::incoming::{Asked, Incoming, correct_clicks};
use zoetrope::platform::clipboard::{Offer, Paste};
use zoetrope::platform::menu::Edit;

fn text(text: &str) -> Event {
    Event::Text(text.into())
}

fn command(down: bool) -> Event {
    let modifiers = if down {
        Modifiers::COMMAND
    } else {
        Modifiers::NONE
    };
    Event::ModifiersChanged(modifiers)
}

fn stroke(key: Key, pressed: bool) -> Event {
    Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::COMMAND,
    }
}

fn insert(text: &str, instead_of: Option<&str>) -> Asked {
    Asked::Insert {
        text: text.into(),
        instead_of: instead_of.map(Into::into),
    }
}

/// What `asked` makes of `events`, with this text on the clipboard.
fn arranged(incoming: &mut Incoming, asked: Vec<Asked>, mut events: Vec<Event>) -> Vec<Event> {
    for asked in asked {
        incoming.ask(asked);
    }
    let offer = || {
        Some(Offer {
            text: Some("pasted".into()),
            ..Offer::default()
        })
    };
    let pastes = incoming.arrange(&mut events, true, offer);
    assert_eq!(pastes, []);
    events
}

/// Breaks when punctuation lands behind what was typed after it, or beside the sign of its key.
#[test]
fn inserted_text_takes_the_place_of_its_key() {
    let typed = vec![text("a"), text(","), text("b"), text(","), text("c")];
    let asked = vec![insert("，", Some(",")), insert("、", Some(","))];
    let events = arranged(&mut Incoming::default(), asked, typed);
    assert_eq!(events, ["a", "，", "b", "、", "c"].map(text));
}

/// Breaks when text is lost or the key typed as well where the library tells of the key only in the next pass.
#[test]
fn inserted_text_waits_a_pass_for_its_key() {
    let incoming = &mut Incoming::default();
    let events = arranged(incoming, vec![insert("。", Some("."))], vec![text("a")]);
    assert_eq!(events, [text("a")]);
    assert!(incoming.is_waiting(), "the next pass must come");
    let events = arranged(incoming, Vec::new(), vec![text("."), text("b")]);
    assert_eq!(events, ["。", "b"].map(text));
    assert!(!incoming.is_waiting());
}

/// Breaks when a pick of emoji swallows a key that is typed much later, or is never seen.
#[test]
fn inserted_text_appears_even_if_no_key_comes() {
    let incoming = &mut Incoming::default();
    let nothing = arranged(incoming, vec![insert("😀", Some(" "))], Vec::new());
    assert_eq!(nothing, []);
    assert_eq!(arranged(incoming, Vec::new(), Vec::new()), [text("😀")]);
    assert_eq!(arranged(incoming, Vec::new(), vec![text(" ")]), [text(" ")]);
    let dictated = arranged(incoming, vec![insert("one\ntwo", None)], vec![text("a")]);
    assert_eq!(dictated, [text("a"), Event::Paste("one\ntwo".into())]);
}

/// Breaks when letters that are typed after ⌘V in one long frame land before what is pasted.
#[test]
fn an_edit_comes_while_command_is_down() {
    let typed = vec![text("a"), command(true), command(false), text("b")];
    let events = arranged(
        &mut Incoming::default(),
        vec![Asked::Edit(Edit::Paste)],
        typed,
    );
    let paste = Event::Paste("pasted".into());
    assert_eq!(
        events,
        [text("a"), command(true), paste, command(false), text("b")]
    );
}

/// Breaks when several edits of one frame change their order, or all go to the first time that ⌘ was held.
#[test]
fn each_edit_comes_the_time_that_it_was_asked_for() {
    let typed = vec![
        command(true),
        command(false),
        text("x"),
        command(true),
        command(false),
    ];
    let asked = vec![Asked::Edit(Edit::Paste), Asked::Edit(Edit::Undo)];
    let events = arranged(&mut Incoming::default(), asked, typed);
    let expected = [
        command(true),
        Event::Paste("pasted".into()),
        command(false),
        text("x"),
        command(true),
        stroke(Key::Z, true),
        stroke(Key::Z, false),
        command(false),
    ];
    assert_eq!(events, expected);
}

/// Breaks when ⌘ that was held since the last frame, or an edit from the menu by mouse, is not counted right.
#[test]
fn an_edit_finds_its_place_across_frames_and_without_keys() {
    let incoming = &mut Incoming::default();
    arranged(incoming, Vec::new(), vec![command(true)]);
    let select = || vec![Asked::Edit(Edit::SelectAll)];
    let events = arranged(incoming, select(), vec![command(false), text("b")]);
    let strokes = [stroke(Key::A, true), stroke(Key::A, false)];
    assert_eq!(events[..2], strokes);
    assert_eq!(events[2..], [command(false), text("b")]);
    // By mouse: after everything.
    let events = arranged(incoming, select(), vec![text("c")]);
    assert_eq!(events[0], text("c"));
    assert_eq!(events[1..], strokes);
}

/// Breaks when ⌘C ⌘V in one frame pastes what was on the clipboard before, or what follows overtakes it.
#[test]
fn a_paste_waits_for_the_copy_before_it() {
    let incoming = &mut Incoming::default();
    let typed = vec![command(true), command(false), text("b")];
    let asked = vec![Asked::Edit(Edit::Copy), Asked::Edit(Edit::Paste)];
    let events = arranged(incoming, asked, typed);
    assert_eq!(events, [command(true), Event::Copy]);
    assert!(incoming.is_waiting());
    let events = arranged(incoming, Vec::new(), vec![text("c")]);
    let paste = Event::Paste("pasted".into());
    assert_eq!(events, [paste, command(false), text("b"), text("c")]);
}

/// Breaks when a file that was copied in Finder is typed, or a paste of nothing does something.
#[test]
fn files_are_not_typed() {
    let mut incoming = Incoming::default();
    incoming.ask(Asked::Edit(Edit::Paste));
    let boat = || vec![PathBuf::from("boat.png")];
    let offer = || {
        Some(Offer {
            files: boat(),
            text: Some("boat.png".into()),
            ..Offer::default()
        })
    };
    let mut events = vec![text("a")];
    let pastes = incoming.arrange(&mut events, true, offer);
    assert_eq!(pastes, [Paste::Files(boat())]);
    assert_eq!(events, [text("a")]);
    incoming.ask(Asked::Edit(Edit::Paste));
    assert_eq!(incoming.arrange(&mut events, true, || None), []);
    assert_eq!(events, [text("a")]);
}

/// Breaks when ⌘↩ makes a video of half a composition.
#[test]
fn it_is_known_when_a_word_is_being_composed() {
    let preedit = |text: &str| {
        Event::Ime(ImeEvent::Preedit {
            text: text.into(),
            active_range_chars: None,
        })
    };
    let incoming = &mut Incoming::default();
    for (event, composing) in [
        (preedit("ni hao"), true),
        (text("x"), true),
        (preedit(""), false),
        (preedit("ma"), true),
        (Event::Ime(ImeEvent::Commit("吗".into())), false),
        (preedit("ma"), true),
        (Event::WindowFocused(false), false),
    ] {
        arranged(incoming, Vec::new(), vec![event.clone()]);
        assert_eq!(incoming.is_composing(), composing, "{event:?}");
    }
}

fn click(pos: Pos2, pressed: bool, modifiers: Modifiers) -> Event {
    Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    }
}

fn buttons(events: &[Event]) -> Vec<PointerButton> {
    let button = |event: &Event| match event {
        Event::PointerButton { button, .. } => Some(*button),
        _ => None,
    };
    events.iter().filter_map(button).collect()
}

/// Breaks when ⌃-click opens no menu, or its release, perhaps after ⌃ was let go of, is taken for another button's.
#[test]
fn a_click_with_control_is_one_with_the_second_button() {
    use PointerButton::{Primary, Secondary};
    let incoming = &mut Incoming::default();
    let at = pos2(50.0, 50.0);
    let mut first = [click(at, true, Modifiers::CTRL)];
    incoming.take_control_for_second_button(&mut first);
    let mut then = [
        click(at, false, Modifiers::NONE),
        click(at, true, Modifiers::NONE),
        click(at, false, Modifiers::CTRL),
    ];
    incoming.take_control_for_second_button(&mut then);
    assert_eq!(buttons(&first), [Secondary]);
    assert_eq!(buttons(&then), [Secondary, Primary, Primary]);
    let mut both = [click(at, true, Modifiers::CTRL | Modifiers::COMMAND)];
    incoming.take_control_for_second_button(&mut both);
    assert_eq!(buttons(&both), [Primary]);
}

/// Breaks when clicks near the upper edge go elsewhere on another display, or good ones are moved.
#[test]
fn clicks_near_the_upper_edge_are_where_the_system_says() {
    let places = |events: &[Event]| -> Vec<Pos2> {
        let place = |event: &Event| match event {
            Event::PointerButton { pos, .. } => Some(*pos),
            _ => None,
        };
        events.iter().filter_map(place).collect()
    };
    let clicks = |places: &[Pos2]| -> Vec<Event> {
        let click = |place: &Pos2| click(*place, true, Modifiers::NONE);
        places.iter().map(click).collect()
    };
    let (wrong, right) = (pos2(10.0, 48.0), pos2(10.0, 12.0));
    let below = pos2(10.0, 300.0);
    let mut events = clicks(&[wrong, below, right]);
    let told = [right, pos2(10.0, 350.0), pos2(12.0, 13.0)];
    correct_clicks(&mut events, &told);
    assert_eq!(places(&events), [right, below, right]);
    // Nobody knows which of them was told.
    let mut events = clicks(&[wrong, wrong]);
    correct_clicks(&mut events, &[right]);
    assert_eq!(places(&events), [wrong, wrong]);
}
