//! Frames that come back out of a video.

use std::fs;
use std::path::PathBuf;

use zoetrope::Error;
use zoetrope::job::Size;
use zoetrope::media::mp4::{self, Mp4Reader, Mp4Writer, Quality};

use super::unpack::psnr;
use super::{Folder, scene};

const SIZE: Size = Size::new(160, 96);
const FPS: u32 = 4;
const FRAMES: u32 = 10;

fn frames() -> Vec<Vec<u8>> {
    (0..FRAMES).map(|time| scene::frame(SIZE, time)).collect()
}

/// With a key frame every four frames.
pub fn video(folder: &Folder) -> PathBuf {
    let path = folder.file("clip.mp4");
    let mut video = Mp4Writer::create(&path, SIZE, FPS, Quality::default(), "{}").unwrap();
    for frame in frames() {
        video.write(&frame).unwrap();
    }
    video.finish().unwrap();
    path
}

/// Breaks when colours change on the way back, or frames come in another order.
#[test]
fn every_frame_comes_back_as_it_was() {
    let folder = Folder::new();
    let clip = mp4::clip(&video(&folder), None, |_, _| Ok(())).unwrap();
    assert_eq!((clip.size(), clip.len()), (SIZE, FRAMES as usize));
    assert!((clip.fps() - f64::from(FPS)).abs() < 1e-9);
    for (number, (found, expected)) in clip.frames().zip(frames()).enumerate() {
        let decibels = psnr(found, &expected);
        assert!(decibels > 38.0, "frame {number}: {decibels:.1} dB");
    }
}

/// Breaks when a clip that is only glimpsed takes the memory of one that is watched.
#[test]
fn a_clip_is_made_smaller_on_its_way_where_that_is_asked_for() {
    let folder = Folder::new();
    let limit = Size::new(SIZE.width / 2, 4 * SIZE.height);
    let clip = mp4::clip(&video(&folder), Some(limit), |_, _| Ok(())).unwrap();
    let half = Size::new(SIZE.width / 2, SIZE.height / 2);
    assert_eq!((clip.size(), clip.len()), (half, FRAMES as usize));
    let roomy = Size::new(4 * SIZE.width, 4 * SIZE.height);
    let clip = mp4::clip(&video(&folder), Some(roomy), |_, _| Ok(())).unwrap();
    assert_eq!(clip.size(), SIZE, "it was made larger");
}

/// Breaks when scrubbing shows another frame than playing does.
#[test]
fn a_frame_is_the_same_from_wherever_one_comes() {
    let folder = Folder::new();
    let path = video(&folder);
    let whole = mp4::clip(&path, None, |_, _| Ok(())).unwrap();
    let mut video = Mp4Reader::open(&path).unwrap();
    for index in [9, 0, 3, 4, 5, 2, 2, 8, 7, 1, 6] {
        assert!(
            video.frame(index).unwrap() == whole.frame(index).unwrap(),
            "frame {index}"
        );
    }
    let error = video.frame(10).unwrap_err().to_string();
    assert!(error.contains("has 10 frames"), "{error}");
}

/// Breaks when pure colours come back as others.
#[test]
fn pure_colours_come_back() {
    let folder = Folder::new();
    let path = folder.file("colour.mp4");
    for colour in [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [0; 3],
        [255; 3],
        [128; 3],
    ] {
        let mut video = Mp4Writer::create(&path, SIZE, FPS, Quality::Best, "{}").unwrap();
        video.write(&colour.repeat(SIZE.area() as usize)).unwrap();
        video.finish().unwrap();
        let frame = Mp4Reader::open(&path).unwrap().frame(0).unwrap();
        let pixel = &frame[3 * 5000..3 * 5000 + 3];
        let near = pixel
            .iter()
            .zip(colour)
            .all(|(&found, wanted)| found.abs_diff(wanted) <= 3);
        assert!(near, "{colour:?} came back as {pixel:?}");
    }
}

#[test]
fn reading_can_be_ended() {
    let folder = Folder::new();
    let result = mp4::clip(&video(&folder), None, |done, of| {
        assert_eq!(of, FRAMES as usize);
        if done == 3 {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    });
    assert!(result.unwrap_err().is_cancelled());
}

/// Breaks when a video of another program stops this one, or shows nonsense without a word.
#[test]
fn videos_that_cannot_be_read_are_told_apart() {
    let folder = Folder::new();
    let bytes = fs::read(video(&folder)).unwrap();
    let refusal = |from: &[u8; 4], to: &[u8; 4]| {
        let mut changed = bytes.clone();
        let at = changed.windows(4).rposition(|word| word == from).unwrap();
        changed[at..at + 4].copy_from_slice(to);
        let path = folder.put("foreign.mp4", &changed);
        Mp4Reader::open(&path).err().unwrap().to_string()
    };
    let moved = refusal(b"avc1", b"hvc1");
    assert!(
        moved.ends_with("is a video in HEVC, which cannot be read here: convert it to H.264 first"),
        "{moved}"
    );
    let unknown = refusal(b"avc1", b"zzzz");
    assert!(unknown.contains("is a video in zzzz"), "{unknown}");
    for part in [b"stsz", b"stsc", b"stco", b"avcC"] {
        let missing = refusal(part, b"free");
        assert!(missing.contains("is damaged or cut short"), "{missing}");
    }
}

/// Breaks when an index that lies leads outside the file, to endless work or to all memory.
#[test]
fn an_index_that_lies_is_survived() {
    let folder = Folder::new();
    let bytes = fs::read(video(&folder)).unwrap();
    let end = bytes.windows(4).position(|word| word == b"mdat").unwrap();
    let mut refused = 0;
    for at in (32..end - 4).step_by(3) {
        let mut changed = bytes.clone();
        changed[at] ^= 0xff;
        let path = folder.put("changed.mp4", &changed);
        let mut step = |done, _| {
            if done > 20 {
                Err(Error::Cancelled)
            } else {
                Ok(())
            }
        };
        refused += usize::from(mp4::clip(&path, None, &mut step).is_err());
    }
    assert!(refused > 20, "only {refused} changes were noticed");
    let path = folder.put("short.mp4", &bytes[..bytes.len() - 100]);
    assert!(mp4::clip(&path, None, |_, _| Ok(())).is_err());
}
