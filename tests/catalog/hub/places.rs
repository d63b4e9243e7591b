//! Where downloaded files go, and which are not downloaded.

use std::{fs, slice};

use zoetrope::catalog;
use zoetrope::catalog::hub::{Destination, Download};
use zoetrope::job::{DownloadProgress, Published, Wanted, WeightFormat};

use super::super::hollow;
use super::server::{Asked, REVISION, git};
use super::{DIT, Scene, TEXT_ENCODER, VAE, assert_whole, content, files};

/// As `huggingface_hub` lays it out, so that other programs need not download it again.
#[test]
fn the_cache_is_that_of_other_programs() {
    let scene = Scene::new();
    let files = scene.run().unwrap();
    assert_whole(&files);
    let repository = scene
        .cache()
        .join("models--Comfy-Org--Wan_2.2_ComfyUI_Repackaged");
    assert_eq!(
        fs::read_to_string(repository.join("refs/main")).unwrap(),
        REVISION
    );
    let dit = repository
        .join("snapshots")
        .join(REVISION)
        .join("split_files/diffusion_models/wan2.2_ti2v_5B_fp16.safetensors");
    assert_eq!(files[0], dit);
    let link = fs::read_link(&dit).unwrap();
    assert!(
        link.is_relative(),
        "the cache can be moved: {}",
        link.display()
    );
    assert_eq!(
        dit.canonicalize().unwrap(),
        scene.blob(DIT).canonicalize().unwrap()
    );

    scene.server.asked();
    assert_whole(&scene.run().unwrap());
    assert_eq!(
        scene.server.asked(),
        [],
        "what is there is not asked for again"
    );
}

/// A file whose link was lost, or that came with another revision, only needs a new link.
#[test]
fn what_the_cache_has_is_linked_again() {
    let scene = Scene::new();
    let files = scene.run().unwrap();
    fs::remove_dir_all(
        scene
            .cache()
            .join("models--Comfy-Org--Wan_2.2_ComfyUI_Repackaged/snapshots"),
    )
    .unwrap();
    scene.server.asked();
    scene.run().unwrap();
    assert_whole(&files);
    assert_eq!(scene.server.asked(), []);
}

#[test]
fn a_folder_is_sorted_as_comfyui_sorts_it() {
    let scene = Scene::new();
    let models = scene.folder.path().join("models");
    let model = (Published::Ti2v5B, WeightFormat::Fp16);
    let destination = Destination::Folder(models.clone());
    let download = Download::plan(&scene.hub(), model, destination, &[], &mut || Ok(())).unwrap();
    let found = download.run(&mut |_: &DownloadProgress| Ok(())).unwrap();
    assert_whole(&found);
    let mut all = files(&models);
    all.sort();
    let expected = [
        "diffusion_models/wan2.2_ti2v_5B_fp16.safetensors",
        "text_encoders/umt5_xxl_fp16.safetensors",
        "vae/wan2.2_vae.safetensors",
    ];
    assert_eq!(
        all,
        expected.map(|name| models.join(name)),
        "and nothing else is left"
    );
}

/// The authors' repositories are whole models, and stay as they are.
#[test]
fn an_official_model_has_a_folder_of_its_own() {
    let scene = Scene::new();
    let repository = "Wan-AI/Wan2.2-TI2V-5B";
    let parts = [
        "config.json",
        "diffusion_pytorch_model-00001-of-00002.safetensors",
        "diffusion_pytorch_model-00002-of-00002.safetensors",
        "diffusion_pytorch_model.safetensors.index.json",
        "google/umt5-xxl/tokenizer.json",
        "models_t5_umt5-xxl-enc-bf16.pth",
        "Wan2.2_VAE.pth",
    ];
    for part in parts
        .into_iter()
        .chain(["assets/logo.png", "examples/i2v_input.JPG"])
    {
        scene
            .server
            .put(&format!("{repository}/{part}"), part.as_bytes());
    }
    let models = scene.folder.path().join("models");
    let model = (Published::Ti2v5B, WeightFormat::Official);
    let destination = Destination::Folder(models.clone());
    let download = Download::plan(&scene.hub(), model, destination, &[], &mut || Ok(())).unwrap();
    download.run(&mut |_: &DownloadProgress| Ok(())).unwrap();
    for part in parts {
        let file = models.join("Wan2.2-TI2V-5B").join(part);
        assert_eq!(fs::read_to_string(file).unwrap(), part);
    }
    assert_eq!(files(&models).len(), parts.len(), "no pictures");

    let place = Destination::Cache(scene.cache());
    let download = Download::plan(&scene.hub(), model, place, &[], &mut || Ok(())).unwrap();
    download.run(&mut |_: &DownloadProgress| Ok(())).unwrap();
    let blobs = scene.cache().join("models--Wan-AI--Wan2.2-TI2V-5B/blobs");
    assert!(
        blobs.join(git(b"config.json")).is_file(),
        "small files are named as git names them"
    );
}

/// Ten gigabytes need not come twice because two programs keep them in two places.
#[test]
fn what_models_share_is_not_downloaded_again() {
    let scene = Scene::new();
    let known = scene.folder.path().join("ComfyUI/text_encoders");
    fs::create_dir_all(&known).unwrap();
    let same = known.join("umt5_xxl_fp16.safetensors");
    fs::write(&same, content(3, 500_000)).unwrap();
    let plan = || {
        let model = (Published::Ti2v5B, WeightFormat::Fp16);
        Download::plan(
            &scene.hub(),
            model,
            Destination::Cache(scene.cache()),
            slice::from_ref(&known),
            &mut || Ok(()),
        )
        .unwrap()
    };
    assert_eq!(plan().bytes(), (1_200_000, 0));
    plan().run(&mut |_: &DownloadProgress| Ok(())).unwrap();
    let asked: Vec<_> = scene
        .server
        .asked()
        .into_iter()
        .map(|asked| asked.file)
        .collect();
    assert!(
        asked.contains(&DIT.into()) && asked.contains(&VAE.into()),
        "{asked:?}"
    );
    assert!(!asked.contains(&TEXT_ENCODER.into()), "{asked:?}");

    fs::write(&same, b"another file of that name").unwrap();
    plan().run(&mut |_: &DownloadProgress| Ok(())).unwrap();
    assert_eq!(
        scene.server.asked(),
        [Asked {
            file: TEXT_ENCODER.into(),
            from: 0
        }]
    );
}

/// What the hub says where a file lies is not followed out of the folder.
#[test]
fn paths_that_lead_elsewhere_are_no_files() {
    let scene = Scene::new();
    let repository = "Wan-AI/Wan2.2-TI2V-5B";
    for part in [
        "config.json",
        "diffusion_pytorch_model.safetensors",
        "models_t5_umt5-xxl-enc-bf16.pth",
        "Wan2.2_VAE.pth",
    ] {
        scene
            .server
            .put(&format!("{repository}/{part}"), part.as_bytes());
    }
    scene
        .server
        .put(&format!("{repository}/google/umt5-xxl/.."), b"..");
    let model = (Published::Ti2v5B, WeightFormat::Official);
    let plan = Download::plan(
        &scene.hub(),
        model,
        Destination::Cache(scene.cache()),
        &[],
        &mut || Ok(()),
    );
    let problem = plan.unwrap_err().to_string();
    assert!(
        problem.contains("The hub has no google/umt5-xxl/* in Wan-AI/Wan2.2-TI2V-5B any more"),
        "{problem}"
    );
}

/// Every model that is offered names its files, and none is offered that has none.
#[test]
fn what_is_offered_can_be_asked_for() {
    let scene = Scene::new();
    let offers = zoetrope::catalog::hub::offers();
    let plan = |model, edition| {
        let plan = Download::plan(
            &scene.hub(),
            (model, edition),
            Destination::Cache(scene.cache()),
            &[],
            &mut || Ok(()),
        );
        plan.map(|_| ()).map_err(|error| error.to_string())
    };
    for model in Published::ALL {
        for edition in WeightFormat::ALL {
            let is_offered = offers
                .iter()
                .any(|offer| (offer.model, offer.edition) == (model, edition));
            let refused =
                plan(model, edition).is_err_and(|problem| problem.contains("is not published in"));
            assert!(is_offered != refused, "{model} {edition}");
        }
    }
}

/// Breaks when somebody whose text encoder lacks a tokenizer has to download all of a model for it, or does not find it.
#[test]
fn the_tokenizer_comes_alone() {
    let scene = Scene::new();
    let tokenizer = "Wan-AI/Wan2.1-T2V-1.3B/google/umt5-xxl/tokenizer.json";
    scene.server.put(tokenizer, &content(4, 70_000));
    scene.server.put(
        "Wan-AI/Wan2.1-T2V-1.3B/diffusion_pytorch_model.safetensors",
        &content(5, 400_000),
    );
    let folder = scene.folder.path().join("models");
    for (place, destination) in [
        (scene.cache(), Destination::Cache(scene.cache())),
        (folder.clone(), Destination::Folder(folder)),
    ] {
        let download = Download::plan(
            &scene.hub(),
            Wanted::Tokenizer,
            destination,
            &[],
            &mut || Ok(()),
        );
        let download = download.unwrap();
        assert_eq!(download.bytes().0, 70_000);
        let came = download.run(&mut |_: &DownloadProgress| Ok(())).unwrap();
        let [file] = came.as_slice() else {
            panic!("{came:?}")
        };
        assert!(fs::read(file).unwrap() == content(4, 70_000));

        // A model without one finds it there, and a half of a repository is no model.
        let models = scene.folder.path().join("own");
        hollow::dit(&models.join("dit.safetensors"), 16, 16);
        hollow::vae(&models.join("vae.safetensors"), 16);
        hollow::bare_text_encoder(&models.join("umt5.safetensors"));
        let found = catalog::scan(&[models, place]).models;
        assert_eq!(found.len(), 1, "{found:?}");
        let tokenizer = &found[0].checkpoint.as_ref().unwrap().tokenizer;
        assert!(tokenizer.ends_with("google/umt5-xxl/tokenizer.json"));
    }
}
