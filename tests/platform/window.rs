//! The window's manners.

use zoetrope::platform::window::{DoubleClick, Veil, double_click};

/// Breaks when a double click on the bar does not do what this user has chosen for all windows.
#[test]
fn a_double_click_does_what_the_user_has_chosen() {
    let of = |setting| double_click(Some(setting));
    assert_eq!(double_click(None), DoubleClick::Zoom);
    assert_eq!(of("Maximize"), DoubleClick::Zoom);
    assert_eq!(of("Fill"), DoubleClick::Zoom, "of macOS 15");
    assert_eq!(of("Minimize"), DoubleClick::Minimize);
    assert_eq!(of("None"), DoubleClick::Nothing);
}

/// Breaks when the window flashes empty at the start: the first passes are painted while it cannot be seen.
#[test]
fn the_window_is_shown_when_something_was_drawn_in_it() {
    let mut veil = Veil::default();
    assert!(!veil.lift(0.0, None));
    assert!(!veil.lift(0.1, Some(true)));
    assert!(!veil.lift(0.2, Some(true)), "nothing can be seen of it yet");
    assert!(veil.is_there());
    assert!(veil.lift(0.3, Some(false)));
    assert!(!veil.lift(0.4, Some(false)), "it is lifted once");
    assert!(!veil.is_there());
}

/// Breaks when a window of which the system tells nothing is never seen.
#[test]
fn the_window_is_shown_after_a_second_whatever_is_told() {
    let mut veil = Veil::default();
    assert!(!veil.lift(5.0, None));
    assert!(!veil.lift(5.9, None));
    assert!(veil.lift(6.0, None));
}
