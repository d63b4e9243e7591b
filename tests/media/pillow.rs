//! Pictures are resized as Pillow does it, bit for bit: the first frame of TI2V is made with it.

use image::{Rgb, RgbImage, imageops};
use zoetrope::job::{CropAnchor, Size};
use zoetrope::media::photo;

use crate::support::golden_path;

/// As `tests/golden/pillow/resize.py` has it.
fn noise(x: u32, y: u32) -> u8 {
    let n = x
        .wrapping_mul(374_761_393)
        .wrapping_add(y.wrapping_mul(668_265_263));
    let n = (n ^ (n >> 13)).wrapping_mul(1_274_126_177);
    (n >> 24) as u8
}

/// As `tests/golden/pillow/resize.py` draws it.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let is_white = ((x / 3) ^ (y / 5)) & 1 == 1;
        let patch = if is_white { 255 } else { noise(x, y) & 63 };
        Rgb([noise(x, y), (5 * x + 3 * y) as u8, patch])
    })
}

/// Breaks when one value of one pixel is not what Pillow 13.0.0 makes, at any of 397 sizes: at 103 of them the heights are
/// reduced first, at the others the widths.
#[test]
fn every_size_is_pillows_to_the_bit() {
    let list = std::fs::read_to_string(golden_path("pillow/resize.txt")).unwrap();
    let mut sizes = 0;
    let mut wrong = Vec::new();
    for line in list.lines() {
        let fields: Vec<_> = line.split(' ').collect();
        let [width, height, to_width, to_height, crc] = fields[..] else {
            panic!("{line} has other fields");
        };
        let [width, height, to_width, to_height] =
            [width, height, to_width, to_height].map(|side| side.parse().unwrap());
        let resized = photo::resize(&picture(width, height), Size::new(to_width, to_height));
        assert_eq!(resized.dimensions(), (to_width, to_height), "{line}");
        if format!("{:08x}", crc32fast::hash(resized.as_raw())) != crc {
            wrong.push(line);
        }
        sizes += 1;
    }
    assert!(sizes >= 200, "only {sizes} sizes");
    assert!(
        wrong.is_empty(),
        "{} of {sizes}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Breaks when the part of a picture that fills a video is not that of the whole resized picture, in either order of the
/// passes, wherever it is cropped.
#[test]
fn a_part_is_cut_out_of_the_whole() {
    let size = Size::new(48, 32);
    for (width, height) in [
        (90, 400),
        (400, 90),
        (60, 33),
        (20, 30),
        (300, 201),
        (48, 70),
    ] {
        let picture = picture(width, height);
        let scale = (48.0 / f64::from(width)).max(32.0 / f64::from(height));
        let whole = Size::new(
            (f64::from(width) * scale).round_ties_even() as u32,
            (f64::from(height) * scale).round_ties_even() as u32,
        );
        let resized = photo::resize(&picture, whole);
        for anchor in [
            CropAnchor::CENTRE,
            CropAnchor { x: 0.0, y: 0.0 },
            CropAnchor { x: 1.0, y: 1.0 },
        ] {
            let at = |whole: u32, part: u32, at: f32| ((whole - part) as f32 * at).floor() as u32;
            let left = at(whole.width, size.width, anchor.x);
            let top = at(whole.height, size.height, anchor.y);
            let part = imageops::crop_imm(&resized, left, top, size.width, size.height);
            let covered = photo::cover(&picture, size, anchor).unwrap();
            assert!(covered == part.to_image(), "{width}x{height} at {anchor:?}");
        }
    }
}
