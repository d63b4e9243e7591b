//! Everything that can come between a hub and a disk.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::json;
use zoetrope::Error;
use zoetrope::catalog::hub::{Destination, Download, Hub};
use zoetrope::job::{DownloadProgress, Published, WeightFormat};

use super::server::Whim;
use super::{DIT, Scene, TEXT_ENCODER, VAE, assert_whole, files};

/// The requests for the DiT alone.
fn for_dit(scene: &Scene) -> Vec<usize> {
    let all = scene.server.asked().into_iter();
    all.filter(|asked| asked.file == DIT)
        .map(|asked| asked.from)
        .collect()
}

fn partial(scene: &Scene, file: &str) -> std::path::PathBuf {
    scene.blob(file).with_extension("incomplete")
}

#[test]
fn a_broken_connection_is_taken_up_where_it_broke() {
    let scene = Scene::new();
    scene.server.misbehave(
        DIT,
        &[Whim::Drop(400_000), Whim::Unmeasured(1), Whim::Drop(0)],
    );
    assert_whole(&scene.run().unwrap());
    assert_eq!(for_dit(&scene), [0, 400_000, 400_001, 400_001]);
}

/// A power cut, a quit, a day without network: the next download goes on.
#[test]
fn what_came_before_the_end_is_kept() {
    let scene = Scene::new();
    scene
        .server
        .misbehave(DIT, &[Whim::Drop(400_000), Whim::Status(404)]);
    assert!(scene.problem().contains("does not exist"));
    assert_eq!(partial(&scene, DIT).metadata().unwrap().len(), 400_000);
    scene.server.asked();

    let download = scene.plan().unwrap();
    assert!(download.bytes().1 >= 400_000);
    let mut first = None;
    let files = download.run(&mut |transfer: &DownloadProgress| {
        first.get_or_insert(transfer.done);
        Ok(())
    });
    assert_whole(&files.unwrap());
    assert!(first.unwrap() >= 400_000, "what was there counts");
    assert_eq!(for_dit(&scene), [400_000]);
    assert!(!partial(&scene, DIT).exists());
}

#[test]
fn a_download_can_be_stopped() {
    let scene = Scene::new();
    for file in [DIT, VAE, TEXT_ENCODER] {
        scene
            .server
            .misbehave(file, &[Whim::Drop(100_000), Whim::TooMany(60)]);
    }
    let stopped = scene
        .plan()
        .unwrap()
        .run(&mut |transfer: &DownloadProgress| {
            if transfer.done >= 300_000 {
                return Err(Error::Interrupted);
            }
            Ok(())
        });
    let error = stopped.unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert_eq!(partial(&scene, DIT).metadata().unwrap().len(), 100_000);
    assert_whole(&scene.run().unwrap());
}

#[test]
fn a_server_that_cannot_begin_in_the_middle_begins_anew() {
    let scene = Scene::new();
    scene
        .server
        .misbehave(DIT, &[Whim::Drop(400_000), Whim::Whole]);
    let mut last = 0;
    let files = scene
        .plan()
        .unwrap()
        .run(&mut |transfer: &DownloadProgress| {
            assert!(transfer.done <= transfer.of);
            last = transfer.done;
            Ok(())
        });
    assert_whole(&files.unwrap());
    assert_eq!(last, 1_700_000, "nothing is counted twice");
}

/// A mirror gone bad, or a proxy that answers for the hub.
#[test]
fn wrong_bytes_are_thrown_away() {
    let scene = Scene::new();
    scene.server.misbehave(DIT, &[Whim::Wrong]);
    scene.server.misbehave(VAE, &[Whim::Drop(10), Whim::Wrong]);
    assert_whole(&scene.run().unwrap());

    let scene = Scene::new();
    scene.server.misbehave(DIT, &[Whim::Wrong, Whim::Wrong]);
    let problem = scene.problem();
    assert!(problem.contains("failed its checksum twice"), "{problem}");
    assert!(!scene.blob(DIT).exists());
    assert!(!partial(&scene, DIT).exists(), "nothing of it stays");
}

/// What is on the disk is part of what is checked.
#[test]
fn a_damaged_rest_is_not_built_upon() {
    let scene = Scene::new();
    let rest = partial(&scene, DIT);
    fs::create_dir_all(rest.parent().unwrap()).unwrap();
    for leftover in [vec![b'!'; 300_000], vec![b'!'; 1_000_000]] {
        fs::write(&rest, leftover).unwrap();
        assert_whole(&scene.run().unwrap());
        fs::remove_file(scene.blob(DIT)).unwrap();
    }
}

#[test]
fn lengths_that_are_not_the_published_ones_are_refused() {
    let scene = Scene::new();
    scene
        .server
        .misbehave(DIT, &[Whim::Longer(10), Whim::Shorter(10)]);
    assert_whole(&scene.run().unwrap());

    let scene = Scene::new();
    scene.server.misbehave(DIT, &vec![Whim::Shorter(10); 6]);
    let problem = scene.problem();
    assert!(
        problem.contains("is announced with another length than it was published with"),
        "{problem}"
    );
}

#[test]
fn refusals_are_told_or_waited_for() {
    let scene = Scene::new();
    let passing = [
        Whim::Status(500),
        Whim::TooMany(0),
        Whim::Status(503),
        Whim::Drop(0),
    ];
    scene.server.misbehave(DIT, &passing);
    assert_whole(&scene.run().unwrap());

    for (whims, told) in [
        (vec![Whim::Status(401)], "set HF_TOKEN"),
        (vec![Whim::Status(403)], "accept its terms"),
        (vec![Whim::Status(404)], "does not exist"),
        (vec![Whim::Status(418)], "gave an unexpected answer (418"),
        (vec![Whim::Status(500); 6], "is unavailable right now (500"),
        (vec![Whim::TooMany(0); 6], "because there were too many"),
        (vec![Whim::Drop(0); 24], "finished parts are kept"),
    ] {
        let scene = Scene::new();
        scene.server.misbehave(DIT, &whims);
        let problem = scene.problem();
        assert!(problem.contains(told), "{whims:?}: {problem}");
    }
}

/// Breaks when a download of hours is given up because a machine woke up before its network, twice in a row here.
#[test]
fn a_network_that_is_away_for_minutes_is_waited_for() {
    let scene = Scene::new();
    scene.server.misbehave(DIT, &vec![Whim::Drop(0); 20]);
    let mut away = vec![Whim::Drop(0); 15];
    away.push(Whim::Drop(1000));
    away.extend(vec![Whim::Drop(0); 20]);
    scene.server.misbehave(VAE, &away);
    assert_whole(&scene.run().unwrap());
}

#[test]
fn a_hub_that_cannot_be_reached_is_told() {
    let scene = Scene::new();
    let nobody = Hub::new("http://127.0.0.1:1", None).with_patience(std::time::Duration::ZERO);
    let model = (Published::Ti2v5B, WeightFormat::Fp16);
    let plan = Download::plan(
        &nobody,
        model,
        Destination::Cache(scene.cache()),
        &[],
        &mut || Ok(()),
    );
    let problem = plan.unwrap_err().to_string();
    assert!(
        problem.contains("Couldn't reach http://127.0.0.1:1"),
        "{problem}"
    );
    // Of no other try anything would come: with this patience the test would take minutes.
    let nowhere = Hub::new("no address", None).with_patience(std::time::Duration::from_mins(1));
    let plan = Download::plan(
        &nowhere,
        model,
        Destination::Cache(scene.cache()),
        &[],
        &mut || Ok(()),
    );
    assert_eq!(
        plan.unwrap_err().to_string(),
        "no address is no address of a hub: set HF_ENDPOINT to one like https://huggingface.co"
    );
}

/// Whoever stores the files for the hub must not learn who asks.
#[test]
fn the_token_has_preview_to_the_hub_alone() {
    let scene = Scene::new();
    let hub = Hub::new(&scene.server.url(), Some("hf_secret".into()));
    let model = (Published::Ti2v5B, WeightFormat::Fp16);
    let download = Download::plan(
        &hub,
        model,
        Destination::Cache(scene.cache()),
        &[],
        &mut || Ok(()),
    )
    .unwrap();
    assert_whole(&download.run(&mut |_: &DownloadProgress| Ok(())).unwrap());
    let tokens = scene.server.tokens();
    assert_eq!(tokens.len(), 5, "two listings, three files: {tokens:?}");
    assert!(tokens.iter().all(|(_, token)| token == "Bearer hf_secret"));
    assert!(
        tokens
            .iter()
            .all(|(path, _)| !path.starts_with("/content/")),
        "{tokens:?}"
    );
}

/// One connection rarely fills a fast line. Each answer waits here for the requests for the others.
#[test]
fn files_come_at_the_same_time() {
    let scene = Scene::new();
    for file in [DIT, VAE, TEXT_ENCODER] {
        scene.server.misbehave(file, &[Whim::Meet(3)]);
    }
    assert_whole(&scene.run().unwrap());
}

/// Hours later is too late to find out.
#[test]
fn room_is_checked_before_anything_comes() {
    let scene = Scene::new();
    let name = DIT.splitn(3, '/').nth(2).unwrap();
    let sha = "ab".repeat(32);
    scene.server.lie(
        DIT,
        json!({ "rfilename": name, "lfs": { "sha256": sha, "size": 1_u64 << 60 } }),
    );
    let problem = scene.problem();
    assert!(
        problem.contains("has room for") && problem.contains("are still to come"),
        "{problem}"
    );
    assert_eq!(scene.server.asked(), []);
    assert_eq!(files(scene.folder.path()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn what_another_program_downloads_is_left_alone() {
    let scene = Scene::new();
    let blob = scene.blob(DIT);
    let digits = blob.file_name().unwrap().to_str().unwrap();
    let locks = scene
        .cache()
        .join(".locks/models--Comfy-Org--Wan_2.2_ComfyUI_Repackaged");
    fs::create_dir_all(&locks).unwrap();
    let lock = File::create(locks.join(format!("{digits}.lock"))).unwrap();
    lock.lock().unwrap();
    assert!(
        scene
            .problem()
            .contains("is being downloaded by another program")
    );
    lock.unlock().unwrap();
    assert_whole(&scene.run().unwrap());
}

/// Breaks when a link that somebody planted where a download grows has another file appended to, or emptied.
#[test]
fn what_lies_where_a_download_grows_is_left_alone() {
    let scene = Scene::new();
    let victim = scene.folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let growing = partial(&scene, DIT);
    fs::create_dir_all(growing.parent().unwrap()).unwrap();
    for plant in [
        |victim: &Path, place: &Path| symlink(victim, place).unwrap(),
        |victim: &Path, place: &Path| fs::hard_link(victim, place).unwrap(),
    ] {
        plant(&victim, &growing);
        let problem = scene.problem();
        assert!(problem.contains("is in the way: remove it"), "{problem}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        fs::remove_file(&growing).unwrap();
    }
    assert_whole(&scene.run().unwrap());
}

/// The same in a folder: the name that a download has there is no other program's, and it goes on under it.
#[test]
fn a_download_to_a_folder_has_a_name_of_its_own() {
    let scene = Scene::new();
    let models = scene.folder.path().join("models");
    let theirs = models.join("vae/.wan2.2_vae.safetensors.part");
    fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    fs::write(&theirs, "another program's").unwrap();
    let run = || {
        let model = (Published::Ti2v5B, WeightFormat::Fp16);
        let place = Destination::Folder(models.clone());
        let plan = Download::plan(&scene.hub(), model, place, &[], &mut || Ok(())).unwrap();
        plan.run(&mut |_: &DownloadProgress| Ok(()))
    };
    scene
        .server
        .misbehave(VAE, &[Whim::Drop(100_000), Whim::Status(404)]);
    run().unwrap_err();
    let names = fs::read_dir(models.join("vae")).unwrap();
    let names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let growing = names.iter().find(|name| name.ends_with(".download"));
    let growing = models.join("vae").join(growing.unwrap());
    assert_eq!(growing.metadata().unwrap().len(), 100_000);
    scene.server.asked();
    assert_whole(&run().unwrap());
    let asked = scene.server.asked().into_iter();
    let from: Vec<_> = asked
        .filter(|asked| asked.file == VAE)
        .map(|asked| asked.from)
        .collect();
    assert_eq!(from, [100_000], "what had come is not asked for again");
    assert!(!growing.exists());
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "another program's");
}

#[test]
fn a_listing_that_makes_no_sense_is_refused() {
    let scene = Scene::new();
    scene.server.lie(DIT, json!("no object"));
    assert!(scene.problem().contains("makes no sense"));

    for entry in [
        json!({ "rfilename": name(DIT), "size": 3 }),
        json!({ "rfilename": name(DIT), "size": 3, "blobId": "../../../../etc/passwd" }),
        json!({ "rfilename": name(DIT), "lfs": { "sha256": "short", "size": 3 } }),
    ] {
        let scene = Scene::new();
        scene.server.lie(DIT, entry.clone());
        assert!(
            scene
                .problem()
                .contains("The hub has no split_files/diffusion_models"),
            "{entry}"
        );
    }
}

fn name(file: &str) -> &str {
    file.splitn(3, '/').nth(2).unwrap()
}
