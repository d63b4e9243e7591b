//! What comes from the keyboard, the pointer and the menu bar, put into the order in which it was done before egui sees it.
//!
//! A menu bar takes the keys of its items before the window does, and text can come past the keys. Both arrive beside the
//! window library's events; here they find their place among them.

use egui::{Event, ImeEvent, Key, Modifiers, PointerButton, Pos2};

use crate::platform::clipboard::{Offer, Paste};
use crate::platform::menu::Edit;

/// Where the window library is known to tell wrong places: so far below the upper edge, in egui's points.
const STRIP: f32 = 32.0;
/// A pointer moves by so much between the system's word and the library's.
const NEAR: f32 = 4.0;

/// Something that belongs among the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What the menu wants of the text field that has the focus.
    Edit(Edit),
    /// Text at the cursor.
    Insert {
        /// The text.
        text: String,
        /// The event of a key that it stands for.
        instead_of: Option<String>,
    },
}

/// What has come and has not been passed on.
#[derive(Debug, Default)]
pub struct Incoming {
    asked: Vec<Asked>,
    /// Text that waits for the event of its key, which was not among the last ones.
    late: Vec<(String, String)>,
    /// What was done after a copy, and would paste what was on the clipboard before.
    held: Vec<Event>,
    held_asked: Vec<Asked>,
    is_composing: bool,
    /// Whether ⌘ was down after the last events.
    is_held: bool,
    /// Whether a press of the first button was taken for one of the second.
    is_second: bool,
}

impl Incoming {
    /// Takes note of something that came beside the events.
    pub fn ask(&mut self, asked: Asked) {
        self.asked.push(asked);
    }

    /// Whether an input method is in the middle of a word: what is in the field is not what is meant.
    pub fn is_composing(&self) -> bool {
        self.is_composing
    }

    /// Whether something waits for the next pass.
    pub fn is_waiting(&self) -> bool {
        let (late, held) = (&self.late, &self.held);
        let is_empty = self.asked.is_empty() && self.held_asked.is_empty();
        !(is_empty && late.is_empty() && held.is_empty())
    }

    /// Puts what came beside `events` among them. `offer` tells what is on the clipboard, and `typing` whether a text field
    /// has the focus. Returns pastes that are no text.
    pub fn arrange(
        &mut self,
        events: &mut Vec<Event>,
        typing: bool,
        mut offer: impl FnMut() -> Option<Offer>,
    ) -> Vec<Paste> {
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            events.splice(0..0, held);
        }
        let mut asked = std::mem::take(&mut self.held_asked);
        asked.append(&mut self.asked);
        self.put_texts(events, &mut asked);
        let edits = asked.into_iter().filter_map(|asked| match asked {
            Asked::Edit(edit) => Some(edit),
            Asked::Insert { .. } => None,
        });
        let pastes = self.put_edits(events, &edits.collect::<Vec<_>>(), typing, &mut offer);
        self.follow(events);
        pastes
    }

    /// Text goes where the event of its key is, and that goes; without one, to the end.
    fn put_texts(&mut self, events: &mut Vec<Event>, asked: &mut Vec<Asked>) {
        for (text, key) in std::mem::take(&mut self.late) {
            // It waited once already.
            exchange(events, &key, &text).unwrap_or_else(|| events.push(insertion(&text)));
        }
        asked.retain(|asked| {
            let Asked::Insert { text, instead_of } = asked else {
                return true;
            };
            match instead_of {
                None => events.push(insertion(text)),
                Some(key) => {
                    if exchange(events, key, text).is_none() {
                        self.late.push((text.clone(), key.clone()));
                    }
                }
            }
            false
        });
    }

    /// A menu's keys are pressed with ⌘, and the window is told when ⌘ goes down and up: an edit belongs between the two.
    /// With a mouse, it comes after everything else.
    fn put_edits(
        &mut self,
        events: &mut Vec<Event>,
        edits: &[Edit],
        typing: bool,
        offer: &mut impl FnMut() -> Option<Offer>,
    ) -> Vec<Paste> {
        let mut pastes = Vec::new();
        let mut has_copied = false;
        let mut from = 0;
        for (place, &edit) in edits.iter().enumerate() {
            let later = edits.len() - place;
            let at = end_of_hold(events, self.is_held, from, later);
            if edit == Edit::Paste && has_copied {
                // The clipboard has the copy only after this pass.
                self.held = events.split_off(at);
                self.held_asked = edits[place..].iter().copied().map(Asked::Edit).collect();
                return pastes;
            }
            has_copied |= matches!(edit, Edit::Copy | Edit::Cut);
            let put = match edit {
                Edit::Paste => match offer().and_then(|offer| offer.choose(typing)) {
                    Some(Paste::Text(text)) => vec![Event::Paste(text)],
                    Some(other) => {
                        pastes.push(other);
                        Vec::new()
                    }
                    None => Vec::new(),
                },
                edit => strokes(edit),
            };
            from = at + put.len();
            events.splice(at..at, put);
        }
        pastes
    }

    fn follow(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::ModifiersChanged(now) => self.is_held = now.command,
                Event::Ime(ImeEvent::Preedit { text, .. }) => self.is_composing = !text.is_empty(),
                Event::Ime(ImeEvent::Commit(_)) => self.is_composing = false,
                Event::WindowFocused(false) => (self.is_composing, self.is_held) = (false, false),
                _ => {}
            }
        }
    }

    /// On a Mac a click with ⌃ is one with the second button.
    pub fn take_control_for_second_button(&mut self, events: &mut [Event]) {
        for event in events {
            let Event::PointerButton {
                button,
                pressed,
                modifiers,
                ..
            } = event
            else {
                continue;
            };
            if *button != PointerButton::Primary {
                continue;
            }
            let begins = *pressed && modifiers.ctrl && !modifiers.command;
            if begins || (self.is_second && !*pressed) {
                *button = PointerButton::Secondary;
                self.is_second = *pressed;
            }
        }
    }
}

/// Corrects the places of clicks near the upper edge by where the system says that the pointer was, in egui's points:
/// rust-windowing/winit#4295. If not all clicks were told, nobody knows which is which.
pub fn correct_clicks(events: &mut [Event], told: &[Pos2]) {
    let is_click = |event: &&mut Event| matches!(event, Event::PointerButton { .. });
    if events.iter_mut().filter(is_click).count() != told.len() {
        return;
    }
    for (event, told) in events.iter_mut().filter(is_click).zip(told) {
        if let Event::PointerButton { pos, .. } = event
            && pos.y.min(told.y) < STRIP
            && pos.distance(*told) > NEAR
        {
            *pos = *told;
        }
    }
}

/// Text as an event: a line's end means something else in one of a single line, which a paste respects.
fn insertion(text: &str) -> Event {
    if text.contains(['\n', '\r']) {
        Event::Paste(text.to_owned())
    } else {
        Event::Text(text.to_owned())
    }
}

/// Puts `text` in the place of the first event that brings `key`.
fn exchange(events: &mut [Event], key: &str, text: &str) -> Option<()> {
    let is_key = |event: &&mut Event| matches!(event, Event::Text(text) if text == key);
    *events.iter_mut().find(is_key)? = insertion(text);
    Some(())
}

/// Where an edit goes: before ⌘ is let go of, but not before the place `from`. Each time that it is held ends an edit or
/// more, and of more times than edits, of which `later` are to come, the last ones count. `is_held` tells how it was before.
fn end_of_hold(events: &[Event], mut is_held: bool, from: usize, later: usize) -> usize {
    let mut ends: Vec<usize> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        if let Event::ModifiersChanged(now) = event {
            if is_held && !now.command && place >= from {
                ends.push(place);
            }
            is_held = now.command;
        }
    }
    // Held still, or chosen with the mouse.
    if is_held || ends.is_empty() {
        ends.push(events.len());
    }
    ends[ends.len().saturating_sub(later)]
}

/// What egui's text fields listen to.
fn strokes(edit: Edit) -> Vec<Event> {
    let (key, shift) = match edit {
        Edit::Undo => (Key::Z, Modifiers::NONE),
        Edit::Redo => (Key::Z, Modifiers::SHIFT),
        Edit::SelectAll => (Key::A, Modifiers::NONE),
        Edit::Cut => return vec![Event::Cut],
        Edit::Copy => return vec![Event::Copy],
        Edit::Paste => return Vec::new(),
    };
    let stroke = |pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::COMMAND | shift,
    };
    vec![stroke(true), stroke(false)]
}
