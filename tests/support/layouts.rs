//! The tiny models as other programs keep them: what the reference data lack of that is made of the official files.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use mlx_rs::Array;
use mlx_rs::Dtype;
use mlx_rs::transforms::eval;
use tempfile::TempDir;
use zoetrope::weights::{QuantScheme, QuantizedMatrix, Weights};

use super::dialects::{
    diffusers_dit, llama_cpp_t5, mlx_video_dit, mlx_video_t5, mlx_video_vae_22, transformers_t5,
};
use super::{float8, gguf, golden_path};

const T5: &str = "t2v_a14b/official/models_t5_umt5-xxl-enc-bf16.pth";
const TI2V_T5: &str = "ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth";
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

/// The same with the DiT in scaled 8-bit floats.
pub fn comfyui_float8_ti2v_5b() -> TempDir {
    let folder = comfyui_ti2v_5b();
    let dits = folder.path().join("split_files/diffusion_models");
    fs::remove_file(dits.join("wan2.2_ti2v_5B_fp16.safetensors")).unwrap();
    let dit = dits.join("wan2.2_ti2v_5B_fp8_scaled.safetensors");
    fs::write(dit, float8::network(&open(&ONE))).unwrap();
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

/// Wan2.1 I2V-14B as Diffusers saves it: the reference's own, but for the text encoder.
pub fn diffusers_i2v_14b() -> TempDir {
    let folder = TempDir::new().unwrap();
    let golden = checkpoint("i2v_14b/diffusers");
    for part in golden.read_dir().unwrap() {
        let part = part.unwrap();
        symlink(part.path(), folder.path().join(part.file_name())).unwrap();
    }
    let tokenizer = folder.path().join("tokenizer");
    symlink(checkpoint("t2v_a14b/diffusers/tokenizer"), tokenizer).unwrap();
    let encoder = folder.path().join("text_encoder/model.safetensors");
    write(&encoder, &[T5], Dtype::Bfloat16, transformers_t5);
    folder
}

/// Wan2.1 I2V-14B or FLF2V-14B, with its tensors under a `prefix`, in ComfyUI's tree.
pub fn comfyui_seeing(family: &str, prefix: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let tree = folder.path().join("split_files");
    let dit = tree.join(format!("diffusion_models/wan2.1_{family}_fp16.safetensors"));
    let official = format!("{family}/official/diffusion_pytorch_model.safetensors");
    write(&dit, &[&official], Dtype::Float16, |name| {
        format!("{prefix}{name}")
    });
    configuration(&format!("{family}/official/config.json"), &dit);
    let vae = tree.join("vae/wan_2.1_vae.safetensors");
    let official = ["vae2_1_small/Wan2.1_VAE.pth"];
    write(&vae, &official, Dtype::Bfloat16, str::to_owned);
    let encoder = tree.join("text_encoders/umt5_xxl_bf16.safetensors");
    write(&encoder, &[T5], Dtype::Bfloat16, transformers_t5);
    let tokenizer = checkpoint("t2v_a14b/official/google/umt5-xxl/tokenizer.json");
    symlink(tokenizer, encoder.with_file_name("tokenizer.json")).unwrap();
    let seeing = "clip_vision_h.safetensors";
    fs::create_dir(tree.join("clip_vision")).unwrap();
    symlink(
        checkpoint("i2v_14b/comfyui").join(seeing),
        tree.join("clip_vision").join(seeing),
    )
    .unwrap();
    folder
}

/// A family in the official layout, as Diffusers saves such: made of that, but for the VAE.
pub fn diffusers_of(official: &Path, is_5b: bool) -> TempDir {
    let folder = TempDir::new().unwrap();
    let experts = official.join("low_noise_model").is_dir();
    let places: &[(&str, &str)] = if experts {
        &[
            ("high_noise_model", "transformer"),
            ("low_noise_model", "transformer_2"),
        ]
    } else {
        &[("", "transformer")]
    };
    for (theirs, own) in places {
        let weights = official
            .join(theirs)
            .join("diffusion_pytorch_model.safetensors");
        let own = folder.path().join(own);
        let target = own.join("diffusion_pytorch_model.safetensors");
        write_again(&target, &[weights], diffusers_dit);
        let config = fs::read_to_string(official.join(theirs).join("config.json")).unwrap();
        fs::write(own.join("config.json"), diffusers_config(&config)).unwrap();
    }
    let second = if experts {
        r#""boundary_ratio": 0.875, "transformer_2": ["diffusers", "WanTransformer3DModel"]"#
    } else {
        r#""transformer_2": [null, null]"#
    };
    fs::write(
        folder.path().join("model_index.json"),
        format!("{{ {second} }}"),
    )
    .unwrap();
    let (vae, t5, tokenizer) = if is_5b {
        let tokenizer = "ti2v_5b/official/google/umt5-xxl";
        ("ti2v_5b/diffusers/vae", TI2V_T5, tokenizer)
    } else {
        let tokenizer = "t2v_a14b/diffusers/tokenizer";
        ("i2v_14b/diffusers/vae", T5, tokenizer)
    };
    symlink(checkpoint(vae), folder.path().join("vae")).unwrap();
    symlink(checkpoint(tokenizer), folder.path().join("tokenizer")).unwrap();
    let encoder = folder.path().join("text_encoder/model.safetensors");
    write(&encoder, &[t5], Dtype::Bfloat16, transformers_t5);
    folder
}

/// The configuration of a transformer of Diffusers that says what an official one does.
fn diffusers_config(official: &str) -> String {
    let official: serde_json::Value = serde_json::from_str(official).unwrap();
    let number = |key: &str| official[key].as_u64().unwrap();
    let mut config = serde_json::json!({
        "in_channels": number("in_dim"),
        "out_channels": number("out_dim"),
        "num_attention_heads": number("num_heads"),
        "attention_head_dim": number("dim") / number("num_heads"),
        "num_layers": number("num_layers"),
        "ffn_dim": number("ffn_dim"),
        "freq_dim": number("freq_dim"),
        "text_len": number("text_len"),
        "eps": official["eps"],
    });
    if let Some(channels) = official.get("vace_in_dim") {
        config["vace_in_channels"] = channels.clone();
        config["vace_layers"] = official["vace_layers"].clone();
    }
    config.to_string()
}

/// A family in the official layout, as ComfyUI's tree of single files, whose DiTs are called `name`.
pub fn comfyui_of(official: &Path, name: &str, is_5b: bool) -> TempDir {
    let folder = TempDir::new().unwrap();
    let tree = folder.path().join("split_files");
    let dits = tree.join("diffusion_models");
    let experts = official.join("low_noise_model").is_dir();
    let places: &[(&str, &str)] = if experts {
        &[
            ("high_noise_model", "_high_noise_14B"),
            ("low_noise_model", "_low_noise_14B"),
        ]
    } else {
        &[("", "_5B")]
    };
    for (theirs, own) in places {
        let weights = official
            .join(theirs)
            .join("diffusion_pytorch_model.safetensors");
        let target = dits.join(format!("{name}{own}_fp16.safetensors"));
        write_again(&target, &[weights], |name| {
            format!("model.diffusion_model.{name}")
        });
        fs::copy(
            official.join(theirs).join("config.json"),
            dits.join("config.json"),
        )
        .unwrap();
    }
    let (vae, t5, tokenizer) = if is_5b {
        ("Wan2.2_VAE.pth", TI2V_T5, "ti2v_5b")
    } else {
        ("Wan2.1_VAE.pth", T5, "t2v_a14b")
    };
    fs::create_dir(tree.join("vae")).unwrap();
    symlink(
        official.join(vae).canonicalize().unwrap(),
        tree.join("vae").join(vae),
    )
    .unwrap();
    let encoder = tree.join("text_encoders/umt5_xxl_bf16.safetensors");
    write(&encoder, &[t5], Dtype::Bfloat16, transformers_t5);
    let tokenizer = checkpoint(&format!(
        "{tokenizer}/official/google/umt5-xxl/tokenizer.json"
    ));
    symlink(tokenizer, encoder.with_file_name("tokenizer.json")).unwrap();
    folder
}

/// TI2V-5B as a set of GGUF files, with the matrices of DiT and text encoder `stored` so.
pub fn gguf_ti2v_5b(stored: gguf::Stored) -> TempDir {
    let folder = TempDir::new().unwrap();
    let dit = gguf::network(&open(&ONE), stored, str::to_owned, &[]);
    let place = folder.path().join("Wan2.2-TI2V-5B.gguf");
    fs::write(&place, dit).unwrap();
    configuration("ti2v_5b/official/config.json", &place);
    let encoder = gguf::network(&open(&[TI2V_T5]), stored, llama_cpp_t5, &gguf::vocabulary());
    fs::write(folder.path().join("umt5-xxl-encoder.gguf"), encoder).unwrap();
    let vae = checkpoint("ti2v_5b/official/Wan2.2_VAE.pth");
    symlink(vae, folder.path().join("Wan2.2_VAE.pth")).unwrap();
    folder
}

/// TI2V-5B as mlx-video converts it.
pub fn mlx_video_ti2v_5b() -> TempDir {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    write_changed(
        &file("model.safetensors"),
        &ONE,
        Dtype::Bfloat16,
        mlx_video_dit,
    );
    configuration("ti2v_5b/official/config.json", &file("model.safetensors"));
    write(
        &file("t5_encoder.safetensors"),
        &[TI2V_T5],
        Dtype::Bfloat16,
        mlx_video_t5,
    );
    let vae = ["ti2v_5b/official/Wan2.2_VAE.pth"];
    write_changed(
        &file("vae.safetensors"),
        &vae,
        Dtype::Float32,
        mlx_video_vae_22,
    );
    let tokenizer = checkpoint("ti2v_5b/official/google/umt5-xxl/tokenizer.json");
    symlink(tokenizer, file("tokenizer.json")).unwrap();
    folder
}

/// The same with the products' matrices packed as MLX packs them.
pub fn mlx_video_packed_ti2v_5b(packing: QuantScheme) -> TempDir {
    let folder = mlx_video_ti2v_5b();
    let plain = folder.path().join("model.safetensors");
    let mut tensors = HashMap::new();
    let plain_tensors = Array::load_safetensors(&plain).unwrap();
    eval(plain_tensors.values()).unwrap(); // before their file is replaced
    for (name, tensor) in plain_tensors {
        let Some(layer) = name
            .strip_suffix("weight")
            .filter(|_| is_product(&name, &tensor))
        else {
            tensors.insert(name, tensor);
            continue;
        };
        let packed = QuantizedMatrix::pack(&tensor, packing).unwrap();
        tensors.insert(format!("{layer}scales"), packed.scales);
        tensors.insert(format!("{layer}biases"), packed.biases);
        tensors.insert(name, packed.words);
    }
    Array::save_safetensors(&tensors, None, &plain).unwrap();
    folder
}

fn is_product(name: &str, tensor: &Array) -> bool {
    name.starts_with("blocks.") && tensor.ndim() == 2
}

fn checkpoint(name: &str) -> PathBuf {
    golden_path("ckpt").join(name)
}

fn configuration(from: &str, beside: &Path) {
    fs::copy(checkpoint(from), beside.with_file_name("config.json")).unwrap();
}

fn open(official: &[&str]) -> Weights {
    let files: Vec<_> = official.iter().map(|name| checkpoint(name)).collect();
    Weights::open(&files).unwrap()
}

/// Writes the network that `official` files hold again, as one file in this type and under these names.
fn write(path: &Path, official: &[&str], dtype: Dtype, rename: impl Fn(&str) -> String) {
    write_changed(path, official, dtype, |name, array| (rename(name), array));
}

/// The same, with the axes in another order too.
fn write_changed(
    path: &Path,
    official: &[&str],
    dtype: Dtype,
    change: impl Fn(&str, Array) -> (String, Array),
) {
    write_all(path, &open(official).as_type(dtype), change);
}

/// The same for a network that lies elsewhere, in the types that it has.
fn write_again(path: &Path, files: &[PathBuf], rename: impl Fn(&str) -> String) {
    let weights = Weights::open(files).unwrap();
    write_all(path, &weights, |name, array| (rename(name), array));
}

fn write_all(path: &Path, weights: &Weights, change: impl Fn(&str, Array) -> (String, Array)) {
    let tensors: Vec<(String, Array)> = weights
        .names()
        .iter()
        .map(|name| {
            let shape = weights.shape(name).unwrap();
            change(name, weights.tensor(name, &shape).unwrap())
        })
        .collect();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let tensors = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    Array::save_safetensors(tensors, None, path).unwrap();
}
