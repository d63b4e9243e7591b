//! An export to each kind of file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use zoetrope::job::{Quality, Size};
use zoetrope::media::mp4::Mp4Writer;

use super::{Dice, assert_swept, kill, life, tries};
use crate::support::program::{command, output};

const SIZE: Size = Size::new(96, 64);
const FRAMES: u8 = 24;
const TARGETS: [&str; 4] = ["out.gif", "out.mp4", "out", "out.png"];

fn video(path: &Path) {
    let mut video = Mp4Writer::create(path, SIZE, 24, Quality::default(), "{}").unwrap();
    for frame in 0..FRAMES {
        let pixels = (0..3 * SIZE.area()).map(|at| (at as u8).wrapping_mul(7) ^ frame);
        video.write(&pixels.collect::<Vec<_>>()).unwrap();
    }
    video.finish().unwrap();
}

fn export(folder: &Path, target: &str) -> Command {
    let [source, target] = ["v.mp4", target].map(|name| folder.join(name).display().to_string());
    command(&folder.join("cache"), &["export", &source, "-o", &target])
}

/// Everything under a name: the bytes of a file, or those of all files in a folder.
fn content(path: PathBuf) -> Option<Vec<u8>> {
    if path.is_file() {
        return fs::read(path).ok();
    }
    let entries = fs::read_dir(path).ok()?;
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Some(
        files
            .iter()
            .flat_map(|file| fs::read(file).unwrap())
            .collect(),
    )
}

/// Breaks when an export that was killed leaves half a file or a part of the pictures under the name.
#[test]
fn an_export_that_is_killed_leaves_the_old_or_the_new() {
    let folder = TempDir::new().unwrap();
    video(&folder.path().join("v.mp4"));
    let mut dice = Dice::of(2);
    for number in 0..tries(2) {
        let target = TARGETS[number as usize % TARGETS.len()];
        let place = folder.path().join(number.to_string());
        fs::create_dir(&place).unwrap();
        fs::copy(folder.path().join("v.mp4"), place.join("v.mp4")).unwrap();
        let life = life(export(&place, target));
        let new = content(place.join(target));
        // A folder must be new.
        if place.join(target).is_dir() {
            fs::remove_dir_all(place.join(target)).unwrap();
        } else {
            fs::write(place.join(target), "old").unwrap();
        }
        let old = content(place.join(target));

        let instant = dice.instant(life);
        let what = format!("number {number}, {target} killed after {instant:?} of {life:?}");
        kill(export(&place, target), instant);
        let left = content(place.join(target));
        assert!(left == old || left == new, "{what}");
        if left == old {
            let again = output(export(&place, target));
            assert_eq!(again.code, Some(0), "{what}: {}", again.stderr);
        }
        assert!(content(place.join(target)) == new, "{what}");
        assert!(place.join("v.mp4").exists(), "{what}");
        if left == old {
            assert_swept(&place, &what);
        }
    }
}
