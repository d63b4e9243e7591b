//! A job that begins with a picture.

use std::fs;
use std::process::Command;

use super::{Dice, assert_swept, kill, life, tries};
use crate::pipeline::job::Place;
use crate::support::golden_path;
use crate::support::program::output;

const RESULTS: [&str; 3] = ["frames.safetensors", "latents.safetensors", "out.mp4"];
const OLD: &[u8] = b"an older video";

fn generate(place: &Place) -> Command {
    let picture = place.text("boat.png");
    let shape = ["--size", "32x32", "--steps", "8", "--fit", "crop"];
    place.generate(&[&shape[..], &["--image", &picture]].concat())
}

fn begin() -> Place {
    let place = Place::new();
    fs::copy(golden_path("data/image_ti2v.png"), place.path("boat.png")).unwrap();
    fs::write(place.path("out.mp4"), OLD).unwrap();
    place
}

/// Breaks when a job that was killed leaves half a file under its name, cannot go on, or becomes another video.
#[test]
fn a_job_that_is_killed_leaves_the_old_or_the_new() {
    let whole = begin();
    let life = life(generate(&whole));
    let new = RESULTS.map(|name| whole.bytes(name));
    let mut dice = Dice::of(1);
    for number in 0..tries(3) {
        let instant = dice.instant(life);
        let what = format!("number {number}, killed after {instant:?} of {life:?}");
        let place = begin();
        kill(generate(&place), instant);
        for (name, new) in RESULTS.iter().zip(&new) {
            let there = fs::read(place.path(name)).ok();
            let is_old = there.as_deref().is_none_or(|bytes| bytes == OLD);
            assert!(
                is_old || there.as_ref() == Some(new),
                "{what}: {name} is neither"
            );
        }
        // What there was to begin with may be gone when the job goes on, if it had begun.
        let run = if place.path("out.mp4.run/state.safetensors").exists() {
            fs::remove_file(place.path("boat.png")).unwrap();
            place.resume()
        } else if place.path("out.mp4.run/plan.json").exists() {
            place.resume()
        } else {
            output(generate(&place))
        };
        assert_eq!(run.code, Some(0), "{what}: {}", run.stderr);
        assert!(RESULTS.map(|name| place.bytes(name)) == new, "{what}");
        let names = place.names();
        assert_eq!(names[names.len() - 3..], RESULTS, "{what}");
        assert_swept(&place.path("."), &what);
    }
}
