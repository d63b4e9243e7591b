//! Normalized attention guidance against its formula, worked out number by number.

use mlx_rs::Array;
use zoetrope::model::dit::Nag;

use crate::support::{compare, values};

/// Rounding of float32 against float64, over sums of six numbers.
const CLOSE: (f32, f32) = (2e-5, 1e-5);

/// z = s a - (s - 1) b, scaled so that its sum of absolute values is at most tau times that of a, and mixed with a.
fn by_hand(a: &[f32], b: &[f32], nag: Nag) -> Vec<f64> {
    let (scale, alpha, tau) = (
        f64::from(nag.scale),
        f64::from(nag.alpha),
        f64::from(nag.tau),
    );
    let pairs = a.iter().zip(b);
    let pushed: Vec<f64> = pairs
        .map(|(a, b)| scale * f64::from(*a) - (scale - 1.0) * f64::from(*b))
        .collect();
    let size = |row: &[f64]| row.iter().map(|x| x.abs()).sum::<f64>();
    let a: Vec<f64> = a.iter().map(|x| f64::from(*x)).collect();
    let ratio = size(&pushed) / size(&a);
    let factor = if ratio > tau { tau / ratio } else { 1.0 };
    let pairs = pushed.iter().zip(&a);
    pairs
        .map(|(z, a)| alpha * factor * z + (1.0 - alpha) * a)
        .collect()
}

#[test]
fn attention_is_pushed_away_no_further_than_tau() {
    let a = [0.5, -1.0, 0.25, 2.0, 0.1, -0.3];
    let near = [0.45, -0.95, 0.2, 1.9, 0.15, -0.25];
    let far = [-1.5, 2.0, 0.75, -1.0, 3.0, 0.5];
    let rows = |row: &[f32], other: &[f32]| Array::from_slice(&[row, other].concat(), &[1, 2, 6]);
    for (scale, alpha, tau) in [(11.0, 0.25, 2.5), (4.0, 0.5, 3.5), (1.0, 1.0, 1.0)] {
        let nag = Nag { scale, alpha, tau };
        let made = nag.pushed(&rows(&a, &a), &rows(&near, &far)).unwrap();
        let expected = [by_hand(&a, &near, nag), by_hand(&a, &far, nag)].concat();
        let expected: Vec<f32> = expected.into_iter().map(|x| x as f32).collect();
        let expected = Array::from_slice(&expected, &[1, 2, 6]);
        compare(&made, &expected, CLOSE, &format!("{nag:?}"));
    }
    // Far away it is the limit that decides, near by it is not.
    let nag = Nag {
        scale: 11.0,
        alpha: 1.0,
        tau: 2.5,
    };
    let made = values(&nag.pushed(&rows(&a, &a), &rows(&near, &far)).unwrap());
    let size = |row: &[f32]| row.iter().map(|x| x.abs()).sum::<f32>();
    assert!(size(&made[..6]) < 2.0 * size(&a));
    assert!((size(&made[6..]) - 2.5 * size(&a)).abs() < 1e-3);
}
