//! A save of settings: the list of folders, which is written as all of them are.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Dice, assert_swept, kill, life, tries};
use crate::support::program::{command, output};

fn add(home: &Path, folder: &Path) -> Command {
    let folder = folder.to_str().unwrap();
    let mut command = command(&home.join("cache"), &["models", "add", folder]);
    command.env("ZOETROPE_DATA_DIR", home.join("data"));
    command
}

fn saved(home: &Path) -> Vec<String> {
    let text = fs::read(home.join("data/folders.json")).unwrap();
    let saved: Value = serde_json::from_slice(&text).unwrap();
    let folders = saved["folders"].as_array().unwrap().iter();
    folders
        .map(|folder| folder.as_str().unwrap().to_owned())
        .collect()
}

/// Breaks when settings are cut, lost, or cannot be changed any more after a save that was killed.
#[test]
fn settings_whose_save_is_killed_are_the_old_or_the_new() {
    let home = TempDir::new().unwrap();
    let home = home.path().canonicalize().unwrap();
    let first = home.join("first");
    fs::create_dir(&first).unwrap();
    let life = life(add(&home, &first));
    let mut expected = vec![first.display().to_string()];
    let mut dice = Dice::of(3);
    for number in 0..tries(1) {
        let instant = dice.instant(life);
        let what = format!("number {number}, killed after {instant:?} of {life:?}");
        let more = home.join(format!("more {number}"));
        fs::create_dir(&more).unwrap();
        kill(add(&home, &more), instant);
        let left = saved(&home);
        let old = expected.clone();
        expected.push(more.display().to_string());
        assert!(left == old || left == expected, "{what}: {left:?}");
        let again = output(add(&home, &more));
        assert_eq!(again.code, Some(0), "{what}: {}", again.stderr);
        assert_eq!(saved(&home), expected, "{what}");
        assert_swept(&home.join("data"), &what);
    }
}
