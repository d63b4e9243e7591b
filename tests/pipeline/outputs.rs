//! What a job writes destroys nothing that is read, and what cannot be written is told before the work.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::Value;
use zoetrope::job::Stage;
use zoetrope::pipeline::{self, saved};

use super::job::{Place, finish, model, sentence, stop_at};
use crate::support::golden_path;
use crate::support::model::{SHARD, VAE, copy_model};
use crate::support::program::{Run, output};

/// Asks for a small video with a picture and a model in the folder of the job.
fn generate(place: &Place, more: &[&str]) -> Run {
    let first = [
        "generate", "--model", "model", "--prompt", "a boat", "--fit", "crop",
    ];
    let second = ["--frames", "5", "--steps", "2", "--image", "boat.png"];
    let size = if more.contains(&"--size") {
        &[][..]
    } else {
        &["--size", "32x32"]
    };
    here(place, &[&first[..], &second, size, more].concat())
}

/// Runs the program in the folder of the job.
fn here(place: &Place, arguments: &[&str]) -> Run {
    let mut command = crate::support::program::command(&place.path("cache"), arguments);
    command.current_dir(place.path("."));
    output(command)
}

/// A model, a picture, noise and a LoRA.
fn with_inputs() -> Place {
    let place = Place::new();
    copy_model(&place.path("model"));
    fs::copy(golden_path("data/image_ti2v.png"), place.path("boat.png")).unwrap();
    place
}

/// Breaks when a wrong line from the shell's history costs somebody a model or a picture.
#[test]
fn an_output_never_replaces_an_input() {
    let place = with_inputs();
    let shard = format!("model/{SHARD}");
    let before = [&shard, "boat.png"].map(|name| place.bytes(name));
    symlink(place.path("model"), place.path("same")).unwrap();
    let linked = format!("same/{SHARD}");
    let shouted = format!("model/{}", SHARD.to_uppercase());
    for outputs in [
        ["-o", "v.mp4", "--save-latents", &shard],
        ["-o", "v.mp4", "--save-latents", &linked],
        ["-o", "v.mp4", "--save-frames", &shouted],
        ["-o", "v.mp4", "--save-frames", "./model/../boat.png"],
        ["-o", "v.mp4", "--save-latents", "BOAT.png"],
    ] {
        let run = generate(&place, &outputs);
        let told = sentence(&run);
        assert!(told.contains("is read here"), "{outputs:?}: {told}");
    }
    for outputs in [
        ["-o", "v.mp4", "--save-latents", "v.mp4"],
        ["-o", "v.mp4", "--save-frames", "same/../v.MP4"],
    ] {
        let run = generate(&place, &outputs);
        let told = sentence(&run);
        assert!(told.contains("give two names"), "{outputs:?}: {told}");
    }
    // The folder of the unfinished job is its own.
    let run = generate(
        &place,
        &[
            "-o",
            "v.mp4",
            "--save-latents",
            "v.mp4.run/latents.safetensors",
        ],
    );
    assert!(sentence(&run).contains("is not a folder") || sentence(&run).contains("job's own"));
    assert!([&shard, "boat.png"].map(|name| place.bytes(name)) == before);
    assert_eq!(place.names(), ["boat.png", "model", "same"]);
}

/// The same for the verbs that only write a video.
#[test]
fn decoding_and_exporting_replace_nothing_that_they_read() {
    let place = with_inputs();
    let made = generate(&place, &["-o", "v.mp4", "--save-latents", "l.safetensors"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let before = ["v.mp4", "l.safetensors"].map(|name| place.bytes(name));
    let vae = format!("model/{VAE}");
    for floats in ["l.safetensors", "./L.safetensors", &vae, "new.mp4"] {
        let decode = [
            "decode",
            "l.safetensors",
            "--model",
            "model",
            "-o",
            "new.mp4",
        ];
        let run = here(&place, &[&decode[..], &["--save-frames", floats]].concat());
        let told = sentence(&run);
        assert!(
            told.contains("give another name") || told.contains("give two names"),
            "{told}"
        );
    }
    symlink("v.mp4", place.path("link.mp4")).unwrap();
    for target in ["v.mp4", "link.mp4", "model/../V.mp4"] {
        let run = here(
            &place,
            &["export", "v.mp4", "--quality", "small", "-o", target],
        );
        assert!(sentence(&run).contains("is read here"), "{target}");
    }
    assert!(["v.mp4", "l.safetensors"].map(|name| place.bytes(name)) == before);
    assert!(!place.path("new.mp4").exists());
}

/// Breaks when hours of work end at a name or a size that was impossible from the beginning.
#[test]
fn what_cannot_be_written_is_told_before_the_work() {
    let place = with_inputs();
    let made = Command::new("mkfifo").arg(place.path("fifo")).status();
    assert!(made.unwrap().success());
    let long = |letters: usize| format!("{}.mp4", "n".repeat(letters - 4));
    let (video, longest) = (long(252), long(256));
    for (arguments, why) in [
        (
            ["-o", "fifo.mp4", "--save-latents", "fifo"],
            "is not an ordinary file",
        ),
        (
            ["-o", "v.mp4", "--save-frames", "/dev/full"],
            "is not an ordinary file",
        ),
        (["-o", &video, "--save-latents", "l"], "is too long a name"),
        (
            ["-o", "v.mp4", "--save-latents", &longest],
            "is too long a name",
        ),
        (["-o", "v.mp4", "--size", "3872x32"], "3840x2160"),
        (["-o", "v.mp4", "--size", "2176x2176"], "3840x2160"),
        (["-o", "v.mp4", "--shift", "1000000"], "closer to 5"),
        (["-o", "v.mp4/", "--seed", "1"], "is the name of a folder"),
    ] {
        let run = generate(&place, &arguments);
        let told = sentence(&run);
        assert!(told.contains(why), "{arguments:?}: {told}");
    }
    // Every name up to the longest that the run folder leaves works.
    let video = long(251);
    let run = generate(&place, &["-o", &video]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(place.names(), ["boat.png", "fifo", "model", &video]);
}

/// Changes one value of the plan in a run folder.
fn change(place: &Place, pointer: &str, value: Value) {
    let plan = place.path("out.mp4.run/plan.json");
    let mut written: Value = serde_json::from_slice(&fs::read(&plan).unwrap()).unwrap();
    let (object, key) = pointer.rsplit_once('/').unwrap();
    let object = written.pointer_mut(object).unwrap();
    object
        .as_object_mut()
        .unwrap()
        .insert(key.to_owned(), value);
    fs::write(&plan, written.to_string()).unwrap();
}

/// Breaks when an unfinished video that came from somebody else replaces files anywhere.
#[test]
fn a_strangers_plan_replaces_nothing_elsewhere() {
    let (place, elsewhere) = (Place::new(), Place::new());
    stop_at(Stage::Denoise, 3, &place.plan(&model())).unwrap_err();
    let victim = elsewhere.path("diary.txt");
    fs::write(&victim, "mine").unwrap();
    let kept = fs::read_dir(place.path("out.mp4.run")).unwrap().count();
    for field in ["/plan/save_latents", "/plan/save_frames"] {
        let before = fs::read(place.path("out.mp4.run/plan.json")).unwrap();
        change(&place, field, victim.display().to_string().into());
        let run = place.resume();
        let told = sentence(&run);
        assert!(told.contains("was not begun by you"), "{told}");
        // Whoever takes it for their own is still asked.
        let plan = saved::plan(&place.path("out.mp4.run")).unwrap();
        let told = finish(&plan, pipeline::resume).unwrap_err().to_string();
        assert!(told.contains("diary.txt is there already"), "{told}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        fs::write(place.path("out.mp4.run/plan.json"), before).unwrap();
    }
    assert_eq!(
        fs::read_dir(place.path("out.mp4.run")).unwrap().count(),
        kept
    );

    // What this very job had written there before it was stopped may be replaced, and what is new may be written.
    let latents = elsewhere.path("l.safetensors");
    change(
        &place,
        "/plan/save_latents",
        latents.display().to_string().into(),
    );
    let plan = saved::plan(&place.path("out.mp4.run")).unwrap();
    pipeline::resume(
        &plan,
        &mut pipeline::Reporter::new(|_| (), || latents.exists()),
    )
    .unwrap_err();
    assert!(latents.exists(), "it was stopped before they were written");
    finish(&plan, pipeline::resume).unwrap();
    assert_eq!(place.names(), ["out.mp4"]);
}

/// Breaks when a value that only a damaged or strange plan has reaches the computation.
#[test]
fn everything_in_a_plan_is_checked() {
    let place = Place::new();
    stop_at(Stage::Denoise, 3, &place.plan(&model())).unwrap_err();
    let plan = place.path("out.mp4.run/plan.json");
    let before = fs::read(&plan).unwrap();
    let lora = |strength: f64| {
        let lora = serde_json::json!({"file": "/nowhere.safetensors", "strength": strength});
        Value::from(vec![lora])
    };
    for (pointer, value) in [
        ("/plan/thrift/tiles", 0.into()),
        ("/plan/thrift/tiles", 2_147_483_648_u32.into()),
        ("/plan/shift", 1e9.into()),
        ("/plan/size", vec![3872, 32].into()),
        ("/plan/guidance", vec![3.0, 4.0].into()),
        ("/plan/loras", lora(1e39)),
        ("/plan/last_image", "/any.png".into()),
        (
            "/plan/checkpoint/latent_rgb",
            serde_json::json!({"factors": [], "bias": [0, 0, 0]}),
        ),
    ] {
        change(&place, pointer, value.clone());
        let run = place.resume();
        let told = sentence(&run);
        assert!(
            told.contains("plan.json is damaged"),
            "{pointer} {value}: {told}"
        );
        fs::write(&plan, &before).unwrap();
    }
    assert_eq!(place.resume().code, Some(0));
}
