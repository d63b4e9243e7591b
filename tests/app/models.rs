//! The models of this machine, and the folders that they are looked for in.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use egui::{Key, Modifiers};
use zoetrope::app::dialogs::Question;
use zoetrope::app::models::{Change, Found};
use zoetrope::error::Error;
use zoetrope::job::{Checkpoint, Flaw, Installed, Problem, Remark, Variant};

use super::{Opening, Window, installed};
use crate::job::checkpoint_of;

const LACK: &str = "half/vae.safetensors is missing: download it";

/// A window on a machine with a second model, a broken one, and a folder that was added; what was asked
/// of the folders is noted.
fn window() -> (Window, Arc<Mutex<Vec<Change>>>) {
    let changes = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&changes);
    let mut opening = Opening {
        // High enough for the whole sheet.
        size: [1280.0, 2400.0],
        ..Opening::default()
    };
    let folder = opening.folder.path().join("large");
    fs::create_dir_all(&folder).unwrap();
    let large = Checkpoint {
        name: "Large".into(),
        root: folder,
        ..checkpoint_of(Variant::I2vA14b)
    };
    let half = Installed {
        name: "Half".into(),
        checkpoint: Err(Problem::Other(LACK.into())),
        ..installed(&large)
    };
    let broken = Installed {
        name: "broken".into(),
        variant: None,
        checkpoint: Err(Problem::Other("broken.gguf ends early".into())),
        ..installed(&large)
    };
    let bare = Installed {
        name: "Bare".into(),
        checkpoint: Err(Problem::Content {
            path: "/models/bare".into(),
            flaw: Flaw::NoTokenizer,
        }),
        ..installed(&large)
    };
    let mut built_in = installed(&opening.models[0]);
    built_in.remarks = vec![Remark::Stray("/models/old.safetensors".into())];
    let models = vec![installed(&large), built_in, half, broken, bare];
    opening.look = Some(Arc::new(move |change| {
        asked.lock().unwrap().push(change.clone());
        match change {
            Change::Add(folder) if folder.ends_with("empty") => {
                Err(Error::Other("There is no model in it".into()))
            }
            _ => Ok(Found {
                installed: models.clone(),
                folders: vec![PathBuf::from("/models")],
            }),
        }
    }));
    let mut window = opening.open();
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    (window, changes)
}

/// Breaks when two models of one name have to be chosen between blindly.
#[test]
fn models_of_one_name_are_told_apart_by_their_folders() {
    let official = |folder: &str| Checkpoint {
        name: "official".into(),
        root: PathBuf::from(folder).join("official"),
        ..checkpoint_of(Variant::T2v)
    };
    let alone = Checkpoint {
        name: "alone".into(),
        ..official("models")
    };
    let opening = Opening {
        models: vec![official("t2v_1_3b"), official("t2v_a14b"), alone],
        ..Opening::default()
    };
    let mut window = opening.open();
    window.click("t2v_1_3b/official");
    assert!(window.sees("alone"));
    window.click("t2v_a14b/official");
    window.settle();
    assert!(window.sees("t2v_a14b/official") && !window.sees("t2v_1_3b/official"));
}

/// Breaks when somebody cannot see what is installed, what it is for, or what it lacks.
#[test]
fn what_is_there_has_preview_with_what_it_does_and_lacks() {
    let (mut window, _) = window();
    window.until_seen(LACK);
    assert!(
        window.sees_part("Wan2.2 I2V-A14B · Image to video, with optional last frame · 34.0 GB")
    );
    assert!(window.sees("broken.gguf ends early"));
    assert!(window.sees("In use"));
    assert!(!window.sees("Use Half"));
    assert!(window.sees_part("/models/old.safetensors is not used"));
    assert!(window.sees("Its text encoder comes without a tokenizer"));
    assert!(window.sees("Download the tokenizer"), "no dead end");
}

/// Breaks when the built-in model loses its place as the first choice, or another cannot be taken.
#[test]
fn another_model_is_used_by_a_click() {
    let (mut window, _) = window();
    window.until_seen("Use Large");
    assert!(!window.sees("Use A model"), "it is in use");
    window.click("Use Large");
    assert!(window.sees("Use A model"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(
        window.sees("Last frame"),
        "the form is that of another model"
    );
}

/// Breaks when folders cannot be added, or forgotten, or what is wrong with one is not told.
#[test]
fn folders_come_and_go() {
    let (mut window, changes) = window();
    window.until_seen("Stop looking in /models");
    window.click("Stop looking in /models");
    *window.answer.borrow_mut() = Some(window.folder.path().join("large"));
    window.click("Add folder…");
    assert_eq!(window.asked.borrow().last(), Some(&Question::Folder));
    window.until_seen("Use A model");
    let empty = window.path("empty");
    fs::create_dir(&empty).unwrap();
    *window.answer.borrow_mut() = Some(empty.clone());
    window.click("Add folder…");
    window.until_seen("There is no model in it");
    let forgotten = Change::Forget("/models".into());
    let added = Change::Add(window.path("large"));
    let changes = changes.lock().unwrap();
    assert_eq!(
        *changes,
        [Change::None, forgotten, added, Change::Add(empty)]
    );
}

/// Breaks when somebody cannot see what can be downloaded, in which forms, and how large it is.
#[test]
fn each_published_model_is_offered_in_its_forms() {
    let (mut window, _) = window();
    window.until_seen("Download Wan2.2 TI2V 5B");
    window.click("Download Wan2.2 TI2V 5B");
    for edition in ["Original · 34.2 GB", "4-bit (Q4) · 10.9 GB"] {
        assert!(window.sees(edition), "{edition}: {:?}", window.seen());
    }
}
