use zoetrope::Error;
use zoetrope::job::plain_text::{is_blank, one_line, printable, printable_json};

/// Breaks when a terminal could be told anything: to colour, to move, to write into the clipboard, to turn a line around.
#[test]
fn hostile_characters_do_not_come_through() {
    for hostile in [
        "\u{1b}", "\u{7}", "\u{8}", "\u{7f}", "\u{9b}", "\u{85}", "\u{202e}", "\u{2066}",
        "\u{200f}",
    ] {
        let text = format!("a{hostile}b");
        for shown in [one_line(&text), printable(&text)] {
            assert!(!shown.contains(hostile), "{shown:?}");
            assert!(shown.starts_with('a') && shown.ends_with('b'), "{shown:?}");
        }
        let json = serde_json::to_string(&text).unwrap();
        let shown = printable_json(&json);
        assert!(!shown.contains(hostile), "{shown:?}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
    assert_eq!(one_line("a\nb\tc\r\u{2028}d"), "a b c  d");
    assert_eq!(printable("a\n\tb\r"), "a\n\tb?");
}

/// Other scripts, joined emoji and accents are no danger.
#[test]
fn what_is_plain_stays_as_it_is() {
    for text in [
        "ein Kätzchen",
        "一只猫",
        "👩\u{200d}👩\u{200d}👧",
        "קטן",
        "e\u{301}",
        "a“b”",
    ] {
        assert_eq!(one_line(text), text);
        assert_eq!(printable(text), text);
        assert_eq!(printable_json(text), text);
        assert!(!is_blank(text));
    }
}

/// Breaks when a name of a megabyte fills the screen, or the end of a sentence is lost, which says what to do.
#[test]
fn long_sentences_lose_their_middle() {
    for letter in ["x", "猫", "\u{1b}"] {
        let problem = format!("lacks {}: download it again", letter.repeat(1 << 20));
        let shown = Error::content("a.safetensors".as_ref(), problem).to_string();
        assert!(shown.len() < 6100, "{} bytes", shown.len());
        assert!(shown.starts_with("a.safetensors lacks "), "{shown}");
        assert!(shown.ends_with(": download it again"), "{shown}");
    }
}

/// Every error passes through the same sieve.
#[test]
fn errors_are_plain() {
    let hostile = "a\u{1b}[2Jb\u{202e}\nc";
    for error in [
        Error::Other(hostile.into()),
        Error::content(hostile.as_ref(), hostile),
        Error::file("read", hostile.as_ref())(std::io::ErrorKind::NotFound.into()),
        Error::Stopped(hostile.into()),
    ] {
        let shown = error.to_string();
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\n']), "{shown:?}");
    }
}
