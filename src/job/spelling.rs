//! What the names of files say about *experts*. Nothing but names can tell the two apart, and they say it in every
//! spelling: `high_noise`, `HighNoise`, `i2vHigh`, `FP8HIGH`, `HN`, `T2V_H`, or with a folder each.

use std::path::Path;

use super::Expert;

/// How makers write the two experts, in lower case: for low noise and for high.
const SIDES: [(&str, &str); 7] = [
    ("low", "high"),
    ("lownoise", "highnoise"),
    ("ln", "hn"),
    ("lnoise", "hnoise"),
    ("lonoise", "hinoise"),
    ("lo", "hi"),
    ("l", "h"),
];

/// The same in Chinese, where no marks stand between words.
const CHINESE: [(&str, &str); 2] = [("低噪", "高噪"), ("低", "高")];

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
    let folder = folder.map(|name| name.to_string_lossy().into_owned());
    of_name(file).or_else(|| said(&folder?))
}

/// What the file's own name says.
pub fn of_name(file: &Path) -> Option<Said> {
    said(&file.file_stem()?.to_string_lossy())
}

/// Whether the name of a file is that of half a model, though it does not speak of noise: where it ends in the word for an
/// expert, but for versions and types of numbers, or has it anywhere and says that the model is one of those with two.
pub fn may_be_half(file: &Path) -> bool {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    if said(&stem).is_none() {
        return false;
    }
    let words = words(&stem);
    let with_two = words.windows(2).any(|pair| match pair {
        [one, other] => {
            (one == "2" || one == "wan2") && other == "2" || one.ends_with('a') && other == "14"
        }
        _ => false,
    });
    let with_two = with_two || words.iter().any(|word| word == "22");
    let last = (0..words.len()).rev().find(|&at| !is_edition(&words, at));
    let ends = last.is_some_and(|at| side(&words[at]).is_some());
    ends || with_two
}

/// The expert that one word names.
fn side(word: &str) -> Option<Expert> {
    SIDES.iter().find_map(|&(low, high)| match word {
        _ if word == low => Some(Expert::LowNoise),
        _ if word == high => Some(Expert::HighNoise),
        _ => None,
    })
}

fn said(name: &str) -> Option<Said> {
    let one = |high: bool, low: bool, is_plain| {
        let expert = match (high, low) {
            (true, false) => Expert::HighNoise,
            (false, true) => Expert::LowNoise,
            _ => return None,
        };
        Some(Said { expert, is_plain })
    };
    let joined: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let joined = joined.to_lowercase();
    let (low, high) = CHINESE[0];
    let plainly = one(
        joined.contains("highnoise") || name.contains(high),
        joined.contains("lownoise") || name.contains(low),
        true,
    );
    plainly.or_else(|| {
        let words = words(name);
        let noise_before = |at: usize| at > 0 && words[at - 1] == "noise";
        let noise_after = |at: usize| words.get(at + 1).is_some_and(|next| next == "noise");
        // The best of the ways to say it that the name has counts; "l" may also be the size of a GGUF's blocks.
        SIDES.iter().find_map(|&(low, high)| {
            let places = |word: &str| -> Vec<usize> {
                let all = (0..words.len()).filter(|&at| words[at] == word);
                all.filter(|&at| word.len() > 1 || !is_edition(&words, at))
                    .collect()
            };
            let (lows, highs) = (places(low), places(high));
            let of_noise = |places: &[usize]| {
                let is_joined = low.len() > 3 && low.ends_with("noise");
                is_joined || places.iter().any(|&at| noise_before(at) || noise_after(at))
            };
            let is_plain = of_noise(if lows.is_empty() { &highs } else { &lows });
            one(!highs.is_empty(), !lows.is_empty(), is_plain)
        })
    })
}

/// The words of a name in lower case, also where capitals or digits are all that parts them.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::<String>::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in name.chars() {
        let begins = (before.is_lowercase() && c.is_uppercase())
            || before.is_ascii_digit() != c.is_ascii_digit()
            // The V of T2V and I2V, whatever follows it.
            || word.eq_ignore_ascii_case("v") && words.last().is_some_and(|last| last == "2")
            // The B of 14B.
            || word.eq_ignore_ascii_case("b") && words.last().is_some_and(|last| is_number(last));
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
        if is_number(&words[place])
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

/// Whether a word tells no more than which edition of the same network this is. An L is the size of a GGUF's blocks where a
/// K stands before it, and may be an expert elsewhere.
fn is_edition(words: &[String], at: usize) -> bool {
    const EDITIONS: [&str; 23] = [
        "v", "fp", "bf", "f", "q", "k", "s", "m", "e", "fn", "int", "scaled", "convrot", "kj",
        "gguf", "ver", "version", "b", "a", "beta", "final", "step", "rank",
    ];
    let word = words[at].as_str();
    let is_size = word == "l" && at > 0 && words[at - 1] == "k";
    is_number(word) || is_size || EDITIONS.contains(&word)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether two paths differ in nothing but that the second says "high" where the first says "low", in any of the ways to
/// say it, once or more.
pub fn are_twins(low: &Path, high: &Path) -> bool {
    let [low, high] = [low, high].map(|path| path.to_string_lossy().chars().collect::<Vec<_>>());
    let (mut at_low, mut at_high) = (0, 0);
    let mut differ = false;
    while at_low < low.len() || at_high < high.len() {
        if let (Some(l), Some(h)) = (low.get(at_low), high.get(at_high))
            && l.to_lowercase().eq(h.to_lowercase())
        {
            (at_low, at_high) = (at_low + 1, at_high + 1);
            continue;
        }
        let Some((l, h)) = side_at(&low, at_low, &high, at_high) else {
            return false;
        };
        differ = true;
        (at_low, at_high) = (at_low + l, at_high + h);
    }
    differ
}

/// How long the words are with which two names tell the experts apart from here on, if they do.
fn side_at(low: &[char], at_low: usize, high: &[char], at_high: usize) -> Option<(usize, usize)> {
    let mut sides = SIDES.iter().chain(&CHINESE);
    sides.find_map(|(l, h)| {
        let is_there = |name: &[char], at: usize, word: &str| {
            let long = word.chars().count();
            let here = name.get(at..at + long)?;
            let is_word = here.iter().flat_map(|c| c.to_lowercase()).eq(word.chars());
            (is_word && (is_sure(word) || stands_apart(name, at, long))).then_some(long)
        };
        Some((is_there(low, at_low, l)?, is_there(high, at_high, h)?))
    })
}

/// Whether a word is one wherever it stands within another.
fn is_sure(word: &str) -> bool {
    !word.is_ascii() || word.len() > 2
}

/// Whether a short word stands by itself: after a mark, a number or a change to capitals, or after T2V, and before a mark, a
/// number or the word for noise. Two letters need nothing before them.
fn stands_apart(name: &[char], at: usize, long: usize) -> bool {
    let is_letter = |c: &char| c.is_alphabetic();
    let before = &name[..at];
    let begins = match before {
        [] => true,
        [.., last] if !is_letter(last) => true,
        [.., last] if last.is_lowercase() && name[at].is_uppercase() => true,
        // T2V, I2V, 14B
        [.., digit, last] => digit.is_ascii_digit() && "vVbB".contains(*last),
        [_] => false,
    };
    let after = &name[at + long..];
    let noise: String = after
        .iter()
        .take(5)
        .flat_map(|c| c.to_lowercase())
        .collect();
    let ends = match after.first() {
        None => true,
        Some(next) => {
            !is_letter(next) || noise == "noise" || next.is_uppercase() && name[at].is_lowercase()
        }
    };
    ends && (begins || long == 2 && name[at + 1].to_lowercase().eq("n".chars()))
}

/// Whether two files in one place, or in places for an expert each, have the same name but for expert and edition.
pub fn are_kin(one: &Path, other: &Path) -> bool {
    let [one_place, other_place] = [one, other].map(|path| path.parent().unwrap_or(path));
    let are_together = one_place == other_place
        || are_twins(one_place, other_place)
        || are_twins(other_place, one_place);
    let name = |path: &Path| own_words(&path.file_stem().unwrap_or_default().to_string_lossy());
    are_together && name(one) == name(other)
}

/// The words of a name but for those of experts and editions.
fn own_words(name: &str) -> Vec<String> {
    let words = words(name);
    let is_own = |at: &usize| {
        let word = words[*at].as_str();
        let of_noise = word == "noise" || side(word).is_some();
        !is_edition(&words, *at) && !of_noise
    };
    let own = (0..words.len()).filter(is_own);
    own.map(|at| words[at].clone()).collect()
}

/// The name of a file for low noise without what says so.
pub fn without_expert(stem: &str) -> String {
    let lower = stem.to_lowercase();
    let words = ["low_noise", "low-noise", "lownoise", "low"];
    let found = words
        .iter()
        .find_map(|word| Some((lower.rfind(word)?, word.len())));
    let found = found.or_else(|| short_word(stem));
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

/// Where one of the short ways to say that a file is for low noise stands in its name, and how long it is.
fn short_word(stem: &str) -> Option<(usize, usize)> {
    let name: Vec<char> = stem.chars().collect();
    let places = (0..name.len()).filter(|_| stem.is_ascii());
    let mut found = places.filter_map(|at| {
        let (low, _) = SIDES.iter().find(|(low, _)| {
            let here = name.get(at..at + low.len());
            let is_word =
                here.is_some_and(|here| here.iter().collect::<String>().eq_ignore_ascii_case(low));
            is_word && stands_apart(&name, at, low.len())
        })?;
        Some((at, low.len()))
    });
    found.next_back()
}
