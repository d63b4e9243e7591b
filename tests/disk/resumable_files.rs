//! Files in the making that another process goes on with.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use zoetrope::disk::{PartialFile, ResumableFile, resumable_name};

use super::{Folder, text};

/// The file that is begun or gone on with, and what was in it.
#[track_caller]
fn open(path: &Path, target: &Path) -> (ResumableFile, String) {
    let mut file = ResumableFile::open(path, target).unwrap().unwrap();
    let mut there = String::new();
    file.read_to_string(&mut there).unwrap();
    (file, there)
}

/// Breaks when what came of a download is lost, or stays beside the whole file.
#[test]
fn what_one_leaves_another_goes_on_with() {
    let folder = Folder::new();
    let (path, target) = (folder.path("growing"), folder.put("v", "older"));
    let (mut file, there) = open(&path, &target);
    assert_eq!(there, "");
    file.write_all(b"half ").unwrap();
    drop(file);
    let (mut file, there) = open(&path, &target);
    assert_eq!(there, "half ");
    file.write_all(b"and half").unwrap();
    assert_eq!(text(&target), "older", "it is replaced when it is whole");
    file.finish().unwrap();
    assert_eq!(text(&target), "half and half");
    assert_eq!(folder.names(), ["v"]);

    // What was thrown away is not kept as an empty file.
    let (mut file, _) = open(&path, &target);
    file.write_all(b"wrong").unwrap();
    file.restart().unwrap();
    drop(file);
    assert_eq!(folder.names(), ["v"]);
}

/// Breaks when two write into one file, or when one of them ends the other.
#[test]
fn one_at_a_time_has_it() {
    let folder = Folder::new();
    let (path, target) = (folder.path("growing"), folder.path("v"));
    let (mut first, _) = open(&path, &target);
    first.write_all(b"first").unwrap();
    assert!(ResumableFile::open(&path, &target).unwrap().is_none());
    first.finish().unwrap();
    let (second, there) = open(&path, &target);
    assert_eq!(there, "", "it is another file now");
    drop(second);
    assert_eq!(text(&target), "first");
}

/// Breaks when the name leads to a file of somebody else, by a link of either kind, or to what would wait for ever.
#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = Folder::new();
    let victim = folder.put("victim", "precious");
    symlink(&victim, folder.path("link")).unwrap();
    symlink(folder.path("nowhere"), folder.path("astray")).unwrap();
    fs::hard_link(&victim, folder.path("second name")).unwrap();
    let made = Command::new("mkfifo").arg(folder.path("pipe")).status();
    assert!(made.unwrap().success());
    fs::create_dir(folder.path("folder")).unwrap();
    let before = folder.names();
    for name in ["link", "astray", "second name", "pipe", "folder"] {
        let refused = ResumableFile::open(&folder.path(name), &folder.path("v"));
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("is in the way: remove it"), "{name}: {told}");
    }
    assert_eq!(text(&victim), "precious");
    assert_eq!(folder.names(), before);
    // A target that cannot be is told before anything comes.
    let refused = ResumableFile::open(&folder.path("growing"), &folder.path("folder"));
    assert!(refused.is_err());
    assert_eq!(folder.names(), before);
}

/// Breaks when what stands under the name in the end is believed, whoever put it there.
#[test]
fn a_file_that_was_exchanged_is_not_given_the_name() {
    let folder = Folder::new();
    let (path, target) = (folder.path("growing"), folder.put("v", "older"));
    let (mut file, _) = open(&path, &target);
    file.write_all(b"new").unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "another's").unwrap();
    assert!(file.finish().is_err());
    assert_eq!(text(&target), "older");
    assert_eq!(text(&path), "another's");
}

/// Breaks when downloads that nobody goes on with fill the disk for ever, or those go that somebody may want.
#[test]
fn what_was_given_up_goes_after_a_month() {
    let folder = Folder::new();
    let old = SystemTime::now() - Duration::from_hours(24 * 31);
    let aged = |name: &str| {
        let path = folder.put(name, "half a model");
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(old).unwrap();
        (path, file)
    };
    let (given_up, _) = aged(&resumable_name("a", "1"));
    let (held, lock) = aged(&resumable_name("b", "2"));
    lock.try_lock().unwrap();
    let recent = folder.put(&resumable_name("c", "3"), "half a model");
    let (another, _) = aged(".vae.safetensors.download");
    assert_ne!(resumable_name("a", "1"), resumable_name("b", "1"));
    PartialFile::write(&folder.path("new"), b"new").unwrap();
    assert!(!given_up.exists());
    assert!(held.exists() && recent.exists() && another.exists());
}
