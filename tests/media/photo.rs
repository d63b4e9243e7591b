//! Opening pictures as people have them: turned by the camera, transparent, deep, damaged or fake.

use std::io::Cursor;

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba};
use zoetrope::job::Size;
use zoetrope::media::photo;

use super::{Folder, golden};

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG with the camera's note on how it was held, in the EXIF segment behind the first two bytes.
fn turned(orientation: u8) -> Vec<u8> {
    const RED: Rgb<u8> = Rgb([250, 10, 10]);
    const BLUE: Rgb<u8> = Rgb([10, 10, 250]);
    const GREY: Rgb<u8> = Rgb([128, 128, 128]);
    // Red at the top left, blue at the top right.
    let picture = RgbImage::from_fn(64, 32, |x, y| match (x < 32, y < 16) {
        (true, true) => RED,
        (false, true) => BLUE,
        _ => GREY,
    });
    let jpeg = encoded(picture, ImageFormat::Jpeg);
    let tiff = [
        b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".as_slice(),
        &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
        &[0; 4],
    ]
    .concat();
    let length = (tiff.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &tiff, &jpeg[2..]].concat()
}

/// Breaks when a photo taken with a turned camera lies on its side or is mirrored.
#[test]
fn photos_stand_upright() {
    let folder = Folder::new();
    // For each EXIF orientation: whether sides swap, and the quarters (right, lower) of red and blue.
    let cases = [
        (1, false, [(0, 0), (1, 0)]),
        (2, false, [(1, 0), (0, 0)]),
        (3, false, [(1, 1), (0, 1)]),
        (4, false, [(0, 1), (1, 1)]),
        (5, true, [(0, 0), (0, 1)]),
        (6, true, [(1, 0), (1, 1)]),
        (7, true, [(1, 1), (1, 0)]),
        (8, true, [(0, 1), (0, 0)]),
    ];
    for (orientation, swapped, [red, blue]) in cases {
        let path = folder.put("turned.jpg", &turned(orientation));
        let picture = photo::open(&path).unwrap();
        let (width, height) = if swapped { (32, 64) } else { (64, 32) };
        assert_eq!(
            picture.dimensions(),
            (width, height),
            "orientation {orientation}"
        );
        assert_eq!(
            photo::size(&path).unwrap(),
            Size::new(width, height),
            "orientation {orientation}"
        );
        let at = |(right, lower)| {
            picture.get_pixel(
                width / 4 + right * width / 2,
                height / 4 + lower * height / 2,
            )
        };
        assert!(
            at(red)[0] > 200 && at(red)[2] < 60,
            "orientation {orientation}: red"
        );
        assert!(
            at(blue)[2] > 200 && at(blue)[0] < 60,
            "orientation {orientation}: blue"
        );
    }
}

/// Breaks when grey, half transparent or 16-bit pictures change their colours on the way to 8-bit RGB.
#[test]
fn every_kind_of_pixel_becomes_rgb() {
    let folder = Folder::new();
    let open = |picture: DynamicImage| {
        let path = folder.put("pixels.png", &encoded(picture, ImageFormat::Png));
        photo::open(&path).unwrap().get_pixel(1, 1).0
    };
    assert_eq!(
        open(ImageBuffer::from_pixel(3, 3, Rgba([10_u8, 20, 30, 0])).into()),
        [255; 3]
    );
    assert_eq!(
        open(ImageBuffer::from_pixel(3, 3, LumaA([75_u8, 51])).into()),
        [219; 3]
    );
    assert_eq!(
        open(ImageBuffer::from_pixel(3, 3, Luma([200_u8])).into()),
        [200; 3]
    );
    assert_eq!(
        open(ImageBuffer::from_pixel(3, 3, Rgb([0_u16, 32_896, 65_535])).into()),
        [0, 128, 255]
    );
}

/// Breaks when one of the formats that people bring is no longer compiled in, or the name is believed.
#[test]
fn common_formats_open_whatever_their_name() {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    let folder = Folder::new();
    let picture = RgbImage::from_pixel(16, 8, Rgb([40, 90, 160]));
    for format in [Png, Jpeg, WebP, Gif, Bmp, Tiff] {
        let path = folder.put("picture.txt", &encoded(picture.clone(), format));
        assert_eq!(photo::size(&path).unwrap(), Size::new(16, 8), "{format:?}");
        let pixel = photo::open(&path).unwrap().get_pixel(8, 4).0;
        let near = pixel
            .iter()
            .zip([40, 90, 160])
            .all(|(&a, b)| a.abs_diff(b) < 6);
        assert!(near, "{format:?}: {pixel:?}");
    }
}

/// Breaks when what is wrong with a picture is not said in a sentence.
#[test]
fn what_is_no_picture_is_told_in_a_sentence() {
    let folder = Folder::new();
    let error = |path: &std::path::Path| photo::open(path).unwrap_err().to_string();
    assert!(error(&folder.file("missing.png")).ends_with("no such file"));
    assert!(error(&std::env::temp_dir()).ends_with("it is a folder"));
    let text = folder.put("text.png", b"This is a text, whatever its name says.");
    let sentence = "is not a picture that can be read; use PNG, JPEG, WebP, GIF, BMP or TIFF";
    assert!(error(&text).ends_with(sentence), "{}", error(&text));
    let empty = folder.put("empty.jpg", b"");
    assert!(error(&empty).ends_with(sentence), "{}", error(&empty));
}

/// Breaks when a download that stopped half-way opens as half a picture, or panics.
#[test]
fn truncated_pictures_are_errors() {
    let folder = Folder::new();
    let whole = std::fs::read(golden("image_ti2v.png")).unwrap();
    for length in (16..whole.len() - 200).step_by(997) {
        let path = folder.put("cut.png", &whole[..length]);
        let error = photo::open(&path).unwrap_err().to_string();
        assert!(error.contains("cut.png is damaged or cut short"), "{error}");
    }
}

/// Breaks when a few bytes can ask for gigabytes.
#[test]
fn a_header_that_claims_a_huge_picture_is_refused() {
    let folder = Folder::new();
    let gif = [
        b"GIF89a".as_slice(),
        &[0xff; 4],
        &[0x80, 0, 0],
        &[0; 6],
        b"\x2c\0\0\0\0",
        &[0xff; 4],
    ]
    .concat();
    let side = 100_000_u32.to_le_bytes();
    let bmp = [
        b"BM".as_slice(),
        &[0; 8],
        &54_u32.to_le_bytes(),
        &40_u32.to_le_bytes(),
        &side,
        &side,
    ];
    let bmp = [&bmp.concat(), [1, 0, 24, 0].as_slice(), &[0; 24]].concat();
    for (name, bytes) in [("huge.gif", gif), ("huge.bmp", bmp)] {
        let path = folder.put(name, &bytes);
        for error in [
            photo::open(&path).unwrap_err(),
            photo::size(&path).unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(
                error.contains("make it smaller") || error.contains("damaged"),
                "{error}"
            );
        }
    }
}
