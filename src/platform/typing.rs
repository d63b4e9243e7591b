//! What becomes of text that the system puts at the cursor. The window library hears of keys and of compositions; between
//! the two falls what an input method, the emoji picker or dictation inserts without one.
//!
//! Upstream: rust-windowing/winit#3342, #3617, #4650 and #4666. When they are closed this can go.

/// What is done with an insertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// The window library does what is right: it ends a composition, or passes on the key that was pressed.
    Pass,
    /// The text goes to the cursor. Of a key that was pressed for it, the window library will pass on these characters,
    /// which must not appear as well.
    Insert {
        /// What the library passes on in its place, if anything.
        instead_of: Option<String>,
    },
}

/// Decides about `text` that is inserted: `composing` tells whether it ends a composition, `key` is what is on the key
/// that is being pressed, if one is.
pub fn insertion(text: &str, composing: bool, key: Option<&str>) -> Insertion {
    let is_control = text.chars().next().is_none_or(char::is_control);
    if composing || is_control || key == Some(text) {
        return Insertion::Pass;
    }
    let printed = key.filter(|key| !key.is_empty() && !key.chars().any(is_silent));
    Insertion::Insert {
        instead_of: printed.map(ToOwned::to_owned),
    }
}

/// What the window library does not take for text: control characters, and those that stand for function keys on a Mac.
fn is_silent(c: char) -> bool {
    c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}')
}
