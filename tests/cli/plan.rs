//! `zoetrope plan`: memory is told, and nothing is made.

use serde_json::Value;

use super::run;
use crate::support::golden_path;

/// What is told of a small video by a tiny model.
fn plan(arguments: &[&str]) -> super::Run {
    let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
    let small = [
        "plan", "--model", &model, "--prompt", "a boat", "--size", "64x64",
    ];
    run(&[&small[..], arguments].concat())
}

#[test]
fn every_stage_and_the_machine_are_told() {
    let run = plan(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for words in [
        "Reading the prompt",
        "Denoising",
        "Decoding",
        "Needs",
        "free",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }

    let run = plan(&["--json"]);
    let told: Value = serde_json::from_str(&run.stdout).expect("it is an object");
    let stages = told["stages"].as_array().expect("there is a list");
    let most = stages
        .iter()
        .filter_map(|stage| stage["bytes"].as_u64())
        .max();
    assert_eq!(stages.len(), 3);
    assert_eq!(told["peak_bytes"].as_u64(), most);
    let machine = &told["machine"];
    let most = if machine["gpu"].is_null() {
        "total"
    } else {
        "gpu"
    };
    assert_eq!(told["limit_bytes"], machine[most]);
}

#[test]
fn what_cannot_fit_is_refused_by_its_limit() {
    let run = plan(&["--memory-limit", "0.0001"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(
        run.stderr.contains("0 MB is all that it may use"),
        "{}",
        run.stderr
    );
}
