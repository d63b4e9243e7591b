//! Floats of eight bits, with the scales that lie beside them.

use mlx_rs::Dtype;
use safetensors::Dtype as Stored;
use safetensors::tensor::TensorView;

use super::files::{Folder, le_bytes, one};
use super::{assert_says, failure, open};
use crate::support::values;

/// Written the long way, from the definition: (-1)^s · 2^(e - bias) · 1.m, or 0.m below the smallest exponent.
fn number(byte: u8, mantissa: u32, bias: i32) -> f64 {
    let sign = if byte & 0x80 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((byte & 0x7f) >> mantissa);
    let fraction = f64::from(byte & ((1 << mantissa) - 1)) / f64::from(1 << mantissa);
    if exponent == 0 {
        sign * 2f64.powi(1 - bias) * fraction
    } else {
        sign * 2f64.powi(exponent - bias) * (1.0 + fraction)
    }
}

/// All 256 bytes of both kinds, as float32: every one that is a number is that number.
#[test]
fn every_byte_is_its_number() {
    let folder = Folder::new();
    let bytes: Vec<u8> = (0..=255).collect();
    let read = |stored| {
        let file = folder.file("w.safetensors", &one("w", stored, &[16, 16], &bytes));
        let weights = open(&file).unwrap();
        assert_eq!(weights.dtype("w").unwrap(), Dtype::Bfloat16);
        let tensor = weights.as_type(Dtype::Float32).tensor("w", &[16, 16]);
        values(&tensor.unwrap())
    };
    for (byte, value) in (0..=255u8).zip(read(Stored::F8_E4M3)) {
        if byte & 0x7f == 0x7f {
            assert!(value.is_nan());
        } else {
            assert_eq!(f64::from(value), number(byte, 3, 7), "{byte:#x}");
        }
    }
    for (byte, value) in (0..=255u8).zip(read(Stored::F8_E5M2)) {
        match byte & 0x7f {
            0x7c => assert!(value.is_infinite() && (value > 0.0) == (byte < 0x80)),
            0x7d.. => assert!(value.is_nan()),
            _ => assert_eq!(f64::from(value), number(byte, 2, 15), "{byte:#x}"),
        }
    }
}

/// A file with an 8-bit weight (3, 2) of ones and twos, and tensors beside it.
fn beside(
    folder: &Folder,
    others: &[(&str, Stored, &[usize], &[u8])],
) -> zoetrope::weights::Weights {
    let weight = [0x38, 0x40, 0x38, 0x40, 0x38, 0x40];
    let all =
        others
            .iter()
            .copied()
            .chain([("q.weight", Stored::F8_E4M3, &[3, 2][..], &weight[..])]);
    let views = all.map(|(name, dtype, shape, bytes)| {
        (name, TensorView::new(dtype, shape.to_vec(), bytes).unwrap())
    });
    let bytes = safetensors::serialize(views, None).unwrap();
    open(&folder.file(
        &format!(
            "{}-{:?}-{}.safetensors",
            others[0].0,
            others[0].1,
            others.len()
        ),
        &bytes,
    ))
    .unwrap()
}

/// One scale for all or one for each row, in the older and in the newer dialect; none of what lies beside the weight is
/// left over when the network is loaded.
#[test]
fn weights_are_multiplied_by_their_scales() {
    let folder = Folder::new();
    let (half, rows) = (le_bytes(&[0.5]), le_bytes(&[0.5, 1.0, 3.0]));
    let doubles = [0.5f64, 1.0, 3.0].map(f64::to_le_bytes).concat();
    let all = [0.5, 1.0, 0.5, 1.0, 0.5, 1.0];
    let each = [0.5, 1.0, 1.0, 2.0, 3.0, 6.0];
    let float = Stored::F32;
    let cases = [
        (
            beside(
                &folder,
                &[
                    ("q.scale_weight", float, &[], &half),
                    ("q.scale_input", float, &[], &half),
                    ("scaled_fp8", Stored::F8_E4M3, &[0], &[]),
                ],
            ),
            all,
        ),
        (
            beside(
                &folder,
                &[
                    ("q.weight_scale", float, &[1], &half),
                    ("q.input_scale", float, &[], &half),
                    ("q.comfy_quant", Stored::U8, &[2], b"{}"),
                ],
            ),
            all,
        ),
        (
            beside(&folder, &[("q.weight_scale", float, &[3, 1], &rows)]),
            each,
        ),
        (
            beside(
                &folder,
                &[("q.scale_weight", Stored::F64, &[], &0.5f64.to_le_bytes())],
            ),
            all,
        ),
        (
            beside(&folder, &[("q.weight_scale", Stored::F64, &[3], &doubles)]),
            each,
        ),
    ];
    for (weights, expected) in cases {
        for dtype in [Dtype::Float32, Dtype::Bfloat16, Dtype::Float16] {
            let read = weights.load(|w| w.as_type(dtype).tensor("q.weight", &[3, 2]));
            let read = read.unwrap();
            assert_eq!((read.dtype(), values(&read)), (dtype, expected.to_vec()));
        }
        let rows = weights.as_type(Dtype::Float32).rows("q.weight", &[2, 0]);
        let expected = [&expected[4..], &expected[..2]].concat();
        assert_eq!(values(&rows.unwrap()), expected);
    }
}

/// A scale that nobody here knows how to apply must not be left out in silence.
#[test]
fn unknown_scales_are_refused() {
    let folder = Folder::new();
    let two = le_bytes(&[0.5, 1.0]);
    for (dtype, shape, bytes) in [
        (Stored::F32, &[2][..], &two[..]),
        (Stored::F8_E8M0, &[3, 1], &[127; 3]),
        (Stored::U8, &[1], &[1]),
    ] {
        let weights = beside(&folder, &[("q.weight_scale", dtype, shape, bytes)]);
        let message = failure(weights.load(|w| w.tensor("q.weight", &[3, 2])));
        assert_says(&message, &["q.weight is scaled in a way"]);
    }
}

/// In a file that says that its matrices are scaled, one without a scale would be many times too large.
#[test]
fn lost_scales_are_told() {
    let folder = Folder::new();
    let marker = [("scaled_fp8", Stored::F8_E4M3, &[0][..], &[][..])];
    let weights = beside(&folder, &marker);
    let message = failure(weights.load(|w| w.tensor("q.weight", &[3, 2])));
    assert_says(&message, &["q.weight has lost its scale"]);
}

/// Text embeds that were kept for one encoder must not be taken for those of another one.
#[test]
fn scales_are_part_of_the_fingerprint() {
    let folder = Folder::new();
    let fingerprint = |scale: f32| {
        let bytes = le_bytes(&[scale]);
        let weights = beside(&folder, &[("q.scale_weight", Stored::F32, &[], &bytes)]);
        weights.fingerprint().unwrap()
    };
    assert_eq!(fingerprint(0.5), fingerprint(0.5));
    assert_ne!(fingerprint(0.5), fingerprint(0.25));
}
