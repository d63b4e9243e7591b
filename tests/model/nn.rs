//! Layers that several networks share.

use mlx_rs::fast::scaled_dot_product_attention;
use mlx_rs::{Array, Dtype, random};
use zoetrope::backend::Backend;
use zoetrope::backend::metal::{Budget, Generation};
use zoetrope::model::nn::{
    Conv3d, Cut, EvalPacer, Formulation, Upsample2x, attend, attention, convolve, exp, gelu_tanh,
    halve, in_parts, product, silu, with_budget,
};

use zoetrope::weights::Linear;

use crate::support::{compare, max_difference, values};

#[test]
fn gelu_is_the_tanh_form() {
    // Computed in float64 by the formula of Hendrycks and Gimpel (2016), section 2.
    let x = [-3.0f64, -1.0, -0.1, 0.0, 0.5, 2.0];
    let expected = x.map(|x| {
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
        (0.5 * x * (1.0 + inner.tanh())) as f32
    });
    let y = gelu_tanh(&Array::from_slice(&x.map(|x| x as f32), &[6])).unwrap();
    compare(&y, &Array::from_slice(&expected, &[6]), (1e-6, 0.0), "gelu");
}

/// MLX's own is as far from the truth.
#[test]
fn the_exponential_is_exact_to_float32() {
    let x: Vec<f32> = (-8000..=8000).map(|i| i as f32 / 100.0).collect();
    let y = values(&exp(&Array::from_slice(&x, &[x.len() as i32])).unwrap());
    for (x, y) in x.iter().zip(y) {
        let relative = f64::from(y) / f64::from(*x).exp() - 1.0;
        assert!(relative.abs() < 5e-7, "e^{x} is off by {relative:e}");
    }
}

#[test]
fn silu_is_right_far_out_and_in_half_precision() {
    let x = [-1e30f32, -100.0, -3.0, 0.0, 2.0, 100.0, 1e30];
    let expected = x.map(|x| (f64::from(x) / (1.0 + (-f64::from(x)).exp())) as f32);
    let (x, expected) = (
        Array::from_slice(&x, &[7]),
        Array::from_slice(&expected, &[7]),
    );
    compare(&silu(&x).unwrap(), &expected, (1e-6, 1e-6), "float32");
    let half = silu(&x.as_dtype(Dtype::Bfloat16).unwrap()).unwrap();
    assert_eq!(half.dtype(), Dtype::Bfloat16);
    compare(&half, &expected, (1e-6, 1e-2), "bfloat16");
}

/// On a processor the softmax is our own; scores of ±100 would be beyond what float32 has powers of.
#[test]
fn attention_is_that_of_mlx() {
    let drawn = |shape: &[i32], scale| random::normal::<f32>(shape, None, scale, None).unwrap();
    let (queries, keys) = (drawn(&[2, 3, 7, 8], 10.0), drawn(&[2, 3, 5, 8], 10.0));
    let (values, bias) = (drawn(&[2, 3, 5, 8], 1.0), drawn(&[1, 3, 7, 5], 1.0));
    for (dtype, tolerance) in [(Dtype::Float32, 1e-5), (Dtype::Bfloat16, 4e-2)] {
        let [queries, keys, values, bias] =
            [&queries, &keys, &values, &bias].map(|x| x.as_dtype(dtype).unwrap());
        let expected =
            scaled_dot_product_attention(&queries, &keys, &values, 0.5, &bias, None).unwrap();
        let ours = attend(&queries, &keys, &values, 0.5, Some(&bias)).unwrap();
        assert_eq!(ours.dtype(), dtype);
        compare(&ours, &expected, (tolerance, 0.0), &format!("{dtype:?}"));
    }
}

/// The sums of weights stand for what the doubled picture would be convolved with, at its edges too.
#[test]
fn doubling_by_corners_is_doubling() {
    let drawn = |shape: &[i32]| random::normal::<f32>(shape, None, None, None).unwrap();
    let (x, weight, bias) = (drawn(&[2, 5, 6, 4]), drawn(&[8, 4, 3, 3]), drawn(&[8]));
    let output = |corners| {
        let doubling = Upsample2x::new(&weight, bias.clone(), corners).unwrap();
        doubling.forward(&x).unwrap()
    };
    // Sums of three dozen products of about 1, in another order.
    compare(&output(true), &output(false), (2e-5, 1e-5), "doubled");
}

/// The formulation is a matter of speed alone; only one of them runs on each machine.
#[test]
fn every_formulation_of_a_convolution_gives_the_same() {
    let drawn = |shape: &[i32]| random::normal::<f32>(shape, None, None, None).unwrap();
    for (time, side, stride) in [(3, 3, 1), (3, 1, 1), (3, 1, 2)] {
        let (x, weight) = (drawn(&[7, 5, 6, 4]), drawn(&[8, 4, time, side, side]));
        let bias = drawn(&[8]);
        let clip = x.split_at_indices(&[2, 3], 0).unwrap();
        let output = |formulation| {
            let conv = Conv3d::new(&weight, bias.clone(), stride, formulation).unwrap();
            conv.forward(&clip).unwrap()
        };
        let expected = output(Formulation::Volume);
        for formulation in [Formulation::Pictures, Formulation::Rows] {
            let what = format!("{formulation:?} of {time}×{side}×{side}, stride {stride}");
            // Sums of a hundred products of about 1, in another order.
            compare(&output(formulation), &expected, (3e-5, 1e-5), &what);
        }
    }
}

/// Half-precision inputs are computed with in float32: only the result is rounded.
#[test]
fn gelu_rounds_once() {
    let x: Vec<f32> = (-40..40).map(|i| i as f32 / 9.0).collect();
    let x = Array::from_slice(&x, &[80])
        .as_dtype(Dtype::Bfloat16)
        .unwrap();
    let exact = gelu_tanh(&x.as_dtype(Dtype::Float32).unwrap()).unwrap();
    let rounded = exact.as_dtype(Dtype::Bfloat16).unwrap();
    assert_eq!(max_difference(&gelu_tanh(&x).unwrap(), &rounded), 0.0);
}

/// Parts are not always equal, and come back in order.
#[test]
fn parts_make_up_the_whole() {
    let values: Vec<f32> = (0..42).map(|i| i as f32).collect();
    let x = Array::from_slice(&values, &[2, 7, 3]);
    let squares = x.square().unwrap();
    for parts in [1, 2, 3, 7] {
        for mut pace in [EvalPacer::steady(), EvalPacer::lazy()] {
            let cut = Cut {
                most: (7 + i64::from(parts) - 1) / i64::from(parts),
                multiply_adds: 1,
                grain: 1,
            };
            let result = in_parts(&x, 1, cut, &mut pace, |part| {
                assert!(part.dim(1) <= (7 + parts - 1) / parts, "{:?}", part.shape());
                Ok(part.square()?)
            });
            assert_eq!(max_difference(&result.unwrap(), &squares), 0.0, "{parts}");
        }
    }
}

/// Breaks when a GPU computes the official float32 files in float32, twelve times as slowly as they need to be, or a
/// processor takes halves, for which it has no fast products.
#[test]
fn products_are_halves_on_gpus_and_float32_on_processors() {
    use Dtype::{Bfloat16, Float16, Float32};
    let stored = [Float32, Bfloat16, Float16];
    let chosen = |backend: Backend, generation| {
        stored.map(|stored| backend.fastest_dtype(stored, generation))
    };
    for generation in [None, Some(Generation::M3), Some(Generation::M5)] {
        for gpu in [Backend::Cuda, Backend::Metal] {
            let halves = chosen(gpu, generation);
            assert_eq!(
                halves,
                [Bfloat16, Bfloat16, Float16],
                "{gpu:?} {generation:?}"
            );
        }
    }
    for generation in [Generation::M1, Generation::M2] {
        assert_eq!(chosen(Backend::Metal, Some(generation)), [Float16; 3]);
    }
    assert_eq!(chosen(Backend::Cpu, None), [Float32; 3]);
}

/// Breaks when CUDA's exact float32 convolves with a kernel of 2 × 2, which ends the program there.
#[test]
fn pictures_are_doubled_by_corners_only_where_that_works() {
    let corners = |backend, dtype, strict| Upsample2x::takes_corners(backend, dtype, strict);
    assert!(!corners(Backend::Cuda, Dtype::Float32, true));
    assert!(corners(Backend::Cuda, Dtype::Float32, false));
    assert!(corners(Backend::Cuda, Dtype::Bfloat16, true));
    assert!(corners(Backend::Cpu, Dtype::Float32, true));
    assert!(!corners(Backend::Metal, Dtype::Float16, true));
}

/// Breaks when what is cut for a GPU's watchdog is not what it is as a whole: queries, heads, rows of a product and of a
/// picture.
#[test]
fn cut_to_a_budget_everything_is_the_same() {
    let drawn = |shape: &[i32]| random::normal::<f32>(shape, None, None, None).unwrap();
    let (queries, keys, values) = (
        drawn(&[2, 3, 200, 8]),
        drawn(&[2, 3, 90, 8]),
        drawn(&[2, 3, 90, 8]),
    );
    let whole = attention(&queries, &keys, &values).unwrap();
    let a_query = 2 * 2 * 3 * 90 * 8;
    // All of it, groups of queries, single heads.
    for multiply_adds in [1 << 40, 64 * a_query, 64 * a_query / 3, 1] {
        let cut = with_budget(Budget::fixed(multiply_adds), || {
            attention(&queries, &keys, &values)
        });
        let cut = cut.unwrap().unwrap();
        compare(
            &cut,
            &whole,
            (1e-6, 0.0),
            &format!("attention, {multiply_adds}"),
        );
    }
    let linear = Linear::new(drawn(&[16, 8]), Some(drawn(&[16])));
    let x = drawn(&[2, 37, 8]);
    let whole = product(&linear, &x, 16).unwrap();
    for rows in [1, 5, 36] {
        let cut = with_budget(Budget::fixed(rows * 2 * 8 * 16), || {
            product(&linear, &x, 16)
        });
        compare(
            &cut.unwrap().unwrap(),
            &whole,
            (1e-6, 0.0),
            &format!("{rows} rows of a product"),
        );
    }
    let (x, weight) = (drawn(&[1, 23, 9, 4]), drawn(&[6, 3, 3, 4]));
    let strips = |budget| {
        with_budget(budget, || convolve(&x, &weight, &mut EvalPacer::steady()))
            .unwrap()
            .unwrap()
    };
    let halves = |budget| {
        with_budget(budget, || halve(&x, &weight, &mut EvalPacer::steady()))
            .unwrap()
            .unwrap()
    };
    let whole = halves(Budget::unlimited());
    assert_eq!(whole.shape(), [1, 11, 4, 6]);
    for budget in [1, 4 * 4 * 6 * 9 * 5] {
        compare(
            &halves(Budget::fixed(budget)),
            &whole,
            (1e-5, 0.0),
            &format!("halves, {budget}"),
        );
    }
    let whole = strips(Budget::unlimited());
    for budget in [1, 9 * 9 * 4 * 6 * 13] {
        compare(
            &strips(Budget::fixed(budget)),
            &whole,
            (1e-5, 0.0),
            &format!("strips, {budget}"),
        );
    }
}

/// Breaks when half-precision pictures go through Winograd in bfloat16, which is 36 times as far off.
#[test]
fn large_pictures_in_bfloat16_are_convolved_in_float32() {
    let drawn = |shape: &[i32]| {
        let drawn = random::normal::<f32>(shape, None, None, None).unwrap();
        drawn.as_dtype(Dtype::Bfloat16).unwrap()
    };
    let (x, weight) = (drawn(&[1, 64, 64, 128]), drawn(&[128, 3, 3, 128]));
    let ours = convolve(&x, &weight, &mut EvalPacer::steady()).unwrap();
    assert_eq!(ours.dtype(), Dtype::Bfloat16);
    let [x, weight] = [x, weight].map(|x| x.as_dtype(Dtype::Float32).unwrap());
    let exact = convolve(&x, &weight, &mut EvalPacer::steady()).unwrap();
    let rounded = exact.as_dtype(Dtype::Bfloat16).unwrap();
    assert_eq!(max_difference(&ours, &rounded), 0.0);
}
