//! Run folders: what is in them, and what is said when something is wrong with them.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use zoetrope::Error;
use zoetrope::job::{Progress, Stage};
use zoetrope::pipeline::{self, Reporter, saved};

use super::job::{Place, finish, model, sentence, stop_at};
use crate::support::model::{copy_model, poison_dit};

/// A job of six steps that was stopped after three.
fn stopped() -> Place {
    let place = Place::new();
    let error = stop_at(Stage::Denoise, 3, &place.plan(&model())).unwrap_err();
    assert!(error.is_cancelled());
    assert!(
        error.to_string().starts_with("Stopped after step 3 of 6; "),
        "{error}"
    );
    place
}

/// The latents of that job when nothing stops it.
fn expected() -> Vec<u8> {
    let place = Place::new();
    finish(&place.plan(&model()), pipeline::generate).unwrap();
    place.bytes("latents.safetensors")
}

#[test]
fn a_job_stopped_before_its_first_step_leaves_nothing() {
    for (stage, done) in [(Stage::Text, 1), (Stage::Load, 0), (Stage::Denoise, 0)] {
        let place = Place::new();
        let error = stop_at(stage, done, &place.plan(&model()));
        // The features of the prompt may be remembered, and then that stage does not come.
        if let Err(error) = error {
            assert!(matches!(error, Error::Cancelled), "{error}");
            assert_eq!(error.to_string(), "Stopped; nothing was written");
            assert!(place.names().is_empty(), "{:?}", place.names());
        }
    }
}

#[test]
fn a_job_stopped_while_decoding_keeps_its_latents() {
    let place = Place::new();
    let plan = place.plan(&model());
    let error = stop_at(Stage::Decode, 0, &plan).unwrap_err().to_string();
    assert!(error.starts_with("Stopped while decoding; "), "{error}");
    assert!(place.path("out.mp4.run/latents.safetensors").exists());
    finish(&plan, pipeline::resume).unwrap();
    assert_eq!(place.names(), ["latents.safetensors", "out.mp4"]);
}

#[test]
fn damage_is_told_and_can_be_got_over() {
    let expected = expected();
    let damages: [fn(&mut Vec<u8>); 4] = [
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        |bytes| bytes.truncate(bytes.len() / 2),
        Vec::clear,
        |bytes| bytes[..8].fill(0xff),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let place = stopped();
        let state = place.path("out.mp4.run/state.safetensors");
        let mut bytes = fs::read(&state).unwrap();
        damage(&mut bytes);
        fs::write(&state, bytes).unwrap();
        let run = place.resume();
        let told = sentence(&run);
        assert!(
            told.contains("state.safetensors is damaged: delete it"),
            "{number}: {told}"
        );
        assert!(state.exists(), "{number}");

        fs::remove_file(state).unwrap();
        let run = place.resume();
        assert_eq!(run.code, Some(0), "{number}: {}", run.stderr);
        assert!(place.bytes("latents.safetensors") == expected, "{number}");
    }
}

#[test]
fn what_cannot_be_resumed_is_one_sentence() {
    let place = stopped();
    let plan = place.path("out.mp4.run/plan.json");
    let text = fs::read_to_string(&plan).unwrap();
    let told = |text: &str| {
        fs::write(&plan, text).unwrap();
        sentence(&place.resume()).to_owned()
    };
    let newer = told(&text.replacen(r#""format": 1"#, r#""format": 2"#, 1));
    assert!(newer.contains("newer version of Zoetrope"), "{newer}");
    let cut = told(text.trim_end_matches(['}', '\n']));
    assert!(cut.contains("plan.json is damaged"), "{cut}");
    for (name, number) in [
        ("frames", 0),
        ("frames", 6),
        ("fps", 0),
        ("steps", 0),
        ("shift", 0),
    ] {
        let mut written: Value = serde_json::from_str(&text).unwrap();
        written["plan"][name] = number.into();
        let wrong = told(&written.to_string());
        assert!(
            wrong.contains("plan.json is damaged") && wrong.contains("not work"),
            "{wrong}"
        );
    }
    let root = model().display().to_string();
    let gone = told(&text.replace(&root, "/nowhere/model"));
    assert!(
        gone.contains("was not begun by you on this computer"),
        "{gone}"
    );
    fs::write(&plan, text).unwrap();

    let told = |folder: &str| sentence(&place.run(&["resume", folder])).to_owned();
    let missing = told(&place.text("other.mp4.run"));
    assert!(missing.contains("is not there"), "{missing}");
    let video = told(&place.text("out.mp4.run/plan.json"));
    assert!(video.contains("its name ends in .mp4.run"), "{video}");

    let lock = File::open(place.path("out.mp4.run/lock")).unwrap();
    lock.try_lock().unwrap();
    let used = told(&place.text("out.mp4.run"));
    assert!(used.contains("is in use: another Zoetrope"), "{used}");
    drop(lock);
    assert_eq!(place.resume().code, Some(0));
}

/// Breaks when a new job to the same file destroys the unfinished one.
#[test]
fn a_new_job_does_not_overwrite_an_unfinished_one() {
    let place = stopped();
    let error = finish(&place.plan(&model()), pipeline::generate).unwrap_err();
    assert!(
        error.to_string().contains("holds an unfinished video"),
        "{error}"
    );
    let run = place.resume();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(place.bytes("latents.safetensors") == expected());
}

/// What a killed job left before its first step is in nobody's way.
#[test]
fn a_folder_with_nothing_worth_keeping_is_used_again() {
    let place = stopped();
    fs::remove_file(place.path("out.mp4.run/state.safetensors")).unwrap();
    fs::write(place.path("out.mp4.run/note.txt"), "mine").unwrap();
    finish(&place.plan(&model()), pipeline::generate).unwrap();
    // What others put into the folder stays.
    assert_eq!(fs::read_dir(place.path("out.mp4.run")).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_before_the_work() {
    let place = Place::new();
    fs::write(place.path("out.mp4.run"), "a file").unwrap();
    let error = finish(&place.plan(&model()), pipeline::generate).unwrap_err();
    assert!(
        error.to_string().contains("out.mp4.run is in the way"),
        "{error}"
    );
    assert_eq!(place.names(), ["out.mp4.run"]);
}

/// Breaks when latents that are no numbers replace the last good ones.
#[test]
fn the_last_good_state_outlives_a_failure() {
    let place = Place::new();
    let own = place.path("model");
    copy_model(&own);
    stop_at(Stage::Denoise, 3, &place.plan(&own)).unwrap_err();
    let good = place.bytes("out.mp4.run/state.safetensors");
    poison_dit(&own);
    forget_fingerprints(&place);
    let resume = || {
        let plan = saved::plan(&place.path("out.mp4.run")).unwrap();
        finish(&plan, pipeline::resume)
    };
    let told = resume().unwrap_err().to_string();
    assert!(told.contains("after step 4 of 6 are not finite"), "{told}");
    assert!(told.contains("3 of 6 steps are saved"), "{told}");
    assert!(place.bytes("out.mp4.run/state.safetensors") == good);
    copy_model(&own);
    resume().unwrap();
    assert!(latents_of(&place) == latents_of_whole());
}

/// As if the job had been begun by a version that did not look whether its files stay the same.
fn forget_fingerprints(place: &Place) {
    let plan = place.path("out.mp4.run/plan.json");
    let mut written: Value = serde_json::from_slice(&fs::read(&plan).unwrap()).unwrap();
    written
        .as_object_mut()
        .unwrap()
        .remove("fingerprints")
        .unwrap();
    fs::write(plan, written.to_string()).unwrap();
}

fn latents_of(place: &Place) -> Vec<u8> {
    tensor(&place.bytes("latents.safetensors"))
}

fn latents_of_whole() -> Vec<u8> {
    tensor(&expected())
}

/// The file without its header, which names the model.
fn tensor(file: &[u8]) -> Vec<u8> {
    let header = u64::from_le_bytes(file[..8].try_into().unwrap());
    file[8 + header as usize..].to_vec()
}

/// Breaks when a folder is emptied because it has the name of a run folder, or when one is written to through a link.
#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let folders: [fn(&Place) -> PathBuf; 4] = [
        |place| {
            let pictures = place.path("out.mp4.run/pictures");
            fs::create_dir_all(&pictures).unwrap();
            pictures.join("mine.jpg")
        },
        |place| {
            let home = place.path("home/pictures");
            fs::create_dir_all(&home).unwrap();
            symlink(place.path("home"), place.path("out.mp4.run")).unwrap();
            home.join("mine.jpg")
        },
        // Other programs have plans too.
        |place| {
            fs::create_dir(place.path("out.mp4.run")).unwrap();
            place.path("out.mp4.run/plan.json")
        },
        |place| {
            fs::create_dir(place.path("out.mp4.run")).unwrap();
            place.path("out.mp4.run/lock")
        },
    ];
    for (number, folder) in folders.into_iter().enumerate() {
        let place = Place::new();
        let mine = folder(&place);
        fs::write(&mine, r#"{"plan": "mine"}"#).unwrap();
        let error = finish(&place.plan(&model()), pipeline::generate).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("choose another name for the video"),
            "{number}: {error}"
        );
        assert_eq!(
            fs::read_to_string(&mine).unwrap(),
            r#"{"plan": "mine"}"#,
            "{number}"
        );
        let beside = fs::read_dir(mine.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "{number}");
    }
}

/// What a job that was killed in its first milliseconds left is in nobody's way.
#[test]
fn an_orphan_is_taken_over() {
    let place = Place::new();
    fs::create_dir(place.path("out.mp4.run")).unwrap();
    for name in [
        "lock",
        ".DS_Store",
        ".zoetrope-ffffffff-0123456789abcdef.part",
    ] {
        fs::write(place.path("out.mp4.run").join(name), "").unwrap();
    }
    finish(&place.plan(&model()), pipeline::generate).unwrap();
    assert_eq!(place.names(), ["latents.safetensors", "out.mp4"]);
}

/// Breaks when a lock that is none is waited for, or emptied through a link.
#[test]
fn a_lock_that_is_no_file_is_refused() {
    let place = stopped();
    let lock = place.path("out.mp4.run/lock");
    fs::remove_file(&lock).unwrap();
    let victim = place.path("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, &lock).unwrap();
    let told = sentence(&place.resume()).to_owned();
    assert!(told.contains("lock is not an ordinary file"), "{told}");
    fs::remove_file(&lock).unwrap();
    let fifo = Command::new("mkfifo").arg(&lock).status().unwrap();
    assert!(fifo.success());
    let told = sentence(&place.resume()).to_owned();
    assert!(told.contains("lock is not an ordinary file"), "{told}");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    fs::remove_file(&lock).unwrap();
    assert_eq!(place.resume().code, Some(0));
}

/// Breaks when steps are promised that went with a disk or a folder.
#[test]
fn only_what_is_there_is_promised() {
    let place = Place::new();
    let plan = place.plan(&model());
    let taken = |progress: Progress| {
        if (progress.stage, progress.done) == (Stage::Denoise, 3) {
            fs::rename(place.path("out.mp4.run"), place.path("elsewhere")).unwrap();
        }
    };
    let error = pipeline::generate(&plan, &mut Reporter::new(taken, || false)).unwrap_err();
    let told = error.to_string();
    assert!(told.contains("out.mp4.run was taken away"), "{told}");
    assert!(!told.contains("kept") && !told.contains("resume"), "{told}");
    // Where it is now, it is as good as ever.
    fs::rename(place.path("elsewhere"), place.path("out.mp4.run")).unwrap();
    assert_eq!(place.resume().code, Some(0));
    assert!(latents_of(&place) == latents_of_whole());
}
