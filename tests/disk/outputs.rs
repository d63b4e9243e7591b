//! Outputs that would replace each other, or what is read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use zoetrope::disk::{Output, check_outputs};

use super::{Folder, text};

fn output(path: &Path) -> Output<'_> {
    Output {
        what: "the video",
        path,
        bytes: 1,
    }
}

/// Breaks when an input is not recognised because another path leads to it.
#[test]
fn an_input_is_known_by_any_path() {
    let folder = Folder::new();
    fs::create_dir(folder.path("inner")).unwrap();
    let input = folder.put("Boät.png", "a picture");
    symlink(&input, folder.path("link.png")).unwrap();
    symlink(&folder.path, folder.path("inner/way")).unwrap();
    fs::hard_link(&input, folder.path("second.png")).unwrap();
    for name in [
        "Boät.png",
        "link.png",
        "second.png",
        "inner/../Boät.png",
        "inner/way/Boät.png",
        // In other letters, and with the dots apart: on most Macs these are the same file.
        "bOÄT.PNG",
        "Boa\u{308}t.png",
        "inner/way/BOA\u{308}T.png",
    ] {
        let path = folder.path(name);
        let error = check_outputs(&[output(&path)], [input.as_path()]).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("is read here, and the video would replace it"),
            "{name}: {error}"
        );
    }
    check_outputs(&[output(&folder.path("other.png"))], [input.as_path()]).unwrap();
    assert_eq!(text(&input), "a picture");
}

#[test]
fn two_outputs_are_told_apart() {
    let folder = Folder::new();
    fs::create_dir(folder.path("inner")).unwrap();
    symlink(&folder.path, folder.path("inner/way")).unwrap();
    let first = folder.path("Film.mp4");
    for name in [
        "Film.mp4",
        "FILM.MP4",
        "inner/../film.mp4",
        "inner/way/Film.mp4",
    ] {
        let second = folder.path(name);
        let frames = Output {
            what: "frames",
            ..output(&second)
        };
        let error = check_outputs(&[output(&first), frames], [])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cannot hold the video and frames: give two names"),
            "{error}"
        );
    }
    let second = folder.path("film-2.mp4");
    check_outputs(&[output(&first), output(&second)], []).unwrap();
}

/// Breaks when two outputs on one disk are each let pass, though there is no room for both.
#[test]
fn room_is_needed_for_all_together() {
    let folder = Folder::new();
    let paths = [folder.path("a"), folder.path("b")];
    let outputs = paths.each_ref().map(|path| Output {
        bytes: u64::MAX / 2,
        ..output(path)
    });
    let error = check_outputs(&outputs, []).unwrap_err().to_string();
    assert!(error.contains("make room"), "{error}");
}
