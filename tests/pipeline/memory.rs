//! What is told about a job's memory before it begins, against what it then takes.

#![expect(clippy::print_stdout, reason = "the figures are of interest")]

use mlx_rs::memory;
use tempfile::TempDir;
use zoetrope::job::memory::{Need, needs};
use zoetrope::job::{Plan, Request, Size};
use zoetrope::{catalog, pipeline};

use super::job::finish;
use crate::support::alone::alone;

/// How far what is told may be from what is measured.
const WITHIN: f64 = 0.15;

/// The built-in model: at one size the DiT takes the most, at the other the VAE.
#[test]
fn the_built_in_model_takes_what_is_told() {
    alone(
        "pipeline::memory::the_built_in_model_takes_what_is_told",
        compare,
    );
}

fn compare() {
    let folder = TempDir::new().unwrap();
    let model = catalog::built_in().unwrap();
    for (side, frames) in [(128, 17), (256, 9)] {
        let request = Request {
            prompt: "a red circle moving right".into(),
            size: Some(Size::new(side, side)),
            frames: Some(frames),
            steps: Some(1),
            ..Request::default()
        };
        let output = folder.path().join("out.mp4");
        check(&Plan::new(&request, model.clone(), None, 7, output).unwrap());
    }
}

/// Makes the video, and holds the most that it took to the most that was told.
#[track_caller]
fn check(plan: &Plan) {
    let told = needs(plan, &pipeline::sizes(&plan.checkpoint).unwrap());
    let told = told.iter().map(Need::bytes).max().unwrap() as f64;
    memory::clear_cache().unwrap();
    let measured = finish(plan, pipeline::generate).unwrap().peak_memory as f64;
    let what = format!(
        "{} at {} x {}",
        plan.checkpoint.name, plan.size, plan.frames
    );
    println!(
        "{what}: {:.2} MB told, {:.2} MB measured",
        told / 1e6,
        measured / 1e6
    );
    assert!(
        (told / measured - 1.0).abs() < WITHIN,
        "{what}: {told} told, {measured} measured"
    );
}
