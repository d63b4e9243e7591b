//! Layers that several networks share.

use mlx_rs::{Array, Dtype};
use zoetrope::model::nn::{Pace, gelu_tanh, in_parts};

use crate::support::{compare, max_difference};

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
        for mut pace in [Pace::steady(), Pace::lazy()] {
            let result = in_parts(&x, 1, parts, &mut pace, |part| {
                assert!(part.dim(1) <= (7 + parts - 1) / parts, "{:?}", part.shape());
                Ok(part.square()?)
            });
            assert_eq!(max_difference(&result.unwrap(), &squares), 0.0, "{parts}");
        }
    }
}
