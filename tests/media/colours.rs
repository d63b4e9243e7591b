//! Pictures in other colours than sRGB become sRGB, in every format that can say so, and what is transparent lies on white.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::tiff::TiffEncoder;
use image::codecs::webp::WebPEncoder;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageReader, Rgb, RgbImage, Rgba,
    RgbaImage,
};
use zoetrope::media::photo;

use super::Folder;
use crate::support::golden_path;

fn picture(name: &str) -> RgbImage {
    photo::open(&golden_path("pictures").join(name)).unwrap()
}

/// The greatest difference of two values.
#[track_caller]
fn difference(a: &RgbImage, b: &RgbImage) -> u8 {
    assert_eq!(a.dimensions(), b.dimensions());
    let pairs = a.as_raw().iter().zip(b.as_raw());
    pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

/// The pixels of a picture as they are stored, and its profile.
fn stored(name: &str) -> (RgbImage, Vec<u8>) {
    let reader = ImageReader::open(golden_path("pictures").join(name)).unwrap();
    let mut decoder = reader.into_decoder().unwrap();
    let profile = decoder.icc_profile().unwrap().unwrap();
    let pixels = DynamicImage::from_decoder(decoder).unwrap().into_rgb8();
    (pixels, profile)
}

/// Every format that carries a profile, with the greatest difference that its compression makes.
fn files(pixels: &RgbImage, profile: &[u8]) -> [(&'static str, Vec<u8>, u8); 4] {
    fn write(mut encoder: impl ImageEncoder, profile: &[u8], pixels: &RgbImage) {
        encoder.set_icc_profile(profile.to_vec()).unwrap();
        let (width, height) = pixels.dimensions();
        encoder
            .write_image(pixels, width, height, ExtendedColorType::Rgb8)
            .unwrap();
    }
    let mut files = [const { Vec::new() }; 4];
    let [png, jpeg, webp, tiff] = &mut files;
    write(PngEncoder::new(png), profile, pixels);
    write(JpegEncoder::new_with_quality(jpeg, 100), profile, pixels);
    write(WebPEncoder::new_lossless(webp), profile, pixels);
    let mut seeking = Cursor::new(tiff);
    write(TiffEncoder::new(&mut seeking), profile, pixels);
    let [png, jpeg, webp, tiff] = files;
    [
        ("png", png, 0),
        ("jpg", jpeg, 6),
        ("webp", webp, 0),
        ("tif", tiff, 0),
    ]
}

/// Breaks when a photo of a telephone, or a screenshot of a Mac, is paler than it looks: its profile is not read in one of
/// the formats. LittleCMS made the stored pixels of the sRGB picture; two roundings to bytes lie between.
#[test]
fn profiles_are_converted_in_every_format() {
    let folder = Folder::new();
    let expected = picture("srgb.png");
    for name in ["p3.png", "adobe.png"] {
        let (pixels, profile) = stored(name);
        assert!(difference(&pixels, &expected) > 30, "{name} tests nothing");
        for (ending, bytes, lost) in files(&pixels, &profile) {
            let opened = photo::open(&folder.put(&format!("picture.{ending}"), &bytes)).unwrap();
            let difference = difference(&opened, &expected);
            assert!(difference <= 2 + lost, "{name} as {ending}: {difference}");
        }
    }
}

/// Breaks when a profile of grey is not applied to a grey picture.
#[test]
fn profiles_of_grey_are_converted() {
    let difference = difference(&picture("grey.png"), &picture("grey_srgb.png"));
    assert!(difference <= 2, "{difference}");
}

/// Breaks when a profile that means sRGB moves a single value: whole videos hang on it.
#[test]
fn a_profile_of_srgb_changes_nothing() {
    let folder = Folder::new();
    let noise = RgbImage::from_fn(64, 64, |x, y| {
        let value = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503);
        Rgb([value as u8, (value >> 8) as u8, (value >> 16) as u8])
    });
    let profile = moxcms::ColorProfile::new_srgb().encode().unwrap();
    for (ending, bytes, _) in files(&noise, &profile) {
        let opened = photo::open(&folder.put(&format!("noise.{ending}"), &bytes)).unwrap();
        let plain = image::load_from_memory(&bytes).unwrap().into_rgb8();
        assert!(opened == plain, "{ending}");
    }
}

/// Breaks when a damaged profile, or one of other colours, keeps a picture from being opened: it is passed over.
#[test]
fn a_profile_that_cannot_be_is_passed_over() {
    let folder = Folder::new();
    let (pixels, profile) = stored("p3.png");
    let (_, grey) = stored("grey.png");
    let cut = &profile[..200];
    let mut wrong = profile.clone();
    wrong[150..].fill(0xa5);
    for profile in [cut, &wrong, b"no profile at all", &grey] {
        for (ending, bytes, _) in files(&pixels, profile) {
            let opened = photo::open(&folder.put(&format!("picture.{ending}"), &bytes)).unwrap();
            let plain = image::load_from_memory(&bytes).unwrap().into_rgb8();
            assert!(opened == plain, "{ending}");
        }
    }
}

/// Breaks when pictures for print come out inverted or tinted: Pillow says how they look. Each patch may be off by what
/// compression leaves.
#[test]
fn pictures_for_print_have_their_colours() {
    for name in ["cmyk", "ycck"] {
        let difference = difference(
            &picture(&format!("{name}.jpg")),
            &picture(&format!("{name}_rgb.png")),
        );
        assert!(difference <= 4, "{name}: {difference}");
    }
}

/// Breaks when what a tool left under full transparency is filmed, or half of it shines through wrongly.
#[test]
fn transparency_lies_on_white() {
    let folder = Folder::new();
    let cut_out = |hidden: u8| {
        RgbaImage::from_fn(8, 4, |x, y| match x {
            0..4 => Rgba([
                hidden.wrapping_mul(x as u8 + 1),
                hidden,
                hidden.wrapping_mul(y as u8),
                0,
            ]),
            4..6 => Rgba([200, 100, 0, 128]),
            _ => Rgba([200, 100, 0, 255]),
        })
    };
    for format in [
        image::ImageFormat::Png,
        image::ImageFormat::WebP,
        image::ImageFormat::Tiff,
    ] {
        let opened = [7, 90].map(|hidden| {
            let mut bytes = Cursor::new(Vec::new());
            cut_out(hidden).write_to(&mut bytes, format).unwrap();
            photo::open(&folder.put("cut-out", bytes.get_ref())).unwrap()
        });
        assert!(
            opened[0] == opened[1],
            "{format:?}: the hidden colours show"
        );
        let at = |x| opened[0].get_pixel(x, 2).0;
        assert_eq!(at(1), [255, 255, 255], "{format:?}");
        // 200 · 128/255 + 255 · 127/255 = 227.4
        assert_eq!(at(4), [227, 177, 127], "{format:?}");
        assert_eq!(at(7), [200, 100, 0], "{format:?}");
    }
}
