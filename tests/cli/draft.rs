//! Drafts, from the arguments to the video that is decoded properly after all.

use std::fs;
use std::path::Path;

use mlx_rs::ops::{clip, concatenate};
use mlx_rs::{Array, Dtype};
use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::engine::saved;
use zoetrope::job::{Decode, GenerationInfo, Plan, Request};
use zoetrope::media::mp4;
use zoetrope::model::tiny_vae::Decoder;
use zoetrope::model::vae::{self, Kind, Tiling};
use zoetrope::weights::Weights;

use super::{generate, model, run};
use crate::support::{compare, golden, golden_path, tensors, values};

fn settings(folder: &TempDir) -> GenerationInfo {
    let json = mp4::settings(&folder.path().join("v.mp4"))
        .unwrap()
        .unwrap();
    GenerationInfo::from_json(&json).unwrap()
}

/// Breaks when a draft has another size or length, cannot be told from a proper video, or loses its latents.
#[test]
fn a_draft_becomes_the_video_that_it_would_have_been() {
    let (proper, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let model = model("ti2v_5b");
    let made = generate(&proper, &model, &[]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);

    let tiny = golden_path("ckpt/taehv/taew2_2.safetensors");
    let tiny = tiny.display().to_string();
    let made = generate(&folder, &model, &["--decode", "draft", "--tiny-vae", &tiny]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(
        made.stderr.contains("This is a draft: `zoetrope decode "),
        "{}",
        made.stderr
    );
    let draft = settings(&folder);
    assert_eq!(draft.speedups.decode, Decode::Draft);
    assert_eq!(draft.speedups.tiny_vae, Some("taew2_2.safetensors".into()));
    let about = |folder: &TempDir| mp4::info(&folder.path().join("v.mp4")).unwrap();
    let (one, other) = (about(&folder), about(&proper));
    assert_eq!((one.size, one.frames), (other.size, other.frames));
    let video = folder.path().join("v.mp4").display().to_string();
    let bytes = |folder: &TempDir| fs::read(folder.path().join("v.mp4")).unwrap();
    assert!(bytes(&folder) != bytes(&proper));

    let decoded = run(&["decode", &video, "--model", &model, "-o", &video]);
    assert_eq!(decoded.code, Some(0), "{}", decoded.stderr);
    assert!(bytes(&folder) == bytes(&proper));
    assert_eq!(settings(&folder).speedups.decode, Decode::Full);
    let names = folder.path().read_dir().unwrap();
    assert_eq!(names.count(), 1, "the latents have served");
}

/// Breaks when the job of a draft, taken up again, denoises once more, or makes another video than the proper one.
#[test]
fn a_draft_that_is_taken_up_is_decoded_properly() {
    let (proper, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let model = model("ti2v_5b");
    assert_eq!(generate(&proper, &model, &[]).code, Some(0));
    let tiny = golden_path("ckpt/taehv/taew2_2.safetensors");
    let tiny = tiny.display().to_string();
    let made = generate(&folder, &model, &["--decode", "draft", "--tiny-vae", &tiny]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);

    let mut request = Request::from(settings(&folder));
    request.speedups.decode = Decode::Full;
    request.speedups.tiny_vae = None;
    let checkpoint = catalog::open(Path::new(&model)).unwrap();
    let video = folder.path().join("v.mp4");
    let plan = Plan::new(&request, checkpoint, None, 1, video.clone()).unwrap();
    saved::take_up_draft(&plan).unwrap();
    let run_folder = format!("{}.run", video.display());
    let resumed = run(&["resume", &run_folder]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(!resumed.stderr.contains("Denoising"), "{}", resumed.stderr);
    let bytes = |folder: &TempDir| fs::read(folder.path().join("v.mp4")).unwrap();
    assert!(bytes(&folder) == bytes(&proper));
    assert!(
        saved::take_up_draft(&plan).is_err(),
        "the latents have served"
    );
}

/// The frames of a video that the program saved, as (frames, height, width, channels).
fn saved_frames(file: &Path) -> Array {
    let frames = Array::load_safetensors(file).unwrap()["frames"].clone();
    frames.transpose_axes(&[1, 2, 3, 0]).unwrap()
}

/// Every kind that there is, and the frames are those that its own decoder makes of the latents, which is compared with its
/// authors' code elsewhere. The order of sums may differ with the chunks that the frames come in.
#[test]
fn every_kind_of_tiny_vae_decodes_a_draft() {
    let kinds = [
        ("ti2v_5b", "taew2_2.safetensors"),
        ("ti2v_5b", "taew2_2_super.safetensors"),
        ("t2v_a14b", "taew2_1.pth"),
        ("t2v_a14b", "lighttaew2_1.safetensors"),
        ("t2v_a14b", "lightvaew2_1.safetensors"),
    ];
    for (family, name) in kinds {
        let folder = TempDir::new().unwrap();
        let tiny = golden_path("ckpt/taehv").join(name);
        let [latents, frames] =
            ["l", "f"].map(|name| folder.path().join(format!("{name}.safetensors")));
        let [tiny_text, latents_text, frames_text] =
            [&tiny, &latents, &frames].map(|path| path.display().to_string());
        let more = [
            "--decode",
            "draft",
            "--tiny-vae",
            &tiny_text,
            "--save-latents",
            &latents_text,
            "--save-frames",
            &frames_text,
        ];
        let made = generate(&folder, &model(family), &more);
        assert_eq!(made.code, Some(0), "{name}: {}", made.stderr);
        assert_eq!(settings(&folder).speedups.tiny_vae, Some(name.into()));
        let latents = Array::load_safetensors(&latents).unwrap()["latents"].clone();
        let latents = latents.transpose_axes(&[1, 2, 3, 0]).unwrap();
        let weights = Weights::open(&[tiny]).unwrap().as_type(Dtype::Float32);
        let mut expected = Vec::new();
        let write = |chunk: &Array| {
            expected.push(chunk.clone());
            Ok(())
        };
        if name.starts_with("lightvae") {
            let load = |weights: &Weights| vae::Decoder::load(Kind::V21, weights);
            let decoder = weights.load(load).unwrap();
            decoder.decode(&latents, Tiling::WHOLE, write).unwrap();
        } else {
            let decoder = weights.load(Decoder::load).unwrap();
            decoder.decode(&latents, write).unwrap();
        }
        let expected = concatenate(&expected, 0).unwrap();
        let expected = clip(&expected, (-1.0, 1.0)).unwrap();
        compare(&saved_frames(&frames), &expected, (1e-5, 0.0), name);
    }
}

/// `LightVAE` in the place of a model's own VAE: the latents of its authors' code become their frames through the command
/// line. The tolerance is that of the VAE of the usual width.
#[test]
fn light_vae_decodes_through_the_command_line_as_its_authors_code() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let data = golden("lightvaew2_1");
    let latents = tensors::Tensor::floats("latents", &[16, 2, 2, 3], &values(&data["dec.latent"]));
    tensors::write(&folder.path().join("l.safetensors"), &[latents]);
    let model = golden_path("ckpt/t2v_a14b/official");
    let part = |name: &str| model.join(name).display().to_string();
    let decoded = run(&[
        "decode",
        &file("l.safetensors"),
        "--dit",
        &part("low_noise_model/diffusion_pytorch_model.safetensors"),
        "--dit-high",
        &part("high_noise_model/diffusion_pytorch_model-00001-of-00002.safetensors"),
        "--text-encoder",
        &part("models_t5_umt5-xxl-enc-bf16.pth"),
        "--tokenizer",
        &part("google/umt5-xxl"),
        "--vae",
        &golden_path("ckpt/taehv/lightvaew2_1.safetensors")
            .display()
            .to_string(),
        "--save-frames",
        &file("f.safetensors"),
        "-o",
        &file("v.mp4"),
    ]);
    assert_eq!(decoded.code, Some(0), "{}", decoded.stderr);
    let expected = data["dec.video"].transpose_axes(&[1, 2, 3, 0]).unwrap();
    let frames = saved_frames(&folder.path().join("f.safetensors"));
    compare(&frames, &expected, (1e-4, 0.0), "LightVAE");
}

/// A second draft of the same name is made, and its latents replace the first one's.
#[test]
fn a_draft_is_in_nobodys_way() {
    let folder = TempDir::new().unwrap();
    let model = model("ti2v_5b");
    let tiny = golden_path("ckpt/taehv/taew2_2.safetensors");
    let tiny = tiny.display().to_string();
    let draft = ["--decode", "draft", "--tiny-vae", &tiny];
    let latents = || fs::read(folder.path().join("v.mp4.run/latents.safetensors"));
    assert_eq!(generate(&folder, &model, &draft).code, Some(0));
    let first = latents().unwrap();
    let other = [&draft[..], &["--guidance", "2"]].concat();
    let made = generate(&folder, &model, &other);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(latents().unwrap() != first);
    // A proper video of that name takes them with it.
    assert_eq!(generate(&folder, &model, &[]).code, Some(0));
    assert!(latents().is_err());
}

/// A tiny VAE for other latents, something that is none, and none at all: a sentence each.
#[test]
fn only_a_tiny_vae_that_fits_decodes_a_draft() {
    let folder = TempDir::new().unwrap();
    let model = model("ti2v_5b");
    let none = generate(&folder, &model, &["--decode", "draft"]);
    assert_eq!(none.code, Some(1), "{}", none.stderr);
    assert!(
        none.stderr
            .contains("put taew2_2.safetensors into a models folder"),
        "{}",
        none.stderr
    );
    let files = [
        (
            "ckpt/taehv/taew2_1.pth",
            "is a tiny VAE for other latents than those of",
        ),
        ("ckpt/ti2v_5b/official/Wan2.2_VAE.pth", "is no tiny VAE"),
        ("nowhere.safetensors", "no such file"),
    ];
    for (file, words) in files {
        let file = golden_path(file).display().to_string();
        let wrong = generate(&folder, &model, &["--decode", "draft", "--tiny-vae", &file]);
        assert_eq!(wrong.code, Some(1), "{}", wrong.stderr);
        assert!(wrong.stderr.contains(words), "{}", wrong.stderr);
    }
    assert_eq!(
        folder.path().read_dir().unwrap().count(),
        0,
        "nothing is begun"
    );
}

/// It is found beside the model, by its tensors and not its name.
#[test]
fn the_nearest_tiny_vae_is_found() {
    let folder = TempDir::new().unwrap();
    let model = folder.path().join("model");
    crate::support::model::copy_model(&model);
    fs::create_dir(folder.path().join("vae_approx")).unwrap();
    for (file, name) in [
        ("taew2_2.safetensors", "fine.safetensors"),
        ("taew2_1.pth", "other.pth"),
    ] {
        let from = golden_path("ckpt/taehv").join(file);
        fs::copy(from, folder.path().join("vae_approx").join(name)).unwrap();
    }
    let made = generate(
        &folder,
        &model.display().to_string(),
        &["--decode", "draft"],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert_eq!(
        settings(&folder).speedups.tiny_vae,
        Some("fine.safetensors".into())
    );
}
