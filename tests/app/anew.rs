//! The driver refuses this process: the program is started anew, and goes on with all that waits.

use std::cell::Cell;
use std::rc::Rc;

use egui::{ViewportCommand, ViewportInfo};
use zoetrope::app::StartAnew;
use zoetrope::app::desktop::may_be_seen;
use zoetrope::job::{Event, GpuFault, Problem};

use super::{Opening, Window};

const PROMPT: &str = "A paper boat";

/// A window with three videos, that counts how often it starts the program anew.
fn three_to_make(starter: Option<StartAnew>) -> Window {
    let mut window = Opening {
        start_anew: starter,
        ..Opening::default()
    }
    .open();
    window.write("Prompt", PROMPT);
    window.click("Make variations");
    window.click("3 variations");
    window.until_seen("3 in queue");
    window
}

fn counting() -> (Option<StartAnew>, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    let counter = Rc::clone(&count);
    let starter = move || {
        counter.set(counter.get() + 1);
        Ok(())
    };
    (Some(Box::new(starter)), count)
}

fn refused(id: u64) -> Event {
    Event::Failed {
        id,
        problem: Problem::Gpu(GpuFault::Refused),
        kept: None,
    }
}

/// Breaks when the queue runs on against a driver that takes nothing, or when the program does not end for the new one.
#[test]
fn a_window_that_the_driver_refuses_makes_room_for_another() {
    let (starter, count) = counting();
    let mut window = three_to_make(starter);
    let (handle, _) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    window.events.send(refused(handle.id)).unwrap();
    let closes = (0..5).any(|_| {
        window.harness.step();
        let mut viewports = window.harness.output().viewport_output.values();
        viewports.any(|viewport| viewport.commands.contains(&ViewportCommand::Close))
    });
    assert!(closes, "the window stays");
    assert_eq!(count.get(), 1);
    assert!(window.command().is_none(), "the next job begins");
    // All three are there in the next one, which goes on by itself.
    let folder = Rc::clone(&window.folder);
    drop(window);
    let mut next = Opening {
        goes_on: true,
        folder,
        ..Opening::default()
    }
    .open();
    next.until_seen("3 in queue");
    let (_, plan) = next.next_job();
    assert_eq!(plan.prompt, PROMPT);
}

/// Breaks when a program that fares no better is started again and again.
#[test]
fn a_program_that_was_started_anew_says_so_instead() {
    let mut window = three_to_make(None);
    let (handle, _) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    window.tell(refused(handle.id));
    window.until("why", |window| window.sees_part("start Zoetrope again"));
}

/// Breaks when dispatches are as short for a window that nobody sees, or long for one that draws on the same GPU.
#[test]
fn only_a_window_that_is_known_to_be_hidden_leaves_the_gpu_alone() {
    let window = |minimized, occluded| ViewportInfo {
        minimized,
        occluded,
        ..ViewportInfo::default()
    };
    assert!(may_be_seen(&window(None, None)));
    assert!(may_be_seen(&window(Some(false), Some(false))));
    assert!(!may_be_seen(&window(Some(true), None)));
    assert!(!may_be_seen(&window(None, Some(true))));
}
