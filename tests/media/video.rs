//! What comes out of a written video: pictures, colours, structure, settings.

use std::fs;
use std::path::PathBuf;

use mp4_atom::Colr;
use zoetrope::job::Size;
use zoetrope::media::mp4::{self, Mp4Writer, Quality};

use super::unpack::{self, Yuv, psnr};
use super::{Folder, scene};

fn write(folder: &Folder, size: Size, fps: u32, frames: &[Vec<u8>], settings: &str) -> PathBuf {
    let path = folder.file("clip.mp4");
    let mut video = Mp4Writer::create(&path, size, fps, Quality::default(), settings).unwrap();
    for frame in frames {
        video.write(frame).unwrap();
    }
    video.finish().unwrap();
    path
}

fn scene_frames(size: Size, count: u32) -> Vec<Vec<u8>> {
    (0..count).map(|time| scene::frame(size, time)).collect()
}

/// Breaks when what is written depends on how many cores there are, or on which of them is the first to be done.
#[test]
fn the_file_does_not_depend_on_the_number_of_threads() {
    let folder = Folder::new();
    let size = Size::new(96, 64);
    for (fps, count) in [(8, 61), (24, 49), (1, 30)] {
        let frames = scene_frames(size, count);
        let made = [1, 2, 7].map(|threads| {
            let path = folder.file("clip.mp4");
            let video = Mp4Writer::create(&path, size, fps, Quality::default(), "{}").unwrap();
            let mut video = video.with_threads(threads);
            for frame in &frames {
                video.write(frame).unwrap();
            }
            video.finish().unwrap();
            fs::read(&path).unwrap()
        });
        assert!(made[0] == made[1] && made[0] == made[2], "{fps}");
        let decoded = unpack::decode(&folder.file("clip.mp4"));
        assert_eq!(decoded.len(), frames.len());
        for (index, (decoded, rgb)) in decoded.iter().zip(&frames).enumerate() {
            let expected = &reference(rgb, size).planes[0];
            let decibels = psnr(&decoded.planes[0], expected);
            assert!(decibels > 35.0, "frame {index} at {fps}: {decibels}");
        }
    }
}

/// BT.709 in floating point, colour averaged over two by two pixels.
fn reference(rgb: &[u8], size: Size) -> Yuv {
    let (width, height) = (size.width as usize, size.height as usize);
    let pixel = |x: usize, y: usize| {
        let at = 3 * (y * width + x);
        [0, 1, 2].map(|channel| f64::from(rgb[at + channel]) / 255.0)
    };
    let luma = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let mut planes = [Vec::new(), Vec::new(), Vec::new()];
    for y in 0..height {
        for x in 0..width {
            planes[0].push((16.0 + 219.0 * luma(pixel(x, y))).round() as u8);
        }
    }
    for y in (0..height).step_by(2) {
        for x in (0..width).step_by(2) {
            let four = [
                pixel(x, y),
                pixel(x + 1, y),
                pixel(x, y + 1),
                pixel(x + 1, y + 1),
            ];
            let mean = [0, 1, 2].map(|c| four.iter().map(|pixel| pixel[c]).sum::<f64>() / 4.0);
            let (blue, red) = (mean[2] - luma(mean), mean[0] - luma(mean));
            planes[1].push((128.0 + 224.0 * blue / 1.8556).round() as u8);
            planes[2].push((128.0 + 224.0 * red / 1.5748).round() as u8);
        }
    }
    Yuv {
        width,
        height,
        planes,
    }
}

/// Back to RGB as a plain player does, each colour sample for its four pixels.
fn to_rgb(yuv: &Yuv) -> Vec<u8> {
    let mut rgb = Vec::new();
    for y in 0..yuv.height {
        for x in 0..yuv.width {
            let colour = y / 2 * (yuv.width / 2) + x / 2;
            let luma = (f64::from(yuv.planes[0][y * yuv.width + x]) - 16.0) / 219.0;
            let blue = (f64::from(yuv.planes[1][colour]) - 128.0) / 224.0 * 1.8556;
            let red = (f64::from(yuv.planes[2][colour]) - 128.0) / 224.0 * 1.5748;
            let green = -(0.0722 * blue + 0.2126 * red) / 0.7152;
            rgb.extend(
                [red, green, blue].map(|c| (255.0 * (luma + c)).round().clamp(0.0, 255.0) as u8),
            );
        }
    }
    rgb
}

/// Breaks when the default quality drops, a frame is lost or swapped, or colours are converted wrongly.
#[test]
fn the_default_quality_stays_above_38_decibels() {
    let folder = Folder::new();
    let size = Size::new(320, 192);
    let frames = scene_frames(size, 14);
    let path = write(&folder, size, 6, &frames, "{}");

    let decoded = unpack::decode(&path);
    assert_eq!(decoded.len(), frames.len());
    let mut worst = [f64::INFINITY; 4];
    for (decoded, rgb) in decoded.iter().zip(&frames) {
        assert_eq!((decoded.width, decoded.height), (320, 192));
        let reference = reference(rgb, size);
        for (plane, worst) in worst.iter_mut().take(3).enumerate() {
            *worst = worst.min(psnr(&decoded.planes[plane], &reference.planes[plane]));
        }
        worst[3] = worst[3].min(psnr(&to_rgb(decoded), rgb));
    }
    eprintln!(
        "worst frame: Y, U, V, RGB {worst:.2?} dB; {} bytes",
        fs::metadata(&path).unwrap().len()
    );
    assert!(worst.iter().all(|&decibels| decibels > 38.0), "{worst:?}");
}

/// Breaks when primaries come out as another standard's, or with another range.
#[test]
fn pure_colours_have_the_values_of_the_standard() {
    // (red, green, blue) → (Y, U, V), from Rec. BT.709 in 8-bit limited range.
    let colours: [([u8; 3], [i32; 3]); 6] = [
        ([255, 0, 0], [63, 102, 240]),
        ([0, 255, 0], [173, 42, 26]),
        ([0, 0, 255], [32, 240, 118]),
        ([0, 0, 0], [16, 128, 128]),
        ([255, 255, 255], [235, 128, 128]),
        ([128, 128, 128], [126, 128, 128]),
    ];
    let folder = Folder::new();
    let size = Size::new(64, 48);
    for (rgb, expected) in colours {
        let path = write(&folder, size, 24, &[rgb.repeat(64 * 48)], "{}");
        let decoded = unpack::decode(&path);
        let found = [0, 1, 2].map(|plane| i32::from(decoded[0].planes[plane][500]));
        let near = found
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found - expected).abs() <= 1);
        assert!(near, "{rgb:?}: {found:?} is not {expected:?}");
    }
}

/// Breaks when players would not start with the first bytes, or would show wrong colours or times.
#[test]
fn the_index_comes_first_and_says_what_the_frames_are() {
    let folder = Folder::new();
    let size = Size::new(64, 48);
    let path = write(&folder, size, 4, &scene_frames(size, 10), "{}");
    let bytes = fs::read(&path).unwrap();

    let kinds: Vec<_> = unpack::top_level(&bytes)
        .into_iter()
        .map(|(kind, ..)| kind)
        .collect();
    assert_eq!(kinds, ["ftyp", "moov", "mdat"]);

    let index = unpack::index(&bytes);
    let table = unpack::table(&index);
    let media = &index.trak[0].mdia.mdhd;
    assert_eq!(
        table.stts.entries.len(),
        1,
        "every frame lasts equally long"
    );
    assert_eq!(table.stts.entries[0].sample_count, 10);
    assert_eq!(table.stts.entries[0].sample_delta * 4, media.timescale);
    assert_eq!(
        media.duration * 2,
        5 * u64::from(media.timescale),
        "10 frames at 4 a second"
    );
    assert!(table.ctts.is_none(), "no frame is shown out of order");

    let codec = unpack::codec(&index);
    assert_eq!((codec.visual.width, codec.visual.height), (64, 48));
    let bt709 = Colr::Nclx {
        colour_primaries: 1,
        transfer_characteristics: 1,
        matrix_coefficients: 1,
        full_range_flag: false,
    };
    assert_eq!(codec.colr, Some(bt709));
    assert_eq!(codec.avcc.length_size, 4);
    assert_eq!(unpack::samples(&bytes).len(), 10);
}

/// Breaks when one cannot jump within a clip: a player may start only at key frames.
#[test]
fn there_is_a_key_frame_every_second() {
    let folder = Folder::new();
    let size = Size::new(64, 48);
    let path = write(&folder, size, 4, &scene_frames(size, 10), "{}");
    let bytes = fs::read(&path).unwrap();
    let index = unpack::index(&bytes);
    let keys = &unpack::table(&index).stss.as_ref().unwrap().entries;
    assert!([1, 5, 9].iter().all(|key| keys.contains(key)), "{keys:?}");
    for (number, sample) in (1..).zip(unpack::samples(&bytes)) {
        const INSTANT_REFRESH: u8 = 5;
        assert_eq!(
            sample[4] & 0x1f == INSTANT_REFRESH,
            keys.contains(&number),
            "frame {number}"
        );
    }
}

/// Breaks when the picture itself does not say that it is BT.709: players without `colr` guess then.
#[test]
fn the_sequence_parameters_carry_the_colours_too() {
    let folder = Folder::new();
    let size = Size::new(64, 48);
    let path = write(&folder, size, 24, &scene_frames(size, 1), "{}");
    let index = unpack::index(&fs::read(&path).unwrap());
    let set = &unpack::codec(&index).avcc.sequence_parameter_sets[0];
    let bits = set
        .iter()
        .fold(String::new(), |bits, byte| format!("{bits}{byte:08b}"));
    // Limited range, a description follows: primaries, transfer and matrix are number 1.
    let description = format!("01{0}{0}{0}", "00000001");
    assert!(bits.contains(&description), "{bits}");
}

/// Breaks when a request cannot be read back from its video, whatever its language or length.
#[test]
fn settings_come_back_as_they_were() {
    let folder = Folder::new();
    let size = Size::new(64, 48);
    let frames = scene_frames(size, 1);
    let long = format!(r#"{{"prompt":"{}"}}"#, "A cat jumps. ".repeat(800));
    assert!(long.len() > 10_000);
    for settings in [
        r#"{"prompt":"一只猫跳上窗台 🐈 “quoted”","seed":42}"#,
        &long,
        "{}",
        "",
    ] {
        let path = write(&folder, size, 24, &frames, settings);
        assert_eq!(mp4::settings(&path).unwrap().as_deref(), Some(settings));
    }
}

/// Breaks when the facts shown about a clip differ from what was written.
#[test]
fn the_facts_come_back() {
    let folder = Folder::new();
    let size = Size::new(96, 64);
    let path = write(&folder, size, 24, &scene_frames(size, 5), "{}");
    let info = mp4::info(&path).unwrap();
    assert_eq!(
        (info.size, info.frames, info.codec.as_str()),
        (size, 5, "avc1")
    );
    assert!((info.fps - 24.0).abs() < 1e-9 && (info.seconds - 5.0 / 24.0).abs() < 1e-9);
}

/// Breaks when the same frames no longer give the same file.
#[test]
fn the_same_frames_give_the_same_file() {
    let folder = Folder::new();
    let size = Size::new(96, 64);
    let frames = scene_frames(size, 3);
    let once = fs::read(write(&folder, size, 24, &frames, "{}")).unwrap();
    let again = fs::read(write(&folder, size, 24, &frames, "{}")).unwrap();
    assert!(once == again);
}
