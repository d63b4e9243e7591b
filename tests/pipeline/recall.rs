//! The same words are encoded once.

use tempfile::TempDir;

use crate::support::golden_path;
use crate::support::program::zoetrope;

/// Another seed with the same words would otherwise read 11 GB of text encoder again.
#[test]
fn the_text_encoder_runs_once_for_the_same_words() {
    let folder = TempDir::new().unwrap();
    let cache = folder.path().join("cache");
    let encodes = |prompt: &str, seed: &str| {
        let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
        let output = folder.path().join("out.mp4").display().to_string();
        let arguments = [
            "generate", "--json", "--model", &model, "--prompt", prompt, "--seed", seed, "--size",
            "32x32", "--frames", "1", "--steps", "1", "-o", &output,
        ];
        let run = zoetrope(&cache, &arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stdout.contains(r#""stage":"text""#)
    };
    assert!(encodes("a boat", "1"), "new words");
    assert!(!encodes("a boat", "2"), "the same words, another seed");
    assert!(
        !encodes("  a   boat ", "3"),
        "words that are the same once cleaned"
    );
    assert!(encodes("a ship", "1"), "other words");
}
