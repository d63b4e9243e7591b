//! The end, at any instant: nothing is lost, and nobody waits for a step.

use std::fs;
use std::time::{Duration, Instant};

use eframe::App as _;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use zoetrope::app::Preferences;
use zoetrope::app::models::Found;
use zoetrope::job::{Event, Record};
use zoetrope::library::Library;

use super::{Opening, Window, places, start_again, video};
use crate::job::{plan, request};

const PROMPT: &str = "A paper boat";

/// What eframe calls on every way out; on some of them nothing else is run afterwards.
fn quit(window: &mut Window) {
    window.harness.state_mut().on_exit();
}

/// Breaks when a log-out, after which no destructor runs, loses what was just typed or asked for.
#[test]
fn everything_is_on_the_disk_when_the_last_call_returns() {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.click("Make variations");
    window.click("3 variations");
    window.until_seen("3 in queue");
    window.write("Prompt", "!");
    quit(&mut window);
    let preferences = Preferences::read(&window.path("window.json"));
    assert_eq!(preferences.request.prompt, format!("{PROMPT}!"));
    assert_eq!(Library::new(places(&window.folder)).waiting().len(), 3);
}

/// Breaks when a job is lost because its pictures were still being copied when the window closed.
#[test]
fn what_was_asked_for_a_moment_ago_is_kept() {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.harness.get_by_label("Generate").click();
    window.harness.run_steps(2);
    quit(&mut window);
    let waiting = Library::new(places(&window.folder)).waiting();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
}

/// Breaks when a video that is finished while the window closes is in the folder, but in no library.
#[test]
fn a_video_that_is_finished_at_the_last_moment_is_on_the_library() {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.click("Generate");
    let (handle, plan) = window.next_job();
    video(&plan.output, &plan.info().to_json());
    let record = Record::new(&plan, plan.info());
    let finished = Event::Finished {
        id: handle.id,
        elapsed: Duration::from_secs(9),
        peak_memory: 0,
        record: Some(Box::new(record)),
    };
    window.events.send(finished).unwrap();
    quit(&mut window);
    let library = Library::new(places(&window.folder));
    assert_eq!(library.records().unwrap().len(), 1);
    let mut window = start_again(window);
    window.until_seen("1 video");
}

/// Breaks when quitting leaves half an export beside its target.
#[test]
fn an_export_is_taken_away_at_the_end() {
    let opening = Opening::default();
    let places = places(&opening.folder);
    fs::create_dir_all(&places.videos).unwrap();
    let mut plan = plan(&request(PROMPT), None).unwrap();
    plan.output = places.videos.join("boat.mp4");
    video(&plan.output, &plan.info().to_json());
    let library = Library::new(places);
    library.add(Record::new(&plan, plan.info())).unwrap();
    for (kind, name) in [("GIF", "boat.gif"), ("Image sequence", "frames")] {
        let opening = Opening {
            folder: std::rc::Rc::clone(&opening.folder),
            ..Opening::default()
        };
        let mut window = opening.open();
        window.until_seen("1 video");
        window.click(PROMPT);
        window.until("the clip", |window| window.sees_part("frame 1 of"));
        window.press(Modifiers::COMMAND, Key::E);
        window.click(kind);
        let folder = window.path("exports");
        fs::create_dir_all(&folder).unwrap();
        let target = folder.join(name);
        *window.answer.borrow_mut() = Some(target.clone());
        window.click_on_sheet("Export…");
        quit(&mut window);
        // Either it was whole already, or there is nothing.
        let left = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let parts: Vec<_> = left.filter(|path| *path != target).collect();
        assert!(parts.is_empty(), "{parts:?}");
    }
}

/// Breaks when a job goes on as if nothing had happened after its engine has died, or others wait for ever.
#[test]
fn the_end_of_the_engine_is_told_at_its_job() {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.click("Generate");
    let (handle, _) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    drop(std::mem::replace(
        &mut window.events,
        crossbeam_channel::unbounded().0,
    ));
    window.until_seen("Couldn't make this video");
}

/// Breaks when a folder on a slow disk, in which models are looked for, keeps a job from beginning.
#[test]
fn a_scan_that_hangs_keeps_no_job_waiting() {
    let (release, hangs) = crossbeam_channel::bounded::<()>(0);
    let opening = Opening {
        look: Some(std::sync::Arc::new(move |_| {
            // Until the other end is gone.
            let _ = hangs.recv();
            Ok(Found::default())
        })),
        ..Opening::default()
    };
    let mut window = opening.open();
    let start = Instant::now();
    window.write("Prompt", PROMPT);
    window.click("Generate");
    assert_eq!(window.next_job().1.prompt, PROMPT);
    assert!(start.elapsed() < super::PATIENCE);
    drop(release);
}
