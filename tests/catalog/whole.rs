//! Downloads that are not whole: never listed as a model, whatever is missing and in whatever layout.

use std::fs;
use std::os::unix::fs::{FileExt, symlink};
use std::path::Path;

use safetensors::SafeTensors;
use tempfile::TempDir;
use zoetrope::catalog;

use crate::support::folder::{Model, copied};
use crate::support::layouts;

/// What keeps the one model in a folder from being used, by every way to look at it; nothing if all of them find it whole.
#[track_caller]
fn problem(folder: &Path) -> Option<String> {
    let models = TempDir::new().unwrap();
    symlink(folder, models.path().join("model")).unwrap();
    let listed = catalog::scan(&[models.path().to_owned()]);
    let found = catalog::find(folder);
    let whole: Vec<_> = listed
        .models
        .iter()
        .filter(|model| model.checkpoint.is_ok())
        .collect();
    assert_eq!(whole.is_empty(), found.is_err(), "{:?}", listed.models);
    found.err().map(|error| error.to_string())
}

/// The files of every network of a model, by the endings of their paths.
const OFFICIAL: [&str; 4] = [
    "diffusion_pytorch_model-00001-of-00002.safetensors",
    "diffusion_pytorch_model-00002-of-00002.safetensors",
    "models_t5_umt5-xxl-enc-bf16.pth",
    "Wan2.2_VAE.pth",
];

#[test]
fn cut_files_are_told() {
    let model = copied(Model::official("ckpt/ti2v_5b").path());
    assert_eq!(problem(model.path()), None);
    for name in OFFICIAL {
        let file = model.path().join(name);
        let whole = fs::read(&file).unwrap();
        for length in [whole.len() - 5000, whole.len() / 2, 0] {
            fs::write(&file, &whole[..length]).unwrap();
            let told = problem(model.path()).unwrap();
            assert!(told.contains(name), "{told}");
        }
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(problem(model.path()), None);
}

/// Space that was reserved and never filled, from somewhere to the end of the file, or all of it but the header.
#[test]
fn zeros_are_told() {
    for (model, files) in [
        (
            copied(Model::official("ckpt/ti2v_5b").path()),
            &OFFICIAL[..2],
        ),
        (
            copied(layouts::comfyui_ti2v_5b().path()),
            &[
                "split_files/diffusion_models/wan2.2_ti2v_5B_fp16.safetensors",
                "split_files/text_encoders/umt5_xxl_fp16.safetensors",
                "split_files/vae/wan2.2_vae.safetensors",
            ],
        ),
    ] {
        assert_eq!(problem(model.path()), None);
        for name in files {
            let file = model.path().join(name);
            let whole = fs::read(&file).unwrap();
            let header = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
            // Of the tiny encoder more than half is its vocabulary, and most of the rest one matrix.
            for from in [header, header + (whole.len() - header) / 4] {
                let filled = [&whole[..from], &vec![0; whole.len() - from]].concat();
                fs::write(&file, filled).unwrap();
                let told = problem(model.path()).unwrap();
                let name = Path::new(name).file_name().unwrap().to_str().unwrap();
                assert!(told.contains("nothing but zeros"), "{name}: {told}");
            }
            fs::write(&file, &whole).unwrap();
        }
    }
}

/// The last megabytes did not come, and they are less than half of the last matrix.
#[test]
fn a_blank_tail_is_told() {
    let model = copied(layouts::comfyui_ti2v_5b().path());
    let networks = [
        "split_files/diffusion_models/wan2.2_ti2v_5B_fp16.safetensors",
        "split_files/vae/wan2.2_vae.safetensors",
    ];
    for name in networks {
        let file = model.path().join(name);
        let whole = fs::read(&file).unwrap();
        let (header, about) = SafeTensors::read_metadata(&whole).unwrap();
        let tensors = about.tensors();
        let is_matrix = |name: &str, axes: usize| axes > 1 && !name.ends_with("gamma");
        let last = tensors.iter();
        let last = last.filter(|(name, tensor)| is_matrix(name, tensor.shape.len()));
        let (_, last) = last
            .max_by_key(|(_, tensor)| tensor.data_offsets.0)
            .unwrap();
        let (from, to) = last.data_offsets;
        let cut = 8 + header + to - ((to - from) / 2).min(4096);
        let filled = [&whole[..cut], &vec![0; whole.len() - cut]].concat();
        fs::write(&file, filled).unwrap();
        let told = problem(model.path()).unwrap();
        assert!(told.contains("nothing but zeros"), "{name}: {told}");
        fs::write(&file, &whole).unwrap();
    }
    assert_eq!(problem(model.path()), None);
}

/// Holes anywhere in a file, large and small: the numbers before and after them look well.
#[test]
fn holes_are_told_and_single_zeros_are_not() {
    let model = copied(Model::official("ckpt/ti2v_5b").path());
    let file = model.path().join(OFFICIAL[1]);
    let whole = fs::read(&file).unwrap();
    let start = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap());
    let (_, header) = SafeTensors::read_metadata(&whole).unwrap();
    let tensors = header.tensors();
    let hole = fs::File::options().write(true).open(&file).unwrap();
    // A norm or a bias may be all zeros.
    for (name, tensor) in &tensors {
        if tensor.shape.len() == 1 {
            let (from, to) = tensor.data_offsets;
            hole.write_all_at(&vec![0; to - from], start + from as u64)
                .unwrap();
            assert!(!name.is_empty());
        }
    }
    assert_eq!(problem(model.path()), None);
    for layer in ["self_attn.q.weight", "cross_attn.v.weight", "ffn.0.weight"] {
        let name = tensors.keys().find(|name| name.ends_with(layer)).unwrap();
        let (from, to) = tensors[name].data_offsets;
        let third = (to - from) / 3;
        // All of it, its beginning, its middle and its end.
        for (from, to) in [
            (from, to),
            (from, to - 2 * third),
            (from + third, to - third),
            (to - third, to),
        ] {
            let here = start + from as u64;
            hole.write_all_at(&vec![0; to - from], here).unwrap();
            let told = problem(model.path()).unwrap();
            assert!(
                told.contains(name.as_str()) && told.contains("nothing but zeros"),
                "{told}"
            );
            let own = usize::try_from(here).unwrap();
            hole.write_all_at(&whole[own..own + to - from], here)
                .unwrap();
        }
    }
    assert_eq!(problem(model.path()), None);
}

/// A folder that this user may not look into hides no other, and is told of.
#[test]
fn unreadable_folders_hide_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let models = TempDir::new().unwrap();
    let model = Model::official("ckpt/ti2v_5b");
    symlink(model.path(), models.path().join("whole")).unwrap();
    for name in ["a_locked", "z_locked", "whole_too/locked"] {
        fs::create_dir_all(models.path().join(name)).unwrap();
    }
    let locked = |mode: u32| {
        for name in ["a_locked", "z_locked", "whole_too/locked"] {
            let permissions = fs::Permissions::from_mode(mode);
            fs::set_permissions(models.path().join(name), permissions).unwrap();
        }
    };
    locked(0o000);
    // Whoever may do everything is kept out of nothing.
    let is_kept_out = fs::read_dir(models.path().join("a_locked")).is_err();
    let found = catalog::scan(&[models.path().to_owned()]).models;
    locked(0o755);
    let whole = found.iter().filter(|model| model.checkpoint.is_ok());
    assert_eq!(whole.count(), 1, "{found:?}");
    let told = found.iter().filter(|model| model.checkpoint.is_err());
    assert_eq!(told.count(), if is_kept_out { 3 } else { 0 }, "{found:?}");
}

/// The parts of other models under the right names.
#[test]
fn mixed_up_parts_are_told() {
    let model = copied(Model::official("ckpt/ti2v_5b").path());
    let vae = model.path().join("Wan2.2_VAE.pth");
    let encoder = model.path().join("models_t5_umt5-xxl-enc-bf16.pth");
    let other = crate::support::golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth");
    let whole = fs::read(&vae).unwrap();
    fs::copy(&other, &vae).unwrap();
    assert!(
        problem(model.path())
            .unwrap()
            .contains("is the Wan2.1 VAE, and this model needs the Wan2.2 VAE")
    );
    fs::copy(&encoder, &vae).unwrap();
    assert!(
        problem(model.path())
            .unwrap()
            .contains("does not hold a VAE of Wan's")
    );
    fs::write(&vae, whole).unwrap();
    fs::copy(&other, &encoder).unwrap();
    assert!(
        problem(model.path())
            .unwrap()
            .contains("does not hold a text encoder (UMT5)")
    );
}
