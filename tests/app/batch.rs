//! Many videos at once.

use std::collections::HashSet;
use std::fs;

use egui::{Key, Modifiers};
use zoetrope::job::{Event, Plan, Variant};
use zoetrope::media::photo;

use super::{Opening, SIZE, Window};
use crate::job::checkpoint_of;

const SHIFTED: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// What the next so many jobs make.
fn jobs(window: &mut Window, count: usize) -> Vec<Plan> {
    let mut plans = Vec::new();
    for _ in 0..count {
        let (handle, plan) = window.next_job();
        window.tell(Event::Started { id: handle.id });
        window.tell(Event::Cancelled {
            id: handle.id,
            kept: None,
        });
        plans.push(*plan);
    }
    window.settle();
    assert!(window.command().is_none(), "there are more");
    plans
}

/// Breaks when a sweep leaves a combination out, or its videos differ in their noise, too.
#[test]
fn a_sweep_makes_every_combination_with_one_seed() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A whale");
    window.press(SHIFTED, Key::Enter);
    window.write("Guidance", "3, 5 7");
    window.write("Shift", "2,8");
    window.click("Make 6 videos");
    let plans = jobs(&mut window, 6);
    let seeds: HashSet<u64> = plans.iter().map(|plan| plan.sampling.seed).collect();
    assert_eq!(seeds.len(), 1);
    let mut made: Vec<[f64; 2]> = plans
        .iter()
        .map(|plan| [plan.sampling.shift, plan.sampling.guidance.low])
        .collect();
    made.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let all = [
        [2.0, 3.0],
        [2.0, 5.0],
        [2.0, 7.0],
        [8.0, 3.0],
        [8.0, 5.0],
        [8.0, 7.0],
    ];
    assert_eq!(made, all);
}

/// Breaks when one value, or words, make a sweep.
#[test]
fn nothing_to_compare_is_no_sweep() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A whale");
    window.press(SHIFTED, Key::Enter);
    window.write("Guidance", "five, 5");
    window.click("Make videos");
    assert!(window.command().is_none());
}

/// Breaks when a line of a file is lost, or an empty one becomes a video.
#[test]
fn every_line_of_a_file_is_a_video() {
    let mut window = Opening::default().open();
    let file = window.path("prompts.txt");
    fs::write(&file, "\u{feff}A whale\r\n\n  A paper boat  \n一只纸船\n").unwrap();
    *window.answer.borrow_mut() = Some(file);
    window.press(SHIFTED, Key::Enter);
    window.click("Text file…");
    let plans = jobs(&mut window, 3);
    let prompts: Vec<&str> = plans.iter().map(|plan| plan.prompt.as_str()).collect();
    assert_eq!(prompts, ["A whale", "A paper boat", "一只纸船"]);
    let names: HashSet<_> = plans.iter().map(|plan| plan.output.clone()).collect();
    assert_eq!(names.len(), 3);
}

/// Breaks when a picture of a folder is left out, or what is no picture is taken for one.
#[test]
fn every_picture_of_a_folder_is_a_video() {
    let mut window = Opening {
        models: vec![checkpoint_of(Variant::Ti2v)],
        ..Opening::default()
    }
    .open();
    let folder = window.path("pictures");
    fs::create_dir(&folder).unwrap();
    for (name, grey) in [("b.png", 90), ("a.PNG", 30)] {
        photo::save(
            &folder.join(name),
            SIZE,
            &vec![grey; 3 * SIZE.area() as usize],
        )
        .unwrap();
    }
    fs::write(folder.join("notes.txt"), "none").unwrap();
    *window.answer.borrow_mut() = Some(folder);
    window.write("Prompt", "It moves");
    window.press(SHIFTED, Key::Enter);
    window.click("Folder of pictures…");
    let plans = jobs(&mut window, 2);
    let names = plans.iter().map(|plan| {
        let image = plan.sources.image.as_ref().unwrap();
        image.file_name().unwrap().to_string_lossy().into_owned()
    });
    assert_eq!(names.collect::<Vec<_>>(), ["a.PNG", "b.png"]);
}

/// Breaks when the videos of a sweep cannot be looked at together, by what sets them apart.
#[test]
fn a_sweep_is_seen_as_a_contact_sheet() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A whale");
    window.press(SHIFTED, Key::Enter);
    window.write("Guidance", "3, 5");
    window.write("Shift", "2, 8");
    window.click("Make 4 videos");
    for _ in 0..4 {
        let (handle, plan) = window.next_job();
        window.tell(Event::Started { id: handle.id });
        window.finish(handle.id, &plan);
    }
    window.until_seen("4 videos");
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.until("a clip", |window| window.sees("Playhead"));
    window.press(SHIFTED, Key::K);
    for name in ["Contact sheet", "Shift 2", "Shift 8", "3", "5"] {
        assert!(window.sees(name), "{name}: {:?}", window.seen());
    }
}
