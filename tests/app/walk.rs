//! What was found when the window was walked by hand: small things, each of which broke a habit or told nothing.

use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use zoetrope::app::Preferences;
use zoetrope::app::models::{Change, Found};
use zoetrope::error::Error;
use zoetrope::job::memory::Fitted;
use zoetrope::job::{
    Advice, CanvasRequest, Checkpoint, Event, Plan, Problem, Refusal, Request, Size, Variant,
};
use zoetrope::media::photo;

use super::files::{let_go, made};
use super::{Opening, SIZE, Window, installed};
use crate::job::checkpoint_of;

const COMMAND: Modifiers = Modifiers::COMMAND;

fn asking_for(canvas: CanvasRequest, model: Checkpoint) -> Opening {
    Opening {
        models: vec![model],
        preferences: Preferences {
            request: Request {
                prompt: "A boat".into(),
                canvas,
                ..Request::default()
            },
            ..Preferences::default()
        },
        ..Opening::default()
    }
}

/// Breaks when a menu is as wide as half the reel.
#[test]
fn the_menu_of_a_cell_is_as_wide_as_others() {
    let opening = Opening::default();
    made(&opening, "A boat");
    let mut window = opening.open();
    window.until_seen("1 video");
    window.harness.get_by_label("A boat").click_secondary();
    window.settle();
    let line = window.harness.get_by_label("Move to Trash").rect();
    assert!(line.width() < 260.0, "{line:?}");
}

/// Breaks when a long prompt fills the window from top to bottom as soon as the pointer rests on its cell.
#[test]
fn a_long_prompt_is_hinted_at() {
    let long = "a boat in the rain ".repeat(60);
    let opening = Opening::default();
    let short: String = "x".repeat(40);
    let plan = made(&opening, &short);
    drop(plan);
    let records = opening.folder.path().join("data/records");
    for entry in fs::read_dir(records).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let json = fs::read_to_string(&path).unwrap().replace(&short, &long);
            // The video keeps its short name.
            let json = json.replace(&format!("{long}.mp4"), &format!("{short}.mp4"));
            fs::write(&path, json).unwrap();
        }
    }
    let mut window = opening.open();
    window.until_seen("1 video");
    let cell = window.harness.get_by_label(&long).rect().center();
    window.harness.hover_at(cell);
    window.harness.run_steps(40);
    let hint = window
        .harness
        .query_all_by_label_contains("a boat in the rain")
        .filter_map(|node| {
            node.accesskit_node()
                .value()
                .or(node.accesskit_node().label())
        })
        .find(|words| words.ends_with('…'));
    let hint = hint.expect("there is a hint");
    assert!(hint.chars().count() < 260, "{}", hint.len());
}

/// Breaks when a toy size is called 480p.
#[test]
fn a_size_of_no_tier_is_called_by_none() {
    let canvas = CanvasRequest {
        size: Some(Size::new(128, 128)),
        ..CanvasRequest::default()
    };
    let window = asking_for(canvas, checkpoint_of(Variant::Ti2v)).open();
    for tier in ["480p", "720p"] {
        let node = window
            .harness
            .get_by_role_and_label(Role::RadioButton, tier);
        assert_ne!(
            node.accesskit_node().toggled(),
            Some(Toggled::True),
            "{tier}"
        );
    }
}

/// Breaks when one frame is "1 frames".
#[test]
fn one_frame_is_one() {
    let canvas = CanvasRequest {
        frames: Some(1),
        ..CanvasRequest::default()
    };
    let window = asking_for(canvas, checkpoint_of(Variant::T2v)).open();
    let field = window
        .harness
        .get_by_role_and_label(Role::SpinButton, "Frames");
    let value = field.accesskit_node().value().unwrap_or_default();
    assert!(value.ends_with("1 frame"), "{value}");
}

/// Breaks when a button does nothing and says nothing because the desktop has no dialogs.
#[cfg(target_os = "linux")]
#[test]
fn a_desktop_without_dialogs_says_so() {
    let mut window = Opening::default().open();
    window.click("First frame");
    window.until("a sentence", |window| {
        window.sees_part("has no file dialog")
    });
}

/// Breaks when choosing a model is answered with a reproach, or nobody learns why nothing can be made.
#[test]
fn what_is_still_to_come_is_a_hint() {
    let window = asking_for(CanvasRequest::default(), checkpoint_of(Variant::I2vA14b)).open();
    let button = window
        .harness
        .get_by_role_and_label(Role::Button, "Generate");
    let why = button.accesskit_node().description().unwrap_or_default();
    assert!(
        why.contains("first frame") || why.contains("picture"),
        "{why}"
    );
    let mut empty = Opening::default().open();
    empty.settle();
    let button = empty
        .harness
        .get_by_role_and_label(Role::Button, "Generate");
    let why = button.accesskit_node().description();
    assert_eq!(why.as_deref(), Some("Write a prompt first"));
}

/// Breaks when a folder of models takes the place of the chosen one with the first of its alphabet.
#[test]
fn of_several_models_in_a_folder_somebody_chooses() {
    let opening = Opening::default();
    let folder = opening.folder.path().join("models");
    let model = |name: &str| {
        let root = folder.join(name);
        fs::create_dir_all(&root).unwrap();
        Checkpoint {
            name: name.into(),
            root,
            ..checkpoint_of(Variant::T2v)
        }
    };
    let several = [installed(&model("one")), installed(&model("two"))];
    let built_in = installed(&opening.models[0]);
    let look = move |change: &Change| {
        let mut found = vec![built_in.clone()];
        if *change != Change::None {
            found.extend(several.clone());
        }
        Ok(Found {
            installed: found,
            ..Found::default()
        })
    };
    let mut window = Opening {
        look: Some(Arc::new(look)),
        ..opening
    }
    .open();
    let_go(&mut window, folder);
    window.until_seen("Found 2 models. Choose one in the title bar");
    assert!(window.sees("A model"), "it is still the chosen one");
}

/// Breaks when a size goes along as pixels that the next model refuses, though both know what 720p is.
#[test]
fn a_size_goes_along_as_a_wish() {
    let canvas = CanvasRequest {
        size: Some(Size::new(720, 1280)),
        ..CanvasRequest::default()
    };
    let second = Checkpoint {
        name: "Second".into(),
        root: "second".into(),
        ..checkpoint_of(Variant::Ti2v)
    };
    let mut opening = asking_for(canvas, checkpoint_of(Variant::T2v));
    opening.models.push(second);
    let mut window = opening.open();
    window.click("A model");
    window.click("Second");
    window.press(COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    assert_eq!(plan.canvas.size, Size::new(704, 1280));
}

/// Breaks when the last frame cannot become the first, or an end is not told from the other.
#[test]
fn both_pictures_are_named_and_can_be_swapped() {
    let mut window = Opening {
        models: vec![checkpoint_of(Variant::I2vA14b)],
        ..Opening::default()
    }
    .open();
    for (name, grey) in [("first.png", 40), ("last.png", 200)] {
        let file = window.path(name);
        photo::save(&file, SIZE, &vec![grey; 3 * SIZE.area() as usize]).unwrap();
        let_go(&mut window, file);
        let end = name.trim_end_matches(".png");
        window.until_seen(&format!("Remove {end} frame"));
    }
    window.write("Prompt", "It moves");
    window.click("Swap first and last frame");
    window.press(COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    let name = |path: Option<&std::path::PathBuf>| {
        let name = path.unwrap().file_name().unwrap();
        name.to_string_lossy().into_owned()
    };
    assert_eq!(name(plan.sources.image.as_ref()), "last.png");
    assert_eq!(name(plan.sources.last_image.as_ref()), "first.png");
}

/// Breaks when a limit of one's own is blamed on the machine, with no way to raise it.
#[test]
fn a_memory_limit_can_be_raised_where_it_stands_in_the_way() {
    let fit = |plan: &Plan| -> Result<Fitted, Error> {
        match plan.limits.memory {
            Some(limit) if limit < 5_000_000_000 => Err(Refusal::Memory {
                needed: 4_500_000_000,
                most: limit,
                is_limited: true,
                advice: Advice::LargerMachine,
            }
            .into()),
            _ => Err(Error::Other("No file is there".into())),
        }
    };
    let mut preferences = Preferences::default();
    preferences.request.prompt = "A boat".into();
    preferences.request.limits.memory = Some(1_000_000_000);
    let mut window = Opening {
        preferences,
        fit: Some(Arc::new(fit)),
        ..Opening::default()
    }
    .open();
    window.until_seen("Raise the limit to 5 GB");
    window.click("Raise the limit to 5 GB");
    window.until("the way", |window| !window.sees("Raise the limit to 5 GB"));
    window.press(COMMAND, Key::Enter);
    assert_eq!(window.next_job().1.limits.memory, Some(5_000_000_000));
}

fn failed(problem: Problem) -> Window {
    let mut window = Opening::default().open();
    window.write("Prompt", "A boat");
    window.press(COMMAND, Key::Enter);
    let (handle, _) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    window.tell(Event::Failed {
        id: handle.id,
        problem,
        kept: None,
    });
    assert!(window.sees("Couldn't make this video"));
    window
}

/// Breaks when a job that failed for want of a network or of room can only be typed anew.
#[test]
fn a_failed_job_can_be_tried_again_and_elsewhere() {
    let mut window = failed(Problem::File {
        verb: "write",
        path: "/videos/A boat.mp4".into(),
        kind: ErrorKind::ReadOnlyFilesystem,
        detail: "Read-only file system (os error 30)".into(),
    });
    assert!(
        !window.sees_part("/videos/"),
        "a name would do: {:?}",
        window.seen()
    );
    let elsewhere = window.path("elsewhere");
    *window.answer.borrow_mut() = Some(elsewhere.clone());
    window.click("Choose another folder…");
    window.until("the folder", |_| elsewhere.is_dir());
    window.settle();
    window.click("Try again");
    let (_, plan) = window.next_job();
    assert_eq!(plan.output.parent(), Some(elsewhere.as_path()));
    assert_eq!(plan.prompt, "A boat");
}

/// Breaks when the settings take a folder in which nothing can be written.
#[test]
fn a_folder_that_takes_no_files_is_not_taken() {
    let mut window = Opening::default().open();
    let file = window.path("a file");
    fs::write(&file, "").unwrap();
    *window.answer.borrow_mut() = Some(file.join("videos"));
    window.press(COMMAND, Key::Comma);
    window.click("Choose another folder");
    window.until("a sentence", |window| window.sees_part("Couldn't create"));
    window.press(Modifiers::NONE, Key::Escape);
    window.write("Prompt", "A boat");
    window.press(COMMAND, Key::Enter);
    let (_, plan) = window.next_job();
    assert_eq!(plan.output.parent(), Some(window.path("videos").as_path()));
}

/// Breaks when a video whose file was moved says so twice and offers nothing.
#[test]
fn a_file_that_was_moved_is_found_again() {
    let opening = Opening::default();
    let plan = made(&opening, "A boat");
    let moved = opening.folder.path().join("moved.mp4");
    fs::rename(&plan.output, &moved).unwrap();
    let mut window = opening.open();
    window.until_seen("1 video");
    window.click("A boat");
    window.until_seen("Can't find this video's file");
    assert!(window.sees("Remove from library"));
    *window.answer.borrow_mut() = Some(moved);
    window.click("Locate…");
    window.until("the clip", |window| window.sees_part(" of 9"));
}

/// Breaks when a number is corrected and nobody is told.
#[test]
fn a_number_that_cannot_work_says_what_was_taken() {
    let mut window = asking_for(CanvasRequest::default(), checkpoint_of(Variant::T2v)).open();
    window
        .harness
        .get_by_role_and_label(Role::SpinButton, "Frames")
        .focus();
    window.settle();
    window.press(COMMAND, Key::A);
    window.harness.event(egui::Event::Text("10".into()));
    window.settle();
    window.press(Modifiers::NONE, Key::Enter);
    window.until("the nearest", |window| {
        window.sees_part("The nearest that works is ")
    });
}
