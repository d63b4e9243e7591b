//! Files of other models, and of kinds of Wan that do not run yet: each is called what it is.

use std::path::Path;

use tempfile::TempDir;
use zoetrope::catalog::{self, Picked};

use super::hollow;

fn told(tensors: &[(&str, &[u64])]) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file.safetensors");
    hollow::network(&file, tensors);
    refused(&file)
}

fn refused(file: &Path) -> String {
    let picked = Picked {
        dit: Some(file.to_owned()),
        ..Picked::default()
    };
    let message = picked.model().unwrap_err().to_string();
    assert!(!message.contains('\n') && message.len() < 400, "{message}");
    message
}

#[test]
fn other_models_are_named() {
    for (tensors, what) in [
        (
            &["patchify_proj.weight", "audio_patchify_proj.weight"][..],
            "is an LTX-2 model",
        ),
        (
            &[
                "model.diffusion_model.patchify_proj.weight",
                "model.diffusion_model.adaln_single.linear.weight",
            ],
            "is an LTX-Video model",
        ),
        (
            &[
                "txt_in.individual_token_refiner.blocks.0.norm1.weight",
                "double_blocks.0.img_attn_qkv.weight",
            ],
            "is a HunyuanVideo model",
        ),
        (
            &[
                "double_blocks.0.img_attn.qkv.weight",
                "single_blocks.0.linear1.weight",
            ],
            "is a Flux model",
        ),
        (
            &["model.diffusion_model.input_blocks.0.0.weight"],
            "is a Stable Diffusion model",
        ),
        (
            &["vision_model.encoder.layers.0.mlp.fc1.weight"],
            "is a CLIP image encoder",
        ),
        (
            &["text_model.encoder.layers.0.mlp.fc1.weight"],
            "is a CLIP text encoder",
        ),
        (
            &["model.layers.0.self_attn.q_proj.weight"],
            "is a language model",
        ),
        (
            &[
                "shared.weight",
                "encoder.block.0.layer.0.SelfAttention.q.weight",
            ],
            "is a T5 encoder of another kind than UMT5-XXL",
        ),
        (
            &["decoder.mid.block_1.conv1.weight"],
            "is a VAE of another model",
        ),
        (
            &["lora_unet_blocks_0_self_attn_q.lora_down.weight"],
            "is a LoRA: give it with --lora",
        ),
        (
            &["diffusion_model.blocks.0.self_attn.q.lora_A.weight"],
            "is a LoRA: give it with --lora",
        ),
        (
            &["something.else.weight"],
            "holds neither a DiT nor a text encoder nor a VAE",
        ),
    ] {
        let tensors: Vec<(&str, &[u64])> = tensors
            .iter()
            .map(|name| (*name, &[64u64, 64][..]))
            .collect();
        let told = told(&tensors);
        assert!(told.contains(what), "{told}");
    }
}

/// Parts of networks, and what a server sends where a file should be.
#[test]
fn what_is_no_whole_network_is_named() {
    let matrix: &[u64] = &[64, 64];
    for (names, what) in [
        (
            &[
                "encoder.conv1.weight",
                "encoder.downsamples.0.residual.2.weight",
            ][..],
            "is the half of a VAE that reads pictures: choose a VAE with the decoder",
        ),
        (
            &[
                "vace_patch_embedding.weight",
                "vace_blocks.0.before_proj.weight",
            ],
            "is a VACE module without its DiT: choose a file that holds both",
        ),
        (
            &[
                "audio_proj.proj1.weight",
                "blocks.0.audio_cross_attn.q_linear.weight",
            ],
            "is a module for sound without its DiT",
        ),
        (
            &["double_stream_blocks.0.block.weight"],
            "is a HiDream model",
        ),
        (
            &["visual_transformer_blocks.0.x.weight"],
            "is a Kandinsky model",
        ),
        (&["ip_adapter.1.to_k_ip.weight"], "is an IP-Adapter"),
    ] {
        let tensors: Vec<_> = names.iter().map(|name| (*name, matrix)).collect();
        let told = told(&tensors);
        assert!(told.contains(what), "{told}");
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file.safetensors");
    for (content, what) in [
        (
            "<!DOCTYPE html><html><body>Log in</body></html>",
            "is a web page",
        ),
        ("<html><body>Not found</body></html>", "is a web page"),
        (
            r#"{"error": "Repository not found"}"#,
            "is a text and no weights",
        ),
    ] {
        std::fs::write(&file, content).unwrap();
        let told = refused(&file);
        assert!(told.contains(what), "{told}");
    }
}

/// By parts that only they have, or by what they see.
#[test]
fn kinds_of_wan_that_do_not_run_yet_are_named() {
    for (extra, inputs, outputs, what) in [
        (
            "casual_audio_encoder.encoder.weight",
            16,
            16,
            "is Wan2.2 S2V 14B, which Zoetrope cannot run yet",
        ),
        (
            "face_adapter.fuser_blocks.0.k_norm.weight",
            36,
            16,
            "is Wan2.2 Animate 14B",
        ),
        ("control_adapter.conv.weight", 36, 16, "is Fun-Camera 14B"),
        ("ref_conv.weight", 48, 16, "is Fun-Control 14B"),
        ("blocks.0.self_attn.k.weight", 52, 16, "is Fun-Control 14B"),
        ("blocks.0.self_attn.k.weight", 32, 16, "is Fun-Camera 14B"),
        (
            "unheard_of.weight",
            16,
            16,
            "is a Wan model with parts that no known one has",
        ),
        (
            "blocks.0.cam_encoder.weight",
            16,
            16,
            "is a Wan model with parts that no known one has",
        ),
    ] {
        let told = told(&[
            ("patch_embedding.weight", &[5120, inputs, 1, 2, 2]),
            ("blocks.0.self_attn.q.weight", &[64, 64]),
            ("head.head.weight", &[4 * outputs, 64]),
            (extra, &[64, 64]),
        ]);
        assert!(told.contains(what), "{told}");
    }
}

/// In formats that are not read: one sentence with what to take instead, and no list of tensors.
#[test]
fn formats_that_are_not_read_are_named() {
    use safetensors::Dtype;

    use crate::support::tensors::{self, Tensor};
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("dit.safetensors");
    let mut all = tensors::golden(&["t2v_1_3b/official/diffusion_pytorch_model.safetensors"]);
    for tensor in &mut all {
        if tensor.shape.len() == 2 && tensor.name.starts_with("blocks.") {
            let bytes = tensor.shape.iter().product::<usize>() / 2;
            let half = [tensor.shape[0], tensor.shape[1] / 2];
            *tensor = Tensor::new(&tensor.name, Dtype::U8, &half, vec![1; bytes]);
        }
    }
    let layers: Vec<_> = all
        .iter()
        .filter(|tensor| tensor.dtype == Dtype::U8)
        .map(|tensor| tensor.name.replace(".weight", ".weight_scale_2"))
        .collect();
    all.extend(layers.iter().map(|name| Tensor::floats(name, &[], &[1.0])));
    tensors::write(&file, &all);
    let told = refused(&file);
    assert!(
        told.contains(
            "is in NVFP4, which Zoetrope cannot read: take it in 16 bits, 8-bit floats or GGUF"
        ),
        "{told}"
    );
    assert!(!told.contains("blocks."), "{told}");
}

/// The two VAEs, one that enlarges, and those of others.
#[test]
fn the_wrong_vae_is_told_before_the_work() {
    use crate::support::golden_path;
    use crate::support::tensors::{self, Tensor};
    let folder = TempDir::new().unwrap();
    let picked = |dit: &str, vae: &Path| {
        let picked = Picked {
            dit: Some(golden_path("ckpt").join(dit)),
            vae: Some(vae.to_owned()),
            text_encoder: Some(golden_path(
                "ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors",
            )),
            ..Picked::default()
        };
        picked.model().map(drop).map_err(|error| error.to_string())
    };
    let t2v = "t2v_1_3b/official/diffusion_pytorch_model.safetensors";
    let ti2v = "ti2v_5b/official/diffusion_pytorch_model-00001-of-00002.safetensors";
    let (vae_21, vae_22) = (
        golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth"),
        golden_path("ckpt/ti2v_5b/official/Wan2.2_VAE.pth"),
    );
    assert_eq!(picked(t2v, &vae_21), Ok(()));
    assert_eq!(picked(ti2v, &vae_22), Ok(()));
    assert!(
        picked(t2v, &vae_22)
            .unwrap_err()
            .contains("is the Wan2.2 VAE, and this model needs the Wan2.1 VAE")
    );
    assert!(
        picked(ti2v, &vae_21)
            .unwrap_err()
            .contains("is the Wan2.1 VAE, and this model needs the Wan2.2 VAE")
    );
    for (dit, vae, outputs) in [
        (t2v, "t2v_a14b/official/Wan2.1_VAE.pth", 12),
        (ti2v, "ti2v_5b/official/Wan2.2_VAE.pth", 48),
    ] {
        let mut wide = tensors::golden(&[vae]);
        for tensor in &mut wide {
            if tensor.name.starts_with("decoder.head.2.") {
                let times = outputs / tensor.shape[0];
                let shape = [&[outputs], &tensor.shape[1..]].concat();
                let numbers = tensor.numbers().repeat(times);
                *tensor = Tensor::floats(&tensor.name, &shape, &numbers);
            }
        }
        let file = folder.path().join("wide.safetensors");
        tensors::write(&file, &wide);
        let told = picked(dit, &file).unwrap_err();
        assert!(
            told.contains(&format!("its last layer makes {outputs} channels")),
            "{told}"
        );
    }
    let other = folder.path().join("other.safetensors");
    hollow::vae(&other, 4);
    assert!(
        picked(t2v, &other)
            .unwrap_err()
            .contains("is the VAE of another model, with 4 channels")
    );
    assert!(catalog::open(folder.path()).is_err());
}
