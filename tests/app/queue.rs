//! Jobs: what is seen of them, and what can be done to them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use zoetrope::job::{
    Clip, Command, Decode, Event, JobHandle, Plan, Problem, Progress, ResumePoint, Size, Stage,
};

use super::{FRAMES, Opening, Window};

/// A window in which a job was begun.
fn working() -> (Window, JobHandle, Box<Plan>) {
    let mut window = Opening::default().open();
    window.write("Prompt", "A paper boat");
    window.click("Generate");
    let (handle, plan) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    (window, handle, plan)
}

fn step(id: u64, done: usize, of: usize) -> Event {
    Event::Progress {
        id,
        progress: Progress {
            stage: Stage::Denoise,
            done,
            of,
        },
        elapsed: Duration::from_secs(done as u64),
    }
}

fn kept(plan: &Plan, step: usize) -> ResumePoint {
    ResumePoint {
        folder: plan.run_folder(),
        step,
        of: plan.sampling.steps as usize,
    }
}

/// Breaks when the stage does not follow the work, or the clip does not follow the job.
#[test]
fn a_job_is_followed_from_its_start_to_the_player() {
    let (mut window, handle, plan) = working();
    assert!(window.sees("Starting"));
    window.tell(step(handle.id, 0, 40));
    window.tell(step(handle.id, 12, 40));
    assert!(window.sees("Denoising") && window.sees("12 of 40"));
    let noise = Clip::new(Size::new(4, 4), 2.0, vec![90; 3 * 16 * 3]);
    window.tell(Event::Preview {
        id: handle.id,
        step: 12,
        clip: Arc::new(noise),
        reused: false,
    });
    window.finish(handle.id, &plan);
    let frames = format!("of {FRAMES}");
    window.until("the clip", |window| window.sees_part(&frames));
    assert!(window.sees("1 video"));
}

/// Breaks when a button does not reach the job, or says the wrong thing afterwards.
#[test]
fn a_job_is_paused_continued_and_kept() {
    let (mut window, handle, _) = working();
    window.tell(step(handle.id, 3, 40));
    window.click("Pause");
    assert!(handle.is_paused());
    window.tell(Event::Paused { id: handle.id });
    assert!(window.sees("Paused"));
    window.press(Modifiers::COMMAND, Key::P);
    assert!(!handle.is_paused());
    window.tell(Event::Continued { id: handle.id });
    window.click("Stop and keep");
    assert!(handle.finishes_early() && !handle.is_cancelled());
    assert!(window.sees("Stopping after this step…"));
}

/// Breaks when the clock stands still between two pieces of news, which can be minutes, or runs on in a pause.
#[test]
fn the_clock_ticks_by_itself() {
    let (mut window, handle, _) = working();
    window.tell(step(handle.id, 3, 40));
    assert!(window.sees("0:03"));
    // At 30 frames a second.
    window.harness.run_steps(150);
    assert!(window.sees("0:08"), "{:?}", window.seen());
    window.tell(Event::Paused { id: handle.id });
    window.harness.run_steps(150);
    assert!(window.sees("0:08"));
    window.tell(Event::Continued { id: handle.id });
    window.harness.run_steps(60);
    assert!(window.sees("0:10"), "{:?}", window.seen());
}

/// Breaks when a job that is being kept says for minutes that it finishes a step, while it decodes, or cannot be cancelled
/// there.
#[test]
fn a_kept_job_says_that_it_decodes() {
    let (mut window, handle, plan) = working();
    window.tell(step(handle.id, 3, 40));
    window.click("Stop and keep");
    assert!(window.sees("Stopping after this step…"));
    window.tell(Event::Progress {
        id: handle.id,
        progress: Progress {
            stage: Stage::Decode,
            done: 5,
            of: 17,
        },
        elapsed: Duration::from_secs(9),
    });
    assert!(window.sees("Decoding") && window.sees("5 of 17"));
    window.click("Cancel");
    assert!(handle.is_cancelled());
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: Some(kept(&plan, plan.sampling.steps as usize)),
    });
    assert!(window.sees("Resume"));
}

/// Breaks when a job with finished steps has to be waited for before it can be left or resumed.
#[test]
fn a_cancelled_job_with_finished_steps_can_be_resumed_at_once() {
    let (mut window, handle, plan) = working();
    window.tell(step(handle.id, 12, 40));
    window.click("Cancel");
    assert!(window.sees_part("12 of"), "{:?}", window.seen());
    window.click("Resume");
    assert!(window.command().is_none(), "the engine has not left it yet");
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: Some(kept(&plan, 13)),
    });
    assert!(matches!(window.command(), Some(Command::Resume(..))));
}

/// Breaks when a job that waits to be resumed is gone with its steps because it was taken out of the line.
#[test]
fn a_resumed_job_that_is_cancelled_in_the_line_keeps_its_steps() {
    let (mut window, handle, plan) = working();
    window.tell(step(handle.id, 12, 40));
    window.click("Cancel");
    window.click("Resume");
    assert!(window.sees("Waiting"));
    window.click("Cancel");
    assert!(window.sees_part("12 of"));
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: Some(kept(&plan, 12)),
    });
    assert!(window.command().is_none() && window.sees_part("12 of"));
}

/// Breaks when a video is begun behind a sheet, where nobody sees it.
#[test]
fn nothing_is_begun_behind_a_sheet() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A paper boat");
    window.press(Modifiers::COMMAND, Key::Comma);
    window.press(Modifiers::COMMAND, Key::Enter);
    window.settle();
    assert!(window.command().is_none());
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::COMMAND, Key::Enter);
    window.next_job();
}

/// Breaks when nothing can be kept of a job that has done nothing, but the button says so.
#[test]
fn before_the_first_step_there_is_nothing_to_keep() {
    let (mut window, handle, _) = working();
    window.click("Stop and keep");
    assert!(!handle.finishes_early());
}

/// Breaks when finished steps of a cancelled job are lost to the window.
#[test]
fn a_cancelled_job_can_be_resumed_or_removed() {
    let (mut window, handle, plan) = working();
    window.tell(step(handle.id, 12, 40));
    window.click("Cancel");
    assert!(handle.is_cancelled());
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: Some(kept(&plan, 12)),
    });
    assert!(window.sees_part("12 of"));
    window.click("Resume");
    let command = window.command();
    let Some(Command::Resume(again, resumed)) = command else {
        panic!("it was asked for {command:?}");
    };
    assert_eq!(resumed, plan);
    window.tell(Event::Started { id: again.id });
    window.tell(Event::Cancelled {
        id: again.id,
        kept: Some(kept(&plan, 12)),
    });
    window.click("Remove");
    assert!(window.sees("Describe your shot"));
}

/// Breaks when a failure is silent, or takes finished steps with it.
#[test]
fn a_failed_job_says_why_and_can_be_resumed() {
    let (mut window, handle, plan) = working();
    window.tell(Event::Failed {
        id: handle.id,
        problem: Problem::Other("The disk is full: free some space".into()),
        kept: Some(kept(&plan, 7)),
    });
    assert!(window.sees("Couldn't make this video"));
    assert!(window.sees("The disk is full: free some space"));
    window.click("Resume");
    assert!(matches!(window.command(), Some(Command::Resume(..))));
}

/// Breaks when variations overwrite each other, share a seed, or are all sent at once, so that they
/// could not be changed any more.
#[test]
fn five_variations_wait_in_line() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A paper boat");
    window.click("Make variations");
    window.click("5 variations");
    window.until_seen("5 in queue");
    let mut made: Vec<Box<Plan>> = Vec::new();
    for _ in 0..5 {
        let (handle, plan) = window.next_job();
        assert!(window.command().is_none(), "two at once");
        window.tell(Event::Started { id: handle.id });
        window.tell(Event::Cancelled {
            id: handle.id,
            kept: None,
        });
        made.push(plan);
    }
    let seeds: HashSet<u64> = made.iter().map(|plan| plan.sampling.seed).collect();
    let places: HashSet<_> = made.iter().map(|plan| &plan.output).collect();
    assert_eq!((seeds.len(), places.len()), (5, 5));
    assert!(window.sees("Describe your shot"));
}

/// Breaks when somebody who wants no previews pays for them all the same.
#[test]
fn without_previews_a_job_is_told_to_show_none() {
    let mut window = Opening::default().open();
    window.press(Modifiers::COMMAND, Key::Comma);
    window.switch("Live preview");
    window.press(Modifiers::NONE, Key::Escape);
    window.write("Prompt", "A boat");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (handle, _) = window.next_job();
    assert!(!handle.has_preview());
    window.press(Modifiers::COMMAND, Key::Comma);
    window.switch("Live preview");
    assert!(handle.has_preview(), "the job at work is told, too");
}

/// Breaks when a step that was taken over looks as if nothing happened, or the mark stays.
#[test]
fn a_preview_of_a_reused_step_says_so() {
    let (mut window, handle, _) = working();
    window.tell(step(handle.id, 12, 40));
    for (step, reused) in [(12, true), (13, false)] {
        window.tell(Event::Preview {
            id: handle.id,
            step,
            clip: Arc::new(Clip::new(Size::new(4, 4), 2.0, vec![90; 3 * 16 * 3])),
            reused,
        });
        window.until("the mark", |window| window.sees("Step reused") == reused);
    }
}

/// Breaks when a draft cannot be made real, or becomes another video: with another seed, or beside itself.
#[test]
fn a_draft_is_made_real_in_its_place() {
    let (mut window, handle, plan) = working();
    let mut draft = plan.clone();
    draft.speedups.decode = Decode::Draft;
    draft.speedups.tiny_vae = Some("taew2_2.safetensors".into());
    window.finish(handle.id, &draft);
    window.until_seen("1 video");
    window.choose("A paper boat", "Make it for real");
    let (real, made) = window.next_job();
    assert_eq!(made.speedups.decode, Decode::Full);
    assert_eq!(made.sampling.seed, plan.sampling.seed);
    assert_eq!(made.output, plan.output);
    window.tell(Event::Started { id: real.id });
    window.finish(real.id, &made);
    window.until_seen("1 video");
    window.until("the end", |window| {
        window.sees("1 video") && !window.sees_part("Starting")
    });
    let cells = window
        .harness
        .query_all_by_role_and_label(Role::Button, "A paper boat");
    cells.last().unwrap().click_secondary();
    window.settle();
    assert!(!window.sees("Make it for real"), "it is real");
}
