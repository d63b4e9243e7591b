//! Model folders: recognised, incomplete, foreign.

mod built_in;
mod damage;
mod few_steps;
pub mod hollow;
pub mod hub;
mod layouts;
mod manifest;
mod official;
mod pairs;
mod scan;
mod strangers;
mod unusual;
mod whole;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

const CONFIG: &str = r#"{ "_class_name": "WanModel", "model_type": "ti2v", "dim": 64 }"#;

/// A folder that has every file of an official model, with nothing in them.
pub fn model_folder() -> TempDir {
    let folder = TempDir::new().expect("the system has a place for temporary files");
    write(folder.path(), "config.json", CONFIG);
    for name in [
        "diffusion_pytorch_model.safetensors",
        "models_t5_umt5-xxl-enc-bf16.pth",
        "Wan2.2_VAE.pth",
        "google/umt5-xxl/tokenizer.json",
    ] {
        write(folder.path(), name, "");
    }
    folder
}

/// A folder that has every file of an official model with two experts, with nothing in them.
pub fn expert_folder(kind: &str, channels: u32) -> TempDir {
    let folder = TempDir::new().expect("the system has a place for temporary files");
    for expert in ["high_noise_model", "low_noise_model"] {
        let config = format!(r#"{{ "model_type": "{kind}", "in_dim": {channels} }}"#);
        write(folder.path(), &format!("{expert}/config.json"), &config);
        let weights = format!("{expert}/diffusion_pytorch_model.safetensors");
        write(folder.path(), &weights, "");
    }
    for name in [
        "models_t5_umt5-xxl-enc-bf16.pth",
        "Wan2.1_VAE.pth",
        "google/umt5-xxl/tokenizer.json",
    ] {
        write(folder.path(), name, "");
    }
    folder
}

/// Writes a file, and the folders that it needs.
pub fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    let parent = path.parent().expect("it lies in the folder");
    fs::create_dir_all(parent).expect("temporary folders can be made");
    fs::write(path, text).expect("temporary files can be written");
}

fn remove(folder: &Path, name: &str) {
    fs::remove_file(folder.join(name)).expect("it was there");
}

/// What the user reads about a folder that is no usable model.
fn problem(folder: &Path) -> String {
    let message = zoetrope::catalog::open(folder)
        .expect_err("it cannot be used")
        .to_string();
    assert!(!message.contains('\n'), "more than a sentence: {message}");
    message
}
