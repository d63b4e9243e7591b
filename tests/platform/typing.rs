//! Text that the system puts at the cursor, past the keys.

use zoetrope::platform::encoding::are_alike;
use zoetrope::platform::typing::{Insertion, insertion};

fn insert(instead_of: Option<&str>) -> Insertion {
    Insertion::Insert {
        instead_of: instead_of.map(ToOwned::to_owned),
    }
}

/// Breaks when Chinese punctuation comes out as the ASCII sign on its key, or both appear.
#[test]
fn punctuation_of_an_input_method_stands_for_its_key() {
    for (text, key) in [
        ("，", ","),
        ("。", "."),
        ("？", "?"),
        ("！", "!"),
        ("：", ":"),
        ("；", ";"),
        ("“", "\""),
    ] {
        assert_eq!(insertion(text, false, Some(key)), insert(Some(key)));
    }
}

/// Breaks when a key is typed twice: once by the system and once by the window library.
#[test]
fn what_the_key_says_itself_is_left_to_the_library() {
    for key in ["a", "é", "ß", " ", "中"] {
        assert_eq!(insertion(key, false, Some(key)), Insertion::Pass);
    }
}

/// Breaks when the end of a composition is typed twice, or Return and Tab become characters.
#[test]
fn compositions_and_control_characters_are_left_to_the_library() {
    assert_eq!(insertion("你好", true, Some(" ")), Insertion::Pass);
    assert_eq!(insertion("，", true, Some(",")), Insertion::Pass);
    for control in ["\r", "\u{3}", "\u{7f}", ""] {
        assert_eq!(insertion(control, false, Some("x")), Insertion::Pass);
    }
}

/// Breaks when the emoji picker or dictation inserts nothing, or takes the next key that is typed with it.
#[test]
fn a_picker_and_dictation_stand_for_no_key() {
    for text in ["😀", "👩‍🚀", "a red boat on a lake"] {
        assert_eq!(insertion(text, false, None), insert(None));
        // With an arrow, a function key or Return something was chosen from a list.
        for silent in ["\u{f701}", "\r", "\u{1b}", ""] {
            assert_eq!(insertion(text, false, Some(silent)), insert(None));
        }
    }
}

/// Breaks when a method of another signature is replaced, or ours for the way in which a compiler writes it.
#[test]
fn a_method_is_known_by_its_types() {
    let ours = "v@:@{_NSRange=QQ}";
    assert!(are_alike(ours, ours));
    assert!(are_alike("v40@0:8@16{_NSRange=QQ}24", ours));
    for other in ["v@:@", "v@:@{_NSRange=qq}", "B@:@{_NSRange=QQ}", ""] {
        assert!(!are_alike(other, ours), "{other}");
    }
    assert!(
        !are_alike("", ""),
        "a method without an encoding is not known"
    );
}
