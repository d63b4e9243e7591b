//! Models found in folders, and put together of what lies apart.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zoetrope::catalog::{self, Catalogue};
use zoetrope::job::{Checkpoint, Installed, Size, Variant};
use zoetrope::words::english;

use super::{hollow, model_folder, remove, write};

fn scan(folder: &Path) -> Catalogue {
    catalog::scan(&[folder.to_owned()])
}

#[track_caller]
fn whole<'a>(catalogue: &'a Catalogue, name: &str) -> &'a Checkpoint {
    let names: Vec<_> = catalogue.models.iter().map(|model| &model.name).collect();
    let model = catalogue
        .named(name)
        .unwrap_or_else(|| panic!("{name} is not in {names:?}"));
    model.checkpoint.as_ref().unwrap()
}

/// What people have after a few months with ComfyUI.
fn comfyui() -> TempDir {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join("models").join(name);
    hollow::dit(
        &file("diffusion_models/wan2.2_ti2v_5B_fp16.safetensors"),
        48,
        48,
    );
    hollow::dit(
        &file("diffusion_models/wan2.1_t2v_1.3B_bf16.safetensors"),
        16,
        16,
    );
    for (noise, kind) in [
        ("high", "fp16"),
        ("low", "fp16"),
        ("high", "fp8_scaled"),
        ("low", "fp8_scaled"),
    ] {
        let name = format!("diffusion_models/I2V/wan2.2_i2v_{noise}_noise_14B_{kind}.safetensors");
        hollow::dit(&file(&name), 36, 16);
    }
    hollow::text_encoder(&file("text_encoders/umt5_xxl_fp16.safetensors"));
    hollow::other_text_encoder(&file("text_encoders/t5xxl_fp16.safetensors"));
    hollow::vae(&file("vae/wan_2.1_vae.safetensors"), 16);
    hollow::vae(&file("vae/qwen_image_vae.safetensors"), 16);
    hollow::vae(&file("vae/wan2.2_vae.safetensors"), 48);
    hollow::network(
        &file("loras/style.safetensors"),
        &[("lora_unet_x.lora_up.weight", &[4, 4])],
    );
    folder
}

/// Each DiT finds the encoder and the VAE that all share, and not those of other models.
#[test]
fn files_that_lie_apart_make_models() {
    let folder = comfyui();
    let catalogue = scan(folder.path());
    let names: Vec<_> = catalogue
        .models
        .iter()
        .map(|model| model.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "wan2.1_t2v_1.3B_bf16",
            "wan2.2_i2v_14B_fp16",
            "wan2.2_i2v_14B_fp8_scaled",
            "wan2.2_ti2v_5B_fp16"
        ]
    );
    let file = |name: &str| folder.path().join("models").join(name);
    for (name, variant, vae) in [
        (
            "wan2.1_t2v_1.3B_bf16",
            Variant::T2v,
            "vae/wan_2.1_vae.safetensors",
        ),
        (
            "wan2.2_i2v_14B_fp16",
            Variant::I2vA14b,
            "vae/wan_2.1_vae.safetensors",
        ),
        (
            "wan2.2_ti2v_5B_fp16",
            Variant::Ti2v,
            "vae/wan2.2_vae.safetensors",
        ),
    ] {
        let model = whole(&catalogue, name);
        assert_eq!(model.variant, variant);
        assert_eq!(model.vae, [file(vae)]);
        assert_eq!(
            model.text_encoder,
            [file("text_encoders/umt5_xxl_fp16.safetensors")]
        );
        assert_eq!(model.tokenizer, model.text_encoder[0]);
    }
    let model = whole(&catalogue, "wan2.2_i2v_14B_fp8_scaled");
    let expert = |noise: &str| {
        file(&format!(
            "diffusion_models/I2V/wan2.2_i2v_{noise}_noise_14B_fp8_scaled.safetensors"
        ))
    };
    assert_eq!(model.dit.weights, [expert("low")]);
    assert_eq!(
        model.high_noise.as_ref().unwrap().network.weights,
        [expert("high")]
    );
    assert_eq!(catalogue.models.len(), 4, "{:?}", catalogue.models);

    let whole_size = |model: &Installed| -> u64 {
        let files = model.checkpoint.as_ref().unwrap().paths();
        let mut files: Vec<_> = files.iter().filter(|path| path.is_file()).collect();
        files.sort();
        files.dedup();
        files
            .iter()
            .map(|file| file.metadata().unwrap().len())
            .sum()
    };
    for model in &catalogue.models {
        assert_eq!(model.bytes, whole_size(model), "{}", model.name);
    }
}

/// A model is found again by any of its DiTs, which is how a file that was dropped or given is taken.
#[test]
fn a_file_of_a_dit_is_a_model() {
    let folder = comfyui();
    let high = folder
        .path()
        .join("models/diffusion_models/I2V/wan2.2_i2v_high_noise_14B_fp16.safetensors");
    let model = catalog::open(&high).unwrap();
    assert_eq!(model.name, "wan2.2_i2v_14B_fp16");
    assert_eq!(
        catalog::open(&model.root).unwrap(),
        model,
        "its root leads back to it"
    );

    let vae = folder.path().join("models/vae/wan2.2_vae.safetensors");
    let refused = catalog::open(&vae).unwrap_err().to_string();
    assert!(
        refused.contains("is a VAE: give the file of a DiT"),
        "{refused}"
    );
}

#[test]
fn what_a_model_lacks_is_named() {
    let folder = comfyui();
    remove(folder.path(), "models/vae/wan2.2_vae.safetensors");
    remove(
        folder.path(),
        "models/diffusion_models/I2V/wan2.2_i2v_high_noise_14B_fp16.safetensors",
    );
    let catalogue = scan(folder.path());
    let problem = |name: &str| {
        catalogue
            .named(name)
            .unwrap()
            .checkpoint
            .clone()
            .unwrap_err()
            .to_string()
    };
    assert!(problem("wan2.2_ti2v_5B_fp16").contains("it lacks the Wan2.2 VAE"));
    assert!(
        problem("wan2.2_i2v_low_noise_14B_fp16")
            .contains("is one of two experts: the other is missing")
    );
    assert_eq!(
        whole(&catalogue, "wan2.2_i2v_14B_fp8_scaled").variant,
        Variant::I2vA14b
    );
    let last = catalogue.models.last().unwrap();
    assert!(last.checkpoint.is_err(), "whole models come first");
}

/// Extra modules mean another kind of model, whatever the channels say.
#[test]
fn extended_networks_are_not_taken_for_plain_ones() {
    let folder = TempDir::new().unwrap();
    hollow::network(
        &folder.path().join("wan2.1_vace_14B.safetensors"),
        &[
            ("patch_embedding.weight", &[256, 16, 1, 2, 2]),
            ("blocks.0.self_attn.q.weight", &[256, 256]),
            ("vace_blocks.0.self_attn.q.weight", &[256, 256]),
            ("head.head.weight", &[64, 256]),
        ],
    );
    let catalogue = scan(folder.path());
    let problem = catalogue.models[0]
        .checkpoint
        .clone()
        .unwrap_err()
        .to_string();
    assert!(
        problem.contains("is a part of VACE, which Zoetrope cannot run yet"),
        "{problem}"
    );
}

/// What a folder lacks may lie elsewhere.
#[test]
fn an_incomplete_folder_is_completed_from_others() {
    let folder = TempDir::new().unwrap();
    let official = folder.path().join("a/Wan2.2-TI2V-5B");
    hollow::dit(
        &official.join("diffusion_pytorch_model.safetensors"),
        48,
        48,
    );
    let config =
        r#"{ "_class_name": "WanModel", "model_type": "ti2v", "dim": 256, "num_heads": 2 }"#;
    write(&official, "config.json", config);
    let problem = scan(folder.path()).models[0]
        .checkpoint
        .clone()
        .unwrap_err()
        .to_string();
    assert!(
        problem.contains("Wan2.2_VAE.pth are missing"),
        "what its own layout lacks: {problem}"
    );

    let elsewhere = folder.path().join("b");
    hollow::text_encoder(&elsewhere.join("umt5.safetensors"));
    hollow::vae(&elsewhere.join("vae.safetensors"), 48);
    let catalogue = scan(folder.path());
    assert_eq!(catalogue.models.len(), 1);
    let model = whole(&catalogue, "Wan2.2-TI2V-5B");
    assert_eq!(model.vae, [elsewhere.join("vae.safetensors")]);
    assert_eq!(model.dit.config, Some(official.join("config.json")));
}

/// A whole folder stays one model, and others may use its parts.
#[test]
fn parts_of_whole_folders_are_shared() {
    let folder = TempDir::new().unwrap();
    let official = model_folder();
    remove(official.path(), "diffusion_pytorch_model.safetensors");
    hollow::dit(
        &official.path().join("diffusion_pytorch_model.safetensors"),
        48,
        48,
    );
    for (name, make) in [
        (
            "models_t5_umt5-xxl-enc-bf16.pth",
            hollow::text_encoder as fn(&Path),
        ),
        ("Wan2.2_VAE.pth", |path: &Path| hollow::vae(path, 48)),
    ] {
        remove(official.path(), name);
        make(&official.path().join(name));
    }
    symlink(official.path(), folder.path().join("Wan2.2-TI2V-5B")).unwrap();
    hollow::dit(&folder.path().join("tuned.safetensors"), 48, 48);
    let catalogue = scan(folder.path());
    assert_eq!(catalogue.models.len(), 2);
    let tuned = whole(&catalogue, "tuned");
    assert_eq!(
        tuned.vae,
        [folder.path().join("Wan2.2-TI2V-5B/Wan2.2_VAE.pth")]
    );
}

/// As Hugging Face keeps them: the current revision of each repository, linked to files named by their hashes.
#[test]
fn the_hub_cache_is_understood() {
    let folder = TempDir::new().unwrap();
    let hub = folder.path().join("hub");
    let repository = hub.join("models--Wan-AI--Wan2.2-TI2V-5B");
    for (revision, blob) in [("0a1b", "11"), ("ffff", "22")] {
        let snapshot = repository.join("snapshots").join(revision);
        hollow::dit(&repository.join("blobs").join(blob), 48, 48);
        fs::create_dir_all(&snapshot).unwrap();
        let link = snapshot.join("diffusion_pytorch_model.safetensors");
        symlink(format!("../../blobs/{blob}"), link).unwrap();
        write(&snapshot, "config.json", super::CONFIG);
        hollow::text_encoder(&snapshot.join("models_t5_umt5-xxl-enc-bf16.pth"));
        write(&snapshot, "google/umt5-xxl/tokenizer.json", "");
        hollow::vae(&snapshot.join("Wan2.2_VAE.pth"), 48);
    }
    write(&repository, "refs/main", "0a1b\n");
    let catalogue = scan(&hub);
    assert_eq!(catalogue.models.len(), 1);
    let model = whole(&catalogue, "Wan2.2-TI2V-5B");
    assert_eq!(model.root, repository.join("snapshots/0a1b"));
    assert!(
        catalogue.at(&repository.join("blobs/11")).is_some(),
        "a link's target is the same file"
    );
}

#[test]
fn namesakes_are_numbered() {
    let folder = TempDir::new().unwrap();
    for place in ["a", "b"] {
        hollow::dit(&folder.path().join(place).join("Wan.safetensors"), 48, 48);
    }
    hollow::text_encoder(&folder.path().join("umt5.safetensors"));
    hollow::vae(&folder.path().join("vae.safetensors"), 48);
    let catalogue = scan(folder.path());
    assert_eq!(
        whole(&catalogue, "wan").root,
        folder.path().join("a/Wan.safetensors")
    );
    assert_eq!(
        whole(&catalogue, "Wan (2)").root,
        folder.path().join("b/Wan.safetensors")
    );
}

/// Links that lead in circles, and folders that contain each other, are walked once.
#[test]
fn links_lead_nowhere_twice() {
    let folder = comfyui();
    let models = folder.path().join("models");
    symlink(folder.path(), models.join("again")).unwrap();
    symlink(models.join("diffusion_models"), models.join("unet")).unwrap();
    let both: Vec<PathBuf> = vec![models, folder.path().to_owned()];
    assert_eq!(catalog::scan(&both).models.len(), 4);
}

#[test]
fn damaged_files_are_told_of() {
    let folder = comfyui();
    let vae = folder.path().join("models/vae/wan2.2_vae.safetensors");
    fs::File::options()
        .write(true)
        .open(&vae)
        .unwrap()
        .set_len(1000)
        .unwrap();
    let catalogue = scan(folder.path());
    let told = catalogue.named("wan2.2_vae").unwrap();
    assert_eq!((&told.place, told.bytes), (&vae, 1000));
    let problem = told.checkpoint.clone().unwrap_err().to_string();
    assert!(
        problem.contains("wan2.2_vae.safetensors is cut short"),
        "{problem}"
    );
    // The model that misses it says so, too.
    let lacking = catalogue.named("wan2.2_ti2v_5B_fp16").unwrap();
    let problem = lacking.checkpoint.clone().unwrap_err().to_string();
    assert!(problem.contains("lacks the Wan2.2 VAE"), "{problem}");
    assert_eq!(catalogue.models.len(), 5);
}

/// Half a terabyte of weights: what is read of it is counted by the system.
#[cfg(target_os = "linux")]
#[test]
fn only_headers_are_read() {
    let read = || -> u64 {
        let counts = fs::read_to_string("/proc/self/io").unwrap();
        let line = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
        line.unwrap().parse().unwrap()
    };
    crate::support::alone::alone("catalog::scan::only_headers_are_read", || {
        let folder = TempDir::new().unwrap();
        for expert in ["high", "low"] {
            hollow::network(
                &folder
                    .path()
                    .join(format!("wan_{expert}_noise.safetensors")),
                &[
                    ("patch_embedding.weight", &[5120, 36, 1, 2, 2]),
                    ("blocks.0.self_attn.q.weight", &[1 << 20, 1 << 17]),
                    ("head.head.weight", &[64, 5120]),
                ],
            );
        }
        hollow::text_encoder(&folder.path().join("umt5.safetensors"));
        hollow::vae(&folder.path().join("wan_vae.safetensors"), 16);
        let before = read();
        let catalogue = scan(folder.path());
        let bytes = read() - before;
        assert!(catalogue.models[0].bytes > 500_000_000_000);
        // Headers, each once, and a hundred bytes of each matrix.
        assert!(bytes < 10_000, "{bytes} bytes were read");
    });
}

/// Breaks when a DiT is given the features of another image encoder, of which ComfyUI's folder often holds several, or
/// when one that reads pictures is taken for one that does not.
#[test]
fn a_dit_that_reads_pictures_takes_the_encoder_with_its_features() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    hollow::text_encoder(&file("text_encoders/umt5_xxl.safetensors"));
    hollow::vae(&file("vae/wan_2.1_vae.safetensors"), 16);
    hollow::seeing_dit(&file("dits/wan2.1_i2v_720p.safetensors"), 1280, 1);
    hollow::seeing_dit(&file("dits/wan2.1_flf2v.safetensors"), 1280, 2);
    hollow::image_encoder(&file("clip_vision/vit_l.safetensors"), 1024);
    let catalogue = scan(folder.path());
    let problem = catalogue.models[0].checkpoint.clone().unwrap_err();
    let problem = problem.to_string();
    assert!(problem.contains("lacks an image encoder"), "{problem}");

    let encoder = file("clip_vision/vit_h.safetensors");
    hollow::image_encoder(&encoder, 1280);
    let catalogue = scan(folder.path());
    let model = whole(&catalogue, "wan2.1_i2v_720p");
    assert_eq!(model.variant, Variant::I2v);
    assert_eq!(model.image_encoder, std::slice::from_ref(&encoder));
    assert_eq!(
        model.defaults.size,
        Size::new(1280, 720),
        "its name says so"
    );
    let model = whole(&catalogue, "wan2.1_flf2v");
    assert_eq!(model.variant, Variant::Flf2v);
    assert_eq!(model.image_encoder, [encoder]);
}

/// What is wrong with everything that cannot be used.
fn problems(found: &catalog::Catalogue) -> Vec<String> {
    let models = found.models.iter();
    let problems = models.filter_map(|model| model.checkpoint.as_ref().err());
    problems.map(english::problem).collect()
}

/// Breaks when merely looking for models fetches tens of gigabytes from iCloud, or such files vanish without a word.
#[test]
fn what_is_on_a_server_alone_is_told_of_and_not_opened() {
    let folder = TempDir::new().unwrap();
    // Nothing could be read of it, so whoever opened it would complain of that.
    fs::write(folder.path().join("evicted.safetensors"), b"").unwrap();
    let asked = |file: &Path| file.ends_with("evicted.safetensors");
    let found = catalog::scan_asking(&[folder.path().to_owned()], asked);
    let told = problems(&found);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("evicted.safetensors"), "{told:?}");
    assert!(
        told[0].contains("in iCloud and not on this Mac"),
        "{told:?}"
    );
    let found = catalog::scan_asking(&[folder.path().to_owned()], |_| false);
    let told = problems(&found);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(!told[0].contains("iCloud"), "{told:?}");
}

/// Breaks when models vanish without a word because somebody pressed "Don't Allow", or that is called a lack of rights.
#[test]
fn a_folder_that_the_system_refuses_is_told_of() {
    const NOT_PERMITTED: i32 = 1;
    const ACCESS: i32 = 13;
    const NOT_THERE: i32 = 2;
    let told = |errno: i32| {
        let error = std::io::Error::from_raw_os_error(errno);
        catalog::refusal(Path::new("/Users/me/Documents"), &error).map(|error| error.to_string())
    };
    let refused = told(NOT_PERMITTED).unwrap();
    assert!(
        refused.contains("System Settings, Privacy & Security, Files and Folders"),
        "{refused}"
    );
    assert!(refused.contains("/Users/me/Documents"), "{refused}");
    let rights = told(ACCESS).unwrap();
    assert!(rights.contains("by this user"), "{rights}");
    assert_eq!(told(NOT_THERE), None);
}
