//! Text that strangers wrote into files, made fit to be shown: a terminal obeys control characters, and marks for the
//! direction of writing let a line say something else than it holds.

use std::borrow::Cow;
use std::fmt::Write;

/// Stands where a character is not shown. Every font has it, which cannot be said of Unicode's own.
const STAND_IN: char = '?';

/// Longer sentences lose their middle.
const LONGEST: usize = 2000;
/// What stays of the end of those, which says what to do.
const END: usize = 500;

/// The text on one line, in plain characters, and not longer than a person would read. For sentences and names.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !is_hostile(c) && !is_break(c);
    let is_short = text.len() <= LONGEST;
    if is_short && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let text = shortened(text);
    let plain = text.chars().map(|c| match c {
        c if is_break(c) => ' ',
        c if is_hostile(c) => STAND_IN,
        c => c,
    });
    Cow::Owned(plain.collect())
}

/// The text in plain characters, with its lines and tabs. For what is meant to have lines.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_hostile = |c: char| is_hostile(c) && c != '\n' && c != '\t';
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(is_hostile, &STAND_IN.to_string()))
}

/// JSON that holds the same, with every character that a terminal could obey written as an escape.
pub fn printable_json(json: &str) -> Cow<'_, str> {
    if !json.contains(is_hostile) {
        return Cow::Borrowed(json);
    }
    let mut plain = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hostile(c) && c != '\n' {
            // All of them are in the range that one escape can tell, and writing to a string cannot fail.
            let _ = write!(plain, "\\u{:04x}", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    Cow::Owned(plain)
}

/// Whether nothing of the text can be seen: a prompt of such characters says nothing.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Control characters, and what sets the direction of writing.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// White space, control characters, and Unicode's "default ignorable" ones with those that look like a space.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fff8}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Without its middle, if it is too long.
fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let start = text.floor_char_boundary(LONGEST - END);
    let end = text.floor_char_boundary(text.len() - END);
    Cow::Owned(format!("{} … {}", &text[..start], &text[end..]))
}
