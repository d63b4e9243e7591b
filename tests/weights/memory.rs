//! Peak memory of reading, by MLX's own counter: the tensor itself, and while casting its source. Never a second copy.

#![expect(clippy::print_stdout, reason = "the figures are of interest")]

use mlx_rs::Dtype;
use mlx_rs::memory::{active_memory, clear_cache, peak_memory, reset_peak_memory};
use safetensors::Dtype as Stored;
use safetensors::tensor::TensorView;
use zoetrope::weights::lora::Lora;
use zoetrope::weights::{Linear, QuantScheme, Weights};

use super::files::{Folder, one};
use super::open;
use crate::support::alone::alone;
use crate::support::gguf;

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

/// The sides of a matrix of [`ELEMENTS`] elements.
const SIDES: [usize; 2] = [1024, ELEMENTS / 1024];

/// A file with such a matrix as `q.weight`, and `q.bias`.
fn layer(folder: &Folder, dtype: Stored, bytes: usize) -> Weights {
    let data = vec![0; ELEMENTS * bytes];
    let bias = [0; 4 * SIDES[0]];
    let matrix = TensorView::new(dtype, SIDES.to_vec(), &data).unwrap();
    let bias = TensorView::new(Stored::F32, vec![SIDES[0]], &bias).unwrap();
    let file = safetensors::serialize([("q.weight", matrix), ("q.bias", bias)], None).unwrap();
    open(&folder.file("layer.safetensors", &file)).unwrap()
}

fn product(weights: &Weights) -> Linear {
    let [outputs, inputs] = SIDES.map(|side| side as i32);
    weights.product("q", inputs, outputs).unwrap()
}

/// Eight-bit floats become wider a row at a time.
#[test]
fn decoding_takes_the_tensor() {
    alone("weights::memory::decoding_takes_the_tensor", decode);
}

fn decode() {
    let folder = Folder::new();
    let weights = layer(&folder, Stored::F8_E4M3, 1);
    let shape = SIDES.map(|side| side as i32);
    let (peak, _) = peak_of(|| weights.tensor("q.weight", &shape).unwrap());
    assert!(peak < 2 * ELEMENTS + SLACK, "{peak} bytes as bfloat16");
}

/// What comes packed stays packed: a byte for each number, and scale and bias for each 32.
#[test]
fn blocks_stay_packed() {
    alone("weights::memory::blocks_stay_packed", keep_blocks);
}

fn keep_blocks() {
    let folder = Folder::new();
    let tensor = |name: &str, shape: &[usize], kind, bytes| gguf::Tensor {
        name: name.into(),
        shape: shape.iter().map(|&side| side as u64).collect(),
        kind,
        bytes: vec![0; bytes],
    };
    let tensors = [
        tensor("q.weight", &SIDES, 8, ELEMENTS / 32 * 34),
        tensor("q.bias", &SIDES[..1], 0, 4 * SIDES[0]),
    ];
    let weights = open(&folder.file("layer.gguf", &gguf::file(&[], &tensors))).unwrap();
    let (peak, _) = peak_of(|| product(&weights));
    let packed = ELEMENTS + ELEMENTS / 32 * 4;
    assert!(peak < packed + SLACK, "{peak} bytes in float16");
}

/// One matrix after the other: only that which is being packed is there as plain numbers.
#[test]
fn packing_takes_one_plain_matrix_at_a_time() {
    alone(
        "weights::memory::packing_takes_one_plain_matrix_at_a_time",
        pack_three,
    );
}

fn pack_three() {
    let folder = Folder::new();
    let weights = layer(&folder, Stored::F32, 4);
    let weights = weights.packed(QuantScheme { group: 64, bits: 8 });
    let packed = ELEMENTS + ELEMENTS / 64 * 8;
    let mut layers = Vec::new();
    for before in 0..3 {
        let (peak, layer) = peak_of(|| product(&weights));
        let most = 4 * ELEMENTS + packed + SLACK;
        assert!(peak < most, "{peak} bytes with {before} layers before");
        layers.push(layer);
    }
    let kept = active_memory().unwrap();
    assert!(kept < 3 * packed + 3 * SLACK, "{kept} bytes are kept");
}

/// A LoRA takes the float32 sum and what is added to it, and leaves the tensor.
#[test]
fn merging_leaves_the_tensor() {
    alone("weights::memory::merging_leaves_the_tensor", merge);
}

fn merge() {
    let folder = Folder::new();
    let weights = layer(&folder, Stored::BF16, 2);
    let (down, up) = (vec![0.0; SIDES[1]], vec![0.0; SIDES[0]]);
    let lora = folder.floats(
        "lora.safetensors",
        &[
            ("q.lora_down.weight", &[1, SIDES[1]], &down),
            ("q.lora_up.weight", &[SIDES[0], 1], &up),
        ],
    );
    let weights = weights.with_lora(&Lora::open(&lora).unwrap(), 1.0).unwrap();
    let shape = SIDES.map(|side| side as i32);
    let (peak, tensor) = peak_of(|| weights.tensor("q.weight", &shape).unwrap());
    let exact = 4 * ELEMENTS;
    assert!(peak < 3 * exact + SLACK, "{peak} bytes");
    let kept = active_memory().unwrap();
    assert!(kept < tensor.nbytes() + SLACK, "{kept} bytes are kept");
}
