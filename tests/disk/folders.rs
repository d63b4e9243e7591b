//! Folders in the making, and on their way out.

use std::fs;
use std::os::unix::fs::symlink;

use zoetrope::disk::{PartialFolder, discard};

use super::{Folder, text};

/// Breaks when the folder of somebody else is emptied because it has a name that ours might have.
#[test]
fn a_folder_in_the_making_is_nobody_elses() {
    let folder = Folder::new();
    let theirs = folder.path(".frames.part");
    fs::create_dir(&theirs).unwrap();
    fs::write(theirs.join("diary.txt"), "mine").unwrap();

    let both = [(); 2].map(|()| PartialFolder::create(&folder.path("frames")).unwrap());
    let [one, two] = both;
    assert_ne!(one.path(), two.path());
    fs::write(one.path().join("0001.png"), "one").unwrap();
    drop(two);
    one.finish().unwrap();
    assert_eq!(text(&folder.path("frames/0001.png")), "one");
    assert_eq!(text(&theirs.join("diary.txt")), "mine");
    assert_eq!(folder.names(), [".frames.part", "frames"]);
}

#[test]
fn only_a_new_or_empty_folder_is_taken() {
    let folder = Folder::new();
    let full = folder.path("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("diary.txt"), "mine").unwrap();
    folder.put("file", "mine");
    symlink(&full, folder.path("link")).unwrap();
    symlink(folder.path("nowhere"), folder.path("astray")).unwrap();
    for name in ["full", "file", "link", "astray"] {
        assert!(PartialFolder::create(&folder.path(name)).is_err(), "{name}");
    }
    // What an empty folder's link leads to is filled, and the link stays.
    fs::create_dir(folder.path("empty")).unwrap();
    symlink(folder.path("empty"), folder.path("way")).unwrap();
    let made = PartialFolder::create(&folder.path("way")).unwrap();
    fs::write(made.path().join("a"), "new").unwrap();
    made.finish().unwrap();
    assert!(folder.path("way").is_symlink());
    assert_eq!(text(&folder.path("empty/a")), "new");
}

/// Breaks when somebody who fills the target meanwhile loses it.
#[test]
fn what_came_meanwhile_stays() {
    let folder = Folder::new();
    let target = folder.path("frames");
    let made = PartialFolder::create(&target).unwrap();
    fs::create_dir(&target).unwrap();
    fs::write(target.join("theirs"), "mine").unwrap();
    assert!(made.finish().is_err());
    assert_eq!(text(&target.join("theirs")), "mine");
    assert_eq!(folder.names(), ["frames"]);
}

#[test]
fn a_folder_is_gone_with_everything_in_it() {
    let folder = Folder::new();
    let old = folder.path("v.mp4.run");
    fs::create_dir_all(old.join("pictures/0")).unwrap();
    fs::write(old.join("pictures/0/a.png"), "a").unwrap();
    discard(&old).unwrap();
    assert!(folder.names().is_empty());
    assert!(discard(&old).is_err());
}
