//! Networks that stay in memory for the next video.

use egui::{Key, Modifiers};
use zoetrope::app::kept::goes_hidden;
use zoetrope::job::{Command, Event};

use super::Opening;

/// Breaks when nobody sees what the program keeps, or cannot get it back.
#[test]
fn what_is_kept_is_shown_and_can_be_freed() {
    const FREE: &str = "Free the memory that the model keeps for the next video";
    let mut window = Opening::default().open();
    window.press(Modifiers::COMMAND, Key::Comma);
    assert!(!window.sees("Kept in memory"), "nothing is kept yet");
    window.tell(Event::Kept(10_400_000_000));
    assert!(window.sees("10.4 GB"));
    window.click(FREE);
    assert!(matches!(window.command(), Some(Command::LetGo)));
    assert!(!window.sees("10.4 GB"), "it goes at once");
    window.tell(Event::Kept(0));
    assert!(window.command().is_none());
}

/// Breaks when a hidden program keeps gigabytes from whatever is in front on a small Mac, or reads a model again for no reason
/// on a large one.
#[test]
fn only_small_macs_free_memory_when_hidden() {
    const GIB: u64 = 1 << 30;
    for memory in [8 * GIB, 16 * GIB, 24 * GIB] {
        assert!(goes_hidden(true, memory));
        assert!(!goes_hidden(false, memory));
    }
    for memory in [32 * GIB, 64 * GIB, 512 * GIB, 0] {
        assert!(!goes_hidden(true, memory));
    }
}
