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
    assert!(run.stderr.contains("the limit is 0 MB"), "{}", run.stderr);
}

/// What another Mac would do with a published model.
fn on(mac: &str, model: &str, more: &[&str]) -> super::Run {
    run(&[&["plan", "--mac", mac, "--synthetic", model], more].concat())
}

/// Breaks when a Mac that has the room is refused, is not told the time, or the line for programs lacks something.
#[test]
fn another_mac_is_told_without_files() {
    let run = on("m2-16gb", "t2v-1.3b", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for words in ["M2, 16 GB", "Denoising", "estimated", "f16"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }

    let run = on("M2-16GB", "t2v-1.3b", &["--window", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let told: Value = serde_json::from_str(&run.stdout).expect("it is one object");
    assert_eq!(
        (&told["fits"], &told["dtype"]),
        (&true.into(), &"f16".into())
    );
    assert!(
        told["longest_dispatch_seconds"].as_f64() < Some(0.05),
        "{told}"
    );
    let stages = told["stages"].as_array().expect("there is a list");
    let names: Vec<_> = stages.iter().map(|stage| stage["stage"].as_str()).collect();
    assert_eq!(names, [Some("text"), Some("denoise"), Some("decode")]);
    let most = stages.iter().map(|stage| stage["bytes"].as_u64()).max();
    assert_eq!(Some(told["peak_bytes"].as_u64()), most);
    let seconds: f64 = stages
        .iter()
        .filter_map(|stage| stage["seconds"].as_f64())
        .sum();
    assert!((told["estimated_seconds"].as_f64().unwrap() - seconds).abs() < 1e-6);
}

/// Breaks when a Mac that is too small is not told so in one sentence, and programs in one line.
#[test]
fn a_mac_that_is_too_small_is_refused() {
    let run = on("M1-8GB", "t2v-a14b", &["--json"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stderr.contains("of memory"), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    let told: Value = serde_json::from_str(&run.stdout).expect("it is one object");
    assert_eq!(told["fits"], false);
    assert!(told["peak_bytes"].as_u64() > Some(8 << 30), "{told}");

    let run = on("M1-8GB", "t2v-a14b", &[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
}

/// Breaks when an installed model cannot be asked about, when one that is made from pictures wants one, or when the prompt, which
/// nothing depends on, has to be given.
#[test]
fn other_macs_take_every_model_without_prompt_or_picture() {
    let model = super::model("ti2v_5b");
    let tiny = run(&[
        "plan",
        "--mac",
        "M4Max-128GB",
        "--model",
        &model,
        "--size",
        "64x64",
    ]);
    assert_eq!(tiny.code, Some(0), "{}", tiny.stderr);
    assert!(tiny.stdout.contains("bf16"), "{}", tiny.stdout);
    let run = on("M4Max-128GB", "i2v-a14b", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("Reading the picture"), "{}", run.stdout);
    assert!(run.stdout.contains("high noise"), "{}", run.stdout);
}

#[test]
fn a_mac_that_nobody_sells_is_told() {
    for wrong in ["M9-16GB", "M2", "M2-3GB"] {
        let run = on(wrong, "ti2v-5b", &[]);
        assert_eq!(run.code, Some(1), "{wrong}");
        assert!(run.stderr.contains("as in M2-16GB"), "{}", run.stderr);
    }
    let run = run(&["plan", "--window", "--prompt", "a boat"]);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    let run = super::run(&["plan"]);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert!(run.stderr.contains("--prompt"), "{}", run.stderr);
}

/// What several machines hold and send follows from the network's sizes: the tiny one has 3 blocks of 64 numbers a token.
#[test]
fn what_several_machines_exchange_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let hosts = folder.path().join("hosts.json");
    let host = serde_json::json!({"ssh": "localhost"});
    std::fs::write(&hosts, serde_json::json!([host, host]).to_string()).unwrap();
    let hosts = hosts.display().to_string();
    let told = |more: &[&str]| -> Value {
        let arguments = [&["--hosts", &hosts, "--frames", "5", "--json"], more].concat();
        let run = plan(&arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    };
    let guidance = told(&["--dtype", "f32"]);
    assert_eq!(guidance["together"]["split"], "guidance");
    // (channels, frames, height, width), told and answered in float32.
    let latents = 4 * zoetrope::job::Variant::Ti2v.latent_channels() * 2 * 4 * 4;
    assert_eq!(guidance["together"]["step_bytes"], 2 * latents);

    let tokens = told(&["--dtype", "f32", "--split", "tokens"]);
    let file = "ckpt/ti2v_5b/official/config.json";
    let config: Value = serde_json::from_slice(&std::fs::read(golden_path(file)).unwrap()).unwrap();
    let (layers, dim) = (config["num_layers"].as_u64(), config["dim"].as_u64());
    // Half of the keys and values of both prompts' 2 · 2 · 2 tokens, and of their velocities.
    let keys_and_values = 2 * 4 * layers.unwrap() * 8 * dim.unwrap();
    let exchanged = u64::from(latents) + keys_and_values + u64::from(latents);
    assert_eq!(tokens["together"]["step_bytes"], exchanged);
    let text = plan(&["--hosts", &hosts]).stdout;
    assert!(
        text.contains("2 machines split guidance: each holds"),
        "{text}"
    );
    assert!(text.contains("Thunderbolt 5"), "{text}");
}
