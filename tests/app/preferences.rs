//! What is remembered between two starts, also by another version of the program and by hands that slip.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use zoetrope::app::Preferences;
use zoetrope::job::Size;
use zoetrope::view::strings::Language;

use super::Opening;

fn read(text: &str) -> (Preferences, TempDir) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("window.json");
    fs::write(&path, text).unwrap();
    (Preferences::read(&path), folder)
}

fn copy(folder: &TempDir) -> Option<String> {
    fs::read_to_string(folder.path().join("window.json.bak")).ok()
}

/// Breaks when one value that nobody understands resets the language, the folders with all unfinished videos in them, or
/// the form.
#[test]
fn one_odd_value_costs_no_other() {
    for odd in [
        json!({ "language": "german" }),
        json!({ "zoom": "large" }),
        json!({ "appearance": 7 }),
        json!({ "recent": [1, "/boat.png"] }),
        json!({ "request": { "sampler": "heun" } }),
        json!({ "request": { "negative": { "mood": "dark" } } }),
        json!({ "request": { "size": { "width": "wide" } } }),
        json!({ "window": [800.0] }),
        json!({ "videos": ["/films", 3] }),
    ] {
        let mut file = json!({
            "language": "chinese", "model": "/models/mine", "videos": ["/films"], "looping": false,
            "request": { "prompt": "A boat", "frames": 49 },
        });
        for (key, value) in odd.as_object().unwrap() {
            match (&mut file[key], value) {
                (Value::Object(before), Value::Object(value)) => before.extend(value.clone()),
                (before, value) => *before = value.clone(),
            }
        }
        let text = file.to_string();
        let (read, folder) = read(&text);
        assert_eq!(read.model, Some(PathBuf::from("/models/mine")), "{odd}");
        assert_eq!(read.videos, [PathBuf::from("/films")], "{odd}");
        assert!(!read.looping, "{odd}");
        assert_eq!(read.request.prompt, "A boat", "{odd}");
        assert_eq!(read.request.canvas.frames, Some(49), "{odd}");
        let language = (odd["language"].is_null()).then_some(Language::Chinese);
        assert_eq!(read.language, language, "{odd}");
        assert_eq!(copy(&folder), Some(text), "{odd}: the file is not kept");
    }
}

/// Breaks when a file that is cut, empty or something else is lost, or keeps the window from opening.
#[test]
fn what_is_no_file_of_settings_is_kept_beside_it() {
    for text in ["", "{", "7", "\u{0}\u{0}"] {
        let (read, folder) = read(text);
        assert_eq!(read, Preferences::default(), "{text:?}");
        assert_eq!(copy(&folder).as_deref(), Some(text), "{text:?}");
    }
}

/// Breaks when a window that is zoomed to nothing never opens again.
#[test]
fn a_size_without_sense_is_brought_back_within_bounds() {
    let zoom = |text: &str| read(&format!(r#"{{"zoom":{text}}}"#)).0.zoom;
    for (text, expected) in [
        ("0", 0.7),
        ("-1", 0.7),
        ("1e30", 2.0),
        ("1e300", 2.0),
        ("-1e300", 0.7),
        ("1.3", 1.3),
    ] {
        assert_eq!(zoom(text), expected, "{text}");
        let opening = Opening {
            preferences: read(&format!(r#"{{"zoom":{text}}}"#)).0,
            ..Opening::default()
        };
        opening.open();
    }
    let window = |text: &str| read(&format!(r#"{{"window":{text}}}"#)).0.window;
    assert_eq!(window("[0, -5]"), [900.0, 600.0]);
    assert_eq!(window("[1e30, 700]"), [16_384.0, 700.0]);
    assert_eq!(window("[1000, 700]"), [1000.0, 700.0]);
}

/// Breaks when somebody who tries an older version once loses what the newer one had written.
#[test]
fn what_a_newer_version_wrote_stays_in_the_file() {
    let text = json!({
        "palette": { "name": "sepia" }, "zoom": 1.2,
        "request": { "prompt": "A boat", "camera": "dolly", "size": Size::new(832, 480) },
    });
    let mut opening = Opening::default();
    let folder = std::rc::Rc::clone(&opening.folder);
    let path = folder.path().join("window.json");
    fs::write(&path, text.to_string()).unwrap();
    opening.preferences = Preferences::read(&path);
    assert_eq!(copy(&folder), None, "nothing was lost");
    assert_eq!(
        opening.preferences.request.canvas.size,
        Some(Size::new(832, 480))
    );
    let mut window = opening.open();
    window.write("Prompt", "! ");
    window.harness.run_steps(90);
    drop(window.harness);
    let kept: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(kept["palette"], text["palette"]);
    assert_eq!(kept["request"]["camera"], "dolly");
    assert_ne!(kept["request"]["prompt"], "A boat");
}

/// Breaks when a first start leaves a copy of nothing.
#[test]
fn a_file_that_is_not_there_is_no_loss() {
    let folder = TempDir::new().unwrap();
    let read = Preferences::read(&folder.path().join("window.json"));
    assert_eq!(read, Preferences::default());
    assert_eq!(fs::read_dir(Path::new(folder.path())).unwrap().count(), 0);
}
