//! The image encoder against the official one, in every layout.

use image::RgbImage;
use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use zoetrope::job::Size;
use zoetrope::media::photo;
use zoetrope::model::clip::{ImageEncoder, SIDE, normalise};
use zoetrope::weights::Weights;

use crate::support::folder::IMAGE_ENCODER;
use crate::support::{compare, golden, golden_path};

/// The filter's weights in float32, divided by a spread of a quarter.
const PIXELS: (f32, f32) = (1e-5, 0.0);
/// Three layers of two independent implementations differ by 2e-6; the reference recommends this.
const FEATURES: (f32, f32) = (3e-5, 0.0);

const LAYOUTS: [&str; 3] = [
    IMAGE_ENCODER,
    "ckpt/i2v_14b/diffusers/image_encoder/model.safetensors",
    "ckpt/i2v_14b/comfyui/clip_vision_h.safetensors",
];

/// The picture of the reference, (height, width, 3).
fn picture() -> RgbImage {
    let image = &golden("clip_i2v_14b")["image_u8"];
    let (height, width) = (image.dim(1) as u32, image.dim(2) as u32);
    let rows = image.transpose_axes(&[1, 2, 0]).unwrap();
    let bytes = rows.contiguous().unwrap().to_vec_exact().unwrap();
    RgbImage::from_raw(width, height, bytes).unwrap()
}

/// As the encoder takes it, (1, 224, 224, 3).
fn pixels() -> Array {
    let square = photo::stretch(&picture(), Size::new(SIDE, SIDE));
    let side = SIDE as i32;
    let planes = Array::from_slice(&square, &[3, 1, side, side]);
    normalise(&planes.transpose_axes(&[1, 2, 3, 0]).unwrap()).unwrap()
}

/// Other programs crop the picture, or smooth it: their features are off by a tenth and more.
#[test]
fn pixels_are_as_the_official_code_makes_them() {
    let golden = golden("clip_i2v_14b");
    let planes = pixels().transpose_axes(&[0, 3, 1, 2]).unwrap();
    let planes = planes.squeeze_axes(&[0]).unwrap();
    let every = (0..28).map(|i| 8 * i).collect::<Vec<i32>>();
    let every = Array::from_slice(&every, &[28]);
    let few = planes.take_axis(&every, 1).unwrap();
    let few = few.take_axis(&every, 2).unwrap();
    compare(&few, &golden["pixels_every8"], PIXELS, "every 8th pixel");
    let rows = Array::from_slice(&[0, 1, 112, 223], &[4]);
    let rows = planes.take_axis(&rows, 1).unwrap();
    compare(&rows, &golden["pixels_rows"], PIXELS, "four rows");
    let sums = planes.sum_axes(&[1, 2], false).unwrap();
    // Fifty thousand of them, each off by what a pixel may be.
    compare(&sums, &golden["pixels_sum"], (0.5, 0.0), "sums");
}

#[test]
fn every_layer_and_the_features_match_in_every_layout() {
    let golden = golden("clip_i2v_14b");
    for layout in LAYOUTS {
        let weights = Weights::open(&[golden_path(layout)]).unwrap();
        let encoder = weights.load(ImageEncoder::load).unwrap();
        let compare = |x: &Array, name: &str| {
            let x = x.squeeze_axes(&[0]).unwrap();
            let rows = golden[name].dim(0);
            let x = x.try_index(..rows).unwrap();
            compare(&x, &golden[name], FEATURES, &format!("{layout}: {name}"));
        };
        let patches = encoder.embed(&pixels()).unwrap();
        compare(&patches, "patch_embedding");
        let mut x = encoder.begin(&patches).unwrap();
        compare(&x, "pre_norm");
        for (i, block) in encoder.blocks().iter().enumerate() {
            if i == 0 {
                let y = block.attend(&x).unwrap();
                compare(&y, "block_0.attn");
                let x = x.add(&y).unwrap();
                compare(&block.feed_forward(&x).unwrap(), "block_0.mlp");
            }
            x = block.forward(&x).unwrap();
            compare(&x, &format!("block_{i}"));
        }
        compare(&x, "features");
        assert_eq!(encoder.blocks().len(), 3, "the last one is not used");
    }
}
