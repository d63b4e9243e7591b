//! `zoetrope quantize`, and the model that it makes.

use std::fs;

use mlx_rs::Array;
use tempfile::TempDir;

use super::run;
use crate::support::{golden_path, max_difference};

fn official() -> String {
    golden_path("ckpt/ti2v_5b/official").display().to_string()
}

/// The latents that a model leads to.
fn latents(folder: &TempDir, model: &str, more: &[&str]) -> Array {
    let [output, latents] =
        ["v.mp4", "l.safetensors"].map(|name| folder.path().join(name).display().to_string());
    let first = [
        "generate",
        "--model",
        model,
        "--prompt",
        "a boat",
        "--seed",
        "1",
        "--size",
        "64x96",
        "--frames",
        "5",
        "--steps",
        "2",
        "--save-latents",
        &latents,
        "-o",
        &output,
    ];
    let made = run(&[&first, more].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    Array::load_safetensors(&latents)
        .unwrap()
        .remove("latents")
        .unwrap()
}

/// What is kept packed is what packing on the way in makes, to the last bit.
#[test]
fn a_packed_model_is_kept() {
    let folder = TempDir::new().unwrap();
    let packed = folder.path().join("packed");
    let name = packed.display().to_string();
    let quantized = run(&["quantize", &official(), "--bits", "4", "-o", &name]);
    assert_eq!(quantized.code, Some(0), "{}", quantized.stderr);
    assert!(
        quantized.stdout.contains("its velocity differs by "),
        "{}",
        quantized.stdout
    );

    let kept = latents(&folder, &name, &[]);
    let packed_now = latents(&folder, &official(), &["--quantize", "4"]);
    let plain = latents(&folder, &official(), &[]);
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

/// Nothing of what lies in a folder is mixed with a model, or lost.
#[test]
fn a_folder_with_something_in_it_is_refused() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("diary.txt"), "mine").unwrap();
    let name = folder.path().display().to_string();
    let refused = run(&["quantize", &official(), "-o", &name]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("is not empty: give a new folder"),
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
