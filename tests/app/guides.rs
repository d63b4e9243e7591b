//! Videos, masks and references on their way into the form.

use std::fs;
use std::path::PathBuf;

use egui_kittest::kittest::Queryable;
use zoetrope::app::dialogs::Question;
use zoetrope::job::{Guides, Size, Variant};
use zoetrope::media::photo;

use super::files::let_go;
use super::{FRAMES, Opening, SIZE, Window, video};
use crate::job::checkpoint_of;

fn window(variant: Variant) -> Window {
    let opening = Opening {
        models: vec![checkpoint_of(variant)],
        ..Opening::default()
    };
    let mut window = opening.open();
    window.write("Prompt", "A boat");
    window
}

fn clip(window: &Window, name: &str) -> PathBuf {
    let path = window.path(name);
    video(&path, "{}");
    path
}

fn picture(window: &Window, name: &str) -> PathBuf {
    let path = window.path(name);
    photo::save(&path, SIZE, &vec![120; 3 * SIZE.area() as usize]).unwrap();
    path
}

/// Lets a file go over what is called like this.
fn drop_on(window: &mut Window, name: &str, file: PathBuf) {
    let place = window.harness.get_by_label(name).rect().center();
    window.harness.hover_at(place);
    window.harness.step();
    let_go(window, file);
}

/// Answers the dialog that a click opens.
fn choose(window: &mut Window, well: &str, file: PathBuf) {
    window.answer.replace(Some(file));
    window.click(well);
}

fn made_along(window: &mut Window) -> Guides {
    window.click("Generate");
    window.next_job().1.guides
}

/// Breaks when a chosen, dropped or unasked for video does not reach the job, or nothing is told of it.
#[test]
fn a_video_gets_into_its_well_on_every_way() {
    for way in ["chosen", "dropped on its well", "dropped anywhere"] {
        let mut window = window(Variant::LucyEdit);
        let file = clip(&window, "cat.mp4");
        match way {
            "chosen" => choose(&mut window, "Video", file.clone()),
            "dropped on its well" => drop_on(&mut window, "Video", file.clone()),
            _ => let_go(&mut window, file.clone()),
        }
        window.until_seen("Remove cat.mp4");
        let facts = format!("cat.mp4 · {FRAMES} frames at 8 a second, 64 × 48");
        window.until_seen(&facts);
    }
}

/// Breaks when the dialog of a folder of frames is another one, or the folder is taken for one with models.
#[test]
fn a_folder_of_frames_is_a_video() {
    let mut window = window(Variant::Vace);
    let frames = window.path("frames");
    fs::create_dir(&frames).unwrap();
    for number in 0..5 {
        let file = picture(&window, "one.png");
        fs::rename(file, frames.join(format!("{number}.png"))).unwrap();
    }
    window.answer.replace(Some(frames.clone()));
    window.click("Video: Choose a folder of frames");
    window.until_seen("Remove frames");
    assert_eq!(window.asked.borrow()[..], [Question::Folder]);
    window.until_seen("frames · 5 frames, 64 × 48");
    window.click("Remove frames");
    drop_on(&mut window, "Video", frames.clone());
    window.until_seen("frames · 5 frames, 64 × 48");
    assert_eq!(made_along(&mut window).video, Some(frames));
}

/// Breaks when a mask stays without its video, or a video that cannot be read stays in the form without a word.
#[test]
fn what_cannot_be_used_is_told_and_goes() {
    let mut window = window(Variant::Vace);
    let broken = window.path("broken.mp4");
    fs::write(&broken, "no video at all").unwrap();
    choose(&mut window, "Video", broken);
    window.until("a sentence", |window| {
        window.sees_part("is not an MP4 video")
    });
    assert!(!window.sees("Remove broken.mp4"));
    let (cat, mask) = (clip(&window, "cat.mp4"), picture(&window, "mask.png"));
    choose(&mut window, "Video", cat);
    window.until_seen("Remove cat.mp4");
    choose(&mut window, "Mask", mask);
    window.until_seen("Remove mask.png");
    window.click("Remove cat.mp4");
    assert!(!window.sees("Remove mask.png"));
}

/// Breaks when a model that has no first frame is given one, or more references than it takes.
#[test]
fn pictures_are_references_where_there_is_no_first_frame() {
    let mut window = window(Variant::Vace);
    for name in ["a.png", "b.png", "c.png", "d.png"] {
        let file = picture(&window, name);
        let_go(&mut window, file);
        window.until_seen(&format!("Remove {name}"));
    }
    let guides = made_along(&mut window);
    let names: Vec<_> = guides
        .references
        .iter()
        .map(|file| file.file_name().unwrap())
        .collect();
    assert_eq!(names, ["a.png", "b.png", "d.png"]);
}

/// Breaks when what is painted is not white in the mask at the place where it was painted, or the rest is not black.
#[test]
fn a_mask_is_painted_over_the_first_frame() {
    let mut window = window(Variant::Vace);
    let cat = clip(&window, "cat.mp4");
    choose(&mut window, "Video", cat);
    window.until_seen("Remove cat.mp4");
    window.until("the frame", |window| window.sees_part("64 × 48"));
    window.click("Paint…");
    let canvas = window
        .harness
        .get_by_label("First frame of the video")
        .rect();
    let frame = egui::Rect::from_center_size(
        canvas.center(),
        egui::vec2(canvas.height() * SIZE.aspect() as f32, canvas.height()),
    );
    let place = |x: f32, y: f32| frame.min + frame.size() * egui::vec2(x, y);
    window.harness.drag_at(place(0.25, 0.5));
    window.harness.step();
    window.harness.hover_at(place(0.5, 0.5));
    window.harness.step();
    window.harness.drop_at(place(0.5, 0.5));
    window.settle();
    window.click("Use this mask");
    window.until_seen("Remove Mask 1.png");
    let mask = made_along(&mut window).mask.unwrap();
    let mask = photo::open(&mask).unwrap();
    assert_eq!(Size::new(mask.width(), mask.height()), SIZE);
    let value = |x: f32, y: f32| {
        let at = |part: f32, of: u32| (part * of as f32) as u32;
        mask.get_pixel(at(x, SIZE.width), at(y, SIZE.height)).0[0]
    };
    for x in [0.25, 0.375, 0.49] {
        assert_eq!(value(x, 0.5), 255, "at {x}");
    }
    for (x, y) in [(0.1, 0.5), (0.7, 0.5), (0.375, 0.2), (0.375, 0.8)] {
        assert_eq!(value(x, y), 0, "at {x}, {y}");
    }
}
