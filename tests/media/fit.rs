//! The two rules that bring a picture to the size of the video, against the official code's results.

use std::fs;

use image::RgbImage;
use safetensors::SafeTensors;
use zoetrope::job::{CropAnchor, Size};
use zoetrope::media::photo;

use super::golden;

/// A picture with a value of its own at every pixel.
fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x as u8, y as u8, (x * 7 + y * 13) as u8])
    })
}

/// Breaks when the resampler differs from Pillow's in a single grey level, or the crop by a pixel.
#[test]
fn covering_gives_the_official_first_frame_exactly() {
    let picture = photo::open(&golden("image_ti2v.png")).unwrap();
    let expected = photo::open(&golden("image_ti2v_preprocessed.png")).unwrap();
    let size = Size::new(expected.width(), expected.height());
    let covered = photo::cover(&picture, size, CropAnchor::CENTRE).unwrap();
    let difference = covered
        .iter()
        .zip(expected.iter())
        .map(|(&a, &b)| a.abs_diff(b))
        .max();
    assert_eq!(difference, Some(0));
}

/// Breaks when the values that the network sees are scaled otherwise than in the official code.
#[test]
fn the_first_frame_as_floats_is_the_official_one() {
    let file = fs::read(golden("e2e_ti2v_5b_i2v_unipc.safetensors")).unwrap();
    let expected = floats_of(&file, "image");
    let picture = photo::open(&golden("image_ti2v_preprocessed.png")).unwrap();
    assert_eq!(photo::floats(&picture), expected);
}

/// Breaks when bicubic weights, positions or borders differ from PyTorch's.
#[test]
fn stretching_follows_pytorch() {
    let file = fs::read(golden("image_i2v_stretched.safetensors")).unwrap();
    let shape = SafeTensors::deserialize(&file)
        .unwrap()
        .tensor("image")
        .unwrap()
        .shape()
        .to_vec();
    let expected = floats_of(&file, "image");
    let picture = photo::open(&golden("image_i2v.png")).unwrap();
    let stretched = photo::stretch(&picture, Size::new(shape[2] as u32, shape[1] as u32));
    assert_eq!(stretched.len(), expected.len());
    let difference = stretched
        .iter()
        .zip(&expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    eprintln!("largest difference {difference:e}");
    assert!(difference < 1e-5, "{difference}");
}

/// Breaks when a crop is not centred, or misses the size by rounding.
#[test]
fn covering_gives_every_size_exactly() {
    let wide = gradient(200, 50);
    let middle = photo::cover(&wide, Size::new(100, 50), CropAnchor::CENTRE).unwrap();
    assert_eq!(middle.get_pixel(0, 0), wide.get_pixel(50, 0));
    let same = photo::cover(&wide, Size::new(200, 50), CropAnchor::CENTRE).unwrap();
    assert_eq!(same, wide);
    for (width, height) in [(3, 1000), (1000, 3), (97, 31), (1, 1), (333, 334)] {
        let covered = photo::cover(
            &gradient(width, height),
            Size::new(96, 64),
            CropAnchor::CENTRE,
        )
        .unwrap();
        assert_eq!(covered.dimensions(), (96, 64));
    }
}

/// Breaks when a picture that is only a line makes the resizer ask for gigabytes.
#[test]
fn a_line_is_refused() {
    let line = gradient(1, 60_000);
    let error = photo::cover(&line, Size::new(1280, 704), CropAnchor::CENTRE)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "A picture of 1x60000 pixels is too narrow to fill 1280x704: crop it first"
    );
}

fn floats_of(file: &[u8], name: &str) -> Vec<f32> {
    let tensors = SafeTensors::deserialize(file).unwrap();
    let bytes = tensors.tensor(name).unwrap().data().to_vec();
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&bytes| f32::from_le_bytes(bytes))
        .collect()
}
