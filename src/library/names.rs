//! Names for videos: what they show, in a few words.

use std::path::{Path, PathBuf};

use super::Library;

/// As long as a name can be read at a glance.
const LONGEST: usize = 60;

impl Library {
    /// A place for a video of `prompt` that no file and no unfinished video has, nor one that is
    /// `taken` by a job that waits.
    pub fn place_for(&self, prompt: &str, taken: impl Fn(&Path) -> bool) -> PathBuf {
        let words = words(prompt);
        let name = |number: usize| match number {
            1 => format!("{words}.mp4"),
            number => format!("{words} {number}.mp4"),
        };
        let is_free = |path: &PathBuf| {
            !path.exists() && !path.with_added_extension("run").exists() && !taken(path)
        };
        let mut places = (1..).map(|number| self.places.videos.join(name(number)));
        places.find(is_free).unwrap_or_default()
    }
}

/// The beginning of a prompt, without what file systems do not take.
fn words(prompt: &str) -> String {
    let plain = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    let plain: String = prompt
        .chars()
        .map(|c| if plain(c) { c } else { ' ' })
        .collect();
    let mut name = String::new();
    for word in plain.split_whitespace() {
        let length = name.chars().count() + word.chars().count();
        if !name.is_empty() && length >= LONGEST {
            break;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        // Chinese has no spaces: there a word can be a sentence.
        name.extend(word.chars().take(LONGEST));
    }
    let name = name.trim_matches(['.', ' ', ',', ';', '。', '，']);
    if name.is_empty() {
        "Video".into()
    } else {
        name.into()
    }
}
