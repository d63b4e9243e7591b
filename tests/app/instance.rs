//! One window owns a folder of data, and other starts hand their files over to it.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use tempfile::TempDir;
use zoetrope::app::instance::Instance;

use super::PATIENCE;
use crate::support::program::{command, output};

/// Breaks when two windows write the same files, or a file that is opened while one is open is shown nowhere.
#[test]
fn a_second_start_hands_its_files_over_and_ends() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let first = Instance::claim(&data, &[], PATIENCE).unwrap().unwrap();
    let (opened, files) = mpsc::channel();
    let open = move |files: Vec<PathBuf>| opened.send(files).unwrap();
    first.listen(open).unwrap();
    let picture = folder.path().join("boat 船.png");
    fs::write(&picture, "").unwrap();
    let start = |arguments: &[&str]| {
        let mut second = command(folder.path(), arguments);
        second
            .current_dir(folder.path())
            .env("ZOETROPE_DATA_DIR", &data)
            .env("ZOETROPE_VIDEOS_DIR", folder.path().join("videos"));
        output(second)
    };
    // The process is named from where it was started.
    let run = start(&["boat 船.png"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let handed = files.recv_timeout(PATIENCE).unwrap();
    let same = |path: &Path| path.canonicalize().unwrap();
    assert_eq!(
        handed.iter().map(|path| same(path)).collect::<Vec<_>>(),
        [same(&picture)]
    );
    // Without a file, it only wants to be seen.
    let second = Instance::claim(&data, &[], PATIENCE).unwrap();
    assert!(second.is_none());
    assert!(files.recv_timeout(PATIENCE).unwrap().is_empty());
    assert_eq!(fs::read_dir(data.join("open")).unwrap().count(), 0);
}

/// Breaks when a file is lost because the other window was just closing.
#[test]
fn who_waits_for_a_window_that_ends_takes_its_place() {
    let folder = TempDir::new().unwrap();
    let first = Instance::claim(folder.path(), &[], PATIENCE).unwrap();
    let data = folder.path().to_owned();
    let second = thread::Builder::new()
        .name("second".into())
        .spawn(move || Instance::claim(&data, &["boat.png".into()], PATIENCE))
        .unwrap();
    let start = Instant::now();
    let inbox = folder.path().join("open");
    while !fs::read_dir(&inbox).is_ok_and(|mut letters| letters.next().is_some()) {
        assert!(start.elapsed() < PATIENCE, "nothing was handed over");
        thread::sleep(Duration::from_millis(5));
    }
    drop(first);
    assert!(second.join().unwrap().unwrap().is_some());
    assert_eq!(
        fs::read_dir(&inbox).unwrap().count(),
        0,
        "it would be opened twice"
    );
}

/// Breaks when a window that hangs swallows files without a word.
#[test]
fn a_window_that_does_not_answer_is_told_of() {
    let folder = TempDir::new().unwrap();
    let _first = Instance::claim(folder.path(), &[], PATIENCE).unwrap();
    let second = Instance::claim(folder.path(), &[], Duration::from_millis(100));
    assert!(second.unwrap_err().to_string().contains("does not respond"));
}
