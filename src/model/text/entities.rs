//! HTML entities, as Python's standard library and ftfy resolve them.

use htmlize::{ENTITIES, ENTITY_MAX_LENGTH, ENTITY_MIN_LENGTH};

/// What an entity stands for, and how many bytes it takes.
type Resolved = (String, usize);

/// Python's `html.unescape`: names by their longest known beginning, with or without semicolon.
pub(super) fn unescape(text: &str) -> String {
    replace_ampersands(text, |rest| numeric(rest).or_else(|| named(rest)))
}

/// ftfy's `fixes.unescape_html`, more careful: only whole entities with their semicolon, but also
/// names that were written in capitals, as in `&EACUTE;`.
pub(super) fn unescape_whole(text: &str) -> String {
    replace_ampersands(text, |rest| {
        let entity = whole(rest)?;
        let meaning = if entity.starts_with("&#") {
            let (meaning, _) = numeric(entity)?;
            (meaning != ";").then_some(meaning)?
        } else {
            lookup(entity).or_else(|| shouted(entity))?
        };
        Some((meaning, entity.len()))
    })
}

/// Rewrites `text` where `resolve` knows what begins with an ampersand.
fn replace_ampersands(text: &str, resolve: impl Fn(&str) -> Option<Resolved>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (meaning, length) = resolve(from).unwrap_or_else(|| ("&".into(), 1));
        out.push_str(&meaning);
        rest = &from[length..];
    }
    out.push_str(rest);
    out
}

/// `&`, perhaps `#`, 1 to 24 letters and digits, `;`.
fn whole(rest: &str) -> Option<&str> {
    let end = rest.find(';')?;
    let name = rest[1..end].strip_prefix('#').unwrap_or(&rest[1..end]);
    let fits = (1..=24).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| &rest[..=end])
}

/// The meaning of an entity in capitals whose name is only known in small letters.
fn shouted(entity: &str) -> Option<String> {
    let small = entity.to_ascii_lowercase();
    let in_capitals = entity == entity.to_ascii_uppercase() && entity != small;
    let known = lookup(&small).filter(|_| in_capitals && named(entity).is_none())?;
    Some(known.to_uppercase())
}

fn lookup(entity: &str) -> Option<String> {
    let meaning = ENTITIES.get(entity.as_bytes())?;
    String::from_utf8(meaning.to_vec()).ok()
}

/// The longest name that `rest` begins with.
fn named(rest: &str) -> Option<Resolved> {
    let longest = rest.len().min(ENTITY_MAX_LENGTH);
    (ENTITY_MIN_LENGTH..=longest)
        .rev()
        .find_map(|length| Some((lookup(rest.get(..length)?)?, length)))
}

/// `&#…` or `&#x…`, with or without semicolon.
fn numeric(rest: &str) -> Option<Resolved> {
    let body = rest.strip_prefix("&#")?;
    let (digits, radix) = match body.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (body, 10),
    };
    let count = digits
        .bytes()
        .take_while(|&b| char::from(b).is_digit(radix))
        .count();
    if count == 0 {
        return None;
    }
    let (digits, after) = digits.split_at(count);
    let used = rest.len() - after.len() + usize::from(after.starts_with(';'));
    // Too many digits are far beyond Unicode.
    Some((
        code_point(u32::from_str_radix(digits, radix).unwrap_or(u32::MAX)),
        used,
    ))
}

/// What Python makes of a number: Windows-1252 for the C1 controls, nothing for other characters
/// that HTML forbids, U+FFFD for what is no character.
fn code_point(number: u32) -> String {
    match char::from_u32(number) {
        None | Some('\0') => char::REPLACEMENT_CHARACTER.into(),
        Some('\u{80}'..='\u{9f}') => C1.chars().skip(number as usize - 0x80).take(1).collect(),
        Some(c) if is_forbidden(c) => String::new(),
        Some(c) => c.into(),
    }
}

/// What Windows-1252 has in place of the C1 controls.
const C1: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// Control characters other than white space, and the code points that Unicode sets aside.
fn is_forbidden(c: char) -> bool {
    let control = c.is_control() && !matches!(c, '\t' | '\n' | '\x0c' | '\r');
    control || matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}
