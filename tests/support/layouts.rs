//! The tiny models as other programs keep them: what the reference data lack of that is made of the official files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use mlx_rs::Array;
use mlx_rs::Dtype;
use tempfile::TempDir;
use zoetrope::weights::Weights;

use super::golden_path;

const T5: &str = "t2v_a14b/official/models_t5_umt5-xxl-enc-bf16.pth";
const LOW: &str = "official/low_noise_model/diffusion_pytorch_model.safetensors";
const HIGH: [&str; 2] = [
    "i2v_a14b/official/high_noise_model/diffusion_pytorch_model-00001-of-00002.safetensors",
    "i2v_a14b/official/high_noise_model/diffusion_pytorch_model-00002-of-00002.safetensors",
];
const ONE: [&str; 2] = [
    "ti2v_5b/official/diffusion_pytorch_model-00001-of-00002.safetensors",
    "ti2v_5b/official/diffusion_pytorch_model-00002-of-00002.safetensors",
];

/// T2V-A14B as Diffusers saves it. Its configurations do not say that prompts are padded to less than the 512 tokens of
/// every published network, so that is added.
pub fn diffusers_t2v_a14b() -> TempDir {
    let folder = TempDir::new().unwrap();
    let golden = checkpoint("t2v_a14b/diffusers");
    for part in ["model_index.json", "scheduler", "tokenizer", "vae"] {
        symlink(golden.join(part), folder.path().join(part)).unwrap();
    }
    let weights = "diffusion_pytorch_model.safetensors";
    let [high, low] = ["transformer", "transformer_2"].map(|name| folder.path().join(name));
    let low_noise = format!("t2v_a14b/{LOW}");
    write(
        &low.join(weights),
        &[&low_noise],
        Dtype::Bfloat16,
        diffusers_dit,
    );
    fs::create_dir(&high).unwrap();
    symlink(golden.join("transformer").join(weights), high.join(weights)).unwrap();
    let config = fs::read_to_string(golden.join("transformer/config.json")).unwrap();
    let config = config.replacen('{', r#"{ "text_len": 64,"#, 1);
    for transformer in [high, low] {
        fs::write(transformer.join("config.json"), &config).unwrap();
    }
    let encoder = folder.path().join("text_encoder/model.safetensors");
    write(&encoder, &[T5], Dtype::Bfloat16, transformers_t5);
    folder
}

/// TI2V-5B in ComfyUI's tree of single files. That the head count of so small a network cannot be told by its width is
/// why it comes with a configuration.
pub fn comfyui_ti2v_5b() -> TempDir {
    let folder = TempDir::new().unwrap();
    let tree = folder.path().join("split_files");
    let dit = tree.join("diffusion_models/wan2.2_ti2v_5B_fp16.safetensors");
    write(&dit, &ONE, Dtype::Float16, str::to_owned);
    configuration("ti2v_5b/official/config.json", &dit);
    let vae = tree.join("vae/wan2.2_vae.safetensors");
    write(
        &vae,
        &["ti2v_5b/official/Wan2.2_VAE.pth"],
        Dtype::Float16,
        str::to_owned,
    );
    let encoders = tree.join("text_encoders");
    fs::create_dir(&encoders).unwrap();
    let encoder = "umt5_xxl_fp16.safetensors";
    symlink(
        checkpoint("ti2v_5b/comfyui").join(encoder),
        encoders.join(encoder),
    )
    .unwrap();
    folder
}

/// I2V-A14B in ComfyUI's tree, where one file names its tensors with their place in ComfyUI.
pub fn comfyui_i2v_a14b() -> TempDir {
    let folder = TempDir::new().unwrap();
    let tree = folder.path().join("split_files");
    let dits = tree.join("diffusion_models");
    let high = dits.join("wan2.2_i2v_high_noise_14B_fp16.safetensors");
    write(&high, &HIGH, Dtype::Float16, str::to_owned);
    let low = dits.join("wan2.2_i2v_low_noise_14B_bf16.safetensors");
    write(
        &low,
        &[&format!("i2v_a14b/{LOW}")],
        Dtype::Bfloat16,
        |name| format!("model.diffusion_model.{name}"),
    );
    configuration("i2v_a14b/official/low_noise_model/config.json", &low);
    let vae = tree.join("vae/wan_2.1_vae.safetensors");
    write(
        &vae,
        &["t2v_a14b/official/Wan2.1_VAE.pth"],
        Dtype::Bfloat16,
        str::to_owned,
    );
    let encoder = tree.join("text_encoders/umt5_xxl_bf16.safetensors");
    write(&encoder, &[T5], Dtype::Bfloat16, transformers_t5);
    let tokenizer = checkpoint("t2v_a14b/official/google/umt5-xxl/tokenizer.json");
    symlink(tokenizer, encoder.with_file_name("tokenizer.json")).unwrap();
    folder
}

fn checkpoint(name: &str) -> PathBuf {
    golden_path("ckpt").join(name)
}

fn configuration(from: &str, beside: &Path) {
    fs::copy(checkpoint(from), beside.with_file_name("config.json")).unwrap();
}

/// Writes the network that `official` files hold again, as one file in this type and under these names.
fn write(path: &Path, official: &[&str], dtype: Dtype, rename: impl Fn(&str) -> String) {
    let files: Vec<_> = official.iter().map(|name| checkpoint(name)).collect();
    let weights = Weights::open(&files).unwrap().as_type(dtype);
    let tensors: Vec<(String, Array)> = weights
        .names()
        .iter()
        .map(|name| {
            let shape = weights.shape(name).unwrap();
            (rename(name), weights.tensor(name, &shape).unwrap())
        })
        .collect();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let tensors = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    Array::save_safetensors(tensors, None, path).unwrap();
}

/// The rows, one after another, over a name.
fn renamed(name: &str, rows: &[(&str, &str)]) -> String {
    rows.iter()
        .fold(format!(".{name}"), |name, (official, theirs)| {
            name.replace(official, theirs)
        })
        .trim_start_matches('.')
        .to_owned()
}

/// Diffusers `scripts/convert_wan_to_diffusers.py`, `TRANSFORMER_KEYS_RENAME_DICT`.
fn diffusers_dit(name: &str) -> String {
    renamed(
        name,
        &[
            (
                ".time_embedding.0.",
                ".condition_embedder.time_embedder.linear_1.",
            ),
            (
                ".time_embedding.2.",
                ".condition_embedder.time_embedder.linear_2.",
            ),
            (
                ".text_embedding.0.",
                ".condition_embedder.text_embedder.linear_1.",
            ),
            (
                ".text_embedding.2.",
                ".condition_embedder.text_embedder.linear_2.",
            ),
            (".time_projection.1.", ".condition_embedder.time_proj."),
            (".head.modulation", ".scale_shift_table"),
            (".modulation", ".scale_shift_table"),
            (".head.head.", ".proj_out."),
            (".norm3.", ".norm2."),
            (".self_attn.", ".attn1."),
            (".cross_attn.", ".attn2."),
            (".q.", ".to_q."),
            (".k.", ".to_k."),
            (".v.", ".to_v."),
            (".o.", ".to_out.0."),
            (".ffn.0.", ".ffn.net.0.proj."),
            (".ffn.2.", ".ffn.net.2."),
        ],
    )
}

/// Transformers `models/umt5/modeling_umt5.py`, the modules of `UMT5EncoderModel`.
fn transformers_t5(name: &str) -> String {
    renamed(
        name,
        &[
            (".token_embedding.", ".shared."),
            (".blocks.", ".encoder.block."),
            (".norm1.", ".layer.0.layer_norm."),
            (".norm2.", ".layer.1.layer_norm."),
            (".attn.", ".layer.0.SelfAttention."),
            (
                ".pos_embedding.embedding.",
                ".layer.0.SelfAttention.relative_attention_bias.",
            ),
            (".ffn.gate.0.", ".layer.1.DenseReluDense.wi_0."),
            (".ffn.fc1.", ".layer.1.DenseReluDense.wi_1."),
            (".ffn.fc2.", ".layer.1.DenseReluDense.wo."),
            (".norm.", ".encoder.final_layer_norm."),
        ],
    )
}
