//! `--lora` and `--quantize`, from the arguments to the video's settings.

use tempfile::TempDir;

use super::run;
use crate::support::golden_path;

fn generate(folder: &TempDir, more: &[&str]) -> crate::support::program::Run {
    let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
    let output = folder.path().join("v.mp4").display().to_string();
    let first = [
        "generate", "--model", &model, "--prompt", "a boat", "--seed", "1", "--size", "64x96",
        "--frames", "5", "--steps", "2", "-o", &output,
    ];
    run(&[&first, more].concat())
}

/// How much of it fits is said before the work, and the video remembers what was used.
#[test]
fn a_lora_tells_how_much_of_it_fits() {
    let folder = TempDir::new().unwrap();
    let lora = golden_path("lora/comfy_with_diff_and_diff_b.safetensors");
    let lora = format!("{}:0.5", lora.display());
    let made = generate(&folder, &["--lora", &lora, "--quantize", "4"]);
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
    let refused = generate(&folder, &["--lora", &other.display().to_string()]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused
            .stderr
            .contains("randn.safetensors matches nothing in"),
        "{}",
        refused.stderr
    );
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let missing = generate(&folder, &["--lora", "/nowhere/a.safetensors:0.5"]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing
            .stderr
            .contains("/nowhere/a.safetensors: there is no such file"),
        "{}",
        missing.stderr
    );
}
