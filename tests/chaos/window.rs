//! The settings of the window, as it writes them down while somebody types: another process of this program of tests opens
//! it, and is killed.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use zoetrope::app::Preferences;

use super::{Dice, assert_swept, kill, life, tries};
use crate::app::saving::{FILE, TYPED};
use crate::support::program::output;

fn typing(path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    let test = "app::saving::what_is_typed_is_soon_on_the_disk";
    command.args([test, "--exact", "--nocapture"]);
    command.env(FILE, path);
    command
}

/// How often was typed what is in the file, all of which must be there.
#[track_caller]
fn typed(path: &Path, what: &str) -> usize {
    if !path.exists() {
        return 0;
    }
    let bytes = fs::read(path).unwrap();
    let whole: Preferences = serde_json::from_slice(&bytes).unwrap_or_else(|why| {
        panic!("{what}: {why}: {}", String::from_utf8_lossy(&bytes));
    });
    let prompt = whole.request.prompt;
    assert!(
        prompt.matches(TYPED).count() * TYPED.len() == prompt.len(),
        "{what}: {prompt}"
    );
    prompt.len() / TYPED.len()
}

/// Breaks when the window's settings are cut or go back after a save that was killed, or cannot be saved any more.
#[test]
fn settings_of_a_window_that_is_killed_are_the_old_or_the_new() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("settings");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("window.json");
    let life = life(typing(&path));
    let mut before = typed(&path, "undisturbed");
    assert!(before > 0, "nothing was saved");
    let mut dice = Dice::of(5);
    for number in 0..tries(2) {
        let instant = dice.instant(life);
        let what = format!("number {number}, killed after {instant:?} of {life:?}");
        kill(typing(&path), instant);
        let left = typed(&path, &what);
        assert!(left >= before, "{what}: {left} of {before}");
        before = left;
        assert!(!path.with_added_extension("bak").exists(), "{what}");
    }
    let again = output(typing(&path));
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(typed(&path, "afterwards") > before);
    assert_swept(&folder, "afterwards");
}
