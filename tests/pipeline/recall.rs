//! The same words are encoded once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::support::golden_path;
use crate::support::program::zoetrope;

/// Another seed with the same words would otherwise read 11 GB of text encoder again.
#[test]
fn the_text_encoder_runs_once_for_the_same_words() {
    let folder = TempDir::new().unwrap();
    let cache = folder.path().join("cache");
    let encodes = |prompt: &str, seed: &str| {
        let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
        let output = folder.path().join("out.mp4").display().to_string();
        let arguments = [
            "generate", "--json", "--model", &model, "--prompt", prompt, "--seed", seed, "--size",
            "32x32", "--frames", "1", "--steps", "1", "-o", &output,
        ];
        let run = zoetrope(&cache, &arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stdout.contains(r#""stage":"text""#)
    };
    assert!(encodes("a boat", "1"), "new words");
    assert!(!encodes("a boat", "2"), "the same words, another seed");
    assert!(
        !encodes("  a   boat ", "3"),
        "words that are the same once cleaned"
    );
    assert!(encodes("a ship", "1"), "other words");
}

/// Runs a small job, and tells whether it read the text encoder and what latents it made.
fn latents(folder: &Path, prompt: &str) -> (bool, Vec<u8>) {
    let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
    let [output, kept] =
        ["out.mp4", "l.safetensors"].map(|name| folder.join(name).display().to_string());
    let run = zoetrope(
        &folder.join("cache"),
        &[
            "generate",
            "--json",
            "--model",
            &model,
            "--prompt",
            prompt,
            "--seed",
            "1",
            "--size",
            "32x32",
            "--frames",
            "1",
            "--steps",
            "1",
            "--save-latents",
            &kept,
            "-o",
            &output,
        ],
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let encoded = run.stdout.contains(r#""stage":"text""#);
    (encoded, fs::read(kept).unwrap())
}

fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("cache/text")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Breaks when a bit that a disk has lost makes another video, or a job fail for ever.
#[test]
fn damaged_words_are_encoded_again() {
    let folder = TempDir::new().unwrap();
    let (_, whole) = latents(folder.path(), "a boat");
    let files = kept(folder.path());
    assert_eq!(files.len(), 2, "the prompt and the negative one");
    for file in files {
        let length = fs::metadata(&file).unwrap().len() as usize;
        for (place, bit) in [(length - 1, 0x40), (length - 30, 1), (length / 2, 0x80)] {
            let mut bytes = fs::read(&file).unwrap();
            bytes[place] ^= bit;
            fs::write(&file, bytes).unwrap();
            let (encoded, again) = latents(folder.path(), "a boat");
            assert!(encoded, "bit {bit} of byte {place} of {length}");
            assert_eq!(again, whole, "bit {bit} of byte {place} of {length}");
        }
    }
    assert!(!latents(folder.path(), "a boat").0, "and kept again");
}

/// Breaks when the folder grows for ever, or what was used last goes first, or somebody else's file goes.
#[test]
fn words_that_were_not_used_for_long_go() {
    let folder = TempDir::new().unwrap();
    latents(folder.path(), "a boat");
    let text = folder.path().join("cache/text");
    let sparse = |name: &str, hours: u64| {
        let file = File::create(text.join(name)).unwrap();
        file.set_len(400 << 20).unwrap();
        let age = Duration::from_hours(hours);
        file.set_modified(SystemTime::now() - age).unwrap();
        text.join(name)
    };
    let named = |digit: &str| format!("{}.safetensors", digit.repeat(64));
    let [oldest, old, new] =
        [("a", 3), ("b", 2), ("c", 1)].map(|(digit, hours)| sparse(&named(digit), hours));
    let others = ["mine.safetensors", "notes.txt"].map(|name| sparse(name, 9));
    for file in kept(folder.path()) {
        let is_old = |file: &PathBuf| fs::metadata(file).unwrap().len() < 1 << 20;
        if is_old(&file) {
            let file = File::open(file).unwrap();
            let age = Duration::from_hours(99);
            file.set_modified(SystemTime::now() - age).unwrap();
        }
    }
    // Nothing is encoded, but the words are used.
    assert!(!latents(folder.path(), "a boat").0);
    assert!(oldest.exists(), "nothing was kept, so nothing has to go");
    assert!(latents(folder.path(), "a ship").0);
    assert!(!oldest.exists(), "1.2 GB are too much");
    assert!(old.exists() && new.exists() && others.iter().all(|file| file.exists()));
    assert!(!latents(folder.path(), "a boat").0, "used words stay");
}
