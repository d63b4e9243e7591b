use std::fs;
use std::path::Path;

use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::job::Variant;

use super::{expert_folder, model_folder, problem, remove, write};

#[test]
fn a_complete_folder_is_a_model() {
    let folder = model_folder();
    let model = catalog::open(folder.path()).expect("it is complete");
    assert_eq!(model.variant, Variant::Ti2v);
    assert_eq!(model.defaults, Variant::Ti2v.defaults());
    assert_eq!(
        model.dit.weights,
        [folder.path().join("diffusion_pytorch_model.safetensors")]
    );
    assert_eq!(model.vae, [folder.path().join("Wan2.2_VAE.pth")]);
    assert_eq!(
        model.tokenizer,
        folder.path().join("google/umt5-xxl/tokenizer.json")
    );
    assert_eq!(
        Some(model.name.as_str()),
        folder.path().file_name().and_then(|name| name.to_str())
    );
}

#[test]
fn converted_parts_are_found_too() {
    let folder = model_folder();
    for stem in ["Wan2.2_VAE", "models_t5_umt5-xxl-enc-bf16"] {
        remove(folder.path(), &format!("{stem}.pth"));
        write(folder.path(), &format!("{stem}.safetensors"), "");
    }
    let model = catalog::open(folder.path()).expect("it is complete");
    assert_eq!(model.vae, [folder.path().join("Wan2.2_VAE.safetensors")]);
}

#[test]
fn every_missing_part_is_named_at_once() {
    let folder = model_folder();
    remove(folder.path(), "google/umt5-xxl/tokenizer.json");
    let message = problem(folder.path());
    assert!(
        message.ends_with(
            "is not a complete model: google/umt5-xxl/tokenizer.json is missing; download it"
        ),
        "{message}"
    );

    remove(folder.path(), "Wan2.2_VAE.pth");
    let message = problem(folder.path());
    assert!(
        message.ends_with(
            "google/umt5-xxl/tokenizer.json and Wan2.2_VAE.pth are missing; download them"
        ),
        "{message}"
    );

    remove(folder.path(), "models_t5_umt5-xxl-enc-bf16.pth");
    remove(folder.path(), "diffusion_pytorch_model.safetensors");
    let message = problem(folder.path());
    assert!(
        message.contains("diffusion_pytorch_model.safetensors, models_t5"),
        "{message}"
    );
}

#[test]
fn a_missing_shard_is_named() {
    let folder = model_folder();
    remove(folder.path(), "diffusion_pytorch_model.safetensors");
    let shard = |number| format!("diffusion_pytorch_model-0000{number}-of-00002.safetensors");
    let index = format!(
        r#"{{ "weight_map": {{ "a": "{}", "b": "{}" }} }}"#,
        shard(1),
        shard(2)
    );
    write(
        folder.path(),
        "diffusion_pytorch_model.safetensors.index.json",
        &index,
    );
    write(folder.path(), &shard(1), "");
    assert!(problem(folder.path()).contains(&shard(2)));

    write(folder.path(), &shard(2), "");
    let model = catalog::open(folder.path()).expect("it is complete");
    assert_eq!(model.dit.weights.len(), 2);
}

#[test]
fn two_experts_are_one_model() {
    let folder = expert_folder("t2v", 16);
    let model = catalog::open(folder.path()).expect("it is complete");
    assert_eq!(model.variant, Variant::T2vA14b);
    assert_eq!(model.vae, [folder.path().join("Wan2.1_VAE.pth")]);
    let in_folder = |name: &str| folder.path().join(name);
    assert_eq!(
        model.dit.config,
        Some(in_folder("low_noise_model/config.json"))
    );
    let high = model.high_noise.expect("there are two");
    assert_eq!(
        high.network.weights,
        [in_folder(
            "high_noise_model/diffusion_pytorch_model.safetensors"
        )]
    );
    assert!((high.boundary - 0.875).abs() < 1e-9);
}

#[test]
fn what_two_experts_see_tells_their_family() {
    let folder = expert_folder("i2v", 36);
    let model = catalog::open(folder.path()).expect("it is complete");
    assert_eq!(model.variant, Variant::I2vA14b);
    write(folder.path(), "zoetrope.json", r#"{ "steps": 20 }"#);
    let model = catalog::open(folder.path()).expect("a card may lie beside it");
    assert_eq!(model.defaults.steps, 20);

    let folder = expert_folder("i2v", 16);
    assert!(problem(folder.path()).contains("16 channels, but Wan2.2 I2V-A14B has 36"));
}

#[test]
fn what_is_missing_of_an_expert_is_named() {
    let folder = expert_folder("t2v", 16);
    remove(
        folder.path(),
        "high_noise_model/diffusion_pytorch_model.safetensors",
    );
    let message = problem(folder.path());
    assert!(
        message.ends_with(
            "high_noise_model/diffusion_pytorch_model.safetensors is missing; download it"
        ),
        "{message}"
    );
    fs::remove_dir_all(folder.path().join("low_noise_model")).expect("it was there");
    let message = problem(folder.path());
    assert!(
        message.ends_with("low_noise_model/config.json is missing; download it"),
        "{message}"
    );
}

#[test]
fn experts_of_different_models_are_refused() {
    let folder = expert_folder("t2v", 16);
    write(
        folder.path(),
        "high_noise_model/config.json",
        r#"{ "model_type": "i2v", "in_dim": 36 }"#,
    );
    assert!(problem(folder.path()).contains("high_noise_model/config.json"));
}

#[test]
fn folders_that_are_no_models_are_told_apart() {
    let empty = TempDir::new().expect("a temporary folder");
    assert!(problem(empty.path()).contains("is not a model"));
    assert!(problem(Path::new("/nowhere/at/all")).contains("is not there"));

    write(empty.path(), "file", "");
    assert!(problem(&empty.path().join("file")).contains("is empty"));

    write(empty.path(), "model_index.json", "{}");
    assert!(problem(empty.path()).contains("transformer/config.json"));

    let folder = model_folder();
    remove(folder.path(), "config.json");
    assert!(problem(folder.path()).contains("config.json is missing"));
}

#[test]
fn other_models_are_named() {
    let folder = model_folder();
    for (config, told) in [
        (
            r#"{ "_class_name": "FluxTransformer2DModel" }"#,
            "FluxTransformer2DModel",
        ),
        (
            r#"{ "_class_name": "WanModel", "model_type": "i2v", "in_dim": 36 }"#,
            "models_clip_open-clip-xlm-roberta-large-vit-huge-14.pth and Wan2.1_VAE.pth are missing",
        ),
        (
            r#"{ "_class_name": "WanModel", "model_type": "vace" }"#,
            "Wan2.1_VAE.pth is missing",
        ),
        (
            r#"{ "_class_name": "WanModel", "model_type": "ti2v", "in_dim": 36 }"#,
            "36 channels, but Wan2.2 TI2V has 48",
        ),
        (r#"{ "model_type": "llama" }"#, "llama"),
        (r#"{ "hidden_size": 4096 }"#, "no model_type"),
        (
            "{ \"_class_name\": ",
            "config.json is not the configuration of a model",
        ),
        ("", "config.json is not the configuration of a model"),
    ] {
        write(folder.path(), "config.json", config);
        let message = problem(folder.path());
        assert!(message.contains(told), "{message}");
    }
    fs::write(folder.path().join("config.json"), [0xff, 0xfe]).expect("it can be written");
    assert!(problem(folder.path()).contains("config.json"));
}
