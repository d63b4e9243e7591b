//! LoRAs for models with two experts often come in two files, whose names differ by just `high` and `low`.

use std::path::Path;

use super::{Expert, Lora};

/// How makers write the two experts, in lower case; the short ones stand by themselves.
const SIDES: [(&str, &str); 3] = [("high", "low"), ("hn", "ln"), ("h", "l")];

/// The expert of each LoRA that has none yet and whose twin is among the others too. Tells the places of each pair:
/// that for high noise and that for low.
pub fn pair_up(loras: &mut [Lora]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let names: Vec<String> = loras.iter().map(|lora| lower_case(&lora.file)).collect();
    for (high, name) in names.iter().enumerate() {
        let twins = twins(name);
        let is_twin = |low: &usize| *low != high && twins.contains(&names[*low]);
        let Some(low) = (0..names.len()).find(is_twin) else {
            continue;
        };
        if loras[high].expert.is_none() && loras[low].expert.is_none() {
            loras[high].expert = Some(Expert::HighNoise);
            loras[low].expert = Some(Expert::LowNoise);
            pairs.push((high, low));
        }
    }
    pairs
}

/// The expert that the name of a file says it is one half for.
pub fn half(file: &Path) -> Option<Expert> {
    let name = file.file_stem().unwrap_or_default();
    let name = name.to_string_lossy().to_lowercase();
    let says = |word: &str| !places(&name, word).is_empty();
    let (high, low) = SIDES[0];
    match (says(high), says(low)) {
        (true, false) => Some(Expert::HighNoise),
        (false, true) => Some(Expert::LowNoise),
        _ => None,
    }
}

/// The names that the file for low noise may have if this is the one for high noise: one mention changed, or all.
fn twins(name: &str) -> Vec<String> {
    let mut twins = Vec::new();
    for (high, low) in SIDES {
        let places = places(name, high);
        for &place in &places {
            let (before, after) = (&name[..place], &name[place + high.len()..]);
            twins.push(format!("{before}{low}{after}"));
        }
        if places.len() > 1 {
            let mut all = name.to_owned();
            for place in places.into_iter().rev() {
                all.replace_range(place..place + high.len(), low);
            }
            twins.push(all);
        }
    }
    twins
}

/// Where a word stands in a name.
fn places(name: &str, word: &str) -> Vec<usize> {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    let stands = |place: &usize| {
        let before = name[..*place].chars().next_back();
        let after = name[place + word.len()..].chars().next();
        word.len() > 2 || (apart(before) && apart(after))
    };
    let found = name.match_indices(word).map(|(place, _)| place);
    found.filter(stands).collect()
}

fn lower_case(file: &Path) -> String {
    file.to_string_lossy().to_lowercase()
}
