//! Pictures on their way into the wells.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use egui::Event;
use egui_kittest::kittest::Queryable;
use zoetrope::app::Preferences;
use zoetrope::job::{Sources, Variant};
use zoetrope::media::photo;

use super::files::let_go;
use super::{Opening, SIZE, Window};
use crate::job::checkpoint_of;

/// A window with a model that takes a picture at both ends.
fn window() -> Window {
    let opening = Opening {
        models: vec![checkpoint_of(Variant::I2vA14b)],
        ..Opening::default()
    };
    let mut window = opening.open();
    window.write("Prompt", "A boat");
    window
}

fn picture(window: &Window, name: &str) -> PathBuf {
    let path = window.path(name);
    photo::save(&path, SIZE, &vec![120; 3 * SIZE.area() as usize]).unwrap();
    path
}

/// The names of the pictures at both ends of a job of the form.
fn ends(window: &mut Window) -> [Option<String>; 2] {
    window.click("Generate");
    let Sources {
        image, last_image, ..
    } = window.next_job().1.sources;
    [image, last_image].map(|path| {
        let name = path?.file_name()?.to_string_lossy().into_owned();
        Some(name)
    })
}

/// Lets a file go over what is called like this.
fn drop_on(window: &mut Window, name: &str, file: PathBuf) {
    let place = window.harness.get_by_label(name).rect().center();
    window.harness.hover_at(place);
    window.harness.step();
    let_go(window, file);
}

/// Breaks when a picture lands in another well than the one that it was dropped on, be that full or not.
#[test]
fn a_picture_lands_where_it_is_dropped() {
    let mut window = window();
    let last = picture(&window, "last.png");
    drop_on(&mut window, "Last frame", last);
    window.until_seen("Remove last frame");
    assert!(!window.sees("Remove first frame"));
    let first = picture(&window, "first.png");
    drop_on(&mut window, "First frame", first);
    window.until_seen("Remove first frame");
    let other = picture(&window, "other.png");
    drop_on(&mut window, "Last frame", other);
    // It is read on another thread, and kept with the form.
    window.until("the other one", |window| {
        let kept = Preferences::read(&window.path("window.json"))
            .request
            .sources
            .last_image;
        kept.is_some_and(|path| path.ends_with("other.png"))
    });
    let [first, last] = ends(&mut window);
    assert_eq!(first.as_deref(), Some("first.png"));
    assert_eq!(last.as_deref(), Some("other.png"));
}

/// Breaks when of two pictures that are dropped at once one is lost.
#[test]
fn two_pictures_fill_both_ends() {
    let mut window = window();
    for name in ["one.png", "two.png"] {
        let file = picture(&window, name);
        let file = Arc::new(super::files::Dropped(file));
        window.harness.input_mut().dropped_files.push(file);
    }
    window.settle();
    window.until_seen("Remove first frame");
    window.until_seen("Remove last frame");
    let ends = ends(&mut window);
    assert_eq!(ends, [Some("one.png".into()), Some("two.png".into())]);
}

/// Breaks when a last frame cannot be pasted, or the second picture takes the place of the first.
#[test]
fn a_pasted_picture_goes_where_there_is_room() {
    let mut window = window();
    for end in ["first", "last"] {
        let image = egui::ColorImage::filled([64, 48], egui::Color32::GRAY);
        window.harness.event(Event::PasteImage(Arc::new(image)));
        window.settle();
        window.until_seen(&format!("Remove {end} frame"));
    }
    let ends = ends(&mut window);
    assert_eq!(ends[0].as_deref(), Some("Pasted picture.png"));
    assert_eq!(ends[1].as_deref(), Some("Pasted picture 2.png"));
}

/// Breaks when a good picture goes because another one cannot be read.
#[test]
fn what_cannot_be_read_leaves_the_well_as_it_is() {
    let mut window = window();
    let good = picture(&window, "good.png");
    drop_on(&mut window, "First frame", good);
    window.until_seen("Remove first frame");
    let bad = window.path("damaged.png");
    let whole = fs::read(picture(&window, "whole.png")).unwrap();
    fs::write(&bad, &whole[..whole.len() / 2]).unwrap();
    let notes = window.path("notes.txt");
    fs::write(&notes, "no picture").unwrap();
    for file in [bad, notes, window.path("not there.png")] {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        drop_on(&mut window, "First frame", file);
        window.until("a sentence", |window| window.sees_part(&name));
        assert!(window.sees("Remove first frame"), "{name}");
    }
    assert_eq!(ends(&mut window)[0].as_deref(), Some("good.png"));
}
