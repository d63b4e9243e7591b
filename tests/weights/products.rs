//! Products with matrices that stay packed, or are packed here.

use std::fs;
use std::path::PathBuf;

use mlx_rs::ops::matmul;
use mlx_rs::{Array, Dtype};
use safetensors::Dtype as Stored;
use safetensors::tensor::TensorView;
use zoetrope::weights::lora::Lora;
use zoetrope::weights::{QuantScheme, QuantizedMatrix, Weights};

use super::files::{Folder, le_bytes};
use super::open;
use crate::support::gguf::{self, Tensor};
use crate::support::{assert_close, golden_path, max_difference, values};

/// Outputs and inputs of most matrices here.
const SHAPE: [i32; 2] = [8, 128];
/// Sums of 128 products of numbers below 1, in any order: 128 roundings of sums below 16.
const SUM: f32 = 128.0 * 4.8e-7;
const EIGHT_BITS: QuantScheme = QuantScheme { group: 64, bits: 8 };

/// Numbers in [-1, 1) without any pattern.
fn numbers(shape: &[i32], seed: u32) -> Array {
    let count: i32 = shape.iter().product();
    let numbers: Vec<f32> = (0..count.unsigned_abs())
        .map(|i| ((i + seed).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0)
        .collect();
    Array::from_slice(&numbers, shape)
}

/// x · Wᵀ + b for the bias of [`packed_file`].
fn expected(x: &Array, weight: &Array) -> Array {
    let product = matmul(x, weight.t()).unwrap();
    product.add(numbers(&[weight.dim(0)], 7)).unwrap()
}

/// A file with the matrix `q.weight` packed as a triplet, and `q.bias`.
fn packed_file(folder: &Folder, matrix: &Array, packing: QuantScheme) -> (PathBuf, Array) {
    let packed = QuantizedMatrix::pack(matrix, packing).unwrap();
    let words: Vec<u32> = packed.words.to_vec_exact().unwrap();
    let words: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let [scales, biases] = [&packed.scales, &packed.biases].map(|part| le_bytes(&values(part)));
    let bias = numbers(&[matrix.dim(0)], 7);
    let bias_bytes = le_bytes(&values(&bias));
    let tensors = [
        ("q.weight", Stored::U32, &packed.words, &words),
        ("q.scales", Stored::F32, &packed.scales, &scales),
        ("q.biases", Stored::F32, &packed.biases, &biases),
        ("q.bias", Stored::F32, &bias, &bias_bytes),
    ];
    let views = tensors.map(|(name, stored, array, bytes)| {
        let shape = array.shape().iter().map(|&side| side as usize).collect();
        (name, TensorView::new(stored, shape, bytes).unwrap())
    });
    let bytes = safetensors::serialize(views, None).unwrap();
    (
        folder.file("q.safetensors", &bytes),
        packed.unpack().unwrap(),
    )
}

/// MLX's kernel and the dense product of what was packed are the same sum, in another order.
#[test]
fn packed_products_are_those_of_the_unpacked_matrix() {
    for packing in [EIGHT_BITS, QuantScheme { group: 32, bits: 4 }] {
        let packed = QuantizedMatrix::pack(&numbers(&SHAPE, 0), packing).unwrap();
        let x = numbers(&[2, 3, SHAPE[1]], 5);
        let product = packed.product(&x).unwrap();
        assert_eq!(product.shape(), [2, 3, SHAPE[0]]);
        let unpacked = packed.unpack().unwrap();
        let dense = matmul(&x, unpacked.t()).unwrap();
        assert_close(&product, &dense, SUM, 0.0);
    }
}

/// More rows than 16 bits can count go through the kernel in parts; the last one is shorter.
#[test]
fn products_of_very_many_rows_are_whole() {
    const ROWS: i32 = 2 * 32_767 + 5;
    let packed = QuantizedMatrix::pack(&numbers(&[4, 64], 0), EIGHT_BITS).unwrap();
    let x = numbers(&[1, ROWS, 64], 5);
    let product = packed.product(&x).unwrap();
    assert_eq!(product.shape(), [1, ROWS, 4]);
    let dense = matmul(&x, packed.unpack().unwrap().t()).unwrap();
    assert_close(&product, &dense, SUM, 0.0);
}

/// What a network asks for as a product stays as the file packs it; asked for tighter, it is packed again.
#[test]
fn layers_use_the_packed_matrix() {
    let folder = Folder::new();
    let matrix = numbers(&SHAPE, 0);
    let (file, unpacked) = packed_file(&folder, &matrix, EIGHT_BITS);
    let x = numbers(&[5, SHAPE[1]], 3);
    let forward = |weights: &Weights| {
        let layer = weights.load(|weights| weights.product("q", SHAPE[1], SHAPE[0]));
        layer.unwrap().forward(&x).unwrap()
    };
    let weights = open(&file).unwrap();
    assert_close(&forward(&weights), &expected(&x, &unpacked), SUM, 0.0);
    let looser = weights.packed(QuantScheme { group: 32, bits: 8 });
    assert_eq!(max_difference(&forward(&looser), &forward(&weights)), 0.0);
    let four = QuantScheme { group: 64, bits: 4 };
    let again = QuantizedMatrix::pack(&unpacked, four)
        .unwrap()
        .unpack()
        .unwrap();
    assert_close(
        &forward(&weights.packed(four)),
        &expected(&x, &again),
        SUM,
        0.0,
    );
}

/// Weights that come as plain numbers are packed when that is asked for, where the group divides a row.
#[test]
fn plain_matrices_are_packed_on_request() {
    let folder = Folder::new();
    let bias = values(&numbers(&[8], 7));
    let x = |columns| numbers(&[5, columns], 3);
    for (columns, is_packed) in [(128, true), (96, false)] {
        let matrix = numbers(&[8, columns], 0);
        let shape = [8, columns as usize];
        let file = folder.floats(
            "q.safetensors",
            &[
                ("q.weight", &shape, &values(&matrix)),
                ("q.bias", &[8], &bias),
            ],
        );
        let weights = open(&file).unwrap().packed(EIGHT_BITS);
        let layer = weights
            .load(|weights| weights.product("q", columns, 8))
            .unwrap();
        let y = layer.forward(&x(columns)).unwrap();
        let used = if is_packed {
            QuantizedMatrix::pack(&matrix, EIGHT_BITS)
                .unwrap()
                .unpack()
                .unwrap()
        } else {
            matrix
        };
        assert_close(&y, &expected(&x(columns), &used), SUM, 0.0);
    }
}

/// A matrix whose product with every unit vector is asked for, so that nothing is rounded.
fn identity(size: i32) -> Array {
    mlx_rs::ops::eye::<f32>(size, None, None).unwrap()
}

/// Blocks whose 32 numbers share a scale are repacked as they are: to the last bit in float32. Blocks of 16 have no
/// kernel; they are packed with eight bits, which is finer than they are themselves.
#[test]
fn blocks_of_gguf_are_repacked() {
    let bytes = fs::read(golden_path("gguf/blocks.gguf")).unwrap();
    let header = zoetrope::weights::gguf::Header::read(&bytes[..], bytes.len() as u64).unwrap();
    let golden = Array::load_safetensors(golden_path("gguf/blocks.safetensors")).unwrap();
    let folder = Folder::new();
    let ends = header
        .tensors
        .iter()
        .map(|tensor| tensor.offset)
        .chain([bytes.len() as u64 - header.data]);
    for tensor in &header.tensors {
        let name = tensor.name.as_str();
        if !name.starts_with('Q') {
            continue;
        }
        let end = ends
            .clone()
            .filter(|&end| end > tensor.offset)
            .min()
            .unwrap();
        let block = &bytes[(header.data + tensor.offset) as usize..(header.data + end) as usize];
        let (rows, columns) = (tensor.shape[0] as i32, tensor.shape[1] as i32);
        let bias = le_bytes(&vec![0.0; rows as usize]);
        let tensors = [
            Tensor {
                name: "q.weight".into(),
                shape: tensor.shape.clone(),
                kind: tensor.kind,
                bytes: block.to_vec(),
            },
            Tensor {
                name: "q.bias".into(),
                shape: vec![tensor.shape[0]],
                kind: 0,
                bytes: bias,
            },
        ];
        let weights = open(&folder.file("q.gguf", &gguf::file(&[], &tensors))).unwrap();
        let layer =
            weights.load(|weights| weights.as_type(Dtype::Float32).product("q", columns, rows));
        let columns_of_it = layer.unwrap().forward(&identity(columns)).unwrap();
        let matrix = columns_of_it.t();
        let expected = &golden[name];
        let difference = max_difference(&matrix, expected);
        if ["Q2_K", "Q3_K", "Q6_K"].contains(&name) {
            let greatest = values(expected)
                .iter()
                .fold(0f32, |most, value| most.max(value.abs()));
            // A group spans at most twice the greatest number, in 255 steps; MLX moves their grid so that its wider end is
            // exact, which can cost the other end a whole one.
            assert!(
                difference > 0.0 && difference <= 2.0 * greatest / 255.0,
                "{name}: {difference}"
            );
        } else {
            assert_eq!(difference, 0.0, "{name}");
        }
    }
}

/// A LoRA on packed weights keeps all its digits: it goes beside them, whether they come packed or are packed here. A
/// whole difference cannot, so that the sum is packed again.
#[test]
fn loras_go_beside_packed_matrices() {
    let folder = Folder::new();
    let (file, unpacked) = packed_file(&folder, &numbers(&SHAPE, 0), EIGHT_BITS);
    let (down, up) = (numbers(&[2, SHAPE[1]], 1), numbers(&[SHAPE[0], 2], 2));
    let lora = |name: &str, tensors: &[(&str, &Array)]| {
        let plain: Vec<_> = tensors
            .iter()
            .map(|(name, array)| {
                let shape: Vec<_> = array.shape().iter().map(|&side| side as usize).collect();
                (*name, shape, values(array))
            })
            .collect();
        let tensors: Vec<_> = plain
            .iter()
            .map(|(name, shape, values)| (*name, shape.as_slice(), values.as_slice()))
            .collect();
        Lora::open(&folder.floats(name, &tensors)).unwrap()
    };
    let x = numbers(&[5, SHAPE[1]], 3);
    let forward = |lora: &Lora| {
        let weights = open(&file).unwrap().with_lora(lora, 0.5).unwrap();
        let layer = weights.load(|weights| weights.product("q", SHAPE[1], SHAPE[0]));
        layer.unwrap().forward(&x).unwrap()
    };
    let pair = lora(
        "pair.safetensors",
        &[("q.lora_down.weight", &down), ("q.lora_up.weight", &up)],
    );
    let half = Array::from_f32(0.5);
    let change = matmul(&up, &down).unwrap().multiply(&half).unwrap();
    let changed = unpacked.add(&change).unwrap();
    assert_close(&forward(&pair), &expected(&x, &changed), SUM, 0.0);

    let plain = folder.floats(
        "plain.safetensors",
        &[
            (
                "q.weight",
                &SHAPE.map(|side| side as usize),
                &values(&numbers(&SHAPE, 0)),
            ),
            (
                "q.bias",
                &[SHAPE[0] as usize],
                &values(&numbers(&SHAPE[..1], 7)),
            ),
        ],
    );
    let weights = open(&plain).unwrap().packed(EIGHT_BITS);
    let weights = weights.with_lora(&pair, 0.5).unwrap();
    let layer = weights.product("q", SHAPE[1], SHAPE[0]).unwrap();
    assert_close(
        &layer.forward(&x).unwrap(),
        &expected(&x, &changed),
        SUM,
        0.0,
    );

    let difference = lora("diff.safetensors", &[("q.diff", &change)]);
    let changed = unpacked.add(change.multiply(&half).unwrap()).unwrap();
    let packed = QuantizedMatrix::pack(&changed, EIGHT_BITS)
        .unwrap()
        .unpack()
        .unwrap();
    assert_close(&forward(&difference), &expected(&x, &packed), SUM, 0.0);
}
