//! `--speed` and `--draft`, with what lies beside a model.

use std::fs;
use std::path::Path;

use mlx_rs::Array;
use tempfile::TempDir;
use zoetrope::job::{Decode, GenerationInfo, Sampler, Size, Table};
use zoetrope::media::mp4;

use super::{command, run};
use crate::support::folder::{Model, copied};
use crate::support::golden_path;
use crate::support::program::output;

/// Asks for a small video of the model in `folder`, and what its settings are then.
fn made(folder: &Path, more: &[&str]) -> (GenerationInfo, String) {
    let text = |name: &str| folder.join(name).display().to_string();
    let (model, video) = (text("model"), text("v.mp4"));
    let first = [
        "generate", "--model", &model, "--prompt", "a boat", "--seed", "1", "--size", "64x96",
        "--frames", "9", "-o", &video,
    ];
    let run = run(&[&first, more].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let json = mp4::settings(&folder.join("v.mp4")).unwrap().unwrap();
    (GenerationInfo::from_json(&json).unwrap(), run.stderr)
}

/// A tiny T2V-A14B.
fn with_model() -> TempDir {
    let folder = TempDir::new().unwrap();
    let copy = copied(Model::official("ckpt/t2v_a14b").path());
    fs::rename(copy.path(), folder.path().join("model")).unwrap();
    std::mem::forget(copy); // it lies elsewhere now
    folder
}

fn lora(path: &Path) {
    let factor = |shape: &[i32]| Array::from_slice(&[0.1_f32; 128], shape);
    let key = |part: &str| format!("diffusion_model.blocks.0.self_attn.q.lora_{part}.weight");
    let tensors = [
        (key("down"), factor(&[2, 64])),
        (key("up"), factor(&[64, 2])),
    ];
    let named = tensors.iter().map(|(key, array)| (key.as_str(), array));
    Array::save_safetensors(named, None, path).unwrap();
}

/// Breaks when "fast" takes what is not for this model, half of a pair, or says nothing of what it takes.
#[test]
fn fast_takes_what_is_installed_for_the_model() {
    let folder = with_model();
    let (plain, said) = made(folder.path(), &["--steps", "4"]);
    assert!(plain.speedups.is_default());
    assert!(!said.contains("Speed"), "{said}");
    let (balanced, said) = made(folder.path(), &["--steps", "20", "--speed", "balanced"]);
    assert_eq!(balanced.speedups.cache.to_string(), "magcache=0.06,2,0.4");
    assert!(said.contains("Speed balanced: light step cache"), "{said}");

    let loras = folder.path().join("loras");
    fs::create_dir(&loras).unwrap();
    for name in [
        "Wan2.2-Lightning_T2V-v1.1-A14B-4steps-lora_HIGH_fp16.safetensors",
        "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors",
        "wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise.safetensors",
    ] {
        lora(&loras.join(name));
    }
    let (half, said) = made(folder.path(), &["--speed", "fast"]);
    assert!(
        half.sources.loras.is_empty() && !half.speedups.cache.is_off(),
        "{said}"
    );

    lora(&loras.join("Wan2.2-Lightning_T2V-v1.1-A14B-4steps-lora_LOW_fp16.safetensors"));
    fs::create_dir(folder.path().join("vae_approx")).unwrap();
    let tiny = golden_path("ckpt/taehv/taew2_1.pth");
    fs::copy(tiny, folder.path().join("vae_approx/taew2_1.pth")).unwrap();
    let (fast, said) = made(folder.path(), &["--speed", "fast"]);
    assert_eq!(
        (
            fast.sampling.steps,
            fast.sampling.sampler,
            fast.sampling.shift
        ),
        (4, Sampler::Euler, 5.0)
    );
    assert_eq!(fast.speedups.table, Table::Even);
    assert_eq!(fast.sources.loras.len(), 2);
    assert!(fast.sources.loras.iter().all(|lora| lora.expert.is_some()));
    assert!(fast.speedups.cache.is_off());
    assert_eq!(fast.speedups.decode, Decode::Draft);
    for words in [
        "Speed fast: 4 steps with Lightning, draft decode",
        "Lightning (",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // What the user says himself is his.
    let (own, _) = made(folder.path(), &["--speed", "fast", "--steps", "6"]);
    assert!(own.sources.loras.is_empty());
    assert_eq!(own.sampling.steps, 6);
}

#[test]
fn a_draft_has_half_of_everything() {
    let folder = with_model();
    let (draft, said) = made(folder.path(), &["--draft", "--steps", "1"]);
    assert_eq!(
        (draft.canvas.size, draft.canvas.frames),
        (Size::new(32, 48), 5)
    );
    assert!(
        said.contains("A draft of about 32x48 and 5 frames"),
        "{said}"
    );
}

/// Breaks when the program does not learn how fast this machine is, does not tell what the sooner ways would take where
/// the exact one takes long, or tells it without having measured anything.
#[test]
fn what_takes_long_is_told_with_what_would_not() {
    let folder = with_model();
    let text = |name: &str| folder.path().join(name).display().to_string();
    let (model, video, data) = (text("model"), text("v.mp4"), text("data"));
    let said = |verb: &str, more: &[&str]| {
        let first = [
            verb, "--model", &model, "--prompt", "a boat", "--size", "64x96", "--frames", "9",
            "-o", &video,
        ];
        let mut program = command(&[&first, more].concat());
        program.env("ZOETROPE_DATA_DIR", &data);
        let run = output(program);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stderr
    };
    let unknown = said("plan", &["--speed", "balanced"]);
    assert!(!unknown.contains("instead of"), "{unknown}");
    said("generate", &["--steps", "4"]);
    let quick = said("plan", &["--steps", "4"]);
    assert!(!quick.contains("Exact takes"), "{quick}");

    // The same machine, but slow: a minute a step.
    let file = folder.path().join("data/estimates.json");
    let known = fs::read_to_string(&file).unwrap();
    let mut known: serde_json::Value = serde_json::from_str(&known).unwrap();
    known["lines"][0]["step"] = 60.0.into();
    fs::write(&file, known.to_string()).unwrap();
    let long = said("plan", &["--steps", "40"]);
    let line = "Exact takes about 40 min; balanced about ";
    assert!(
        long.contains(line) && long.contains(", fast about "),
        "{long}"
    );
    let balanced = said("plan", &["--steps", "40", "--speed", "balanced"]);
    let line = "Speed balanced: light step cache: about ";
    assert!(balanced.contains(line), "{balanced}");
    assert!(balanced.contains(" min instead of 40 min"), "{balanced}");
    assert!(!said("plan", &["--steps", "4"]).contains("Exact takes"));
}
