//! Unfinished videos that somebody else has begun: what their plans name is neither opened nor written for its name.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use zoetrope::job::Stage;
use zoetrope::pipeline::{self, saved};

use super::job::{Place, finish, model, sentence, stop_at};
use crate::support::golden_path;
use crate::support::model::copy_model;
use crate::support::program::{Run, command, output};

const LORA: &str = "comfy_with_diff_and_diff_b.safetensors";
const FOREIGN: &str = "was not begun by you on this computer";

/// What somebody has begun with a model named "boats", three steps of it, and what would have come of it.
fn begun(place: &Place) -> Vec<u8> {
    copy_model(&place.path("boats"));
    let plan = place.plan(&place.path("boats"));
    finish(&plan, pipeline::generate).unwrap();
    let video = place.bytes("out.mp4");
    fs::remove_file(place.path("out.mp4")).unwrap();
    fs::remove_file(place.path("latents.safetensors")).unwrap();
    stop_at(Stage::Denoise, 3, &plan).unwrap_err();
    video
}

/// Has the plan say something else.
fn rewrite(place: &Place, change: impl FnOnce(&mut Value)) {
    let path = place.path("out.mp4.run/plan.json");
    let mut written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut written["plan"]);
    fs::write(&path, written.to_string()).unwrap();
}

/// Has every path of the model begin with another folder.
fn with_model_in(place: &Place, folder: &Path) {
    let path = place.path("out.mp4.run/plan.json");
    let text = fs::read_to_string(&path).unwrap();
    let here = place.path(".").canonicalize().unwrap().join("boats");
    let moved = text
        .replace(&place.text("boats"), &folder.display().to_string())
        .replace(&here.display().to_string(), &folder.display().to_string());
    assert_ne!(text, moved);
    fs::write(&path, moved).unwrap();
}

fn resume(place: &Place, more: &[&str]) -> Run {
    place.run(&[&["resume", &place.text("out.mp4.run")], more].concat())
}

/// Breaks when a run folder from anywhere has files opened that it names, or cannot go on with one's own.
#[test]
fn a_strangers_model_is_not_opened_and_ones_own_is() {
    let (place, mine) = (Place::new(), Place::new());
    let expected = begun(&place);
    assert!(saved::is_own(&place.path("out.mp4.run")));
    // A model that is there, as whoever plants a plan may know it.
    let trap = mine.path("trap");
    fs::rename(place.path("boats"), &trap).unwrap();
    with_model_in(&place, &trap);
    assert!(!saved::is_own(&place.path("out.mp4.run")));
    let refused = resume(&place, &[]);
    let told = sentence(&refused);
    assert!(
        told.contains(FOREIGN) && told.contains("the model boats, which is not installed"),
        "{told}"
    );

    copy_model(&mine.path("boats"));
    // Nothing of what is named is there, and nothing is missed.
    fs::remove_dir_all(&trap).unwrap();
    let run = resume(&place, &["--model", &mine.text("boats")]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains(FOREIGN), "{}", run.stderr);
    assert_eq!(place.names(), ["out.mp4"], "and nothing besides the video");
    assert!(place.bytes("out.mp4") == expected);
}

/// Breaks when somebody who takes an unfinished video to another machine has to say where a model is that is installed there.
#[test]
fn an_installed_model_of_the_name_is_used() {
    let (place, mine) = (Place::new(), Place::new());
    let expected = begun(&place);
    copy_model(&mine.path("data/models/boats"));
    with_model_in(&place, Path::new("/nowhere"));
    let folder = place.text("out.mp4.run");
    let mut program = command(&place.path("cache"), &["resume", &folder]);
    program.env("ZOETROPE_DATA_DIR", mine.path("data"));
    let run = output(program);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(place.bytes("out.mp4") == expected);
}

/// Breaks when files besides the model are opened or written because a stranger's plan names them.
#[test]
fn what_else_a_stranger_names_is_told() {
    let place = Place::new();
    begun(&place);
    let victim = place.path("diary.txt");
    fs::write(&victim, "mine").unwrap();
    let pipe = place.text("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let before = place.bytes("out.mp4.run/plan.json");
    let own = ["--model", &place.text("boats")];
    let style = json!([{ "file": pipe, "strength": 0.5 }]);
    for (field, value, told) in [
        ("loras", style, "names the LoRA pipe: give your copy"),
        ("noise", json!(pipe), "needs pipe"),
    ] {
        rewrite(&place, |plan| plan[field] = value);
        let run = resume(&place, &own);
        let said = sentence(&run);
        assert!(said.contains(FOREIGN) && said.contains(told), "{said}");
        fs::write(place.path("out.mp4.run/plan.json"), &before).unwrap();
    }
    // A video of that name was there before the folder came.
    fs::write(place.path("out.mp4"), "mine too").unwrap();
    rewrite(&place, |plan| {
        plan["save_latents"] = json!(victim);
        plan["save_frames"] = json!(place.path("new.safetensors"));
    });
    let run = resume(&place, &own);
    let said = sentence(&run);
    assert!(said.contains("would replace out.mp4"), "{said}");
    assert_eq!(place.bytes("out.mp4"), b"mine too");
    fs::remove_file(place.path("out.mp4")).unwrap();
    let run = resume(&place, &own);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("nothing but the video is written"),
        "{}",
        run.stderr
    );
    assert_eq!(place.bytes("diary.txt"), b"mine");
    assert!(!place.path("new.safetensors").exists());
}

/// Breaks when a picture that a stranger's plan names is read from where it says, and not from the run folder.
#[test]
fn a_strangers_pictures_are_those_in_the_folder() {
    let place = Place::new();
    begun(&place);
    let secret = place.path("secret.png");
    fs::copy(golden_path("data/image_ti2v.png"), &secret).unwrap();
    rewrite(&place, |plan| plan["image"] = json!(secret));
    let plan = saved::plan(&place.path("out.mp4.run")).unwrap();
    let copy = place.path("out.mp4.run/pictures/0/secret.png");
    assert_eq!(plan.sources.image, Some(copy));
}

/// Breaks when a LoRA or a model that was moved since keeps one's own video from going on, or a stranger's LoRA cannot be
/// given.
#[test]
fn a_lora_that_was_moved_can_be_given() {
    for is_own in [true, false] {
        let place = Place::new();
        fs::copy(golden_path("lora").join(LORA), place.path(LORA)).unwrap();
        let mut plan = place.plan(&model());
        plan.sources.loras = vec![place.text(LORA).parse().unwrap()];
        stop_at(Stage::Denoise, 3, &plan).unwrap_err();
        fs::create_dir(place.path("moved")).unwrap();
        let moved = place.path("moved").join(LORA);
        fs::rename(place.path(LORA), &moved).unwrap();
        if !is_own {
            rewrite(&place, |plan| plan["save_latents"] = Value::Null);
        }
        let own = ["--model", &model().display().to_string()];
        let run = resume(&place, &own);
        let said = sentence(&run);
        assert!(said.contains(LORA), "{said}");
        let given = ["--lora", &moved.display().to_string()];
        let run = resume(&place, &[&own[..], &given].concat());
        assert_eq!(run.code, Some(0), "{is_own}: {}", run.stderr);
        assert_eq!(run.stderr.contains(FOREIGN), !is_own, "{}", run.stderr);
    }
}

/// Breaks when the latents of a draft from anywhere have a folder opened because they call it their model.
#[test]
fn a_models_name_in_latents_is_no_path() {
    let place = Place::new();
    let folder = "./trap01";
    copy_model(&place.path("officia1"));
    copy_model(&place.path("trap01"));
    let plan = place.plan(&place.path("officia1"));
    finish(&plan, pipeline::generate).unwrap();
    let mut latents = place.bytes("latents.safetensors");
    let name = b"officia1";
    let named = latents.windows(name.len()).position(|bytes| bytes == name);
    let at = named.expect("the latents name their model");
    latents[at..at + name.len()].copy_from_slice(folder.as_bytes());
    fs::create_dir(place.path("out.mp4.run")).unwrap();
    fs::write(place.path("out.mp4.run/latents.safetensors"), latents).unwrap();
    let mut program = command(
        &place.path("cache"),
        &["decode", "out.mp4", "-o", "again.mp4"],
    );
    program.current_dir(place.path("."));
    let run = output(program);
    let said = sentence(&run);
    assert!(said.contains("There is no model ./trap01"), "{said}");
    assert!(!place.path("again.mp4").exists());
}
