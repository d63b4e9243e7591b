//! The same model as other programs keep it makes the same video. The weights' values are the same in all layouts and
//! types, and so is every number that is computed with them.

use std::ops::Range;
use std::path::Path;

use mlx_rs::Array;
use tempfile::TempDir;
use zoetrope::weights::QuantScheme;

use super::case::Case;
use crate::support::folder::Model;
use crate::support::gguf::Stored;
use crate::support::layouts;
use crate::support::program::zoetrope;
use crate::support::{relative_error, values};

/// Which the program saves of a run, and where.
const SAVED: [(&str, &str); 2] = [
    ("latents.safetensors", "latents"),
    ("frames.safetensors", "frames"),
];

/// What a layout's names or types got wrong, or a text split in another way, would show here.
#[track_caller]
fn assert_makes_the_official_video(model: &Path, run: &str) {
    let case = Case::new(run);
    let official = made(&case, case.model().path());
    let theirs = made(&case, model);
    for (file, tensor) in SAVED {
        let read = |folder: &TempDir| {
            let saved = saved(folder, file, tensor);
            (saved.shape().to_vec(), values(&saved))
        };
        assert!(read(&official) == read(&theirs), "{run}: other {tensor}");
    }
}

/// How far latents and frames may be from the official ones, and have to be, since fewer bits are not the same numbers.
#[track_caller]
fn assert_makes_nearly_the_official_video(model: &Path, within: [Range<f32>; 2]) {
    let case = Case::new("ti2v_5b_i2v_unipc");
    let official = made(&case, case.model().path());
    let theirs = made(&case, model);
    for ((file, tensor), within) in SAVED.into_iter().zip(within) {
        let [theirs, official] = [&theirs, &official].map(|folder| saved(folder, file, tensor));
        let error = relative_error(&theirs, &official);
        assert!(within.contains(&error), "{tensor} differ by {error}");
    }
}

fn saved(folder: &TempDir, file: &str, tensor: &str) -> Array {
    let saved = Array::load_safetensors(folder.path().join(file)).unwrap();
    saved[tensor].clone()
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

/// The image encoder has other names there, and queries, keys and values are matrices of their own.
#[test]
fn folders_and_files_with_an_image_encoder_make_the_official_video() {
    let diffusers = layouts::diffusers_i2v_14b();
    assert_makes_the_official_video(diffusers.path(), "i2v_14b_unipc");
    let comfyui = layouts::comfyui_seeing("i2v_14b", "");
    assert_makes_the_official_video(&comfyui.path().join("split_files"), "i2v_14b_unipc");
    let prefixed = layouts::comfyui_seeing("flf2v_14b", "model.diffusion_model.");
    assert_makes_the_official_video(&prefixed.path().join("split_files"), "flf2v_14b_unipc");
}

/// The families that came later, in the layouts of others. Fun-Control is not published by Diffusers, and of Fun-A14B-InP
/// only the name of the files says that it is no I2V-A14B.
#[test]
fn other_families_make_the_official_video_in_every_layout() {
    for (family, run, name) in [
        ("lucy_edit", "lucy_edit_unipc", "lucy_edit"),
        ("vace_1_3b", "vace_1_3b_extend_unipc", ""),
        (
            "vace_a14b",
            "vace_a14b_control_refs_unipc",
            "wan2.2_fun_vace",
        ),
        (
            "fun_5b_inp",
            "fun_5b_inp_start_end_unipc",
            "wan2.2_fun_inpaint",
        ),
        (
            "fun_5b_control",
            "fun_5b_control_start_ref_unipc",
            "wan2.2_fun_control",
        ),
        (
            "fun_a14b_inp",
            "fun_a14b_inp_start_end_unipc",
            "wan2.2_fun_inpaint",
        ),
        (
            "fun_a14b_control",
            "fun_a14b_control_start_ref_unipc",
            "wan2.2_fun_control",
        ),
    ] {
        let official = Model::official(&format!("ckpt/{family}"));
        let is_5b = family.contains("5b") || family.contains("lucy");
        if !name.is_empty() {
            let folder = layouts::comfyui_of(official.path(), name, is_5b);
            assert_makes_the_official_video(&folder.path().join("split_files"), run);
        }
        // Of these there are VAEs of other sizes.
        let has_other_vae = ["fun_a14b_inp", "fun_a14b_control"].contains(&family);
        if !family.contains("control") && !has_other_vae {
            let folder = layouts::diffusers_of(official.path(), is_5b);
            assert_makes_the_official_video(folder.path(), run);
        }
    }
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

/// Each number of a block is off by up to half of a 127th of the greatest, and all of them together move the velocity by
/// 7.5e-3; guidance multiplies by five what both passes do not have in common, and four steps add it up. Measured:
/// latents by 1.5e-2, frames by 2.3e-2.
#[test]
fn gguf_blocks_make_nearly_the_official_video() {
    let folder = layouts::gguf_ti2v_5b(Stored::Q8_0);
    assert_makes_nearly_the_official_video(folder.path(), [2e-3..4e-2, 2e-3..6e-2]);
}

/// Eight bits move the velocity by 4.7e-3, four by 7.5e-2. Measured: latents by 8.1e-3 and 0.12, frames by 1.1e-2 and 0.14.
#[test]
fn packed_mlx_video_folders_make_nearly_the_official_video() {
    for (bits, within) in [(8, [2e-3..2e-2, 2e-3..3e-2]), (4, [2e-2..0.3, 2e-2..0.4])] {
        let folder = layouts::mlx_video_packed_ti2v_5b(QuantScheme { group: 64, bits });
        assert_makes_nearly_the_official_video(folder.path(), within);
    }
}

/// Three digits after the point move the velocity by 1.8e-2. Measured: latents by 3.2e-2, frames by 4.3e-2.
#[test]
fn comfyui_eight_bit_floats_make_nearly_the_official_video() {
    let folder = layouts::comfyui_float8_ti2v_5b();
    let tree = folder.path().join("split_files");
    assert_makes_nearly_the_official_video(&tree, [5e-3..8e-2, 5e-3..0.1]);
}
