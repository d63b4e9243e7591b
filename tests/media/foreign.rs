//! Videos of other programs: what these do otherwise than ours, and what is said of those that cannot be read.
//!
//! `tests/golden/videos/make.py` wrote them and says what is in their frames.

use std::path::PathBuf;

use zoetrope::job::{Size, Span};
use zoetrope::media::mp4::Mp4Reader;
use zoetrope::media::{self, Footage};

use super::Folder;
use super::unpack::psnr;
use crate::support::golden_path;

const SIZE: Size = Size::new(64, 48);

/// Two encoders and colours of every second pixel lose that much of small pictures; a wrong frame is at 15 dB, and old
/// colours read as new ones at 22.
const CLOSE: f64 = 27.0;

fn golden(name: &str) -> PathBuf {
    golden_path("videos").join(name)
}

/// What was drawn for frame number `time`.
fn drawn(time: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        if (2 * time..2 * time + 8).contains(&x) && (16..24).contains(&y) {
            [255; 3]
        } else {
            [20 + 6 * time, 20 + 3 * x, 20 + 4 * y].map(|value| value as u8)
        }
    };
    let rows = (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (x, y)));
    rows.flat_map(|(x, y)| pixel(x, y)).collect()
}

#[track_caller]
fn assert_shows(name: &str, found: &[u8], time: u32) {
    let close = psnr(&drawn(time), found);
    assert!(close > CLOSE, "{name}: frame {time} at {close} dB");
}

/// Most programs make frames of later ones, which then lie before them in the file. Breaks when they are shown as they
/// lie, or when looking at another place leaves something of the last one behind.
#[test]
fn frames_come_in_the_order_in_which_they_are_shown() {
    for name in ["shuffled.mp4", "open.mp4"] {
        let mut video = Mp4Reader::open(&golden(name)).unwrap();
        assert_eq!((video.frames(), video.size()), (30, SIZE), "{name}");
        assert!((video.fps() - 24.0).abs() < 0.1, "{name}: {}", video.fps());
        for time in (0..30).chain([3, 29, 11, 12, 0, 28, 29, 9]) {
            assert_shows(name, &video.frame(time as usize).unwrap(), time);
        }
        let error = video.frame(30).unwrap_err().to_string();
        assert!(error.contains("there is no frame 31"), "{error}");
    }
}

/// What was cut off without encoding the rest again is still in the file.
#[test]
fn what_was_cut_off_is_not_shown() {
    let mut video = Mp4Reader::open(&golden("cut.mp4")).unwrap();
    assert_eq!(video.frames(), 14);
    for index in [0, 1, 13, 5] {
        assert_shows("cut.mp4", &video.frame(index as usize).unwrap(), 12 + index);
    }
}

/// A telephone that is held upright writes frames that lie on their side.
#[test]
fn frames_are_turned_upright() {
    let mut footage = Footage::open(&golden("turned.mov")).unwrap();
    assert_eq!(footage.size(), Size::new(48, 64));
    let frame = footage.frame(4).unwrap();
    assert_eq!(frame.dimensions(), (48, 64));
    let back = image::imageops::rotate270(&frame);
    assert_shows("turned.mov", back.as_raw(), 4);
}

/// Colours are kept in several ways, and small old videos do not say in which.
#[test]
fn colours_are_read_as_they_were_kept() {
    for name in ["full.mp4", "untold.mp4"] {
        let mut video = Mp4Reader::open(&golden(name)).unwrap();
        for time in 0..6 {
            assert_shows(name, &video.frame(time as usize).unwrap(), time);
        }
    }
}

/// Where nothing else can read them, the sentence names the codec as people know it, and what helps.
#[cfg(not(target_os = "macos"))]
#[test]
fn other_codecs_are_named() {
    for (name, codec) in [("hevc.mp4", "HEVC"), ("prores.mov", "ProRes")] {
        let told = media::span(&golden(name)).unwrap_err().to_string();
        let expected = format!("is a video in {codec}, which cannot be read here");
        assert!(told.contains(&expected), "{told}");
        assert!(told.contains("convert it to H.264"), "{told}");
    }
    let folder = Folder::new();
    for name in ["clip.mkv", "clip.webm", "clip.avi"] {
        let file = folder.put(name, b"\x1a\x45\xdf\xa3 something else altogether");
        let told = media::span(&file).unwrap_err().to_string();
        assert!(told.contains("convert it to MP4 with H.264"), "{told}");
    }
}

/// What a plan knows of a video is what can be shown of it.
#[test]
fn a_span_is_that_of_what_is_shown() {
    let span = media::span(&golden("cut.mp4")).unwrap();
    let expected = Span {
        size: SIZE,
        frames: 14,
        fps: span.fps,
    };
    assert_eq!(span, expected);
    assert!((span.fps.unwrap() - 24.0).abs() < 0.5, "{:?}", span.fps);
}
