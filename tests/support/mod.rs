//! What several tests need: the reference data and the comparison with it.

pub mod program;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use mlx_rs::{Array, Dtype};

/// A file or folder of the reference data.
pub fn golden_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Every tensor of `tests/golden/data/NAME.safetensors`.
pub fn golden(name: &str) -> HashMap<String, Array> {
    let path = golden_path(&format!("data/{name}.safetensors"));
    Array::load_safetensors(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails unless every element is within `absolute + relative · |expected|`, and says how far off
/// the worst is.
#[track_caller]
pub fn assert_close(
    actual: &Array,
    expected: &Array,
    (absolute, relative): (f32, f32),
    what: &str,
) {
    assert_eq!(actual.shape(), expected.shape(), "{what}: shape");
    let values = |array: &Array| {
        let array = array.as_dtype(Dtype::Float32).unwrap().contiguous().unwrap();
        array.try_as_slice::<f32>().unwrap().to_vec()
    };
    let (actual, expected) = (values(actual), values(expected));
    let excess = |(a, e): (&f32, &f32)| {
        let excess = (a - e).abs() - (absolute + relative * e.abs());
        if excess.is_nan() { f32::INFINITY } else { excess }
    };
    let pairs = || actual.iter().zip(&expected);
    let worst = pairs().map(excess).fold(f32::NEG_INFINITY, f32::max);
    let furthest = pairs().map(|(a, e)| (a - e).abs()).fold(0.0, f32::max);
    assert!(worst <= 0.0, "{what}: off by up to {furthest:.3e}, allowed {absolute:.0e} + {relative:.0e}·|x|");
}
