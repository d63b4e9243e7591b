//! Damaged and malicious videos give an error or an answer, never a panic or a flood of memory.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use zoetrope::job::Size;
use zoetrope::media::mp4::{self, Mp4Reader, Mp4Writer, Quality};

use super::{Folder, scene, unpack};

/// A valid video and the length of everything before its frames.
fn video(folder: &Folder) -> (Vec<u8>, usize) {
    let size = Size::new(64, 48);
    let path = folder.file("valid.mp4");
    let mut video = Mp4Writer::create(&path, size, 24, Quality::Small, r#"{"seed":1}"#).unwrap();
    video.write(&scene::frame(size, 0)).unwrap();
    video.finish().unwrap();
    let bytes = fs::read(path).unwrap();
    let (_, frames, _) = unpack::top_level(&bytes).pop().unwrap();
    (bytes, frames + 8)
}

/// What both readers say, as text.
fn read(folder: &Folder, bytes: &[u8]) -> [Result<String, String>; 2] {
    read_file(&folder.put("hostile.mp4", bytes))
}

fn read_file(path: &Path) -> [Result<String, String>; 2] {
    [
        mp4::settings(path)
            .map(|text| format!("{text:?}"))
            .map_err(|error| error.to_string()),
        mp4::info(path)
            .map(|info| format!("{info:?}"))
            .map_err(|error| error.to_string()),
    ]
}

fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    [
        &((body.len() + 8) as u32).to_be_bytes(),
        kind.as_slice(),
        body,
    ]
    .concat()
}

/// Breaks when a reader runs past the end of a file that was cut short.
#[test]
fn a_video_cut_anywhere_in_its_header_is_an_error() {
    let folder = Folder::new();
    let (bytes, header) = video(&folder);
    let path = folder.put("cut.mp4", &bytes);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    for length in (0..header - 8).rev() {
        file.set_len(length as u64).unwrap();
        for answer in read_file(&path) {
            assert!(answer.is_err(), "cut at {length}: {answer:?}");
        }
    }
}

/// Breaks when a size, a count or a kind in the file is believed.
#[test]
fn no_wrong_byte_or_word_makes_a_reader_panic() {
    let folder = Folder::new();
    let (bytes, header) = video(&folder);
    let path = folder.put("wrong.mp4", &bytes);
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |at: usize, bytes: &[u8]| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(bytes).unwrap();
    };
    for at in 0..header {
        let right = &bytes[at..at + 4];
        for wrong in [&[right[0] ^ 1], [0xff; 4].as_slice(), &[0, 0, 0, 1]] {
            put(at, wrong);
            let _ = read_file(&path);
            put(at, right);
        }
    }
    assert!(
        read_file(&path).iter().all(Result::is_ok),
        "the last change was undone"
    );
}

/// Breaks when sizes in 64 bits are added up without care.
#[test]
fn sizes_in_64_bits_are_checked() {
    let folder = Folder::new();
    let (bytes, _) = video(&folder);
    for size in [0, 1, 15, 100, u64::MAX, u64::MAX - 8, 1 << 60, 1 << 63] {
        let wide = [
            &[0, 0, 0, 1],
            b"moov".as_slice(),
            &size.to_be_bytes(),
            &[0; 32],
        ]
        .concat();
        for answer in read(
            &folder,
            &[&boxed(*b"ftyp", b"isom\0\0\0\0"), wide.as_slice()].concat(),
        ) {
            assert!(answer.is_err(), "size {size}: {answer:?}");
        }
    }
    // A true size in 64 bits is as good as one in 32.
    let boxes = unpack::top_level(&bytes);
    let (_, at, size) = boxes[1].clone();
    let moov = &bytes[at + 8..at + size];
    let wide = [
        &[0, 0, 0, 1],
        b"moov".as_slice(),
        &(moov.len() as u64 + 16).to_be_bytes(),
        moov,
    ]
    .concat();
    let answers = read(
        &folder,
        &[&bytes[..at], &wide, &bytes[at + size..]].concat(),
    );
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

/// Breaks when room is made for frames that the file cannot hold: a size that all share takes no table to lie with.
#[test]
fn frames_of_one_size_must_fit_in_the_file() {
    let folder = Folder::new();
    let (mut bytes, _) = video(&folder);
    let sizes = bytes.windows(4).position(|word| word == b"stsz").unwrap();
    bytes[sizes + 8..sizes + 12].copy_from_slice(&100_u32.to_be_bytes());
    bytes[sizes + 12..sizes + 16].copy_from_slice(&8_000_000_u32.to_be_bytes());
    let opened = Mp4Reader::open(&folder.put("hostile.mp4", &bytes));
    let said = opened.err().unwrap().to_string();
    assert!(said.ends_with("frames are missing"), "{said}");
}

/// Breaks when a file of nothing but headers keeps a reader busy.
#[test]
fn a_file_of_empty_boxes_is_given_up() {
    let folder = Folder::new();
    let bytes = boxed(*b"free", b"").repeat(200_000);
    for answer in read(&folder, &bytes) {
        assert!(answer.unwrap_err().contains("too many parts"));
    }
}

/// Breaks when the reader takes any file for a video, or calls a foreign video damaged.
#[test]
fn other_files_are_told_apart() {
    let folder = Folder::new();
    for other in [
        b"".as_slice(),
        b"short",
        b"\x89PNG\r\n\x1a\n some picture",
        &[0; 100],
    ] {
        for answer in read(&folder, other) {
            assert!(
                answer
                    .unwrap_err()
                    .ends_with("hostile.mp4 is not an MP4 video")
            );
        }
    }
    assert!(
        mp4::info(&folder.file("missing.mp4"))
            .unwrap_err()
            .to_string()
            .ends_with("no such file")
    );
    assert!(
        mp4::info(&std::env::temp_dir())
            .unwrap_err()
            .to_string()
            .ends_with("it is a folder")
    );

    // A video without settings has none; that is no error.
    let foreign = [
        boxed(*b"ftyp", b"isom\0\0\0\0"),
        boxed(*b"moov", &boxed(*b"free", b"")),
    ]
    .concat();
    let [settings, info] = read(&folder, &foreign);
    assert_eq!(settings.unwrap(), "None");
    assert!(info.unwrap_err().ends_with("has no picture track"));
}

/// Breaks when a comment in QuickTime's older layout of `meta`, or one that is no text, is misread.
#[test]
fn comments_of_other_programs_are_read_with_care() {
    let folder = Folder::new();
    let file = |version: &[u8], data: &[u8]| {
        let handler = boxed(
            *b"hdlr",
            &[&[0; 8], b"mdirappl".as_slice(), &[0; 9]].concat(),
        );
        let list = boxed(*b"ilst", &boxed(*b"\xa9cmt", &boxed(*b"data", data)));
        let meta = boxed(*b"meta", &[version, &handler, &list].concat());
        [
            boxed(*b"ftyp", b"qt  \0\0\0\0"),
            boxed(*b"moov", &boxed(*b"udta", &meta)),
        ]
        .concat()
    };
    let text = b"\0\0\0\x01\0\0\0\0hello";
    let settings = |bytes: Vec<u8>| read(&folder, &bytes)[0].clone();
    assert_eq!(settings(file(&[0; 4], text)).unwrap(), r#"Some("hello")"#);
    assert_eq!(settings(file(&[], text)).unwrap(), r#"Some("hello")"#);
    assert_eq!(
        settings(file(&[0; 4], b"\0\0\0\x0d\0\0\0\0\xff\xd8")).unwrap(),
        "None"
    );
    assert!(
        settings(file(&[0; 4], b"\0\0\0\x01\0\0\0\0\xff\xfe"))
            .unwrap_err()
            .contains("UTF-8")
    );
    assert!(settings(file(&[0; 4], b"\0\0\0\x01")).is_err());
}
