//! Text that strangers wrote into files: a terminal that were shown it raw would obey it.

use std::fs;
use std::path::Path;

use mlx_rs::Array;
use serde_json::{Value, json};
use tempfile::TempDir;
use zoetrope::job::{GenerationInfo, Size};
use zoetrope::media::mp4::{Mp4Writer, Quality};

use super::{command, generate, model, run};
use crate::job::{plan, request};
use crate::support::program::{Run, output};

/// Sets the title, clears the screen, fills the clipboard; in one byte too; turns the line around; draws a row.
const HOSTILE: &str =
    "a\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}]52;c;AAAA\u{7}\u{9b}31m\u{7f}\u{202e}gpj\u{2066}\u{200f}";

/// Whether a terminal would show the text and do nothing else.
#[track_caller]
fn assert_plain(text: &str) {
    let is_hostile = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert!(!text.contains(is_hostile), "{text:?}");
    assert!(text.len() < 10_000, "{} bytes", text.len());
}

#[track_caller]
fn assert_harmless(run: &Run) {
    assert_plain(&run.stdout);
    assert_plain(&run.stderr);
}

fn video(path: &Path, comment: &str) {
    let mut video =
        Mp4Writer::create(path, Size::new(32, 32), 8, Quality::default(), comment).unwrap();
    video.write(&[128; 3 * 32 * 32]).unwrap();
    video.finish().unwrap();
}

/// Breaks when what a video says of itself reaches a terminal raw, or passes for a line of ours; or programs lose any of it.
#[test]
fn a_video_cannot_speak_to_the_terminal() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("v.mp4");
    let file = path.display().to_string();
    let mut settings = plan(&request("a boat"), None).unwrap().info();
    settings.prompt = format!("{HOSTILE}\nSeed            99999");
    settings.origin.model = HOSTILE.into();
    video(&path, &settings.to_json());
    let shown = run(&["info", &file]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert_harmless(&shown);
    let seeds = shown.stdout.lines().filter(|line| line.starts_with("Seed"));
    assert_eq!(seeds.count(), 1, "{}", shown.stdout);
    let json = run(&["info", "--json", &file]);
    assert_harmless(&json);
    let read = GenerationInfo::from_json(&json.stdout).unwrap();
    assert_eq!(read.prompt, settings.prompt);
    assert_eq!(read.origin.model, HOSTILE);
}

/// The same for names of files and folders, which `models list` shows, and for what is made of them.
#[test]
fn names_of_files_cannot_speak_to_the_terminal() {
    let folder = TempDir::new().unwrap();
    let name = format!("{HOSTILE}\nfake row");
    let place = folder.path().join(&name);
    fs::create_dir(&place).unwrap();
    for file in fs::read_dir(model("t2v_a14b")).unwrap() {
        let file = file.unwrap().path();
        std::os::unix::fs::symlink(&file, place.join(file.file_name().unwrap())).unwrap();
    }
    let here = |arguments: &[&str]| {
        let mut program = command(arguments);
        program.env("ZOETROPE_DATA_DIR", folder.path().join("data"));
        output(program)
    };
    let folder_text = place.display().to_string();
    let added = here(&["models", "add", &folder_text]);
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    assert_harmless(&added);
    let listed = here(&["models", "list"]);
    assert_harmless(&listed);
    assert!(!listed.stdout.lines().any(|line| line.starts_with("fake")));
    assert_harmless(&here(&["models", "show", &folder_text]));
    let json = here(&["models", "list", "--json"]);
    assert_harmless(&json);
    let models: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(models[0]["name"], name.as_str());
    assert_harmless(&here(&["models", "verify", &folder_text]));
    for verb in ["info", "export"] {
        assert_harmless(&here(&[verb, &folder_text, "-o", "x.gif"]));
    }
}

/// Names of tensors in errors, of LoRAs and of models, escaped and a megabyte long.
#[test]
fn names_of_tensors_cannot_speak_to_the_terminal() {
    let folder = TempDir::new().unwrap();
    let long = "x".repeat(1 << 20);
    for name in [HOSTILE, long.as_str()] {
        let file = folder.path().join("lora.safetensors");
        let array = Array::full::<f32>(&[4, 64], Array::from_f32(0.1)).unwrap();
        let [a, b] = ["A", "B"].map(|half| format!("blocks.0.{name}.lora_{half}.weight"));
        let pair = [(a.as_str(), &array), (b.as_str(), &array)];
        Array::save_safetensors(pair, None, &file).unwrap();
        let file = file.display().to_string();
        let refused = generate(&folder, &model("ti2v_5b"), &["--lora", &file]);
        assert_eq!(refused.code, Some(1));
        assert_harmless(&refused);
        let other = run(&["models", "show", &file]);
        assert_eq!(other.code, Some(1));
        assert_harmless(&other);
    }
    // An index names its shards.
    let index = json!({ "weight_map": { "a": format!("{HOSTILE}.safetensors"), "b": long } });
    fs::write(folder.path().join("config.json"), "{}").unwrap();
    fs::write(
        folder
            .path()
            .join("diffusion_pytorch_model.safetensors.index.json"),
        index.to_string(),
    )
    .unwrap();
    let shown = run(&["models", "show", &folder.path().display().to_string()]);
    assert_eq!(shown.code, Some(1));
    assert_harmless(&shown);
}
