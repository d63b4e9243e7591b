//! Peak memory of reading, by MLX's own counter: the tensor itself, and while casting its source. Never a second copy.

#![expect(clippy::print_stdout, reason = "the figures are of interest")]

use mlx_rs::Dtype;
use mlx_rs::memory::{active_memory, clear_cache, peak_memory, reset_peak_memory};
use safetensors::Dtype as Stored;

use super::files::{Folder, one};
use super::open;
use crate::support::alone::alone;

/// Elements of the tensor that is read.
const ELEMENTS: usize = 8 << 20;
/// Alignment, and what little else is counted.
const SLACK: usize = 1 << 20;

/// The greatest memory in use while `work` ran, above what was in use before.
fn peak_of<T>(work: impl FnOnce() -> T) -> (usize, T) {
    clear_cache().unwrap();
    let before = active_memory().unwrap();
    reset_peak_memory().unwrap();
    let result = work();
    let peak = peak_memory().unwrap().saturating_sub(before);
    println!("peak {peak} bytes");
    (peak, result)
}

#[test]
fn reading_takes_the_tensor_and_casting_its_source() {
    alone(
        "weights::memory::reading_takes_the_tensor_and_casting_its_source",
        read_and_cast,
    );
}

fn read_and_cast() {
    let folder = Folder::new();
    let stored = |dtype, bytes: usize| {
        let data = vec![0; ELEMENTS * bytes];
        open(&folder.file(
            "w.safetensors",
            &one("w", dtype, &[1024, ELEMENTS / 1024], &data),
        ))
        .unwrap()
    };
    let shape = [1024, (ELEMENTS / 1024) as i32];

    let weights = stored(Stored::F32, 4);
    let (peak, tensor) = peak_of(|| weights.tensor("w", &shape).unwrap());
    assert!(peak >= 4 * ELEMENTS, "the counter saw only {peak} bytes");
    assert!(
        peak < 4 * ELEMENTS + SLACK,
        "{peak} bytes for {}",
        tensor.nbytes()
    );
    drop(tensor);

    let weights = stored(Stored::BF16, 2);
    let (peak, tensor) = peak_of(|| weights.as_type(Dtype::Float32).tensor("w", &shape).unwrap());
    assert!(
        peak < 6 * ELEMENTS + SLACK,
        "{peak} bytes for {}",
        tensor.nbytes()
    );
    let after = active_memory().unwrap();
    drop(tensor);
    let released = after - active_memory().unwrap();
    assert!(
        released <= 4 * ELEMENTS + SLACK,
        "the source was kept: {released} bytes"
    );
}

/// Rows of a matrix take the memory of those rows.
#[test]
fn reading_rows_takes_the_rows() {
    alone(
        "weights::memory::reading_rows_takes_the_rows",
        read_three_rows,
    );
}

fn read_three_rows() {
    let folder = Folder::new();
    let data = vec![0; ELEMENTS * 4];
    let path = folder.file(
        "w.safetensors",
        &one("w", Stored::F32, &[ELEMENTS / 1024, 1024], &data),
    );
    let weights = open(&path).unwrap();
    let (peak, _) = peak_of(|| weights.rows("w", &[5, 17, 8000]).unwrap());
    assert!(peak < SLACK, "{peak} bytes for three rows");
}
