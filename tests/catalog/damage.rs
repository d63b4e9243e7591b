//! Damage to any file of a model, in every layout: it is told, and the file is named.

use std::fs;
use std::path::Path;

use zoetrope::catalog;
use zoetrope::model::text::Tokenizer;
use zoetrope::weights::Weights;

use super::hub::files;
use crate::support::folder::{Model, copied};
use crate::support::gguf::Stored;
use crate::support::layouts;

/// What opening the model and all its parts complains of.
fn complaint(folder: &Path) -> Option<String> {
    let opened = catalog::open(folder).and_then(|model| {
        let high_noise = model.high_noise.iter().map(|high| &high.network.weights);
        let networks = [&model.dit.weights, &model.text_encoder, &model.vae];
        for files in networks.into_iter().chain(high_noise) {
            Weights::open(files)?;
        }
        Tokenizer::open(&model.tokenizer).map(drop)
    });
    opened.err().map(|error| error.to_string())
}

/// Takes away, cuts, empties and overwrites each file in turn. Without some the model is whole: configurations beside
/// loose files, and what only other programs read.
#[track_caller]
fn assert_told(folder: &Path, needed: usize) {
    let copy = copied(folder);
    let folder = copy.path();
    assert_eq!(complaint(folder), None, "as it is");
    let mut told = 0;
    for file in files(folder) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let whole = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        if complaint(folder).is_some() {
            told += 1;
            let mut overwritten = whole.clone();
            let length = overwritten.len().min(64);
            overwritten[..length].fill(0xff);
            for damaged in [&whole[..whole.len() / 2], &[], &overwritten] {
                fs::write(&file, damaged).unwrap();
                let complaint = complaint(folder).unwrap_or_else(|| panic!("{name} is not missed"));
                assert!(complaint.contains(name), "{name}: {complaint}");
            }
        }
        fs::write(&file, &whole).unwrap();
    }
    assert_eq!(told, needed);
    assert_eq!(complaint(folder), None, "as it was");
}

/// Two shards, which can do without their index, a configuration, text encoder and tokenizer, VAE.
#[test]
fn in_an_official_folder() {
    assert_told(Model::official("ckpt/ti2v_5b").path(), 6);
}

/// Index, two configurations and two transformers, text encoder and tokenizer, VAE, and the scheduler's settings.
#[test]
fn in_a_folder_of_diffusers() {
    assert_told(layouts::diffusers_t2v_a14b().path(), 8);
}

/// Two experts, text encoder and tokenizer, VAE.
#[test]
fn in_single_files() {
    assert_told(layouts::comfyui_i2v_a14b().path(), 5);
}

/// DiT, text encoder with its vocabulary, VAE.
#[test]
fn in_a_set_of_gguf_files() {
    assert_told(layouts::gguf_ti2v_5b(Stored::F16).path(), 3);
}

/// DiT, text encoder and tokenizer, VAE.
#[test]
fn in_a_folder_of_mlx_video() {
    assert_told(layouts::mlx_video_ti2v_5b().path(), 4);
}
