//! `--lora` and `--quantize`, from the arguments to the video's settings.

use mlx_rs::Array;
use tempfile::TempDir;

use super::{generate, latents, model, run};
use crate::support::folder::Model;
use crate::support::{golden_path, max_difference};

/// How much of it fits is said before the work, and the video remembers what was used.
#[test]
fn a_lora_tells_how_much_of_it_fits() {
    let folder = TempDir::new().unwrap();
    let lora = golden_path("lora/comfy_with_diff_and_diff_b.safetensors");
    let lora = format!("{}:0.5", lora.display());
    let made = generate(
        &folder,
        &model("ti2v_5b"),
        &["--lora", &lora, "--quantize", "4"],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(
        made.stderr.contains("34 of 34 layers matched"),
        "{}",
        made.stderr
    );
    let info = run(&["info", &folder.path().join("v.mp4").display().to_string()]);
    for part in ["comfy_with_diff_and_diff_b.safetensors:0.5", "4 bits"] {
        assert!(info.stdout.contains(part), "{}", info.stdout);
    }
    assert!(
        !info.stdout.contains("tests/golden"),
        "paths are nobody's business"
    );
}

/// A LoRA that would do nothing is refused at once, and nothing is written.
#[test]
fn a_lora_that_matches_nothing_is_refused() {
    let folder = TempDir::new().unwrap();
    let other = golden_path("data/randn.safetensors");
    let refused = generate(
        &folder,
        &model("ti2v_5b"),
        &["--lora", &other.display().to_string()],
    );
    assert_eq!(refused.code, Some(1));
    assert!(
        refused
            .stderr
            .contains("randn.safetensors was made for a different model"),
        "{}",
        refused.stderr
    );
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let missing = generate(
        &folder,
        &model("ti2v_5b"),
        &["--lora", "/nowhere/a.safetensors:0.5"],
    );
    assert_eq!(missing.code, Some(1));
    assert!(
        missing
            .stderr
            .contains("/nowhere/a.safetensors: no such file"),
        "{}",
        missing.stderr
    );
}

/// Of two experts each takes the LoRAs that name it, and those that name none.
#[test]
fn a_lora_for_one_expert_leaves_the_other_alone() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("lora.safetensors");
    let ones = |shape| Array::full::<f32>(shape, Array::from_f32(0.1)).unwrap();
    let pair = [
        ("blocks.0.ffn.0.lora_A.weight", &ones(&[4, 64])),
        ("blocks.0.ffn.0.lora_B.weight", &ones(&[128, 4])),
    ];
    Array::save_safetensors(pair, None, &file).unwrap();
    let file = file.display().to_string();
    let [high, low] = ["high", "low"].map(|expert| format!("{file}:1:{expert}"));
    // With this shift the first step is for high noise, and the second one for low.
    let latents = |loras: &[&str]| {
        let loras = loras.iter().flat_map(|lora| ["--lora", lora]);
        let all: Vec<_> = ["--shift", "5"].into_iter().chain(loras).collect();
        latents(&folder, &model("t2v_a14b"), &all)
    };
    let (none, both) = (latents(&[]), latents(&[&file]));
    let [only_high, only_low] = [&high, &low].map(|lora| latents(&[lora]));
    for (a, b) in [
        (&none, &only_high),
        (&none, &only_low),
        (&only_high, &only_low),
        (&only_low, &both),
        (&only_high, &both),
    ] {
        assert!(
            max_difference(a, b) > 1e-3,
            "a LoRA went to the wrong expert"
        );
    }
    assert_eq!(max_difference(&latents(&[&high, &low]), &both), 0.0);
}

/// A LoRA for the tiny T2V-A14B: one matrix, of which both factors hold these numbers.
fn small_lora(folder: &TempDir, name: &str, number: f32) -> String {
    let path = folder.path().join(name);
    let factor = |shape: &[i32]| Array::from_slice(&[number; 128], shape);
    let key = |part: &str| format!("diffusion_model.blocks.0.self_attn.q.lora_{part}.weight");
    let tensors = [
        (key("down"), factor(&[2, 64])),
        (key("up"), factor(&[64, 2])),
    ];
    let named = tensors.iter().map(|(key, array)| (key.as_str(), array));
    Array::save_safetensors(named, None, &path).unwrap();
    path.display().to_string()
}

/// Breaks when both files of a pair change both experts without a word.
#[test]
fn the_files_of_a_pair_go_to_their_experts() {
    let (folder, model) = (TempDir::new().unwrap(), Model::official("ckpt/t2v_a14b"));
    let model = model.path().display().to_string();
    let high = small_lora(&folder, "fast_HIGH_v1.safetensors", 0.3);
    let low = small_lora(&folder, "fast_LOW_v1.safetensors", -0.2);
    let made = |loras: &[String]| {
        let arguments = loras.iter().flat_map(|lora| ["--lora", lora.as_str()]);
        let arguments: Vec<_> = arguments.collect();
        latents(&folder, &model, &arguments)
    };
    let told = made(&[format!("{high}:1:high"), format!("{low}:1:low")]);
    let found = made(&[high.clone(), low.clone()]);
    let turned = made(&[low.clone(), high.clone()]);
    let both = made(&[format!("{high}:1:low"), format!("{low}:1:low")]);
    assert_eq!(max_difference(&found, &told), 0.0);
    assert_eq!(max_difference(&turned, &told), 0.0);
    assert!(max_difference(&both, &told) > 1e-4);

    let said = generate(&folder, &model, &["--lora", &high, "--lora", &low]);
    let expected = "fast_HIGH_v1.safetensors changes the expert for high noise, fast_LOW_v1.safetensors the one for low noise";
    assert!(said.stderr.contains(expected), "{}", said.stderr);
}
