//! Folders as people have them: strays, variants, everything in one file, tokenizers somewhere near, pipes and circles.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use mlx_rs::Array;
use tempfile::TempDir;
use zoetrope::catalog::{self, Picked};
use zoetrope::job::{Remark, Variant};
use zoetrope::weights::shards;

use super::{hollow, write};
use crate::support::dialects::transformers_t5;
use crate::support::folder::{Model, copied};
use crate::support::tensors::{self, Tensor, renamed};
use crate::support::{golden_path, layouts};

fn names(folder: &Path) -> Vec<String> {
    let models = catalog::scan(&[folder.to_owned()]).models;
    models.into_iter().map(|model| model.name).collect()
}

/// An older file beside shards and their index has other weights: the index says which are meant.
#[test]
fn a_stray_file_beside_shards_is_left_alone() {
    let model = copied(Model::official("ckpt/ti2v_5b").path());
    let stray = model.path().join("diffusion_pytorch_model.safetensors");
    fs::copy(
        golden_path("ckpt/t2v_1_3b/official/diffusion_pytorch_model.safetensors"),
        &stray,
    )
    .unwrap();
    let found = catalog::open(model.path()).unwrap();
    assert_eq!(found.dit.weights.len(), 2);
    assert!(!found.dit.weights.contains(&stray));
    assert_eq!(names(model.path()).len(), 1, "nor is it a model of its own");
    let listed = catalog::scan(&[model.path().to_owned()]).models;
    assert_eq!(listed[0].remarks, [Remark::Stray(stray)]);
    // Where the shards are not all there, the whole file is what can be loaded.
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    let text = r#"{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}"#;
    fs::write(file("model.safetensors.index.json"), text).unwrap();
    fs::write(file("model.safetensors"), "").unwrap();
    assert_eq!(
        shards::list(folder.path(), "model").unwrap(),
        [file("model.safetensors")]
    );
    for shard in ["model-1.safetensors", "model-2.safetensors"] {
        fs::write(file(shard), "").unwrap();
    }
    assert_eq!(shards::list(folder.path(), "model").unwrap().len(), 2);
}

/// Some repositories have nothing but `….fp16.safetensors`.
#[test]
fn variants_of_diffusers_are_found() {
    let model = copied(layouts::diffusers_t2v_a14b().path());
    let stem = "diffusion_pytorch_model";
    for place in ["transformer", "transformer_2", "vae"] {
        let place = model.path().join(place);
        fs::rename(
            place.join(format!("{stem}.safetensors")),
            place.join(format!("{stem}.fp16.safetensors")),
        )
        .unwrap();
    }
    let encoder = model.path().join("text_encoder");
    let shard = "model.bf16-00001-of-00001.safetensors";
    fs::rename(encoder.join("model.safetensors"), encoder.join(shard)).unwrap();
    let index = format!(r#"{{"weight_map": {{"shared.weight": "{shard}"}}}}"#);
    fs::write(encoder.join("model.safetensors.index.bf16.json"), index).unwrap();
    let found = catalog::open(model.path()).unwrap();
    assert_eq!(found.text_encoder, [encoder.join(shard)]);
    assert_eq!(
        found.vae,
        [model.path().join(format!("vae/{stem}.fp16.safetensors"))]
    );
    assert!(catalog::find(model.path()).is_ok());
}

/// The parts of a whole model are no models of their own, in any layout.
#[test]
fn parts_are_not_listed() {
    for model in [
        copied(Model::official("ckpt/t2v_a14b").path()),
        copied(Model::official("ckpt/i2v_a14b").path()),
        copied(layouts::diffusers_t2v_a14b().path()),
        copied(layouts::comfyui_i2v_a14b().path()),
        copied(layouts::mlx_video_ti2v_5b().path()),
    ] {
        let models = TempDir::new().unwrap();
        symlink(model.path(), models.path().join("model")).unwrap();
        let found = catalog::scan(&[models.path().to_owned()]).models;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].checkpoint.is_ok(), "{found:?}");
    }
}

/// A checkpoint with all networks: picked alone, named, and in a folder.
#[test]
fn everything_in_one_file_is_a_model() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("everything.safetensors");
    let part =
        |prefix: &str, tensors: &[Tensor]| renamed(tensors, |name| format!("{prefix}{name}"));
    let dit = tensors::golden(&["t2v_1_3b/official/diffusion_pytorch_model.safetensors"]);
    let encoder = tensors::golden(&["ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth"]);
    let vae = tensors::golden(&["t2v_a14b/official/Wan2.1_VAE.pth"]);
    let golden = golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
    let vocabulary = zoetrope::weights::Weights::open(&[golden])
        .unwrap()
        .bytes("spiece_model")
        .unwrap();
    let name = "text_encoders.umt5xxl.spiece_model";
    let vocabulary = Tensor::new(
        name,
        safetensors::Dtype::U8,
        &[vocabulary.len()],
        vocabulary,
    );
    let all = [
        part("model.diffusion_model.", &dit),
        part(
            "text_encoders.umt5xxl.transformer.",
            &renamed(&encoder, transformers_t5),
        ),
        part("first_stage_model.", &vae),
        vec![vocabulary],
    ];
    tensors::write(&file, &all.concat());
    let alone = Picked {
        dit: Some(file.clone()),
        ..Picked::default()
    };
    for found in [
        alone.model().unwrap(),
        catalog::open(&file).unwrap(),
        catalog::open(folder.path()).unwrap(),
        catalog::find(&file).unwrap().checkpoint.unwrap(),
    ] {
        assert_eq!(found.variant, Variant::T2v);
        for files in [&found.dit.weights, &found.text_encoder, &found.vae] {
            assert_eq!(*files, std::slice::from_ref(&file));
        }
        assert_eq!(found.tokenizer, file);
    }
    // What is picked besides comes first, and a file may give only its VAE.
    let apart = golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth");
    let picked = Picked {
        vae: Some(apart.clone()),
        ..alone.clone()
    };
    assert_eq!(picked.model().unwrap().vae, [apart]);
    let other = golden_path("ckpt/t2v_1_3b/official/diffusion_pytorch_model.safetensors");
    let picked = Picked {
        dit: Some(other),
        text_encoder: Some(golden_path(
            "ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors",
        )),
        vae: Some(file.clone()),
        ..Picked::default()
    };
    assert_eq!(picked.model().unwrap().vae, [file]);
}

/// The vocabulary of a picked encoder lies somewhere near, as the official repository or another one has it.
#[test]
fn tokenizers_are_found_near() {
    let golden = golden_path("ckpt/t2v_a14b/official/google/umt5-xxl/tokenizer.json");
    for (encoder, tokenizer) in [
        ("t5.pth", "tokenizer.json"),
        ("t5.pth", "google/umt5-xxl/tokenizer.json"),
        ("t5.pth", "tokenizer/spiece.model"),
        ("t5.pth", "umt5/tokenizer.json"),
        ("text_encoder/t5.pth", "tokenizer/tokenizer.json"),
        (
            "models/text_encoders/t5.pth",
            "models/tokenizers/spiece.model",
        ),
        ("a/b/t5.pth", "google/umt5-xxl/tokenizer.json"),
    ] {
        let folder = TempDir::new().unwrap();
        let place = folder.path().canonicalize().unwrap();
        let (encoder, tokenizer) = (place.join(encoder), place.join(tokenizer));
        for file in [&encoder, &tokenizer] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
        }
        fs::copy(
            golden_path("ckpt/t2v_a14b/official/models_t5_umt5-xxl-enc-bf16.pth"),
            &encoder,
        )
        .unwrap();
        fs::copy(&golden, &tokenizer).unwrap();
        let picked = Picked {
            dit_high: None,
            dit: Some(golden_path(
                "ckpt/t2v_1_3b/official/diffusion_pytorch_model.safetensors",
            )),
            text_encoder: Some(encoder),
            vae: Some(golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth")),
            image_encoder: None,
            tokenizer: None,
        };
        assert_eq!(picked.model().unwrap().tokenizer, tokenizer);
        let beside = tokenizer.parent().unwrap();
        let by_folder = Picked {
            tokenizer: Some(beside.to_owned()),
            ..picked.clone()
        };
        assert_eq!(
            by_folder.model().unwrap().tokenizer,
            tokenizer,
            "a folder is looked into"
        );
        let empty = TempDir::new().unwrap();
        let nothing = Picked {
            tokenizer: Some(empty.path().to_owned()),
            ..picked
        };
        let told = nothing.model().unwrap_err().to_string();
        assert!(
            told.contains("has neither tokenizer.json nor spiece.model in it"),
            "{told}"
        );
    }
}

/// An encoder without a vocabulary takes that of another one which knows as many tokens.
#[test]
fn tokenizers_are_shared_by_encoders_alike() {
    let folder = TempDir::new().unwrap();
    hollow::dit(&folder.path().join("a/dit.safetensors"), 16, 16);
    hollow::vae(&folder.path().join("a/vae.safetensors"), 16);
    let bare = folder.path().join("a/umt5.safetensors");
    hollow::bare_text_encoder(&bare);
    let told = catalog::open(&folder.path().join("a"))
        .unwrap_err()
        .to_string();
    assert!(
        told.contains(
            "comes without a tokenizer; `zoetrope models get tokenizer` downloads it, or give one with --tokenizer FILE"
        ),
        "{told}"
    );
    let other = folder.path().join("b/other.safetensors");
    hollow::text_encoder(&other);
    let models = catalog::scan(&[folder.path().to_owned()]).models;
    assert_eq!(models[0].checkpoint.as_ref().unwrap().tokenizer, other);
    // One that is called UMT5's will do as well, wherever it lies, and it is said which.
    fs::remove_file(&other).unwrap();
    let cached = "c/models--Wan-AI--X/snapshots/0/google/umt5-xxl/tokenizer.json";
    write(folder.path(), cached, "{}");
    write(folder.path(), "c/t5/deep/er/tokenizer.json", "{}");
    let cached = folder.path().join(cached);
    let models = catalog::scan(&[folder.path().to_owned()]).models;
    let model = models[0].checkpoint.as_ref().unwrap();
    assert_eq!(model.tokenizer, cached);
    assert_eq!(models[0].remarks, [Remark::Tokenizer(cached.clone())]);
    fs::remove_file(&cached).unwrap();
    let models = catalog::scan(&[folder.path().to_owned()]).models;
    assert!(models[0].checkpoint.is_err(), "that is any model's");
}

/// Looking around never opens what may never answer, and comes back from circles and locked doors.
#[test]
fn odd_things_among_models_are_passed_over() {
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name);
    hollow::dit(&place("models/dit.safetensors"), 48, 48);
    hollow::text_encoder(&place("models/t5.safetensors"));
    hollow::vae(&place("models/vae.safetensors"), 48);
    let pipes: Vec<PathBuf> = [
        "models/stalled.safetensors",
        "models/tokenizer.json",
        "models/a.gguf",
    ]
    .map(place)
    .into();
    for pipe in &pipes {
        assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    let _socket = std::os::unix::net::UnixListener::bind(place("models/b.pth")).unwrap();
    symlink(place("models"), place("models/round")).unwrap();
    symlink(place("models/to"), place("models/fro")).unwrap();
    symlink(place("models/fro"), place("models/to")).unwrap();
    fs::write(place("models/._dit.safetensors"), [0; 4096]).unwrap();
    let locked = place("models/locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o0)).unwrap();
    let found = catalog::scan(&[folder.path().to_owned()]);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(found.models.len(), 1, "{:?}", found.models);
    assert!(found.models[0].checkpoint.is_ok());
    // What was named is told.
    let told = zoetrope::weights::lora::Lora::open(&pipes[0])
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("stalled.safetensors is not an ordinary file but a pipe"),
        "{told}"
    );
}

/// The same LoRA twice on one network counts twice, which nobody means; once for each expert it is fine.
#[test]
fn a_lora_that_is_given_twice_is_told() {
    use zoetrope::job::Lora;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("style.safetensors");
    let pair = [
        (
            "blocks.0.self_attn.q.lora_A.weight",
            &Array::ones::<f32>(&[4, 64]).unwrap(),
        ),
        (
            "blocks.0.self_attn.q.lora_B.weight",
            &Array::ones::<f32>(&[64, 4]).unwrap(),
        ),
    ];
    Array::save_safetensors(pair, None, &file).unwrap();
    symlink(&file, folder.path().join("link.safetensors")).unwrap();
    let model = Model::official("ckpt/t2v_a14b");
    let model = catalog::open(model.path()).unwrap();
    let matched = |loras: &[&str]| {
        let loras: Vec<Lora> = loras
            .iter()
            .map(|lora| {
                format!("{}/{lora}", folder.path().display())
                    .parse()
                    .unwrap()
            })
            .collect();
        catalog::match_loras(&loras, &model)
            .map(|matched| matched.len())
            .map_err(|error| error.to_string())
    };
    assert_eq!(matched(&["style.safetensors"]), Ok(2));
    assert_eq!(
        matched(&["style.safetensors:1:high", "style.safetensors:0.5:low"]),
        Ok(2)
    );
    for twice in [
        ["style.safetensors", "style.safetensors"],
        ["style.safetensors:0.5", "link.safetensors:0.5"],
        ["style.safetensors:1:high", "style.safetensors"],
        ["style.safetensors:1:low", "style.safetensors:1:low"],
    ] {
        let told = matched(&twice).unwrap_err();
        assert!(
            told.contains("is given twice for the same network"),
            "{told}"
        );
    }
}
