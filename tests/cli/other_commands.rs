use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use zoetrope::job::{GenerationInfo, Size};
use zoetrope::media::mp4::{Mp4Writer, Quality};

use super::{command, run};
use crate::job::{plan, request};

#[test]
fn the_help_names_every_command() {
    let run = run(&["--help"]);
    assert_eq!(run.code, Some(0));
    for command in [
        "generate", "resume", "decode", "export", "info", "quantize", "bench", "models", "doctor",
    ] {
        assert!(run.stdout.contains(command), "{}", run.stdout);
    }
}

#[test]
fn the_doctor_tells_what_there_is() {
    let run = run(&["doctor"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for part in [
        "System",
        "Memory",
        "MLX",
        "0.32.2",
        "those of the CPU",
        "BLAS",
        "Built-in model",
        "/nowhere/demo",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

/// Breaks when what somebody with another machine is asked for cannot be made, says nothing of what was asked, or holds names of
/// the user's files.
#[test]
fn the_doctor_writes_a_report_that_can_be_attached() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.json");
    let path = file.display().to_string();
    // One size of each.
    let report = run(&["doctor", "--report", &path, "--minutes", "0"]);
    assert_eq!(report.code, Some(0), "{}", report.stderr);
    let text = std::fs::read_to_string(&file).unwrap();
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&told["form"], &told["mlx"]), (&1.into(), &"0.32.2".into()));
    assert!(told["memory_before"]["total"].as_u64().unwrap() > 1_000_000_000);
    let probes = told["probe"].as_array().unwrap();
    assert!(probes.len() >= 7, "{probes:?}");
    for probe in probes {
        let number = |key: &str| probe[key].as_f64().unwrap();
        assert!(number("difference") <= number("tolerance"), "{probe}");
    }
    for part in [
        "attention",
        "products",
        "packed",
        "convolutions",
        "blocks",
        "frames",
    ] {
        let figures = told["survey"][part].as_array().unwrap();
        assert!(!figures.is_empty(), "{part}");
        for figure in figures {
            assert!(figure["failed"].is_null(), "{figure}");
            assert!(figure["seconds"].as_f64().unwrap() > 0.0, "{figure}");
        }
        // From small to large, and no further once one takes half a second.
        if matches!(part, "attention" | "products") {
            let sizes: Vec<_> = figures
                .iter()
                .map(|it| it["size"].as_u64().unwrap())
                .collect();
            assert!(sizes.is_sorted(), "{sizes:?}");
            let long = figures
                .iter()
                .filter(|it| it["seconds"].as_f64().unwrap() > 0.5);
            assert!(long.count() <= 1, "{part}");
        }
    }
    assert!(!text.contains(&folder.path().display().to_string()));
}

#[test]
fn info_wants_a_video() {
    let missing = run(&["info", "/nowhere/video.mp4"]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.stderr.contains("/nowhere/video.mp4: no such file"),
        "{}",
        missing.stderr
    );

    let other = run(&["info", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    assert_eq!(other.code, Some(1));
    assert!(
        other.stderr.starts_with("error: ") && other.stderr.lines().count() == 1,
        "{}",
        other.stderr
    );
}

#[test]
fn a_reader_that_left_is_no_error() {
    let mut program = command(&["doctor"]);
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A video of two grey frames, with `comment` in its metadata.
fn video(path: &Path, comment: &str) {
    let size = Size::new(32, 32);
    let mut video =
        Mp4Writer::create(path, size, 8, Quality::default(), comment).expect("it begins");
    for _ in 0..2 {
        video.write(&[128; 3 * 32 * 32]).expect("it takes a frame");
    }
    video.finish().expect("it becomes whole");
}

#[test]
fn info_reads_back_what_a_video_says() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("video.mp4");
    let file = path.to_str().expect("temporary folders have plain names");
    let settings = plan(&request("A “quoted” boat"), None)
        .expect("it works")
        .info();
    video(&path, &settings.to_json());

    let readable = run(&["info", file]);
    assert_eq!(readable.code, Some(0), "{}", readable.stderr);
    for part in [
        "A “quoted” boat",
        "1280x704",
        "121 at 24 fps",
        "50 of unipc",
        "Zoetrope",
    ] {
        assert!(
            readable.stdout.contains(part),
            "{part}: {}",
            readable.stdout
        );
    }
    let json = run(&["info", "--json", file]);
    assert_eq!(GenerationInfo::from_json(&json.stdout), Ok(settings));
}

#[test]
fn info_tells_when_a_video_is_not_ours() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("video.mp4");
    video(&path, "made with love");
    let run = run(&[
        "info",
        path.to_str().expect("temporary folders have plain names"),
    ]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("another program"), "{}", run.stderr);
}
