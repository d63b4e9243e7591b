//! What the image-to-video model is given of the pictures at the ends of a video.

use std::path::{Path, PathBuf};

use image::{DynamicImage, Rgb, RgbImage};
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, zeros};
use mlx_rs::{Array, Dtype};
use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::job::{CanvasRequest, CropAnchor, PictureFit, Plan, Request, Size, Sources};
use zoetrope::media::{mp4, photo};
use zoetrope::model::vae::{Encoder, Kind};
use zoetrope::pipeline::conditioning::encode;
use zoetrope::pipeline::{Reporter, sizes};
use zoetrope::weights::Weights;

use crate::support::folder::Model;
use crate::support::program::zoetrope;
use crate::support::{compare, golden, golden_path, max_difference};

/// Two VAEs in float32, and a bicubic filter before them.
const LATENT: (f32, f32) = (3e-5, 1e-5);
const SIZE: Size = Size::new(64, 48);

fn picture(name: &str) -> PathBuf {
    golden_path("data").join(name)
}

fn plan(model: &Path, last: Option<PathBuf>, fit: PictureFit) -> Plan {
    let image = picture("image_i2v.png");
    let size = photo::size(&image).unwrap();
    let request = Request {
        prompt: "a boat".into(),
        sources: Sources {
            image: Some(image),
            last_image: last,
            fit,
            max_area: (fit == PictureFit::Picture).then_some(3300),
            anchor: CropAnchor::CENTRE,
            last_anchor: CropAnchor::CENTRE,
            ..Default::default()
        },
        canvas: CanvasRequest {
            size: (fit == PictureFit::Crop).then_some(SIZE),
            frames: Some(9),
            ..Default::default()
        },
        ..Request::default()
    };
    let checkpoint = catalog::open(model).unwrap();
    Plan::new(&request, checkpoint, Some(size), 0, "out.mp4".into()).unwrap()
}

/// Mask and latents, (20, frames, height, width).
fn given(last: Option<PathBuf>, fit: PictureFit) -> Array {
    let model = Model::official("ckpt/i2v_a14b");
    let plan = plan(model.path(), last, fit);
    assert_eq!(plan.canvas.size, SIZE);
    let given = encode(&plan, &mut Reporter::new(|_| (), || false)).unwrap();
    assert!(
        given.first_frame.is_none(),
        "no frame is taken from the noise"
    );
    given.beside.expect("the pictures stand beside the noise")
}

#[test]
fn a_picture_and_grey_are_as_the_reference_has_them() {
    let golden = golden("e2e_i2v_a14b_unipc");
    let given = given(None, PictureFit::Picture);
    compare(&given, &golden["y"], LATENT, "mask and latents");
}

/// The official code has no last frame for this model; the one for Wan2.1 that has one says how the
/// mask is folded, and the clip is encoded here in one piece.
#[test]
fn a_last_picture_ends_the_clip() {
    let last = photo::stretch(&photo::open(&picture("image_i2v.png")).unwrap(), SIZE);
    let last = Array::from_slice(&last, &[3, 1, 48, 64]);
    let grey = zeros::<f32>(&[3, 7, 48, 64]).unwrap();
    let clip = concatenate(&[&last, &grey, &last], 1).unwrap();
    let file = golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth");
    let weights = Weights::open(&[file]).unwrap().as_type(Dtype::Float32);
    let encoder = weights
        .load(|weights| Encoder::load(Kind::V21, weights))
        .unwrap();
    let expected = encoder
        .encode(&clip.transpose_axes(&[1, 2, 3, 0]).unwrap())
        .unwrap()
        .transpose_axes(&[3, 0, 1, 2])
        .unwrap();

    let given = given(Some(picture("image_i2v.png")), PictureFit::Picture);
    let latents = given.try_index(4..).unwrap();
    compare(&latents, &expected, LATENT, "latents");
    // (the frame that a latent covers, the latent): the first frame is covered four times.
    for (covered, row) in [
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 1.0],
    ]
    .iter()
    .enumerate()
    {
        for (frame, &value) in row.iter().enumerate() {
            let plane = given.try_index((covered as i32, frame as i32)).unwrap();
            let expected = Array::full::<f32>(&[6, 8], Array::from_f32(value)).unwrap();
            compare(&plane, &expected, (0.0, 0.0), "mask");
        }
    }
}

/// What is before the last frame does not know of it.
#[test]
fn a_last_picture_of_another_aspect_is_cropped() {
    let without = given(None, PictureFit::Picture);
    let with = given(Some(picture("image_ti2v.png")), PictureFit::Picture);
    let latents =
        |given: &Array, frames: std::ops::Range<i32>| given.try_index((4.., frames)).unwrap();
    assert!(max_difference(&latents(&with, 0..2), &latents(&without, 0..2)) < 1e-6);
    assert!(max_difference(&latents(&with, 2..3), &latents(&without, 2..3)) > 1e-2);
}

#[test]
fn a_picture_can_be_cropped_to_exactly_a_size() {
    let stretched = given(None, PictureFit::Picture);
    let cropped = given(None, PictureFit::Crop);
    assert_eq!(cropped.shape(), stretched.shape());
    assert!(max_difference(&cropped, &stretched) > 1e-2);
}

#[test]
fn the_command_line_takes_a_last_picture() {
    let model = Model::official("ckpt/i2v_a14b");
    let folder = TempDir::new().unwrap();
    let output = folder.path().join("out.mp4");
    let run = |last: &Path| {
        let words = [
            "generate",
            "--model",
            model.path().to_str().unwrap(),
            "--prompt",
            "a boat",
            "--image",
            picture("image_i2v.png").to_str().unwrap(),
            "--last-image",
            last.to_str().unwrap(),
            "--size",
            "64x48",
            "--frames",
            "9",
            "--steps",
            "2",
            "-o",
            output.to_str().unwrap(),
        ]
        .map(str::to_owned);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        zoetrope(&folder.path().join("cache"), &words)
    };
    let missing = run(Path::new("/nowhere/dog.png"));
    assert_eq!(missing.code, Some(1));
    assert!(missing.stderr.contains("dog.png"), "{}", missing.stderr);

    let made = run(&picture("image_ti2v.png"));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let settings = mp4::settings(&output).unwrap().unwrap();
    assert!(settings.contains("\"last_image\":\"image_ti2v.png\""));
}

/// Breaks when nobody hears that a job is stopped while a large picture is read.
#[test]
fn a_job_stops_while_its_picture_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large.png");
    RgbImage::from_fn(6000, 4000, |x, y| Rgb([(x ^ y) as u8; 3]))
        .save(&path)
        .unwrap();
    for (family, fit) in [
        ("ti2v_5b", PictureFit::Picture),
        ("i2v_a14b", PictureFit::Crop),
    ] {
        let model = Model::official(&format!("ckpt/{family}"));
        let mut plan = plan(model.path(), None, fit);
        plan.sources.image = Some(path.clone());
        let mut told = Vec::new();
        let mut reporter = Reporter::new(|progress| told.push(progress), || true);
        let stopped = encode(&plan, &mut reporter).err().unwrap();
        drop(reporter);
        assert!(stopped.is_cancelled(), "{stopped}");
        assert!(told.is_empty(), "it was read to its end: {told:?}");
    }
}

/// Breaks when what opening the pictures takes is not in the plan of the memory.
#[test]
fn pictures_are_counted() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep.png");
    let deep = DynamicImage::ImageRgb8(RgbImage::new(900, 700)).to_rgba16();
    deep.save(&path).unwrap();
    let model = Model::official("ckpt/i2v_a14b");
    let mut plan = plan(model.path(), None, PictureFit::Crop);
    let first = photo::memory(&picture("image_i2v.png")).unwrap();
    assert_eq!(sizes(&plan).unwrap().picture, first);
    plan.sources.last_image = Some(path.clone());
    let last = photo::memory(&path).unwrap();
    assert!(last >= 11 * 900 * 700 && last > first, "{last} bytes");
    assert_eq!(sizes(&plan).unwrap().picture, last);
    plan.sources.last_image = Some("gone.png".into());
    assert_eq!(sizes(&plan).unwrap().picture, first);
}
