//! Unfinished videos: what is taken away stays away, what slipped comes back, and nothing on the disk is invisible.

use std::fs;
use std::path::{Path, PathBuf};

use egui::{Key, Modifiers};
use serde_json::json;
use zoetrope::job::{Event, Plan, ResumePoint};
use zoetrope::media::photo;

use super::files::made;
use super::{Opening, SIZE, Window, places, start_again};
use crate::job::{plan, request};

const PROMPT: &str = "A paper boat";

/// The run folder of a video that was interrupted while it was decoded.
fn unfinished(opening: &Opening, name: &str, change: impl FnOnce(&mut Plan)) -> PathBuf {
    let mut plan = plan(&request(PROMPT), None).unwrap();
    plan.output = places(&opening.folder).videos.join(name);
    change(&mut plan);
    let folder = plan.run_folder();
    fs::create_dir_all(&folder).unwrap();
    let json = json!({ "format": 1, "program": "Zoetrope", "plan": plan });
    fs::write(folder.join("plan.json"), json.to_string()).unwrap();
    fs::write(folder.join("latents.safetensors"), "").unwrap();
    folder
}

fn is_trashed(window: &Window, folder: &Path) -> bool {
    let trashed = window.trashed.lock().unwrap();
    trashed.iter().any(|place| place == folder)
}

/// Breaks when an unfinished video comes back that was taken away, or its gigabytes stay.
#[test]
fn what_is_removed_goes_to_the_trash_and_does_not_come_back() {
    let opening = Opening::default();
    let folder = unfinished(&opening, "boat.mp4", |_| ());
    let mut window = opening.open();
    window.until_seen("1 unfinished");
    window.choose(PROMPT, "Remove");
    assert!(folder.exists(), "it can still be wanted back");
    let gone = |window: &mut Window| is_trashed(window, &folder) && !folder.exists();
    window.until("the Trash", gone);
    let mut window = start_again(window);
    window.settle();
    assert!(!window.sees(PROMPT));
}

/// Breaks when a job that was at work at the end comes back as one that waits, after what it left was taken away.
#[test]
fn what_was_at_work_does_not_come_back_from_the_line() {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.click("Generate");
    let (handle, plan) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    let opening = Opening {
        folder: std::rc::Rc::clone(&window.folder),
        ..Opening::default()
    };
    let name = plan.output.file_name().unwrap().to_string_lossy();
    let folder = unfinished(&opening, &name, |_| ());
    let mut window = start_again(window);
    window.until_seen("1 unfinished");
    window.choose(PROMPT, "Remove");
    window.until("the Trash", |window| is_trashed(window, &folder));
    let mut window = start_again(window);
    window.settle();
    assert!(!window.sees(PROMPT), "{:?}", window.seen());
}

/// Breaks when somebody who quits at once finds it there again.
#[test]
fn what_is_removed_is_gone_though_the_window_closes_at_once() {
    let opening = Opening::default();
    let folder = unfinished(&opening, "boat.mp4", |_| ());
    let mut window = opening.open();
    window.until_seen("1 unfinished");
    window.choose(PROMPT, "Remove");
    let window = start_again(window);
    assert!(!folder.exists() && !window.sees(PROMPT));
}

/// Breaks when a slip costs hours of work.
#[test]
fn what_is_removed_can_be_wanted_back() {
    for by_key in [false, true] {
        let opening = Opening::default();
        let folder = unfinished(&opening, "boat.mp4", |_| ());
        let mut window = opening.open();
        window.until_seen("1 unfinished");
        window.choose(PROMPT, "Remove");
        assert!(!window.sees_part("1 unfinished"));
        if by_key {
            window.press(Modifiers::COMMAND, Key::Z);
        } else {
            window.click("Undo");
        }
        window.until_seen("1 unfinished");
        // Longer than the notice would have stayed.
        window.harness.run_steps(200);
        assert!(folder.exists() && window.trashed.lock().unwrap().is_empty());
    }
}

/// Breaks when a slip takes a finished video away for good, or when it comes back by itself.
#[test]
fn a_finished_video_can_be_wanted_back() {
    for by_key in [false, true] {
        let opening = Opening::default();
        let plans = ["A boat", "A tent", "A whale"].map(|prompt| made(&opening, prompt));
        let mut window = opening.open();
        window.until_seen("3 videos");
        window.choose("A tent", "Move to Trash");
        assert!(!window.sees("A tent") && window.sees("2 videos"));
        if by_key {
            window.press(Modifiers::COMMAND, Key::Z);
        } else {
            window.click("Undo");
        }
        assert!(window.sees("A tent") && window.sees("3 videos"));
        // Longer than the notice would have stayed.
        window.harness.run_steps(200);
        assert!(window.trashed.lock().unwrap().is_empty());

        // The next removal, and the end of the window, are the end of the way back.
        let mut window = start_again(window);
        window.until_seen("3 videos");
        window.choose("A boat", "Move to Trash");
        window.choose("A whale", "Move to Trash");
        let boat = plans[0].output.clone();
        window.until("the Trash", |window| is_trashed(window, &boat));
        assert!(plans[2].output.exists());
        let mut window = start_again(window);
        window.until_seen("1 video");
        assert!(window.sees("A tent") && !plans[2].output.exists());
    }
}

/// Breaks when a video that cannot be taken to the Trash is out of sight until the next start.
#[test]
fn a_video_that_cannot_be_trashed_is_seen_again() {
    let opening = Opening {
        has_trash: false,
        ..Opening::default()
    };
    let plan = made(&opening, "A boat");
    let mut window = opening.open();
    window.until_seen("1 video");
    window.choose("A boat", "Move to Trash");
    assert!(!window.sees("1 video"));
    window.until("the sentence", |window| {
        window.sees_part("There is no Trash here")
    });
    assert!(window.sees("1 video") && plan.output.exists());
}

/// Breaks when a folder of somebody else goes to the Trash because its name looks like ours, or one in which the command
/// line is at work.
#[test]
fn what_is_in_use_or_not_ours_is_not_taken_away() {
    let opening = Opening::default();
    let folder = unfinished(&opening, "boat.mp4", |_| ());
    let lock = fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let mut window = opening.open();
    window.until_seen("1 unfinished");
    window.choose(PROMPT, "Remove");
    window.until("the sentence", |window| window.sees_part("is in use"));
    assert!(folder.exists());
    window.until_seen("1 unfinished");
    drop(lock);

    let library = zoetrope::library::Library::new(places(&window.folder));
    for place in ["photos.run", "photos"] {
        let place = window.path("videos").join(place);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("holiday.jpg"), "").unwrap();
        let taken = library.discard_unfinished(&place, false, |_| panic!("it is not ours"));
        assert!(taken.is_err());
    }
}

/// Breaks when gigabytes lie on the disk that nobody sees, because something in them is damaged.
#[test]
fn what_is_damaged_is_seen_and_can_be_taken_away() {
    type Damage = (&'static str, fn(&Path));
    let damage: [Damage; 3] = [
        ("damaged", |folder| {
            fs::write(folder.join("plan.json"), "{").unwrap();
        }),
        ("newer version of Zoetrope", |folder| {
            fs::write(folder.join("plan.json"), r#"{"format":99}"#).unwrap();
        }),
        ("damaged", |folder| {
            fs::remove_file(folder.join("latents.safetensors")).unwrap();
            fs::write(folder.join("state.safetensors"), "nothing").unwrap();
        }),
    ];
    for (sentence, damage) in damage {
        let opening = Opening::default();
        let folder = unfinished(&opening, "boat.mp4", |_| ());
        damage(&folder);
        let mut window = opening.open();
        let name = if folder.join("state.safetensors").exists() {
            PROMPT
        } else {
            "boat"
        };
        window.until_seen(name);
        window.click(name);
        assert!(window.sees_part(sentence), "{:?}", window.seen());
        assert_eq!(window.sees("Edit settings"), name == PROMPT);
        window.click("Remove");
        let gone = |window: &mut Window| is_trashed(window, &folder) && !folder.exists();
        window.until("the Trash", gone);
    }
}

/// Breaks when a run folder from anywhere that lies among the videos has files opened, copied or written which it names.
#[test]
fn what_a_stranger_has_begun_goes_on_with_ones_own_files() {
    let opening = Opening::default();
    let secret = opening.folder.path().join("secret.png");
    photo::save(&secret, SIZE, &vec![9; 3 * SIZE.area() as usize]).unwrap();
    let victim = opening.folder.path().join("diary.txt");
    unfinished(&opening, "boat.mp4", |plan| {
        plan.sources.image = Some(secret);
        plan.outputs.save_latents = Some(victim);
        plan.checkpoint.dit.weights = vec!["/net/somewhere/dit.safetensors".into()];
    });
    let mut window = opening.open();
    window.until_seen("1 unfinished");
    assert!(!window.path("data/pictures").exists());
    window.choose(PROMPT, "Resume");
    let command = window.command();
    let Some(zoetrope::job::Command::Resume(_, plan)) = command else {
        panic!("it was asked for {command:?}");
    };
    assert_eq!(plan.outputs.save_latents, None);
    assert_eq!(plan.checkpoint, crate::job::checkpoint());
    let image = plan.sources.image.unwrap();
    assert!(
        image.starts_with(window.path("videos")),
        "{}",
        image.display()
    );
}

/// The same where it needs what only its name tells.
#[test]
fn what_a_stranger_has_begun_with_files_of_theirs_is_told() {
    type Change = (fn(&mut Plan), &'static str);
    let changes: [Change; 3] = [
        (
            |plan| plan.checkpoint.name = "theirs".into(),
            "the model theirs",
        ),
        (
            |plan| {
                plan.sources.noise = Some("/dev/zero".into());
                plan.sampling.steps = 50;
            },
            "needs zero",
        ),
        (
            |plan| fs::write(&plan.output, "mine").unwrap(),
            "would replace boat.mp4",
        ),
    ];
    for (change, told) in changes {
        let opening = Opening::default();
        let folder = unfinished(&opening, "boat.mp4", |plan| {
            fs::create_dir_all(plan.output.parent().unwrap()).unwrap();
            change(plan);
        });
        // As if it had stopped before the last step.
        if told.starts_with("needs") {
            fs::remove_file(folder.join("latents.safetensors")).unwrap();
        }
        let mut window = opening.open();
        window.until_seen("boat");
        window.click("boat");
        assert!(window.sees_part(told), "{told}: {:?}", window.seen());
        assert!(!window.sees("Back to its settings"));
    }
}

/// Breaks when a finished video cannot be made again, because its first frame went with the run folder.
#[test]
fn pictures_of_a_job_that_goes_on_stay() {
    let opening = Opening::default();
    let folder = unfinished(&opening, "boat.mp4", |plan| {
        plan.sources.image = Some(PathBuf::from("/gone/boat.png"));
    });
    let copy = folder.join("pictures/0/boat.png");
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    photo::save(&copy, SIZE, &vec![120; 3 * SIZE.area() as usize]).unwrap();
    let mut window = opening.open();
    window.until_seen("1 unfinished");
    window.choose(PROMPT, "Resume");
    let command = window.command();
    let Some(zoetrope::job::Command::Resume(handle, plan)) = command else {
        panic!("it was asked for {command:?}");
    };
    let kept = plan.sources.image.clone().unwrap();
    assert!(kept.starts_with(window.path("data")), "{}", kept.display());
    window.tell(Event::Started { id: handle.id });
    fs::remove_dir_all(&folder).unwrap();
    window.finish(handle.id, &plan);
    window.until_seen("1 video");
    window.choose(PROMPT, "Reuse settings");
    window.until_seen("Remove first frame");
}

/// Breaks when somebody who has given a job up has to look at it for the rest of a step.
#[test]
fn a_cancelled_job_is_out_of_sight_at_once() {
    let mut window = Opening::default().open();
    window.write("Prompt", PROMPT);
    window.click("Generate");
    let (handle, plan) = window.next_job();
    window.tell(Event::Started { id: handle.id });
    window.click("Cancel");
    assert!(handle.is_cancelled());
    assert!(window.sees("Describe your shot"), "{:?}", window.seen());
    // The engine comes out of it a step later.
    let folder = plan.run_folder();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("plan.json"), "{}").unwrap();
    window.tell(Event::Cancelled {
        id: handle.id,
        kept: Some(ResumePoint {
            folder: folder.clone(),
            step: 1,
            of: 50,
        }),
    });
    window.until("the Trash", |window| is_trashed(window, &folder));
    assert!(!window.sees_part("in queue"));
}
