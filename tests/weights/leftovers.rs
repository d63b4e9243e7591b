//! Companions that tools leave beside weights which they converted: used where they mean something, passed over where
//! they cannot, refused where nobody can tell.

use safetensors::Dtype as Stored;
use zoetrope::weights::Weights;

use super::files::Folder;
use super::{assert_says, failure};
use crate::support::tensors::{self, Tensor};
use crate::support::values;

fn ones(name: &str, dtype: Stored, shape: &[usize]) -> Tensor {
    let count: usize = shape.iter().product();
    let one: &[u8] = match dtype {
        Stored::F32 => &[0, 0, 0x80, 0x3f],
        Stored::F16 => &[0, 0x3c],
        Stored::BF16 => &[0x80, 0x3f],
        Stored::F64 => &[0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
        Stored::F8_E4M3 => &[0x38],
        _ => &[1],
    };
    Tensor::new(name, dtype, shape, one.repeat(count))
}

fn open(folder: &Folder, tensors: &[Tensor]) -> Weights {
    let path = folder.path().join("w.safetensors");
    tensors::write(&path, tensors);
    Weights::open(&[path]).unwrap()
}

/// Plain numbers of 16 or 32 bits with what can do nothing to them.
#[test]
fn what_does_nothing_is_passed_over() {
    let folder = Folder::new();
    for weight in [Stored::F32, Stored::BF16, Stored::F16] {
        for beside in [
            vec![
                ones("q.input_scale", Stored::F32, &[]),
                ones("q.scale_input", Stored::F32, &[1]),
            ],
            vec![ones("q.comfy_quant", Stored::U8, &[7])],
            vec![ones("q.scale_weight", Stored::F32, &[])],
            vec![ones("q.weight_scale", Stored::BF16, &[1])],
            vec![ones("q.weight_scale", Stored::F64, &[1, 1])],
            vec![
                ones("q.weight_scale", Stored::F32, &[2, 1]),
                ones("q.input_scale", Stored::F16, &[]),
            ],
            vec![ones("scaled_fp8", Stored::F32, &[2])],
            vec![ones("q.full_precision_matrix_mult", Stored::U8, &[1])],
            vec![
                ones("scaled_fp8", Stored::F8_E4M3, &[0]),
                ones("q.scale_weight", Stored::F32, &[1]),
            ],
        ] {
            let weights = open(
                &folder,
                &[beside, vec![ones("q.weight", weight, &[2, 3])]].concat(),
            );
            let read = weights.load(|weights| weights.tensor("q.weight", &[2, 3]));
            assert_eq!(values(&read.unwrap()), [1.0; 6]);
        }
    }
}

/// A scale that is not 1 beside plain numbers: they may be scaled already or not.
#[test]
fn what_may_mean_something_is_refused() {
    let folder = Folder::new();
    for (shape, numbers) in [(&[][..], &[0.5f32][..]), (&[2, 1], &[1.0, 2.0])] {
        let beside = Tensor::floats("q.weight_scale", shape, numbers);
        let weights = open(&folder, &[beside, ones("q.weight", Stored::BF16, &[2, 3])]);
        let message = failure(weights.load(|weights| weights.tensor("q.weight", &[2, 3])));
        assert_says(&message, &["q.weight has a scale that is not 1 beside it"]);
    }
}

/// A merge lost some of the scales, and the marker too: those numbers would be thousands of times too large.
#[test]
fn scales_that_some_matrices_lack_are_missed() {
    let folder = Folder::new();
    for kind in [Stored::F8_E4M3, Stored::F8_E5M2] {
        let all = [
            ones("a.weight", kind, &[2, 3]),
            ones("b.weight", kind, &[2, 3]),
            ones("token_embedding.weight", kind, &[2, 3]),
            ones("norm.weight", kind, &[2]),
        ];
        let scale = Tensor::floats("a.scale_weight", &[], &[0.5]);
        let weights = open(&folder, &[&all[..], &[scale]].concat());
        let (name, flaw, others) = weights.unreadable_tensor().unwrap();
        assert_eq!(
            (name.as_str(), flaw.as_str(), others),
            ("b.weight", "has lost its scale", 0)
        );
        // Where none has any, there never were any.
        assert!(open(&folder, &all).unreadable_tensor().is_none());
    }
}
