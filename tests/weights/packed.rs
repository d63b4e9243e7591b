//! Whole numbers of few bits with scales and biases beside them, as MLX converts models.

use std::path::PathBuf;

use mlx_rs::ops::indexing::IndexOp;
use mlx_rs::ops::{dequantize, quantize};
use mlx_rs::{Array, Dtype};
use safetensors::Dtype as Stored;
use safetensors::tensor::TensorView;
use zoetrope::weights::Weights;

use super::files::{Folder, le_bytes};
use super::{assert_says, failure, open};
use crate::support::values;

/// Rows, columns: a multiple of every group.
const SHAPE: [i32; 2] = [6, 256];

/// A matrix packed by MLX itself: words, scales, biases.
#[derive(Clone)]
struct QuantizedMatrix {
    words: Array,
    scales: Array,
    biases: Array,
}

impl QuantizedMatrix {
    fn new(group: i32, bits: i32) -> Self {
        let numbers: Vec<f32> = (0u32..6 * 256)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0)
            .collect();
        let (words, scales, biases) =
            quantize(Array::from_slice(&numbers, &SHAPE), group, bits).unwrap();
        Self {
            words,
            scales,
            biases,
        }
    }

    /// The triplet under the name `q`, less what `leave_out` names.
    fn write(&self, folder: &Folder, leave_out: &str) -> PathBuf {
        let numbers: Vec<u32> = self.words.to_vec_exact().unwrap();
        let words = numbers.iter().flat_map(|word| word.to_le_bytes()).collect();
        let tensors: [(&str, Stored, &Array, Vec<u8>); 3] = [
            ("q.weight", Stored::U32, &self.words, words),
            (
                "q.scales",
                Stored::F32,
                &self.scales,
                le_bytes(&values(&self.scales)),
            ),
            (
                "q.biases",
                Stored::F32,
                &self.biases,
                le_bytes(&values(&self.biases)),
            ),
        ];
        let kept = tensors.iter().filter(|(name, ..)| *name != leave_out);
        let views = kept.map(|(name, stored, array, bytes)| {
            let shape = array.shape().iter().map(|&side| side as usize).collect();
            (*name, TensorView::new(*stored, shape, bytes).unwrap())
        });
        folder.file(
            "q.safetensors",
            &safetensors::serialize(views, None).unwrap(),
        )
    }
}

fn read(weights: &Weights, shape: &[i32]) -> zoetrope::Result<Array> {
    weights.load(|weights| weights.as_type(Dtype::Float32).tensor("q.weight", shape))
}

/// What the format says of each number: `bits` of it in the row's stream of bits, the lowest first, times the scale of its
/// group, plus the bias.
///
/// MLX `docs/src/python/ops.rst`, `mlx.core.quantize`; `mlx/backend/cpu/quantized.cpp`, `extract_bits`.
fn by_hand(packed: &QuantizedMatrix, group: usize, bits: usize) -> Vec<f64> {
    let [rows, columns] = SHAPE.map(|side| side as usize);
    let words: Vec<u32> = packed.words.to_vec_exact().unwrap();
    let (scales, biases) = (values(&packed.scales), values(&packed.biases));
    let bit = |at: usize| u32::from(words[at / 32] >> (at % 32) & 1 == 1);
    let number = |at: usize| {
        let first = at * bits;
        let whole: u32 = (0..bits).map(|place| bit(first + place) << place).sum();
        let group = at / group;
        f64::from(whole) * f64::from(scales[group]) + f64::from(biases[group])
    };
    (0..rows * columns).map(number).collect()
}

/// Every packing that MLX has; how a file was packed is told by the shape that the network asks for, and nowhere else.
#[test]
fn packed_numbers_are_what_the_format_says() {
    let folder = Folder::new();
    for group in [32, 64, 128] {
        for bits in [2, 3, 4, 5, 6, 8] {
            let packed = QuantizedMatrix::new(group, bits);
            let weights = open(&packed.write(&folder, "")).unwrap();
            let tensor = read(&weights, &SHAPE).unwrap();
            let expected = by_hand(&packed, group as usize, bits as usize);
            for (at, (value, expected)) in values(&tensor).into_iter().zip(expected).enumerate() {
                let error = (f64::from(value) - expected).abs();
                // The product and the sum, below 2, are rounded to 24 bits each.
                assert!(
                    error <= 2.5e-7,
                    "{bits} bits, groups of {group}, number {at}: {value}, not {expected}"
                );
            }
            assert_eq!(weights.names(), ["q.weight"], "the others are part of it");
        }
    }
}

/// Where nobody asks for a shape, the usual group is taken.
#[test]
fn the_usual_group_tells_shape_and_rows() {
    let folder = Folder::new();
    let packed = QuantizedMatrix::new(64, 4);
    let weights = open(&packed.write(&folder, "")).unwrap();
    assert_eq!(weights.shape("q.weight").unwrap(), SHAPE);
    let QuantizedMatrix {
        words,
        scales,
        biases,
    } = &packed;
    let whole = values(&dequantize(words, scales, biases, 64, 4).unwrap());
    let rows = weights.rows("q.weight", &[5, 0]).unwrap();
    assert_eq!(values(&rows), [&whole[5 * 256..], &whole[..256]].concat());
}

/// A shape that the words and groups cannot be, and a triplet with a part missing: refused, not misread.
#[test]
fn triplets_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let packed = QuantizedMatrix::new(64, 4);
    let weights = open(&packed.write(&folder, "")).unwrap();
    for wrong in [[6, 192], [5, 256], [12, 128]] {
        let message = failure(read(&weights, &wrong));
        assert_says(&message, &["q.weight is (6, 256), not ("]);
    }
    let scalar = QuantizedMatrix {
        words: packed.words.reshape(&[-1]).unwrap().index(0),
        ..packed.clone()
    };
    let weights = open(&scalar.write(&folder, "")).unwrap();
    assert_says(&failure(read(&weights, &SHAPE)), &["q.weight is (), not ("]);
    for missing in ["q.scales", "q.biases"] {
        let weights = open(&packed.write(&folder, missing)).unwrap();
        assert_says(
            &failure(read(&weights, &SHAPE)),
            &["q.weight is of type U32"],
        );
    }
}
