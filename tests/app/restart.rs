//! What a crash must not take with it. Nobody says goodbye to the window here: it is dropped as it is.

use zoetrope::job::{Event, Plan};

use super::{Opening, Window, start_again};

const PROMPT: &str = "A paper boat";

/// Three videos, the first of them at work.
fn three_to_make() -> (Window, Box<Plan>) {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.click("Make variations");
    window.click("3 variations");
    window.until_seen("3 in queue");
    let (handle, plan) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    (window, plan)
}

/// Takes the next job, and ends it at once.
fn pass(window: &mut Window) -> Box<Plan> {
    let (handle, plan) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: None,
    });
    plan
}

/// Breaks when jobs are lost with the window, begin by themselves, or become others.
#[test]
fn all_that_was_to_be_made_is_there_again_and_waits_to_be_resumed() {
    let (window, first) = three_to_make();
    let mut window = start_again(window);
    window.until_seen("3 unfinished");
    assert!(window.command().is_none(), "it begins by itself");
    window.choose(PROMPT, "Resume");
    let last = pass(&mut window);
    assert_eq!(pass(&mut window), first);
    let second = pass(&mut window);
    assert_eq!(
        [second.sampling.seed, last.sampling.seed],
        [first.sampling.seed + 1, first.sampling.seed + 2]
    );
    assert!(window.command().is_none());
}

/// Breaks when what was done or given up comes back at the next start.
#[test]
fn what_is_done_or_given_up_does_not_come_back() {
    let (window, _) = three_to_make();
    let mut window = start_again(window);
    window.until_seen("3 unfinished");
    window.choose(PROMPT, "Remove");
    window.choose(PROMPT, "Resume");
    let (handle, plan) = window.next_job();
    window.finish(handle.id, &plan);
    window.until_seen("1 in queue · 1 video");
    let mut window = start_again(window);
    window.until_seen("1 unfinished · 1 video");
}

/// Breaks when somebody who comes back does not see that there is unfinished work, or has to resume it piece by piece.
#[test]
fn unfinished_work_is_announced_and_resumed_at_once() {
    let (window, first) = three_to_make();
    let mut window = start_again(window);
    window.until_seen("3 unfinished videos");
    window.click("Resume all");
    assert_eq!(pass(&mut window), first);
    let second = pass(&mut window);
    let last = pass(&mut window);
    assert_eq!(
        [second.sampling.seed, last.sampling.seed],
        [first.sampling.seed + 1, first.sampling.seed + 2]
    );
    assert!(window.command().is_none() && !window.sees_part("unfinished"));
}

/// Breaks when a crash loses what was typed.
#[test]
fn what_is_typed_is_kept_before_the_end() {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    // At 30 frames a second these are three seconds.
    window.harness.run_steps(90);
    let mut window = start_again(window);
    window.click("Generate");
    assert_eq!(window.next_job().1.prompt, PROMPT);
}
