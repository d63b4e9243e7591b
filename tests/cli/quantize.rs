//! `zoetrope quantize`, and the model that it makes.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{command, latents, model, run};
use crate::support::{golden_path, max_difference};

/// What is kept packed is what packing on the way in makes, to the last bit.
#[test]
fn a_packed_model_is_kept() {
    let folder = TempDir::new().unwrap();
    let packed = folder.path().join("packed");
    let name = packed.display().to_string();
    let quantized = run(&["quantize", &model("ti2v_5b"), "--bits", "4", "-o", &name]);
    assert_eq!(quantized.code, Some(0), "{}", quantized.stderr);
    assert!(
        quantized.stdout.contains("prediction off by "),
        "{}",
        quantized.stdout
    );

    let kept = latents(&folder, &name, &[]);
    let packed_now = latents(&folder, &model("ti2v_5b"), &["--quantize", "4"]);
    let plain = latents(&folder, &model("ti2v_5b"), &[]);
    assert_eq!(max_difference(&kept, &packed_now), 0.0);
    assert!(max_difference(&kept, &plain) > 1e-3, "nothing was packed");
    let size = fs::metadata(packed.join("model.safetensors"))
        .unwrap()
        .len();
    let shards = ["1", "2"].map(|shard| {
        let name = format!("diffusion_pytorch_model-0000{shard}-of-00002.safetensors");
        fs::metadata(golden_path("ckpt/ti2v_5b/official").join(name))
            .unwrap()
            .len()
    });
    assert!(size < shards.iter().sum::<u64>() / 2, "{size} bytes");
}

/// Without a folder nothing is kept, and the loss is told all the same.
#[test]
fn the_loss_is_told_of_each_expert() {
    let told = |bits| -> Vec<f64> {
        let told = run(&["quantize", &model("t2v_a14b"), "--bits", bits]);
        assert_eq!(told.code, Some(0), "{}", told.stderr);
        let percent = |line: &str| {
            let number = line.split_once("prediction off by ")?.1.strip_suffix("%")?;
            number.parse::<f64>().ok()
        };
        let lines: Vec<_> = told.stdout.lines().collect();
        assert!(lines[0].starts_with("DiT, high noise: "), "{}", lines[0]);
        assert!(lines[1].starts_with("DiT, low noise: "), "{}", lines[1]);
        lines.iter().map(|line| percent(line).unwrap()).collect()
    };
    for (eight, four) in told("8").into_iter().zip(told("4")) {
        assert!(eight < 1.0 && 3.0 * eight < four, "{eight} % and {four} %");
    }
}

/// Breaks when a stopped or killed run leaves half a model under its name, or one that is in the way of the next.
#[test]
fn a_model_that_was_not_finished_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let packed = folder.path().join("new/packed").display().to_string();
    let begin = || {
        let model = model("t2v_a14b");
        let mut command = command(&["quantize", &model, "--bits", "8", "-o", &packed]);
        let mut program = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The first of two networks is there.
        let mut told = BufReader::new(program.stdout.take().unwrap()).lines();
        assert!(told.next().unwrap().unwrap().contains("high noise"));
        program
    };
    let mut killed = begin();
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(!Path::new(&packed).exists());

    let mut stopped = begin();
    let sent = Command::new("kill")
        .args(["-INT", &stopped.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    let code = stopped.wait().unwrap().code();
    // It may have been done by then; what was killed before is swept in any case.
    assert!(code == Some(130) || Path::new(&packed).exists(), "{code:?}");
    let left: Vec<_> = fs::read_dir(folder.path().join("new")).unwrap().collect();
    assert!(left.len() == usize::from(code == Some(0)), "{left:?}");
}

/// Nothing of what lies in a folder is mixed with a model, or lost.
#[test]
fn a_folder_with_something_in_it_is_refused() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("diary.txt"), "mine").unwrap();
    let name = folder.path().display().to_string();
    let refused = run(&["quantize", &model("ti2v_5b"), "-o", &name]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("is not empty: choose a new folder"),
        "{}",
        refused.stderr
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    let missing = run(&["quantize", "/nowhere/model", "-o", &name]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.stderr.contains("/nowhere/model is not there"),
        "{}",
        missing.stderr
    );
}
