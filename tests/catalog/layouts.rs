//! Models as other programs keep them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;
use zoetrope::catalog::{self, Picked};
use zoetrope::job::Variant;
use zoetrope::weights::Weights;

use super::{problem, remove, write};
use crate::support::{gguf, golden_path};

const VAE: &str = "vae/diffusion_pytorch_model.safetensors";

/// The tiny T2V-A14B of Diffusers. One transformer stands for both, and the official encoder for theirs.
fn diffusers() -> TempDir {
    let folder = TempDir::new().unwrap();
    let golden = golden_path("ckpt/t2v_a14b/diffusers");
    for name in [
        "model_index.json",
        "vae",
        "tokenizer",
        "scheduler",
        "transformer",
    ] {
        symlink(golden.join(name), folder.path().join(name)).unwrap();
    }
    symlink(
        golden.join("transformer"),
        folder.path().join("transformer_2"),
    )
    .unwrap();
    fs::create_dir(folder.path().join("text_encoder")).unwrap();
    let encoder = golden_path("ckpt/t2v_a14b/official/models_t5_umt5-xxl-enc-bf16.pth");
    symlink(
        encoder,
        folder.path().join("text_encoder/model.safetensors"),
    )
    .unwrap();
    folder
}

/// The tiny TI2V, a file for each part, in folders that say nothing.
fn loose() -> TempDir {
    let folder = TempDir::new().unwrap();
    let official = golden_path("ckpt/ti2v_5b/official");
    let comfyui = golden_path("ckpt/ti2v_5b/comfyui");
    for (part, place) in [
        (
            official.join("diffusion_pytorch_model-00001-of-00002.safetensors"),
            "a/it-00001-of-00002.safetensors",
        ),
        (
            official.join("diffusion_pytorch_model-00002-of-00002.safetensors"),
            "a/it-00002-of-00002.safetensors",
        ),
        (official.join("config.json"), "a/config.json"),
        (official.join("Wan2.2_VAE.pth"), "b/pixels.pth"),
        (
            comfyui.join("umt5_xxl_fp16.safetensors"),
            "b/words.safetensors",
        ),
    ] {
        let place = folder.path().join(place);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        symlink(part, place).unwrap();
    }
    folder
}

#[test]
fn a_diffusers_folder_is_a_model() {
    let folder = diffusers();
    let model = catalog::open(folder.path()).unwrap();
    assert_eq!(model.variant, Variant::T2vA14b);
    assert_eq!(
        model.dit.config,
        Some(folder.path().join("transformer_2/config.json"))
    );
    assert_eq!(model.vae, [folder.path().join(VAE)]);
    assert_eq!(
        model.tokenizer,
        folder.path().join("tokenizer/tokenizer.json")
    );
    let high = model.high_noise.unwrap();
    assert_eq!(
        high.network.config,
        Some(folder.path().join("transformer/config.json"))
    );
    assert!((high.boundary - 0.875).abs() < 1e-9);
    assert!((model.defaults.shift - 12.0).abs() < 1e-9);
}

/// What people download is named by its repository, not by the hash of the revision.
#[test]
fn a_model_in_the_hub_cache_has_the_name_of_its_repository() {
    let cache = TempDir::new().unwrap();
    let revision = cache
        .path()
        .join("models--Wan-AI--Wan2.2-T2V-A14B-Diffusers/snapshots/0a1b");
    fs::create_dir_all(revision.parent().unwrap()).unwrap();
    fs::rename(diffusers().keep(), &revision).unwrap();
    assert_eq!(
        catalog::open(&revision).unwrap().name,
        "Wan2.2-T2V-A14B-Diffusers"
    );
}

#[test]
fn what_is_wrong_with_a_diffusers_folder_is_told() {
    let folder = diffusers();
    remove(folder.path(), "vae");
    assert!(problem(folder.path()).ends_with(&format!("{VAE} is missing; download it")));

    let folder = diffusers();
    remove(folder.path(), "transformer_2");
    fs::create_dir(folder.path().join("transformer_2")).unwrap();
    let weights = "transformer_2/diffusion_pytorch_model.safetensors";
    write(folder.path(), weights, "");
    let config = r#"{ "in_channels": 36, "out_channels": 16 }"#;
    write(folder.path(), "transformer_2/config.json", config);
    assert!(problem(folder.path()).contains("another model than the other transformer"));
    let config = r#"{ "in_channels": 4, "out_channels": 4 }"#;
    write(folder.path(), "transformer_2/config.json", config);
    assert!(problem(folder.path()).contains("a kind that is not supported"));
    write(folder.path(), "transformer_2/config.json", "[");
    assert!(problem(folder.path()).contains("download it again"));

    let folder = diffusers();
    remove(folder.path(), "model_index.json");
    write(folder.path(), "model_index.json", "");
    assert!(problem(folder.path()).contains("model_index.json is not as Diffusers writes it"));
}

/// Neither the folders' names nor the files' may matter.
#[test]
fn loose_files_are_told_by_their_tensors() {
    let folder = loose();
    let model = catalog::open(folder.path()).unwrap();
    assert_eq!(model.variant, Variant::Ti2v);
    assert_eq!(model.dit.weights.len(), 2);
    assert_eq!(model.dit.config, Some(folder.path().join("a/config.json")));
    assert_eq!(model.vae, [folder.path().join("b/pixels.pth")]);
    assert_eq!(
        model.text_encoder,
        [folder.path().join("b/words.safetensors")]
    );
    assert_eq!(
        model.tokenizer, model.text_encoder[0],
        "the vocabulary is inside"
    );
}

#[test]
fn what_is_missing_of_loose_files_is_named() {
    let folder = loose();
    remove(folder.path(), "b/pixels.pth");
    assert!(problem(folder.path()).ends_with("it lacks the Wan2.2 VAE, given with --vae FILE"));
    remove(folder.path(), "b/words.safetensors");
    assert!(
        problem(folder.path()).contains(
            "a text encoder (umt5_xxl), given with --text-encoder FILE and the Wan2.2 VAE"
        )
    );

    let folder = loose();
    remove(folder.path(), "a/it-00002-of-00002.safetensors");
    // The rest of the DiT is no DiT, so the folder is no model.
    problem(folder.path());
}

/// A damaged file is the cause, and not that its part is missing.
#[test]
fn a_damaged_loose_file_is_named() {
    let folder = loose();
    let whole = fs::read(folder.path().join("b/pixels.pth")).unwrap();
    remove(folder.path(), "b/pixels.pth");
    fs::write(
        folder.path().join("b/pixels.pth"),
        &whole[..whole.len() / 2],
    )
    .unwrap();
    let message = problem(folder.path());
    assert!(
        message.contains("pixels.pth is cut short or damaged"),
        "{message}"
    );
}

/// Other programs' configurations lie about everywhere, and would say how many heads there are.
#[test]
fn a_configuration_beside_a_dit_must_be_its_own() {
    let folder = loose();
    let own = fs::read_to_string(folder.path().join("a/config.json")).unwrap();
    remove(folder.path(), "a/config.json");
    let config = || catalog::open(folder.path()).unwrap().dit.config;
    for other in [
        r#"{ "d_model": 64, "num_heads": 4 }"#,
        r#"{ "_class_name": "FluxTransformer2DModel", "attention_head_dim": 16, "num_attention_heads": 4 }"#,
        r#"{ "dim": 128, "num_heads": 4 }"#,
        r#"{ "dim": 64 }"#,
        "no JSON",
    ] {
        write(folder.path(), "a/config.json", other);
        assert_eq!(config(), None, "{other}");
    }
    write(folder.path(), "config.json", &own);
    assert_eq!(
        config(),
        Some(folder.path().join("config.json")),
        "higher up"
    );
    let diffusers = r#"{ "attention_head_dim": 16, "num_attention_heads": 4 }"#;
    write(folder.path(), "a/config.json", diffusers);
    assert_eq!(
        config(),
        Some(folder.path().join("a/config.json")),
        "nearest first"
    );
}

fn expert(folder: &Path, name: &str) {
    let dit =
        golden_path("ckpt/i2v_a14b/official/low_noise_model/diffusion_pytorch_model.safetensors");
    fs::copy(dit, folder.join(name)).unwrap();
}

/// Nothing but their names can tell two experts apart.
#[test]
fn experts_are_told_by_their_names() {
    for (high, low) in [
        (
            "wan2.2_i2v_high_noise_14B_fp16.safetensors",
            "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors",
        ),
        (
            "Wan2.2-I2V-A14B-HighNoise-Q8_0.safetensors",
            "Wan2.2-I2V-A14B-LowNoise-Q8_0.safetensors",
        ),
        (
            "Wan2_2-I2V-A14B-HIGH_bf16.safetensors",
            "Wan2_2-I2V-A14B-LOW_bf16.safetensors",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        expert(folder.path(), high);
        assert!(problem(folder.path()).contains("is one of two experts: the other is missing"));
        expert(folder.path(), low);
        let vae = golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth");
        symlink(vae, folder.path().join("vae.pth")).unwrap();
        let encoder = golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
        symlink(encoder, folder.path().join("t5.safetensors")).unwrap();
        let model = catalog::open(folder.path()).unwrap();
        assert_eq!(model.variant, Variant::I2vA14b);
        assert_eq!(model.dit.weights, [folder.path().join(low)]);
        assert_eq!(
            model.high_noise.unwrap().network.weights,
            [folder.path().join(high)]
        );
        expert(folder.path(), "third.safetensors");
        assert!(problem(folder.path()).contains("holds several models"));
    }
}

/// Two experts and a text encoder with its vocabulary in its header; none of them has a configuration or a tokenizer.
#[test]
fn files_in_gguf_are_a_model() {
    let folder = TempDir::new().unwrap();
    let dit =
        golden_path("ckpt/i2v_a14b/official/low_noise_model/diffusion_pytorch_model.safetensors");
    let dit = Weights::open(&[dit]).unwrap();
    let dit = gguf::network(&dit, gguf::Stored::Q8_0, str::to_owned, &[]);
    let [high, low] =
        ["HighNoise", "LowNoise"].map(|noise| format!("Wan2.2-I2V-A14B-{noise}-Q8_0.gguf"));
    for name in [&high, &low] {
        fs::write(folder.path().join(name), &dit).unwrap();
    }
    let names = [
        "token_embd.weight",
        "enc.blk.0.attn_q.weight",
        "enc.blk.1.attn_rel_b.weight",
    ];
    let tensors = names.map(|name| gguf::Tensor {
        name: name.into(),
        shape: vec![1],
        kind: 0,
        bytes: vec![0; 4],
    });
    let values = [("tokenizer.ggml.tokens", gguf::texts(["a"].into_iter()))];
    let encoder = folder.path().join("umt5-xxl-encoder-Q8_0.gguf");
    fs::write(&encoder, gguf::file(&values, &tensors)).unwrap();
    let vae = golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth");
    symlink(vae, folder.path().join("vae.pth")).unwrap();

    let model = catalog::open(folder.path()).unwrap();
    assert_eq!(model.variant, Variant::I2vA14b);
    assert_eq!(model.dit.weights, [folder.path().join(low)]);
    let high_noise = model.high_noise.unwrap().network;
    assert_eq!(high_noise.weights, [folder.path().join(high)]);
    assert_eq!(model.tokenizer, encoder, "the vocabulary is inside");

    fs::write(&encoder, gguf::file(&[], &tensors)).unwrap();
    assert!(problem(folder.path()).contains("comes without a tokenizer"));
}

#[test]
fn picked_files_must_be_what_they_were_picked_for() {
    let official = golden_path("ckpt/t2v_1_3b/official/diffusion_pytorch_model.safetensors");
    let vae = golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth");
    let encoder = golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
    let picked = Picked {
        dit: Some(official.clone()),
        text_encoder: Some(encoder.clone()),
        vae: Some(vae.clone()),
        ..Picked::default()
    };
    let model = catalog::choose(None, &picked).unwrap();
    assert_eq!(model.variant, Variant::T2v);

    let refused = |picked: Picked| catalog::choose(None, &picked).unwrap_err().to_string();
    let swapped = Picked {
        text_encoder: Some(vae),
        ..picked.clone()
    };
    assert!(refused(swapped).contains("is a VAE, and cannot be given with --text-encoder"));
    let wrong = golden_path("ckpt/ti2v_5b/official/Wan2.2_VAE.pth");
    let wrong = Picked {
        vae: Some(wrong),
        ..picked.clone()
    };
    assert!(refused(wrong).contains("is the Wan2.2 VAE, and this model needs the Wan2.1 VAE"));
    let other = golden_path("data/randn.safetensors");
    let other = Picked {
        dit: Some(other),
        ..picked
    };
    assert!(refused(other).contains("holds neither a DiT nor a text encoder nor a VAE"));
}

/// Breaks when somebody who picks one shard of a DiT is told that tensors are missing, which lie beside it.
#[test]
fn a_picked_shard_brings_the_others() {
    let folder = TempDir::new().unwrap();
    let golden = golden_path("ckpt/ti2v_5b/official");
    let [first, second] = [1, 2].map(|shard| {
        let name = format!("diffusion_pytorch_model-0000{shard}-of-00002.safetensors");
        symlink(golden.join(&name), folder.path().join(&name)).unwrap();
        folder.path().join(name)
    });
    let picked = Picked {
        dit: Some(second.clone()),
        text_encoder: Some(golden_path(
            "ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors",
        )),
        vae: Some(golden.join("Wan2.2_VAE.pth")),
        ..Picked::default()
    };
    let model = picked.model().unwrap();
    assert_eq!(model.dit.weights, [first.clone(), second.clone()]);
    fs::remove_file(first).unwrap();
    let told = picked.model().unwrap_err().to_string();
    assert!(
        told.contains("is one of 2 shards, but not all are there: download the others"),
        "{told}"
    );
}
