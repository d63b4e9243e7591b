//! What an earlier download left, and what several files share.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use zoetrope::Error;
use zoetrope::catalog::hub::{Destination, Download};
use zoetrope::job::{DownloadProgress, Published, WeightFormat};

use super::server::Whim;
use super::{DIT, Scene, TEXT_ENCODER, VAE, assert_whole, content};

/// The official A14B, whose experts have the same small files, and here the same weights too.
const TWINS: [&str; 7] = [
    "high_noise_model/config.json",
    "high_noise_model/diffusion_pytorch_model.safetensors",
    "low_noise_model/config.json",
    "low_noise_model/diffusion_pytorch_model.safetensors",
    "Wan2.1_VAE.pth",
    "models_t5_umt5-xxl-enc-bf16.pth",
    "google/umt5-xxl/tokenizer.json",
];

fn twins() -> Scene {
    let scene = Scene::new();
    for path in TWINS {
        let name = path.rsplit('/').next().unwrap();
        let bytes = match name {
            "diffusion_pytorch_model.safetensors" => content(9, 200_000),
            name => name.as_bytes().to_vec(),
        };
        scene
            .server
            .put(&format!("Wan-AI/Wan2.2-T2V-A14B/{path}"), &bytes);
    }
    scene
}

fn plan_twins(scene: &Scene, place: Destination) -> Download {
    let what = (Published::T2vA14B, WeightFormat::Official);
    Download::plan(&scene.hub(), what, place, &[], &mut || Ok(())).unwrap()
}

/// Breaks when of two files with the same bytes only one appears, or the two get into each other's way.
#[test]
fn files_of_equal_bytes_all_appear() {
    for _ in 0..4 {
        let scene = twins();
        let download = plan_twins(&scene, Destination::Cache(scene.cache()));
        let (of, _) = download.bytes();
        let mut last = 0;
        let files = download.run(&mut |transfer: &DownloadProgress| {
            last = transfer.done;
            Ok(())
        });
        let files = files.unwrap();
        assert_eq!(files.len(), TWINS.len());
        assert!(files.iter().all(|file| file.is_file()), "{files:?}");
        assert_eq!(scene.server.asked().len(), 5, "the same bytes come once");
        assert_eq!(last, of, "and are counted once");

        // A link that was lost comes back although its content is there.
        fs::remove_file(&files[2]).unwrap();
        let again = plan_twins(&scene, Destination::Cache(scene.cache()));
        again.run(&mut |_: &DownloadProgress| Ok(())).unwrap();
        assert!(files[2].is_file());
    }
    let scene = twins();
    let models = scene.folder.path().join("models");
    let download = plan_twins(&scene, Destination::Folder(models));
    let files = download.run(&mut |_: &DownloadProgress| Ok(())).unwrap();
    assert!(files.iter().all(|file| file.is_file()), "{files:?}");
}

/// Breaks when a file of the right length is taken for the right file, so that "download it again" does nothing.
#[test]
fn a_damaged_file_comes_again() {
    let scene = Scene::new();
    let files = scene.run().unwrap();
    scene.server.asked();
    for (file, bit) in [(VAE, 1), (DIT, 0x80)] {
        let mut bytes = fs::read(scene.blob(file)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= bit;
        fs::write(scene.blob(file), bytes).unwrap();
        let mut last = (0, 0);
        let again = scene.plan().unwrap();
        again
            .run(&mut |transfer: &DownloadProgress| {
                assert!(transfer.done <= transfer.of);
                last = (transfer.done, transfer.of);
                Ok(())
            })
            .unwrap();
        assert_eq!(last, (1_700_000, 1_700_000));
        assert_whole(&files);
        let asked: Vec<_> = scene
            .server
            .asked()
            .into_iter()
            .map(|asked| asked.file)
            .collect();
        assert_eq!(asked, [file], "and no other");
    }
}

/// The same in a folder, where no name tells the checksum.
#[test]
fn a_damaged_file_in_a_folder_comes_again() {
    let scene = Scene::new();
    let models = scene.folder.path().join("models");
    let run = || {
        let what = (Published::Ti2v5B, WeightFormat::Fp16);
        let place = Destination::Folder(models.clone());
        let plan = Download::plan(&scene.hub(), what, place, &[], &mut || Ok(())).unwrap();
        plan.run(&mut |_: &DownloadProgress| Ok(())).unwrap()
    };
    let files = run();
    fs::write(&files[1], vec![0; 500_000]).unwrap();
    scene.server.asked();
    assert_whole(&run());
    assert_eq!(scene.server.asked().len(), 1);
}

/// Breaks when bytes that have to come again stay counted, so that the bar runs past its end.
#[test]
fn what_is_thrown_away_is_not_counted() {
    let scene = Scene::new();
    for (file, length) in [(DIT, 1_000_000), (VAE, 300_000), (TEXT_ENCODER, 10)] {
        let rest = scene.blob(file).with_extension("incomplete");
        fs::create_dir_all(rest.parent().unwrap()).unwrap();
        fs::write(&rest, vec![b'!'; length]).unwrap();
    }
    let mut last = 0;
    let files = scene
        .plan()
        .unwrap()
        .run(&mut |transfer: &DownloadProgress| {
            assert!(transfer.done <= transfer.of, "{transfer:?}");
            last = transfer.done;
            Ok(())
        });
    assert_whole(&files.unwrap());
    assert_eq!(last, 1_700_000);
}

/// Breaks when sizes from outside wrap around: then there seems to be room for anything.
#[test]
fn sizes_cannot_overflow() {
    let scene = Scene::new();
    for (file, digit) in [(DIT, "a"), (VAE, "b")] {
        let size = json!({ "sha256": digit.repeat(64), "size": u64::MAX });
        let path = file.splitn(3, '/').nth(2).unwrap();
        scene
            .server
            .lie(file, json!({ "rfilename": path, "lfs": size }));
    }
    let plan = scene.plan().unwrap();
    assert_eq!(plan.bytes(), (u64::MAX, 0));
    let problem = scene.problem();
    assert!(problem.contains("are still to come"), "{problem}");
}

/// Whoever has had enough does not wait until a server or a clock has.
fn stops_at_once(
    work: impl FnOnce(&mut dyn FnMut() -> zoetrope::Result<()>) -> zoetrope::Result<()>,
) {
    let mut left = 3;
    let begin = Instant::now();
    let stopped = work(&mut || {
        left -= 1;
        if left > 0 {
            Ok(())
        } else {
            Err(Error::Interrupted)
        }
    });
    assert!(stopped.unwrap_err().is_cancelled());
    assert!(
        begin.elapsed() < Duration::from_secs(8),
        "{:?}",
        begin.elapsed()
    );
}

/// Breaks when nobody is heard while the hub is asked for its list: a silent one is asked six times for 15 seconds.
#[test]
fn asking_for_the_list_can_be_stopped() {
    let scene = Scene::new();
    scene.server.fall_silent();
    let what = (Published::Ti2v5B, WeightFormat::Fp16);
    let place = || Destination::Cache(scene.cache());
    stops_at_once(|go_on| Download::plan(&scene.hub(), what, place(), &[], go_on).map(drop));

    // And between two tries.
    let nobody = zoetrope::catalog::hub::Hub::new("http://127.0.0.1:1", None);
    let nobody = nobody.with_patience(Duration::from_mins(1));
    stops_at_once(|go_on| Download::plan(&nobody, what, place(), &[], go_on).map(drop));
}

/// Breaks when a download waits for a server that is silent in the middle of a file, or keeps the file locked.
#[test]
fn a_silent_server_holds_nobody_up() {
    let scene = Scene::new();
    for file in [DIT, VAE, TEXT_ENCODER] {
        scene
            .server
            .misbehave(file, &[Whim::Drop(1000), Whim::Silence]);
    }
    let plan = scene.plan().unwrap();
    stops_at_once(|go_on| plan.run(&mut |_: &DownloadProgress| go_on()).map(drop));
    for file in [DIT, VAE, TEXT_ENCODER] {
        scene.server.misbehave(file, &[]);
    }
    assert_whole(&scene.run().unwrap());
}
