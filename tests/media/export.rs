//! Videos as other files.

use std::fs;
use std::io::Cursor;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, RgbImage};
use zoetrope::Error;
use zoetrope::job::{Export, Format, Quality, Size};
use zoetrope::media::mp4::{self, Mp4Reader, Mp4Writer};
use zoetrope::media::{export, photo};

use super::reader::video;
use super::unpack::psnr;
use super::{Folder, scene};

fn job(source: &Path, format: Format, target: PathBuf) -> Export {
    Export {
        range: None,
        then: Vec::new(),
        source: source.to_owned(),
        format,
        within: None,
        target,
    }
}

fn run(export_job: &Export) -> zoetrope::Result<()> {
    export(export_job, &mut |_, _| Ok(()))
}

fn write(
    folder: &Folder,
    size: Size,
    fps: u32,
    frames: impl IntoIterator<Item = Vec<u8>>,
) -> PathBuf {
    let path = folder.file("made.mp4");
    let mut video = Mp4Writer::create(&path, size, fps, Quality::Best, "{}").unwrap();
    for frame in frames {
        video.write(&frame).unwrap();
    }
    video.finish().unwrap();
    path
}

/// The frames of a GIF as a player shows them, and how many milliseconds each.
fn gif(path: &Path) -> Vec<(RgbImage, u32)> {
    let decoder = GifDecoder::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    let frame = |frame: image::Frame| {
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let picture = image::DynamicImage::from(frame.into_buffer()).into_rgb8();
        (picture, numerator / denominator)
    };
    frames.into_iter().map(frame).collect()
}

/// Breaks when colours drift, frames are lost, or what stands still is drawn wrongly over what was.
#[test]
fn a_gif_looks_like_its_video() {
    let folder = Folder::new();
    let source = video(&folder);
    let target = folder.file("clip.gif");
    run(&job(&source, Format::Gif, target.clone())).unwrap();
    let frames = gif(&target);
    let clip = mp4::clip(&source, None, |_, _| Ok(())).unwrap();
    assert_eq!(frames.len(), clip.len());
    assert!(frames.iter().all(|(_, milliseconds)| *milliseconds == 250));
    for ((picture, _), frame) in frames.iter().zip(clip.frames()) {
        let decibels = psnr(picture.as_raw(), frame);
        // 255 colours for a scene with gradients: near 35 dB, of which half is the dither's pattern.
        assert!(decibels > 31.0, "{decibels:.1} dB");
        let mean =
            |pixels: &[u8]| pixels.iter().map(|&v| f64::from(v)).sum::<f64>() / pixels.len() as f64;
        let drift = mean(picture.as_raw()) - mean(frame);
        assert!(drift.abs() < 1.0, "brighter by {drift:.2}");
    }
}

/// Breaks when a video with few colours gets others.
#[test]
fn few_colours_stay_as_they_are() {
    let folder = Folder::new();
    let size = Size::new(32, 32);
    let source = write(&folder, size, 8, vec![[200, 40, 90].repeat(1024); 3]);
    let target = folder.file("clip.gif");
    run(&job(&source, Format::Gif, target.clone())).unwrap();
    let shown = Mp4Reader::open(&source).unwrap().frame(0).unwrap();
    assert!(gif(&target)[2].0.as_raw() == &shown);
}

/// Breaks when a GIF of a fast video plays at half speed, as players do with short frames.
#[test]
fn a_gif_is_as_long_as_its_video() {
    let folder = Folder::new();
    let size = Size::new(32, 32);
    for (fps, expected) in [(24, 24), (60, 12), (30, 24)] {
        let frames = (0..24).map(|time| scene::frame(size, time));
        let source = write(&folder, size, fps, frames);
        let target = folder.file("clip.gif");
        run(&job(&source, Format::Gif, target.clone())).unwrap();
        let shown = gif(&target);
        assert_eq!(shown.len(), expected, "at {fps} a second");
        let length: u32 = shown.iter().map(|(_, milliseconds)| milliseconds).sum();
        assert!(
            length.abs_diff(24_000 / fps) <= 10,
            "{length} ms at {fps} a second"
        );
        assert!(shown.iter().all(|(_, milliseconds)| *milliseconds >= 20));
    }
}

/// Breaks when a folder that somebody made for the pictures is gone after an export that was ended.
#[test]
fn a_sequence_takes_the_place_of_an_empty_folder_at_its_end() {
    let folder = Folder::new();
    let source = video(&folder);
    let target = folder.file("frames");
    fs::create_dir(&target).unwrap();
    let pictures = job(&source, Format::Pictures, target.clone());
    let ended = export(&pictures, &mut |done, _| match done {
        3 => Err(Error::Cancelled),
        _ => Ok(()),
    });
    assert!(ended.unwrap_err().is_cancelled());
    assert_eq!(fs::read_dir(&target).unwrap().count(), 0);
    run(&pictures).unwrap();
    assert!(fs::read_dir(&target).unwrap().count() > 3);
}

#[test]
fn a_sequence_has_every_frame() {
    let folder = Folder::new();
    let source = video(&folder);
    let target = folder.file("frames");
    run(&job(&source, Format::Pictures, target.clone())).unwrap();
    let clip = mp4::clip(&source, None, |_, _| Ok(())).unwrap();
    for (number, frame) in (1..).zip(clip.frames()) {
        let picture = photo::open(&target.join(format!("{number:04}.png"))).unwrap();
        assert!(picture.as_raw() == frame, "frame {number}");
    }
    assert_eq!(fs::read_dir(&target).unwrap().count(), clip.len());

    let again = run(&job(&source, Format::Pictures, target))
        .unwrap_err()
        .to_string();
    assert!(
        again.ends_with("is there already, and not empty: choose another name"),
        "{again}"
    );
}

#[test]
fn a_still_is_one_frame() {
    let folder = Folder::new();
    let source = video(&folder);
    let frame = Mp4Reader::open(&source).unwrap().frame(6).unwrap();
    let png = folder.file("still.png");
    run(&job(&source, Format::Still(6), png.clone())).unwrap();
    assert!(photo::open(&png).unwrap().as_raw() == &frame);
    let jpeg = folder.file("still.JPG");
    run(&job(&source, Format::Still(6), jpeg.clone())).unwrap();
    assert_eq!(fs::read(&jpeg).unwrap()[..2], [0xff, 0xd8]);
    assert!(psnr(photo::open(&jpeg).unwrap().as_raw(), &frame) > 35.0);

    let missing = run(&job(&source, Format::Still(10), png))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("there is no frame 11"), "{missing}");
}

/// Breaks when a smaller copy loses its settings or its aspect.
#[test]
fn a_copy_is_smaller_and_says_the_same() {
    let folder = Folder::new();
    let size = Size::new(160, 96);
    let frames = (0..5).map(|time| scene::frame(size, time));
    let source = write(&folder, size, 24, frames);
    let length = |path: &Path| fs::metadata(path).unwrap().len();

    let small = folder.file("small.mp4");
    run(&job(&source, Format::Mp4(Quality::Small), small.clone())).unwrap();
    assert!(length(&small) * 2 < length(&source));
    assert_eq!(
        mp4::settings(&small).unwrap(),
        mp4::settings(&source).unwrap()
    );

    let scaled = folder.file("scaled.mp4");
    let export = Export {
        range: None,
        then: Vec::new(),
        within: Some(Size::new(100, 100)),
        ..job(&source, Format::Mp4(Quality::Standard), scaled.clone())
    };
    run(&export).unwrap();
    let info = mp4::info(&scaled).unwrap();
    assert_eq!((info.size, info.frames), (Size::new(100, 60), 5));
    assert!((info.fps - 24.0).abs() < 1e-9);
}

/// Breaks when a cancelled export leaves half a file, or destroys what had its name.
#[test]
fn a_cancelled_export_leaves_everything_as_it_was() {
    let folder = Folder::new();
    let source = video(&folder);
    for (format, name) in [
        (Format::Gif, "out.gif"),
        (Format::Pictures, "out"),
        (Format::Mp4(Quality::Small), "out.mp4"),
        (Format::Still(0), "out.png"),
    ] {
        let before = folder.names();
        let mut last = 0;
        let all = job(&source, format, folder.file(name));
        let ends = |stop: usize, last: &mut usize| {
            export(&all, &mut |done, of| {
                *last = of;
                if done == stop {
                    Err(Error::Cancelled)
                } else {
                    Ok(())
                }
            })
        };
        assert!(ends(0, &mut last).unwrap_err().is_cancelled());
        assert!(ends(last, &mut last.clone()).unwrap_err().is_cancelled());
        assert_eq!(folder.names(), before, "{name}");
    }
}

/// Breaks when an export replaces the video that it is made of, whatever way leads there.
#[test]
fn a_video_is_not_replaced_by_its_export() {
    let folder = Folder::new();
    let source = video(&folder);
    let before = fs::read(&source).unwrap();
    let name = source.file_name().unwrap().to_str().unwrap();
    symlink(&source, folder.file("link.mp4")).unwrap();
    for target in [name, "link.mp4", &name.to_uppercase()] {
        let same = job(&source, Format::Mp4(Quality::Small), folder.file(target));
        let told = run(&same).unwrap_err().to_string();
        assert!(
            told.contains("is read here, and the export would replace it"),
            "{told}"
        );
    }
    assert!(fs::read(&source).unwrap() == before);
}

/// Breaks when a folder that is not ours is emptied, or when two exports to one folder disturb each other.
#[test]
fn exports_to_a_folder_touch_no_other() {
    let folder = Folder::new();
    let source = video(&folder);
    fs::create_dir(folder.file(".out.part")).unwrap();
    fs::write(folder.file(".out.part/diary.txt"), "mine").unwrap();
    let export_job = job(&source, Format::Pictures, folder.file("out"));
    let results = thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| run(&export_job).is_ok()));
        both.map(|thread| thread.join().unwrap())
    });
    assert_eq!(
        results.iter().filter(|done| **done).count(),
        1,
        "the second is refused"
    );
    let frames = Mp4Reader::open(&source).unwrap().frames();
    assert_eq!(fs::read_dir(folder.file("out")).unwrap().count(), frames);
    assert_eq!(
        fs::read_to_string(folder.file(".out.part/diary.txt")).unwrap(),
        "mine"
    );
}

/// Breaks when an export is begun for which there is no room: these file systems have none at all.
#[test]
fn room_is_looked_for_before_an_export() {
    let full = if cfg!(target_os = "linux") {
        "/proc"
    } else {
        "/dev"
    };
    let folder = Folder::new();
    let source = video(&folder);
    for (format, name) in [
        (Format::Mp4(Quality::Small), "x.mp4"),
        (Format::Gif, "x.gif"),
        (Format::Pictures, "x"),
        (Format::Still(0), "x.png"),
    ] {
        let told = run(&job(&source, format, Path::new(full).join(name)));
        let told = told.unwrap_err().to_string();
        assert!(told.contains("has room for 0 MB, but"), "{name}: {told}");
    }
}

/// Breaks when a folder is taken for a file because there is a dot in its name.
#[test]
fn a_folder_with_a_dot_is_a_folder() {
    let folder = Folder::new();
    let source = video(&folder);
    fs::create_dir(folder.file("take.2")).unwrap();
    let frames = Mp4Reader::open(&source).unwrap().frames();
    // One that is still to be made, one that is there, and one that is called like a video.
    for name in ["shots.v2/", "take.2", "v.mp4/"] {
        let target = folder.file(name);
        let format = Format::of(&target, Quality::Best, None);
        assert_eq!(format, Some(Format::Pictures), "{name}");
        run(&job(&source, Format::Pictures, target.clone())).unwrap();
        assert_eq!(fs::read_dir(&target).unwrap().count(), frames, "{name}");
    }
}

#[test]
fn the_name_says_what_is_made() {
    let format = |name: &str| Format::of(Path::new(name), Quality::Best, Some(3));
    assert_eq!(format("a.GIF"), Some(Format::Gif));
    assert_eq!(format("a.mp4"), Some(Format::Mp4(Quality::Best)));
    assert_eq!(format("a.jpeg"), Some(Format::Still(3)));
    assert_eq!(format("folder"), Some(Format::Pictures));
    assert_eq!(format("a.webm"), None);
    assert_eq!(format("shots.v2"), None);
}

/// Breaks when joined shots show a frame twice or lose one, or a trimmed clip is as long as before.
#[test]
fn shots_are_trimmed_and_joined() {
    let folder = tempfile::TempDir::new().unwrap();
    let shot = |name: &str, size: Size, frames: u8, first: u8| {
        let path = folder.path().join(name);
        let mut video = mp4::Mp4Writer::create(&path, size, 8, Quality::Best, "").unwrap();
        for frame in 0..frames {
            let grey = first + 8 * frame;
            video.write(&vec![grey; 3 * size.area() as usize]).unwrap();
        }
        video.finish().unwrap();
        path
    };
    let first = shot("first.mp4", Size::new(64, 48), 9, 40);
    // It begins with frame 7 of the first one, and is larger.
    let second = shot("second.mp4", Size::new(128, 96), 5, 88);
    let target = folder.path().join("joined.mp4");
    let export = Export {
        source: first,
        range: Some([2, 6]),
        then: vec![(second, [1, 9])],
        format: Format::Mp4(Quality::Best),
        within: None,
        target: target.clone(),
    };
    zoetrope::media::export(&export, &mut |_, _| Ok(())).unwrap();
    let mut joined = mp4::Mp4Reader::open(&target).unwrap();
    assert_eq!(joined.size(), Size::new(64, 48));
    assert_eq!(joined.frames(), 5 + 4);
    let greys: Vec<u8> = (0..9)
        .map(|index| joined.frame(index).unwrap()[0])
        .collect();
    let expected = [56, 64, 72, 80, 88, 96, 104, 112, 120];
    for (grey, expected) in greys.iter().zip(expected) {
        // H.264 rounds flat greys by a few levels.
        assert!(grey.abs_diff(expected) <= 3, "{greys:?}");
    }
}
