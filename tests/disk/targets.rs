//! Names that a file cannot get, found out by looking.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use zoetrope::disk::{
    check_space, check_space_for_download, check_target, check_writable, open, open_lock,
};

use super::{Folder, text};

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[track_caller]
fn refused(path: &Path, why: &str) {
    let error = check_target(path).unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
    assert!(check_writable(path).is_err(), "{}", path.display());
}

/// Breaks when hours of work end at a name that was impossible from the beginning.
#[test]
fn what_can_be_no_file_is_told_by_looking() {
    let folder = Folder::new();
    fifo(&folder.path("fifo"));
    let _listener = UnixListener::bind(folder.path("socket")).unwrap();
    symlink("/dev/full", folder.path("full")).unwrap();
    for name in ["fifo", "socket", "full"] {
        refused(&folder.path(name), "is not an ordinary file");
    }
    refused(Path::new("/dev/full"), "is not an ordinary file");
    refused(&folder.path("folder.mp4/"), "is the name of a folder");
    refused(&folder.path("nowhere/v.mp4"), "does not exist");

    let locked = folder.put("locked.mp4", "an older video");
    fs::set_permissions(&locked, Permissions::from_mode(0o444)).unwrap();
    refused(&locked, "is read-only");
    assert_eq!(text(&locked), "an older video");
    check_writable(&folder.path("new.mp4")).unwrap();
    assert_eq!(folder.names(), ["fifo", "full", "locked.mp4", "socket"]);
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = Folder::new();
    fifo(&folder.path("fifo"));
    let victim = folder.put("victim", "precious");
    symlink(&victim, folder.path("link")).unwrap();
    assert!(open(&folder.path("fifo")).is_err());
    assert!(open(&folder.path).is_err());
    assert!(open_lock(&folder.path("fifo")).is_err());
    assert!(open_lock(&folder.path("link")).is_err());
    open_lock(&victim).unwrap();
    open_lock(&folder.path("lock")).unwrap();
    assert_eq!(text(&victim), "precious");
    assert_eq!(text(&folder.path("lock")), "");
}

#[test]
fn room_is_counted() {
    let folder = Folder::new();
    // A folder may be created later.
    for place in [folder.path.clone(), folder.path("not/yet")] {
        check_space(&place, 1).unwrap();
        check_space_for_download(&place, 0).unwrap();
        for check in [check_space, check_space_for_download] {
            let error = check(&place, u64::MAX).unwrap_err().to_string();
            assert!(
                error.contains("has room for") && error.contains("make room"),
                "{error}"
            );
        }
    }
}

/// Breaks when a Mac's room is told without what the system would give up, or a disk on a server seems full because the
/// system tells nothing of it.
#[test]
fn what_the_system_would_give_up_is_room() {
    assert_eq!(zoetrope::disk::with_purgeable(Some(5), Some(80)), Some(80));
    assert_eq!(zoetrope::disk::with_purgeable(Some(80), Some(0)), Some(80));
    assert_eq!(zoetrope::disk::with_purgeable(Some(5), None), Some(5));
    assert_eq!(zoetrope::disk::with_purgeable(None, None), None);
}
