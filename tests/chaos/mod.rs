//! SIGKILL at random instants, over the whole life of whatever leaves something on the disk: afterwards there is the old
//! state or the new one, and doing it again leads to the new one.
//!
//! Ten instants are always tried. `cargo xtask chaos` tries 200, or `ZOETROPE_CHAOS=N` any number; they follow from
//! `ZOETROPE_CHAOS_SEED`.

mod download;
mod export;
mod job;
mod settings;
mod window;

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use zoetrope::disk::is_temporary;

/// How many instants all tests here try together unless told otherwise.
const ALL: u64 = 10;

/// Random numbers that are the same in each run: Steele, Lea and Flood, "Fast splittable pseudorandom number generators"
/// (2014).
struct Dice(u64);

impl Dice {
    /// Those of one test.
    fn of(test: u64) -> Self {
        Self((number("ZOETROPE_CHAOS_SEED", 1) << 8) | test)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An instant in a life of this length.
    fn instant(&mut self, life: Duration) -> Duration {
        life.mul_f64(self.roll() as f64 / u64::MAX as f64)
    }
}

fn number(name: &str, usual: u64) -> u64 {
    let given = env::var(name).ok();
    given.map_or(usual, |text| text.parse().unwrap())
}

/// How many instants a test tries that has this part of ten.
fn tries(part: u64) -> u64 {
    (number("ZOETROPE_CHAOS", ALL) * part).div_ceil(ALL)
}

/// How long a program lives that nothing happens to.
#[track_caller]
fn life(mut command: Command) -> Duration {
    let begun = Instant::now();
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    begun.elapsed()
}

/// Runs a program and ends it at this instant of its life.
fn kill(mut command: Command, instant: Duration) {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().unwrap();
    thread::sleep(instant);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// That nothing in a folder, or below it, has a temporary name.
#[track_caller]
fn assert_swept(folder: &Path, what: &str) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        assert!(!is_temporary(&entry.file_name()), "{what}: {entry:?}");
        if entry.path().is_dir() {
            assert_swept(&entry.path(), what);
        }
    }
}
