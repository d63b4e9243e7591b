//! Files that come into the window and leave it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Key, Modifiers};
use zoetrope::app::dialogs::Question;
use zoetrope::job::{Event, Plan, Record};
use zoetrope::library::Library;
use zoetrope::media::photo;

use super::{Opening, SIZE, Window, places, video};
use crate::job::{plan, request};

#[derive(Debug)]
pub struct Dropped(pub PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Drops a file on the window.
pub fn let_go(window: &mut Window, file: PathBuf) {
    let file = Arc::new(Dropped(file));
    window.harness.input_mut().dropped_files.push(file);
    window.settle();
}

/// A finished video of this prompt on the library.
pub(super) fn made(opening: &Opening, prompt: &str) -> Plan {
    let places = places(&opening.folder);
    fs::create_dir_all(&places.videos).unwrap();
    let mut plan = plan(&request(prompt), None).unwrap();
    plan.output = places.videos.join(format!("{prompt}.mp4"));
    plan.sampling.seed = 4711;
    video(&plan.output, &plan.info().to_json());
    let library = Library::new(places);
    library.add(Record::new(&plan, plan.info())).unwrap();
    plan
}

/// Breaks when a dropped picture does not reach the job.
#[test]
fn a_dropped_picture_becomes_the_first_frame() {
    let mut window = Opening::default().open();
    let picture = window.path("boat.png");
    photo::save(&picture, SIZE, &vec![120; 3 * SIZE.area() as usize]).unwrap();
    let_go(&mut window, picture);
    window.until_seen("Remove first frame");
    window.write("Prompt", "The boat sails");
    window.click("Generate");
    let (_, plan) = window.next_job();
    let kept = plan.sources.image.unwrap();
    assert!(kept.starts_with(window.path("data")), "{}", kept.display());
    assert_eq!(kept.file_name().unwrap(), "boat.png");
}

/// Breaks when something that is no picture stands in the form all the same, or nobody is told.
#[test]
fn what_is_no_picture_is_refused_with_a_sentence() {
    let mut window = Opening::default().open();
    let file = window.path("notes.txt");
    fs::write(&file, "no picture").unwrap();
    let_go(&mut window, file);
    window.until("a sentence", |window| window.sees_part("notes.txt"));
    assert!(!window.sees("Remove first frame"));
}

/// Breaks when a video does not bring back what made it.
#[test]
fn a_dropped_video_brings_its_settings_back() {
    let mut window = Opening::default().open();
    let mut plan = plan(&request("A whale in the clouds"), None).unwrap();
    plan.sampling.seed = 4711;
    let file = window.path("whale.mp4");
    video(&file, &plan.info().to_json());
    let_go(&mut window, file);
    window.until("the notice", |window| window.sees_part("Settings restored"));
    window.click("Generate");
    let (_, again) = window.next_job();
    assert_eq!(again.prompt, "A whale in the clouds");
    assert_eq!(again.sampling.seed, 4711);
}

/// Breaks when the sheet writes no file, another kind of file, or not where the dialog said.
#[test]
fn the_clip_on_the_stage_is_exported() {
    let opening = Opening::default();
    made(&opening, "A boat");
    let mut window = opening.open();
    window.until_seen("1 video");
    window.click("A boat");
    window.until("the clip", |window| window.sees_part("frame 1 of"));
    window.press(Modifiers::COMMAND, Key::E);
    window.click("GIF");
    let target = window.path("boat.gif");
    *window.answer.borrow_mut() = Some(target.clone());
    window.click_on_sheet("Export…");
    window.until_seen("Saved boat.gif");
    let question = Question::Place {
        name: "A boat".into(),
        ending: Some("gif"),
    };
    assert_eq!(*window.asked.borrow(), [question]);
    assert!(fs::read(target).unwrap().starts_with(b"GIF89a"));

    window.click("Image sequence");
    let folder = window.path("frames");
    *window.answer.borrow_mut() = Some(folder.clone());
    window.click_on_sheet("Export…");
    window.until_seen("Saved frames");
    assert_eq!(folder.read_dir().unwrap().count(), super::FRAMES);
}

/// Breaks when a closed dialog exports all the same.
#[test]
fn a_closed_dialog_changes_nothing() {
    let opening = Opening::default();
    made(&opening, "A boat");
    let mut window = opening.open();
    window.until_seen("1 video");
    window.click("A boat");
    window.until("the clip", |window| window.sees_part("frame 1 of"));
    window.press(Modifiers::COMMAND, Key::E);
    window.click_on_sheet("Export…");
    window.until("the question", |window| !window.asked.borrow().is_empty());
    assert!(window.sees("Export…"));
}

/// Breaks when the library does not find, remember or let go of what was made.
#[test]
fn the_library_is_searched_and_tidied() {
    let opening = Opening::default();
    made(&opening, "A boat on the sea");
    let tent = made(&opening, "A tent in the wood");
    let library = Library::new(places(&opening.folder));
    let mut window = opening.open();
    window.until_seen("2 videos");
    window.press(Modifiers::COMMAND, Key::J);
    window.press(Modifiers::COMMAND, Key::L);
    assert!(window.sees("A boat on the sea") && window.sees("A tent in the wood"));

    window.write("Search", "WOOD");
    assert!(!window.sees("A boat on the sea"));

    window.choose("A tent in the wood", "Add to favorites");
    window.until("the mark", |_| {
        library
            .records()
            .unwrap()
            .iter()
            .any(|record| record.favourite)
    });
    window.choose("A tent in the wood", "Move to Trash");
    window.until_seen("No results");
    let gone = [tent.output];
    window.until("the Trash", |window| {
        *window.trashed.lock().unwrap() == gone && library.records().unwrap().len() == 1
    });
}

/// Breaks when a frame cannot become the beginning of the next video.
#[test]
fn a_video_goes_on_where_another_ends() {
    let opening = Opening::default();
    made(&opening, "A boat");
    let mut window = opening.open();
    window.until_seen("1 video");
    window.click("A boat");
    window.until("the clip", |window| window.sees_part("frame 1 of"));
    window.press(Modifiers::NONE, Key::Space);
    let frame = window.frame();
    window.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(window.frame(), frame % super::FRAMES + 1);
    window.click("Continue from last frame");
    window.until_seen("Remove first frame");
    window.click("Generate");
    let (handle, plan) = window.next_job();
    assert_eq!(plan.prompt, "A boat");
    let frame = photo::open(&plan.sources.image.unwrap()).unwrap();
    assert_eq!(frame.dimensions(), (SIZE.width, SIZE.height));
    let grey = f64::from(frame.get_pixel(0, 0)[0]);
    assert!(
        (grey - 192.0).abs() < 6.0,
        "it is not the last frame: {grey}"
    );
    window.tell(Event::Started { id: handle.id });
}
