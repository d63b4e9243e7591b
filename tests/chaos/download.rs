//! A download from a server on this machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{Dice, kill, life, tries};
use crate::catalog::hub::server::Server;
use crate::catalog::hub::{DIT, TEXT_ENCODER, VAE};
use crate::support::program::{command, output};

/// What the files hold does not matter here, only that it arrives.
fn hub() -> Server {
    let server = Server::start();
    for (number, name) in [DIT, TEXT_ENCODER, VAE].into_iter().enumerate() {
        let bytes: Vec<u8> = (0..2_000_000_usize)
            .map(|at| (at / 251 + number) as u8)
            .collect();
        server.put(name, &bytes);
    }
    server
}

fn get(home: &Path, server: &Server) -> Command {
    let models = home.join("models").display().to_string();
    let arguments = ["models", "get", "ti2v-5b", "--folder", &models];
    let mut command = command(&home.join("cache"), &arguments);
    command
        .env("HF_ENDPOINT", server.url())
        .env("HF_HOME", home.join("huggingface"))
        .env("HOME", home)
        .env("ZOETROPE_DATA_DIR", home.join("data"));
    command
}

/// The files that are there under their names.
fn whole(home: &Path) -> Vec<Option<Vec<u8>>> {
    let places = [
        "diffusion_models/wan2.2_ti2v_5B_fp16.safetensors",
        "text_encoders/umt5_xxl_fp16.safetensors",
        "vae/wan2.2_vae.safetensors",
    ];
    let models = home.join("models");
    Vec::from(places.map(|place| fs::read(models.join(place)).ok()))
}

/// Breaks when a download that was killed leaves half a file under its name, or does not go on.
#[test]
fn a_download_that_is_killed_goes_on() {
    let server = hub();
    let undisturbed = TempDir::new().unwrap();
    let life = life(get(undisturbed.path(), &server));
    let new = whole(undisturbed.path());
    assert!(new.iter().all(Option::is_some));
    let mut dice = Dice::of(4);
    for number in 0..tries(2) {
        let instant = dice.instant(life);
        let what = format!("number {number}, killed after {instant:?} of {life:?}");
        let home = TempDir::new().unwrap();
        kill(get(home.path(), &server), instant);
        for (left, new) in whole(home.path()).iter().zip(&new) {
            assert!(left.is_none() || left == new, "{what}");
        }
        let again = output(get(home.path(), &server));
        assert_eq!(again.code, Some(0), "{what}: {}", again.stderr);
        assert!(whole(home.path()) == new, "{what}");
    }
}
