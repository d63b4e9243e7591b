//! The settings are written down while the window is open, each time that they have changed.

use std::env;
use std::path::Path;
use std::rc::Rc;

use tempfile::TempDir;
use zoetrope::app::Preferences;

use super::Opening;

/// Names the file in the process of those who end it in the middle, see `crate::chaos`.
pub const FILE: &str = "ZOETROPE_TEST_SETTINGS";

/// How often something is typed.
const TIMES: usize = 10;

/// What is typed.
pub const TYPED: &str = "x";

fn prompt(path: &Path) -> String {
    Preferences::read(path).request.prompt
}

/// Breaks when what was typed is not on the disk while the window goes on: a crash would lose it.
#[test]
fn what_is_typed_is_soon_on_the_disk() {
    let own = TempDir::new().unwrap();
    let given = env::var_os(FILE).map(std::path::PathBuf::from);
    let path = given.unwrap_or_else(|| own.path().join("window.json"));
    let place = path.parent().unwrap();
    let mut window = Opening {
        preferences: Preferences::read(&path),
        folder: Rc::new(TempDir::new_in(place.parent().unwrap()).unwrap()),
        settings: Some(path.clone()),
        pace: 1.0,
        ..Opening::default()
    }
    .open();
    for _ in 0..TIMES {
        let expected = prompt(&path) + TYPED;
        window.write("Prompt", TYPED);
        window.until("the save", |_| prompt(&path) == expected);
    }
    assert!(!path.with_added_extension("bak").exists());
}
