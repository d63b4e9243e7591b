//! What the tests share: the reference data and how to compare with it.

pub mod alone;
pub mod dialects;
pub mod float8;
pub mod folder;
pub mod gguf;
pub mod layouts;
pub mod lora_headers;
pub mod model;
pub mod program;
pub mod tensors;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use mlx_rs::{Array, Dtype};

/// A file or folder of the reference data.
pub fn golden_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// The tensors of `data/<name>.safetensors`.
pub fn golden(name: &str) -> HashMap<String, Array> {
    let path = golden_path("data").join(format!("{name}.safetensors"));
    Array::load_safetensors(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `data/<name>.json`.
pub fn golden_json(name: &str) -> serde_json::Value {
    let path = golden_path("data").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The values of an array of any floating type, row by row.
pub fn values(array: &Array) -> Vec<f32> {
    let array = array.as_dtype(Dtype::Float32).unwrap();
    array.contiguous().unwrap().to_vec_exact().unwrap()
}

/// The greatest difference of two arrays of the same shape; NaN if any value is.
pub fn max_difference(actual: &Array, expected: &Array) -> f32 {
    assert_eq!(actual.shape(), expected.shape(), "the shapes differ");
    let (actual, expected) = (values(actual), values(expected));
    let differences = actual.iter().zip(&expected).map(|(a, e)| (a - e).abs());
    differences.fold(0.0, |most, d| if d > most || d.is_nan() { d } else { most })
}

/// The root of the mean square of the difference, over that of what is expected.
pub fn relative_error(actual: &Array, expected: &Array) -> f32 {
    assert_eq!(actual.shape(), expected.shape(), "the shapes differ");
    let (actual, expected) = (values(actual), values(expected));
    let square = |sum: f32, value: f32| sum + value * value;
    let difference = actual.iter().zip(&expected).map(|(a, e)| a - e);
    let error = (difference.fold(0.0, square) / expected.iter().copied().fold(0.0, square)).sqrt();
    println!("relative error {error:e}");
    error
}

/// |actual - expected| <= atol + rtol |expected| everywhere; says where it is worst.
#[track_caller]
pub fn assert_close(actual: &Array, expected: &Array, atol: f32, rtol: f32) {
    let most = max_difference(actual, expected);
    let (got, want) = (values(actual), values(expected));
    let within = |(a, e): (&f32, &f32)| (a - e).abs() <= atol + rtol * e.abs();
    let outside = got.iter().zip(&want).filter(|&pair| !within(pair)).count();
    println!("max difference {most:e} over {} values", want.len());
    assert!(
        outside == 0,
        "{outside} of {} values differ by more than {atol:e} + {rtol:e} |expected|; \
         the greatest difference is {most:e}",
        want.len()
    );
}

/// The same for one of several things in a test, which a failure names.
#[track_caller]
pub fn compare(actual: &Array, expected: &Array, (atol, rtol): (f32, f32), what: &str) {
    println!("{what}:");
    assert_close(actual, expected, atol, rtol);
}
