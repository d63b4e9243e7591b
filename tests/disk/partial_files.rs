//! Files in the making: whose they are, and what becomes of them.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use zoetrope::disk::{PartialFile, copy, is_temporary};

use super::{Folder, LEFT, text};

/// Breaks when two that write one file write into each other's: each result must be one of the two, whole.
#[test]
fn two_writers_of_one_file_both_end_whole() {
    let folder = Folder::new();
    let target = folder.path("same.bin");
    for round in 0..20 {
        let both = Barrier::new(2);
        let write = |byte: u8| {
            let mut file = PartialFile::create(&target).unwrap();
            both.wait();
            for place in 0..64 {
                file.write_at(place * 1000, &[byte; 1000]).unwrap();
            }
            file.finish().unwrap();
        };
        thread::scope(|scope| {
            scope.spawn(|| write(1));
            scope.spawn(|| write(2));
        });
        let bytes = fs::read(&target).unwrap();
        assert_eq!(bytes.len(), 64_000);
        assert!(bytes.iter().all(|byte| *byte == bytes[0]), "round {round}");
    }
    assert_eq!(folder.names(), ["same.bin"]);
}

/// Breaks when a name that others can guess is written to, whether it is a file or leads to one.
#[test]
fn nothing_is_written_through_a_link_or_into_others_files() {
    let folder = Folder::new();
    let victim = folder.put("victim", "precious");
    symlink(&victim, folder.path(".x.mp4.part")).unwrap();
    folder.put(".y.mp4.part", "mine");
    for name in ["x.mp4", "y.mp4"] {
        PartialFile::write(&folder.path(name), b"a video").unwrap();
        assert_eq!(text(&folder.path(name)), "a video");
    }
    // A link of the final name is replaced, and what it led to stays.
    symlink(&victim, folder.path("z.mp4")).unwrap();
    PartialFile::write(&folder.path("z.mp4"), b"a video").unwrap();
    assert_eq!(text(&victim), "precious");
    assert_eq!(text(&folder.path(".y.mp4.part")), "mine");
    assert!(!folder.path("z.mp4").is_symlink());
}

/// Breaks when a name that a file can have needs a longer one on the way.
#[test]
fn every_name_that_a_file_can_have_works() {
    let folder = Folder::new();
    for length in [1, 244, 250, 251, 252, 255] {
        let name = "n".repeat(length);
        PartialFile::write(&folder.path(&name), b"whole").unwrap();
        assert_eq!(text(&folder.path(&name)), "whole");
    }
    let error = PartialFile::create(&folder.path(&"n".repeat(256))).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("is too long a name"), "{error}");
    // Sixty-four letters of four bytes each.
    let error = PartialFile::create(&folder.path(&"𝄞".repeat(64))).unwrap_err();
    assert!(error.to_string().contains("(256 bytes)"), "{error}");
}

/// Breaks when what a dead process left stays for ever, or when what is not ours, or in use, goes.
#[test]
fn leftovers_of_dead_processes_go_and_nothing_else() {
    let folder = Folder::new();
    folder.put(LEFT, "half a video");
    let left_folder = folder.path(".zoetrope-1-00000000000000aa.part");
    fs::create_dir(&left_folder).unwrap();
    fs::write(left_folder.join("0001.png"), "a picture").unwrap();
    let in_use = folder.put(".zoetrope-2-00000000000000bb.part", "half a video");
    let held = File::open(&in_use).unwrap();
    held.try_lock().unwrap();
    let victim = folder.put("victim", "precious");
    symlink(&victim, folder.path(".zoetrope-3-00000000000000cc.part")).unwrap();
    let others = [
        ".x.mp4.part",
        ".zoetrope-x-1.part",
        ".zoetrope-1-2.part",
        "zoetrope.part",
    ];
    for name in others {
        folder.put(name, "mine");
    }

    PartialFile::write(&folder.path("new.mp4"), b"a video").unwrap();
    assert!(!folder.path(LEFT).exists());
    assert!(!left_folder.exists());
    assert_eq!(text(&in_use), "half a video");
    assert_eq!(text(&victim), "precious");
    for name in others {
        assert_eq!(text(&folder.path(name)), "mine");
    }
}

/// Breaks when what stands under the temporary name in the end is believed, whoever put it there.
#[test]
fn a_file_that_was_exchanged_is_not_given_the_name() {
    let folder = Folder::new();
    let target = folder.put("v.mp4", "an older video");
    let mut file = PartialFile::create(&target).unwrap();
    file.write_at(0, b"a new video").unwrap();
    let temporary = folder
        .names()
        .into_iter()
        .find(|name| is_temporary(name.as_ref()));
    let temporary = folder.path(&temporary.unwrap());
    fs::remove_file(&temporary).unwrap();
    fs::write(&temporary, "another's").unwrap();
    assert!(file.finish().is_err());
    assert_eq!(text(&target), "an older video");
    assert_eq!(text(&temporary), "another's");
}

#[test]
fn a_copy_blames_the_file_that_is_to_blame() {
    let folder = Folder::new();
    let (source, nowhere) = (folder.put("source", "text"), folder.path("nowhere"));
    copy(&source, &folder.path("copy")).unwrap();
    assert_eq!(text(&folder.path("copy")), "text");
    let sentence = |from: &Path, to: &Path| copy(from, to).unwrap_err().to_string();
    let missing = sentence(&nowhere, &folder.path("other"));
    assert!(
        missing.starts_with("Couldn't read") && missing.contains("nowhere"),
        "{missing}"
    );
    let full = sentence(&source, Path::new("/proc/self/copy"));
    assert!(full.contains("/proc/self/copy"), "{full}");
    assert_eq!(folder.names(), ["copy", "source"]);
}
