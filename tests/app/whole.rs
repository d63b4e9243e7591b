//! With the real engine and the built-in model, from a typed prompt to an exported file.

use std::fs;

use egui::{Key, Modifiers};
use zoetrope::app::Preferences;
use zoetrope::catalog;
use zoetrope::engine::Engine;
use zoetrope::job::{CanvasRequest, Request, SamplingRequest, Size};
use zoetrope::library::Library;
use zoetrope::media::mp4;

use super::{Opening, places};
use crate::demo;

const SIZE: Size = Size::new(128, 128);

fn opening() -> Opening {
    Opening {
        models: vec![catalog::open(&demo::folder()).unwrap()],
        engine: Some(Engine::start(|| {}).unwrap()),
        preferences: Preferences {
            request: Request {
                canvas: CanvasRequest {
                    size: Some(SIZE),
                    frames: Some(9),
                    ..Default::default()
                },
                sampling: SamplingRequest {
                    steps: Some(3),
                    seed: Some(5),
                    ..Default::default()
                },
                ..Request::default()
            },
            ..Preferences::default()
        },
        ..Opening::default()
    }
}

/// Breaks when the rooms do not fit together: window, engine, library, player, export.
#[test]
fn a_typed_prompt_becomes_a_video_and_another_file() {
    let mut window = opening().open();
    window.write("Prompt", "A red sailing boat sails to the right at sunset");
    window.press(Modifiers::COMMAND, Key::Enter);
    window.until("the clip", |window| window.sees_part("frame 1 of 9"));
    let records = Library::new(places(&window.folder)).records().unwrap();
    let [record] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!(record.settings.sampling.seed, 5);
    assert!(record.poster.is_some());

    window.press(Modifiers::COMMAND, Key::E);
    window.click("64 × 64");
    let target = window.path("small.mp4");
    *window.answer.borrow_mut() = Some(target.clone());
    window.click_on_sheet("Export…");
    window.until_seen("Saved small.mp4");
    let clip = mp4::clip(&target, None, |_, _| Ok(())).unwrap();
    assert_eq!((clip.size(), clip.len()), (Size::new(64, 64), 9));
    let settings = mp4::settings(&target).unwrap();
    assert!(settings.is_some(), "the export lost the settings");
}

/// Breaks when quitting in the middle of a job loses its steps.
#[test]
fn a_job_in_flight_is_offered_again_at_the_next_start() {
    let mut first = opening();
    first.preferences.request.sampling.steps = Some(40);
    let folder = std::rc::Rc::clone(&first.folder);
    let mut window = first.open();
    window.write("Prompt", "A whale swims in the clouds");
    window.click("Generate");
    window.until("a step", |window| window.sees("2 of 40"));
    drop(window);
    assert_eq!(
        fs::read_dir(folder.path().join("videos")).unwrap().count(),
        1
    );

    let mut window = Opening {
        folder,
        ..opening()
    }
    .open();
    window.until_seen("A whale swims in the clouds");
    window.click("A whale swims in the clouds");
    assert!(window.sees_part("of 40. Resume any time"));
    window.click("Resume");
    window.until("the work", |window| window.sees("Denoising"));
}

/// Breaks when words that the model does not read are dropped without a word.
#[test]
fn a_prompt_that_is_too_long_is_told() {
    let mut window = opening().open();
    let long: Vec<_> = (0..600).map(|word| format!("boat{word}")).collect();
    window.write("Prompt", &long.join(" "));
    window.press(Modifiers::COMMAND, Key::Enter);
    let told = "The prompt is too long";
    window.until(told, |window| window.sees_part(told));
}
