//! Files that were replaced between a job and its going on, and pictures that outlive their copies.

use std::fs;
use std::path::Path;

use zoetrope::catalog;
use zoetrope::job::{
    CanvasRequest, PictureFit, Plan, Request, SamplingRequest, Size, Sources, Stage,
};
use zoetrope::pipeline::{self, saved};

use super::job::{Place, finish, sentence, stop_at};
use crate::support::golden_path;
use crate::support::model::{SHARD, VAE, copy_model};

/// A plan with a model and a picture in the folder of the job.
fn plan(place: &Place) -> Plan {
    copy_model(&place.path("model"));
    fs::copy(golden_path("data/image_ti2v.png"), place.path("boat.png")).unwrap();
    let request = Request {
        prompt: "a boat".into(),
        sources: Sources {
            image: Some(place.path("boat.png")),
            fit: PictureFit::Crop,
            ..Sources::default()
        },
        canvas: CanvasRequest {
            size: Some(Size::new(32, 32)),
            frames: Some(5),
            ..CanvasRequest::default()
        },
        sampling: SamplingRequest {
            steps: Some(6),
            seed: Some(7),
            ..SamplingRequest::default()
        },
        ..Request::default()
    };
    let checkpoint = catalog::open(&place.path("model")).unwrap();
    Plan::new(
        &request,
        checkpoint,
        Some(Size::new(64, 64)),
        0,
        place.path("out.mp4"),
    )
    .unwrap()
}

/// Changes one bit in the middle of a file.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Breaks when a video is begun with one model and finished with another without a word.
#[test]
fn a_replaced_model_is_told() {
    let place = Place::new();
    stop_at(Stage::Denoise, 3, &plan(&place)).unwrap_err();
    for name in [SHARD, VAE] {
        let file = place.path("model").join(name);
        flip(&file);
        let run = place.resume();
        let told = sentence(&run);
        let expected = format!("{name} is not the file that this video was started with");
        assert!(told.contains(&expected), "{told}");
        assert!(told.contains("3 of 6 steps are saved"), "{told}");
        flip(&file);
    }
    // The same bytes under the same name are the same file, whenever they were written.
    let run = place.resume();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// Where only the decoding is left, only the VAE matters.
#[test]
fn what_is_not_read_any_more_may_be_replaced() {
    let place = Place::new();
    stop_at(Stage::Decode, 0, &plan(&place)).unwrap_err();
    flip(&place.path("model").join(SHARD));
    flip(&place.path("model").join(VAE));
    let run = place.resume();
    let told = sentence(&run);
    assert!(told.contains(VAE), "{told}");
    flip(&place.path("model").join(VAE));
    assert_eq!(place.resume().code, Some(0));
}

/// Breaks when the finished video's record names a picture that went with the run folder.
#[test]
fn a_plan_names_the_original_picture_while_that_is_the_same() {
    let place = Place::new();
    let copy = place.path("out.mp4.run/pictures/0/boat.png");
    stop_at(Stage::Denoise, 3, &plan(&place)).unwrap_err();
    let named = || {
        let plan = saved::plan(&place.path("out.mp4.run")).unwrap();
        plan.sources.image.unwrap()
    };
    assert_eq!(named(), place.path("boat.png"));
    flip(&place.path("boat.png"));
    assert_eq!(named(), copy);
    fs::remove_file(place.path("boat.png")).unwrap();
    assert_eq!(named(), copy);
    let plan = saved::plan(&place.path("out.mp4.run")).unwrap();
    finish(&plan, pipeline::resume).unwrap();
    assert_eq!(place.names(), ["model", "out.mp4"]);
}
