//! Videos that somebody brings along: in every form the same frames.

use std::fs;
use std::path::Path;

use image::RgbImage;
use zoetrope::job::{Export, Format, Quality, Size, Span};
use zoetrope::media::mp4::Mp4Writer;
use zoetrope::media::{self, Footage, export, photo};
use zoetrope::words::english;

use super::unpack::psnr;
use super::{Folder, scene};

const SIZE: Size = Size::new(64, 48);
const FRAMES: u32 = 6;

fn video(folder: &Folder) -> std::path::PathBuf {
    let path = folder.file("source.mp4");
    let mut video = Mp4Writer::create(&path, SIZE, 12, Quality::Best, "{}").unwrap();
    for time in 0..FRAMES {
        video.write(&scene::frame(SIZE, time)).unwrap();
    }
    video.finish().unwrap();
    path
}

fn exported(source: &Path, format: Format, target: std::path::PathBuf) -> std::path::PathBuf {
    let job = Export {
        range: None,
        then: Vec::new(),
        source: source.to_owned(),
        format,
        within: None,
        target: target.clone(),
    };
    export(&job, &mut |_, _| Ok(())).unwrap();
    target
}

/// A frame that is asked for out of its order is the same.
#[test]
fn an_mp4_a_gif_and_a_folder_have_the_same_frames() {
    let folder = Folder::new();
    let mp4 = video(&folder);
    let gif = exported(&mp4, Format::Gif, folder.file("source.gif"));
    let pictures = exported(&mp4, Format::Pictures, folder.file("frames"));
    for (path, fps) in [(&mp4, Some(12.0)), (&gif, Some(12.0)), (&pictures, None)] {
        let span = media::span(path).unwrap();
        assert_eq!(
            (span.size, span.frames),
            (SIZE, FRAMES),
            "{}",
            path.display()
        );
        match (span.fps, fps) {
            // A GIF counts in hundredths of a second.
            (Some(own), Some(fps)) => assert!((own - fps).abs() < 0.7, "{own}"),
            (own, fps) => assert_eq!(own, fps),
        }
        let mut footage = Footage::open(path).unwrap();
        for time in [0, 1, 5, 2, 3] {
            let frame = footage.frame(time as usize).unwrap();
            let close = psnr(&scene::frame(SIZE, time), frame.as_raw());
            assert!(
                close > 22.0,
                "{}: frame {time} at {close} dB",
                path.display()
            );
        }
        assert!(footage.frame(FRAMES as usize).is_err());
    }
}

/// Frames are numbered with leading zeros as every program that writes them does; other files there are in nobody's way.
#[test]
fn a_folder_is_read_in_the_order_of_its_names() {
    let folder = Folder::new();
    let frames = folder.file("frames");
    fs::create_dir(&frames).unwrap();
    for (name, grey) in [("010.png", 200), ("002.png", 100), ("001.png", 50)] {
        photo::save(&frames.join(name), Size::new(8, 8), &[grey; 192]).unwrap();
    }
    fs::write(frames.join("000.txt"), "notes").unwrap();
    let mut footage = Footage::open(&frames).unwrap();
    let greys = (0..footage.len()).map(|index| footage.frame(index).unwrap().get_pixel(0, 0).0[0]);
    assert_eq!(greys.collect::<Vec<_>>(), [50, 100, 200]);
}

#[test]
fn what_is_no_video_is_told() {
    let folder = Folder::new();
    let empty = folder.file("empty");
    fs::create_dir(&empty).unwrap();
    let told = media::span(&empty).unwrap_err().to_string();
    assert!(told.contains("holds no pictures"), "{told}");
    let text = folder.put("notes.mp4", b"not a video");
    assert!(media::span(&text).is_err());
    assert!(media::span(&folder.file("missing.mov")).is_err());
}

/// A source with more frames a second than the model's is thinned out; one with fewer is taken frame by frame.
#[test]
fn frame_rates_are_brought_to_the_model() {
    let span = |frames, fps| Span {
        size: SIZE,
        frames,
        fps: Some(fps),
    };
    assert_eq!(span(64, 32.0).length(16), 29);
    assert_eq!(span(64, 32.0).pick(9, 16), [0, 2, 4, 6, 8, 10, 12, 14, 16]);
    assert_eq!(span(64, 8.0).pick(5, 16), [0, 1, 2, 3, 4]);
    // Of one that is too short there are fewer frames than asked for.
    assert_eq!(span(6, 16.0).length(16), 5);
    assert_eq!(span(6, 16.0).pick(9, 16).len(), 5);
}

/// Breaks when somebody has to guess what became of a video.
#[test]
fn what_is_taken_of_a_video_is_told() {
    let told = |frames, fps, size: (u32, u32), wanted: u32| {
        let span = Span {
            size: Size::new(size.0, size.1),
            frames,
            fps,
        };
        english::taken(&span.taken(Size::new(832, 480), wanted, 16))
    };
    let all = (832, 480);
    assert_eq!(told(81, Some(16.0), all, 81), None);
    assert_eq!(told(81, None, (1664, 960), 81), None);
    for (told, expected) in [
        (
            told(200, Some(32.0), all, 81),
            "takes 81 of 200 frames, 32 a second thinned out to 16",
        ),
        (
            told(100, None, (640, 640), 81),
            "takes 81 of 100 frames, cropped to 832x480",
        ),
        (
            told(9, Some(8.0), all, 81),
            "takes 9 of 9 frames; the last 72 frames are made anew",
        ),
        (
            told(300, Some(29.97), (1080, 1920), 81),
            "takes 81 of 300 frames, 29.97 a second thinned out to 16, cropped to 832x480",
        ),
    ] {
        assert_eq!(told.as_deref(), Some(expected));
    }
}

/// PyTorch's arithmetic on bytes: a reference video of another size, and what the official code made of it.
#[test]
fn frames_are_covered_as_the_official_code_covers_them() {
    use crate::support::{golden, golden_path, values};

    let golden = golden("e2e_vace_1_3b_inpaint_unipc");
    for (folder, tensor) in [
        ("vace_inpaint_video", "src_video_u8"),
        ("vace_inpaint_mask", "src_mask_u8"),
    ] {
        let expected = &golden[tensor];
        let (channels, frames) = (expected.dim(0) as usize, expected.dim(1) as usize);
        let size = Size::new(expected.dim(3) as u32, expected.dim(2) as u32);
        let expected = values(expected);
        let mut footage = Footage::open(&golden_path("data").join(folder)).unwrap();
        let fitted = (0..frames)
            .map(|index| photo::cover_smoothly(&footage.frame(index).unwrap(), size).unwrap());
        let fitted: Vec<RgbImage> = fitted.collect();
        let planes = (0..channels).flat_map(|channel| {
            let own = fitted
                .iter()
                .flat_map(move |frame| frame.pixels().map(move |p| p.0[channel]));
            own.map(f32::from).collect::<Vec<_>>()
        });
        assert!(
            planes.eq(expected),
            "{folder} is not the same to the last grey level"
        );
    }
}
