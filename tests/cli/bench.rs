//! `zoetrope bench`, on a tiny network: what it says and counts, not how fast it is.

use serde_json::Value;

use super::{command, run};
use crate::support::golden_path;
use crate::support::program::Job;

/// Measures the smallest thing that there is.
fn bench(arguments: &[&str]) -> super::Run {
    let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
    let small = ["--size", "64x32", "--frames", "5", "--runs", "2"];
    run(&[&["bench", "--model", &model], &small[..], arguments].concat())
}

#[test]
fn every_stage_is_measured_and_counted() {
    let run = bench(&["--json", "--batch", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is an object"))
        .collect();
    assert_eq!(lines[0]["event"], "started");
    assert_eq!(lines[0]["frames"], 5);

    // 2 latent frames of 2 x 1 tokens, and a prompt of 64 tokens, each for a batch of 2.
    let units = [("text", 128), ("denoise", 8), ("decode", 5), ("encode", 5)];
    assert_eq!(lines.len(), 1 + units.len());
    for (line, (stage, units)) in lines[1..].iter().zip(units) {
        assert_eq!(line["event"], "measured");
        assert_eq!(line["stage"], stage);
        assert_eq!(line["units"], units, "{stage}");
        let runs = line["run_seconds"].as_array().expect("there is a list");
        assert_eq!(runs.len(), 2, "{stage}");
        let (seconds, rate) = (&line["seconds"], &line["units_per_second"]);
        let product = seconds.as_f64().zip(rate.as_f64()).map(|(s, r)| s * r);
        let difference = product.expect("there are both") - f64::from(units);
        assert!(difference.abs() < 1e-6, "{stage}: {line}");
        assert!(line["peak_memory_bytes"].as_u64() > Some(0), "{stage}");
    }
}

/// Breaks when a whole job is not measured to its end, or parts of it are counted twice.
#[test]
fn whole_videos_are_measured_one_after_the_other() {
    let size = ["--size", "64x64", "--frames", "5", "--steps", "3"];
    let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
    let run = run(&[&["bench", "--job", "--json", "--model", &model], &size[..]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is an object"))
        .collect();
    let of = |name: &str| -> Vec<f64> {
        let values = lines.iter().map(|line| line[name].as_f64());
        values.map(|value| value.expect("it is a number")).collect()
    };
    let jobs: Vec<_> = lines.iter().map(|line| line["job"].as_str()).collect();
    assert_eq!(jobs, ["first", "other prompt", "variation"].map(Some));
    for (index, total) in of("total_seconds").into_iter().enumerate() {
        let parts = ["start", "text", "load", "denoise", "decode"];
        let sum: f64 = parts
            .map(|part| of(&format!("{part}_seconds"))[index])
            .iter()
            .sum();
        assert!(sum <= total + 0.01, "{sum} is more than {total}");
        assert!(of("first_preview_seconds")[index] < total);
        assert!(of("peak_memory_bytes")[index] > 1e6);
    }
}

/// Weights that are packed on their way in are held packed: a bench that ignored the wish would tell the same peaks.
#[test]
fn packed_weights_take_less_memory() {
    let peak = |arguments: &[&str]| {
        let run = bench(&[&["--json", "--stages", "denoise"], arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let line = run.stdout.lines().last().expect("there is a measurement");
        let measured: Value = serde_json::from_str(line).expect("it is an object");
        measured["peak_memory_bytes"].as_u64()
    };
    let (plain, four) = (peak(&[]), peak(&["--quantize", "4"]));
    assert!(four < plain, "{four:?} is not less than {plain:?}");
}

/// Breaks when a script takes a bench that was stopped for one that was done.
#[test]
fn a_bench_that_is_stopped_does_not_end_well() {
    let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
    let arguments = ["--size", "64x32", "--frames", "5", "--runs", "20", "--json"];
    let bench = ["bench", "--model", &model];
    let mut job = Job::start(command(&[&bench[..], &arguments].concat()));
    assert_eq!(job.next().expect("it begins")["event"], "started");
    assert_eq!(job.next().expect("one of four")["event"], "measured");
    job.interrupt();
    while job.next().is_some() {}
    let (code, stderr) = job.end();
    assert_eq!(code, Some(130), "{stderr}");
}

#[test]
fn the_table_has_a_row_for_each_stage_that_was_asked_for() {
    let run = bench(&["--stages", "decode,denoise"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let first_words: Vec<_> = run
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(first_words[1..], ["stage", "decode", "denoise"]);
}

#[test]
fn a_size_that_cannot_work_is_refused_before_anything_is_loaded() {
    let run = run(&["bench", "--synthetic", "t2v-a14b", "--size", "100x100"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.starts_with("error: ") && run.stderr.lines().count() == 1,
        "{}",
        run.stderr
    );
}

#[test]
fn a_model_and_none_contradict_each_other() {
    for model in [["--model", "folder"], ["--dit", "file"]] {
        let run = run(&[&["bench", "--synthetic", "ti2v-5b"], &model[..]].concat());
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }
}
