//! The same model as other programs keep it makes the same video. The weights' values are the same in all layouts and
//! types, and so is every number that is computed with them.

use std::path::Path;

use mlx_rs::Array;
use tempfile::TempDir;

use super::case::Case;
use crate::support::gguf::Stored;
use crate::support::layouts;
use crate::support::program::zoetrope;
use crate::support::values;

/// What a layout's names or types got wrong, or a text split in another way, would show here.
#[track_caller]
fn assert_makes_the_official_video(model: &Path, run: &str) {
    let case = Case::new(run);
    let official = made(&case, case.model().path());
    let theirs = made(&case, model);
    for (file, tensor) in [
        ("latents.safetensors", "latents"),
        ("frames.safetensors", "frames"),
    ] {
        let read = |folder: &TempDir| {
            let saved = Array::load_safetensors(folder.path().join(file)).unwrap();
            (saved[tensor].shape().to_vec(), values(&saved[tensor]))
        };
        assert!(read(&official) == read(&theirs), "{run}: other {tensor}");
    }
}

/// The folder in which the run left its files.
#[track_caller]
fn made(case: &Case, model: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    let arguments = case.arguments(model, folder.path());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = zoetrope(folder.path(), &arguments);
    assert_eq!(run.code, Some(0), "{}: {}", case.name, run.stderr);
    folder
}

#[test]
fn diffusers_folders_make_the_official_video() {
    let folder = layouts::diffusers_t2v_a14b();
    assert_makes_the_official_video(folder.path(), "t2v_a14b_unipc");
}

/// Float16 weights, and the vocabulary inside the text encoder.
#[test]
fn comfyui_files_make_the_official_video() {
    let folder = layouts::comfyui_ti2v_5b();
    assert_makes_the_official_video(folder.path(), "ti2v_5b_i2v_unipc");
}

/// The whole tree is opened, and each expert is told by its name.
#[test]
fn comfyui_experts_make_the_official_video() {
    let folder = layouts::comfyui_i2v_a14b();
    let tree = folder.path().join("split_files");
    assert_makes_the_official_video(&tree, "i2v_a14b_unipc");
}

/// In GGUF the matrices are 16-bit floats here, the rest is as it was, and the vocabulary is in the header.
#[test]
fn gguf_files_make_the_official_video() {
    let folder = layouts::gguf_ti2v_5b(Stored::F16);
    assert_makes_the_official_video(folder.path(), "ti2v_5b_i2v_unipc");
}

/// Convolutions are turned around there.
#[test]
fn mlx_video_folders_make_the_official_video() {
    let folder = layouts::mlx_video_ti2v_5b();
    assert_makes_the_official_video(folder.path(), "ti2v_5b_i2v_unipc");
}
