//! Cleaning a prompt as the official code does before it is tokenized.
//!
//! Wan2.2 `wan/modules/tokenizers.py`, `HuggingfaceTokenizer._clean` with "whitespace": broken
//! characters are repaired as the Python library ftfy 6 does, HTML entities resolved twice, and
//! white space collapsed.

use std::borrow::Cow;

use plsfix::TextFixerConfig;

use super::entities::{unescape, unescape_whole};

/// Repairs broken characters, resolves HTML entities and leaves single spaces between words.
pub fn clean(prompt: &str) -> String {
    let text = unescape(&unescape(&repair(prompt)));
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// `ftfy.fix_text`, line by line. From the first `<` on, the text is taken to be HTML in which
/// entities have their meaning.
fn repair(text: &str) -> String {
    let mut is_html = false;
    let lines = text.split_inclusive('\n').map(|line| {
        is_html |= line.contains('<');
        repair_line(line, is_html)
    });
    lines.collect()
}

/// One repair may call for another, so they go round until nothing changes.
fn repair_line(line: &str, is_html: bool) -> String {
    const MOST_ROUNDS: usize = 16;
    let mut text = line.to_owned();
    for _ in 0..MOST_ROUNDS {
        let entities = if is_html {
            text.clone()
        } else {
            unescape_whole(&text)
        };
        let repaired = repair_characters(&entities);
        if repaired == text {
            break;
        }
        text = repaired;
    }
    text
}

/// All repairs but that of entities: wrongly decoded text, ligatures, full-width forms, curly
/// quotes, line breaks, terminal escapes, control characters; and Unicode's form C.
///
/// plsfix does most of it as ftfy does. Around it: it always resolves entities, so it is not shown
/// any; it does not see terminal escapes; and it loses half of the full-width macron. It follows an
/// earlier ftfy in which encodings text may wrongly have been read as: no Baltic one, and it takes a
/// lone "Œ" for a trace of Mac OS Roman.
fn repair_characters(text: &str) -> String {
    const ALL_AT_ONCE: i32 = i32::MAX;
    let config = TextFixerConfig {
        max_decode_length: ALL_AT_ONCE,
        ..TextFixerConfig::default()
    };
    let text = without_terminal_escapes(text).replace('\u{ffe3}', " \u{304}");
    let Some(stand_in) = absent_from(&text).filter(|_| text.contains('&')) else {
        return plsfix::fix_text(&text, Some(&config));
    };
    let hidden = text.replace('&', stand_in);
    plsfix::fix_text(&hidden, Some(&config)).replace(stand_in, "&")
}

/// A character that means nothing to the repairs and that `text` has in neither of its widths.
fn absent_from(text: &str) -> Option<&'static str> {
    let pairs = [
        ("~", '～'),
        ("^", '＾'),
        ("|", '｜'),
        ("{", '｛'),
        ("}", '｝'),
        ("\\", '＼'),
    ];
    let absent = |&(narrow, wide): &(&str, char)| !text.contains(narrow) && !text.contains(wide);
    pairs.into_iter().find(absent).map(|(narrow, _)| narrow)
}

/// Without the sequences that colour text in a terminal: ESC, `[`, numbers, a letter.
fn without_terminal_escapes(text: &str) -> Cow<'_, str> {
    const START: &str = "\x1b[";
    if !text.contains(START) {
        return text.into();
    }
    let mut parts = text.split(START);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_numeric() || c == ';');
        if let Some(rest) = rest.strip_prefix(|c: char| c.is_ascii_alphabetic()) {
            out.push_str(rest);
        } else {
            out.push_str(START);
            out.push_str(part);
        }
    }
    out.into()
}
