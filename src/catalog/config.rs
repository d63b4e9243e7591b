//! The `config.json` of a DiT that came as a loose file: one near it that describes a network of its width. There are
//! many others of that name, in the folders of other models and of other parts of this one.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::family;
use crate::disk;

/// The part that tells whose it is, as the official code writes it or as Diffusers does.
#[derive(Deserialize)]
struct Config {
    #[serde(rename = "_class_name")]
    class: Option<String>,
    dim: Option<u64>,
    #[serde(alias = "num_attention_heads")]
    num_heads: Option<u64>,
    attention_head_dim: Option<u64>,
}

/// The configuration that describes a DiT of this `width`, from beside its `file` up to the folder `root`.
pub fn near(file: &Path, root: &Path, width: u32) -> Option<PathBuf> {
    let folders = file.ancestors().skip(1);
    folders
        .take_while(|folder| folder.starts_with(root))
        .map(|folder| folder.join("config.json"))
        .find(|path| describes(path, width))
}

fn describes(path: &Path, width: u32) -> bool {
    let Ok(text) = disk::read(path) else {
        return false;
    };
    let Ok(config) = serde_json::from_slice::<Config>(&text) else {
        return false;
    };
    let is_wan = config.class.is_none_or(|class| family::is_wan(&class));
    let heads = config.num_heads.zip(config.attention_head_dim);
    let described = config
        .dim
        .filter(|_| config.num_heads.is_some())
        .or_else(|| heads.and_then(|(heads, head)| heads.checked_mul(head)));
    is_wan && described == Some(width.into())
}
