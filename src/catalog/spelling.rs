//! What the names of files say about *experts*. Nothing but names can tell the two apart, and they say it in every
//! spelling: `high_noise`, `HighNoise`, `i2vHigh`, `FP8HIGH`, or with a folder each.

use std::path::Path;

use crate::job::Expert;

/// What a name says, and how plainly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The expert.
    pub expert: Expert,
    /// Whether it speaks of noise; the bare word may mean anything.
    pub is_plain: bool,
}

/// What the file's name says or, if it says nothing, that of its folder.
pub fn of_expert(file: &Path) -> Option<Said> {
    let folder = file.parent().and_then(Path::file_name);
    let stem = file.file_stem();
    let names = [stem, folder].into_iter().flatten();
    names
        .map(|name| name.to_string_lossy())
        .find_map(|name| said(&name))
}

/// Whether the name ends in the bare word for an expert, but for versions and types of numbers.
pub fn ends_in_expert(file: &Path) -> bool {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let words = words(&stem);
    let last = words.iter().rev().find(|word| !is_edition(word));
    last.is_some_and(|word| ["high", "low"].contains(&word.as_str()))
}

fn said(name: &str) -> Option<Said> {
    let joined: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let joined = joined.to_lowercase();
    let one = |high: bool, low: bool, is_plain| {
        let expert = match (high, low) {
            (true, false) => Expert::HighNoise,
            (false, true) => Expert::LowNoise,
            _ => return None,
        };
        Some(Said { expert, is_plain })
    };
    one(
        joined.contains("highnoise"),
        joined.contains("lownoise"),
        true,
    )
    .or_else(|| {
        let words = words(name);
        let has = |word: &str| words.iter().any(|other| other == word);
        one(has("high"), has("low"), false)
    })
}

/// The words of a name in lower case, also where capitals or digits are all that parts them.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in name.chars() {
        let begins = (before.is_lowercase() && c.is_uppercase())
            || before.is_ascii_digit() != c.is_ascii_digit()
            // The V of T2V and I2V, whatever follows it.
            || word.eq_ignore_ascii_case("v") && words.last().is_some_and(|last| last == "2");
        if !c.is_alphanumeric() || begins {
            words.push(std::mem::take(&mut word).to_lowercase());
        }
        if c.is_alphanumeric() {
            word.push(c);
        }
        before = c;
    }
    words.push(word.to_lowercase());
    words.retain(|word| !word.is_empty());
    // A version's letter belongs to the number after it: `highv2`.
    for place in 1..words.len() {
        let is_number = words[place].bytes().all(|byte| byte.is_ascii_digit());
        if is_number
            && let Some(word) = words[place - 1]
                .strip_suffix('v')
                .filter(|word| word.len() > 2)
        {
            let word = word.to_owned();
            words[place - 1] = word;
        }
    }
    words
}

/// Whether a word tells no more than which edition of the same network this is.
fn is_edition(word: &str) -> bool {
    const EDITIONS: [&str; 21] = [
        "v", "fp", "bf", "f", "q", "k", "s", "m", "l", "e", "fn", "int", "scaled", "convrot", "kj",
        "gguf", "ver", "version", "b", "a", "beta",
    ];
    word.bytes().all(|byte| byte.is_ascii_digit()) || EDITIONS.contains(&word)
}

/// Whether two paths differ in nothing but that the second says "high" where the first says "low".
pub fn are_twins(low: &Path, high: &Path) -> bool {
    let [low, high] = [low, high].map(|path| path.to_string_lossy().to_lowercase());
    if low.replace("high", "low") != high.replace("high", "low") {
        return false;
    }
    let difference = low
        .bytes()
        .zip(high.bytes())
        .position(|(low, high)| low != high);
    difference.is_some_and(|at| {
        let says =
            |text: &str, word: &str| text.get(at..).is_some_and(|rest| rest.starts_with(word));
        says(&low, "low") && says(&high, "high")
    })
}

/// Whether two files in one place, or in places for an expert each, have the same name but for expert and edition.
pub fn are_kin(one: &Path, other: &Path) -> bool {
    let folder = |path: &Path| {
        let folder = path
            .parent()
            .unwrap_or(path)
            .to_string_lossy()
            .to_lowercase();
        folder.replace("high", "low")
    };
    let name = |path: &Path| -> Vec<String> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_own = |word: &String| {
            let experts = ["high", "low", "noise", "highnoise", "lownoise"];
            !is_edition(word) && !experts.contains(&word.as_str())
        };
        words(&stem).into_iter().filter(is_own).collect()
    };
    folder(one) == folder(other) && name(one) == name(other)
}

/// The name of a file for low noise without what says so.
pub fn without_expert(stem: &str) -> String {
    let lower = stem.to_lowercase();
    let words = ["low_noise", "low-noise", "lownoise", "low"];
    let found = words
        .iter()
        .find_map(|word| Some((lower.rfind(word)?, word.len())));
    let Some((at, length)) = found.filter(|_| lower.len() == stem.len()) else {
        return stem.to_owned();
    };
    let is_mark = |c: char| ['-', '_', '.', ' '].contains(&c);
    let (before, after) = (&stem[..at], &stem[at + length..]);
    if before.ends_with(is_mark) || before.is_empty() {
        let joined = format!("{before}{}", after.trim_start_matches(is_mark));
        return joined.trim_end_matches(is_mark).to_owned();
    }
    format!("{before}{after}")
}
