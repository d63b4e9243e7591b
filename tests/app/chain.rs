//! Clips that go on where others end: what is left out, the shots in a row, and all of them in one file.

use egui::{Key, Modifiers};
use zoetrope::job::{Event, Plan};
use zoetrope::media::mp4::Mp4Reader;

use super::{Opening, SIZE, Window};
use crate::job::checkpoint_of;

const NONE: Modifiers = Modifiers::NONE;

/// Finishes the job that the form asks for, as the engine would.
fn make(window: &mut Window) -> Box<Plan> {
    window.press(Modifiers::COMMAND, Key::Enter);
    let (handle, plan) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    window.finish(handle.id, &plan);
    window.until("the clip", |window| {
        window.sees("Playhead") && window.sees_part(" of 9")
    });
    plan
}

/// Goes to a frame, counted from 1.
fn go_to(window: &mut Window, frame: usize) {
    window.press(NONE, Key::K);
    window.press(NONE, Key::Home);
    for at in 1..=frame {
        // The pointer plays over the stage meanwhile, so that the number stays in sight.
        window.until("the frame", |window| {
            window.sees_part(" of 9") && window.frame() == at
        });
        if at < frame {
            window.press(NONE, Key::ArrowRight);
        }
    }
}

fn opening() -> Opening {
    Opening {
        models: vec![checkpoint_of(zoetrope::job::Variant::Ti2v)],
        ..Opening::default()
    }
}

/// Breaks when a video goes on from a frame that was left out, the shots are not seen in a row, or the joined file repeats the
/// frame that two of them share.
#[test]
fn shots_go_on_from_where_one_was_trimmed_and_are_joined() {
    let mut window = opening().open();
    window.write("Prompt", "A whale");
    make(&mut window);
    go_to(&mut window, 6);
    window.press(NONE, Key::O);
    window.click("Continue from last frame");
    window.until_seen("Remove first frame");
    let plan = make(&mut window);
    let image = plan.sources.image.clone().unwrap();
    let name = image.file_stem().unwrap().to_string_lossy().into_owned();
    assert!(name.ends_with("frame 6"), "{name}");
    window.until_seen("Shot 2: A whale");
    assert!(window.sees("Shot 1: A whale"));

    let target = window.path("joined.mp4");
    *window.answer.borrow_mut() = Some(target.clone());
    window.press(Modifiers::COMMAND, Key::E);
    assert!(window.sees_part("All 2 shots in one"));
    window.click_on_sheet("Export…");
    window.until("the file", |_| target.is_file());
    let joined = Mp4Reader::open(&target).unwrap();
    // Six of the first and, without the one that they share, eight of the second.
    assert_eq!((joined.frames(), joined.size()), (14, SIZE));
}

/// Breaks when what was left out is exported all the same, or comes back at the next start.
#[test]
fn a_trimmed_clip_is_exported_without_its_ends_and_stays_trimmed() {
    let mut window = opening().open();
    window.write("Prompt", "A whale");
    make(&mut window);
    go_to(&mut window, 3);
    window.press(NONE, Key::I);
    go_to(&mut window, 7);
    window.press(NONE, Key::O);
    let target = window.path("short.mp4");
    *window.answer.borrow_mut() = Some(target.clone());
    window.press(Modifiers::COMMAND, Key::E);
    assert!(window.sees_part("Frames 3 to 7"), "{:?}", window.seen());
    window.click_on_sheet("Export…");
    window.until("the file", |_| target.is_file());
    assert_eq!(Mp4Reader::open(&target).unwrap().frames(), 5);

    let mut window = super::start_again(window);
    window.until_seen("1 video");
    window.press(NONE, Key::ArrowDown);
    window.until("the clip", |window| window.sees("Playhead"));
    window.click("More");
    assert!(window.sees("Reset trim"));
}
