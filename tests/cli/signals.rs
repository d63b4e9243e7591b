//! Every way in which a program is ended: at once where it is wanted at once, tidily where there is time, never by a crash.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use zoetrope::job::Size;
use zoetrope::media::mp4::{Mp4Writer, Quality};

use super::stopping::{long_job, names};
use super::{command, model};
use crate::catalog::hub::server::Server;
use crate::support::program::{Job, signal};

/// What a job says from here on.
fn rest(job: &mut Job) -> Vec<Value> {
    std::iter::from_fn(|| job.next()).collect()
}

/// Breaks when the program leaves through the exit handlers of C++ while MLX computes: it hangs or crashes there.
#[test]
fn a_second_ctrl_c_ends_at_once() {
    for pause in [0, 1, 5, 10, 20] {
        let folder = TempDir::new().unwrap();
        let mut job = long_job(&folder.path().join("v.mp4"));
        job.wait_for_step(1);
        job.interrupt();
        sleep(Duration::from_millis(pause));
        job.interrupt();
        let begin = Instant::now();
        let last = rest(&mut job).pop();
        assert_eq!(job.end().0, Some(130), "{pause} ms");
        assert!(begin.elapsed() < Duration::from_secs(5), "{pause} ms");
        assert_eq!(last.unwrap()["event"], "cancelled", "{pause} ms");
    }
}

/// Breaks when a log-out or a closed terminal leaves a file in the making behind, or a reader of the JSON without an end.
#[test]
fn the_system_may_end_a_job() {
    for (name, code) in [("TERM", 143), ("HUP", 129)] {
        let folder = TempDir::new().unwrap();
        let mut job = long_job(&folder.path().join("v.mp4"));
        job.wait_for_step(1);
        job.signal(name);
        let said = rest(&mut job);
        let (ended, stderr) = job.end();
        assert_eq!(ended, Some(code), "{stderr}");
        let last = said.last().unwrap();
        assert_eq!(last["event"], "cancelled");
        assert!(last["kept"]["step"].as_u64() >= Some(1), "{last}");
        assert_eq!(names(folder.path()), ["v.mp4.run"]);
    }
}

/// `nohup` asks for just that.
#[test]
fn who_is_to_outlive_the_terminal_does() {
    let folder = TempDir::new().unwrap();
    let output = folder.path().join("v.mp4");
    let program = env!("CARGO_BIN_EXE_zoetrope");
    let script = format!("trap '' HUP; exec '{program}' \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, "sh", "generate", "--json", "--model"]);
    shell.args([&model("ti2v_5b"), "--prompt", "a boat", "--size", "64x64"]);
    shell
        .args(["--frames", "5", "--steps", "1000", "-o"])
        .arg(&output);
    shell
        .env("ZOETROPE_CACHE_DIR", "/dev/null/cache")
        .env("ZOETROPE_LOG_DIR", "/dev/null/log");
    let mut job = Job::start(shell);
    job.wait_for_step(1);
    job.signal("HUP");
    job.wait_for_step(4);
    job.interrupt();
    rest(&mut job);
    assert_eq!(job.end().0, Some(130));
}

/// Breaks when an export that is ended leaves its unfinished file beside the video.
#[test]
fn an_export_that_is_ended_leaves_nothing() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("v.mp4");
        let size = Size::new(64, 64);
        let mut video = Mp4Writer::create(&path, size, 8, Quality::Small, "{}").unwrap();
        for frame in 0..600_u32 {
            let noise = |place: u32| (place.wrapping_mul(frame + 7) >> 3) as u8;
            let pixels: Vec<u8> = (0..3 * 64 * 64).map(noise).collect();
            video.write(&pixels).unwrap();
        }
        video.finish().unwrap();
        let out = folder.path().join("v.gif").display().to_string();
        let mut program = command(&["export", &path.display().to_string(), "-o", &out]);
        let mut child = program.stderr(Stdio::null()).spawn().unwrap();
        while names(folder.path()).len() < 2 {
            sleep(Duration::from_millis(1));
        }
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(code), "{name}");
        assert_eq!(names(folder.path()), ["v.mp4"], "{name}");
    }
}

/// Breaks when Ctrl-C is not heard while a hub is silent, or a reader of the JSON is left without an end.
#[test]
fn a_silent_hub_is_left_at_once() {
    let server = Server::start();
    server.fall_silent();
    let home = TempDir::new().unwrap();
    let mut program = command(&["models", "get", "ti2v-5b", "--json"]);
    program
        .env("HF_HOME", home.path())
        .env("HF_ENDPOINT", server.url())
        .env("ZOETROPE_DATA_DIR", home.path());
    let mut job = Job::start(program);
    server.wait_for_a_question();
    let begin = Instant::now();
    job.interrupt();
    let said = rest(&mut job);
    let (code, stderr) = job.end();
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(code, Some(130), "{stderr}");
    assert_eq!(said.last().unwrap()["event"], "cancelled");
}

/// What computes without a video to show for it is stopped with the same code, and says so to programs.
#[test]
fn a_bench_that_is_stopped_says_so() {
    let model = model("ti2v_5b");
    let mut job = Job::start(command(&[
        "bench", "--json", "--model", &model, "--size", "64x64", "--frames", "5", "--runs", "100",
    ]));
    assert_eq!(job.next().unwrap()["event"], "started");
    job.interrupt();
    let last = rest(&mut job).pop();
    let (code, stderr) = job.end();
    assert_eq!(code, Some(130), "{stderr}");
    assert_eq!(last.unwrap()["event"], "cancelled");
}
