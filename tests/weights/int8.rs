//! Matrices of bytes with a scale, rotated or not, as ComfyUI writes them. What they stand for is computed here from the
//! published layout, with whole rotation matrices in float64.

use std::path::PathBuf;

use mlx_rs::{Array, Dtype};
use safetensors::Dtype as Stored;
use zoetrope::weights::Weights;
use zoetrope::weights::lora::Lora;

use super::files::Folder;
use super::{assert_says, failure};
use crate::support::tensors::{self, Tensor, write_with};
use crate::support::{assert_close, relative_error};

const DIT: [&str; 1] = ["t2v_1_3b/official/diffusion_pytorch_model.safetensors"];

/// The regular Hadamard matrix of 4 × 4, over 2: one −1 a row, on the diagonal from the upper right.
const H4: [[f64; 4]; 4] = [
    [0.5, 0.5, 0.5, -0.5],
    [0.5, 0.5, -0.5, 0.5],
    [0.5, -0.5, 0.5, 0.5],
    [-0.5, 0.5, 0.5, 0.5],
];

/// An element of its Kronecker power with so many sides.
fn rotation(mut row: usize, mut column: usize, mut side: usize) -> f64 {
    let mut product = 1.0;
    while side > 1 {
        product *= H4[row % 4][column % 4];
        (row, column, side) = (row / 4, column / 4, side / 4);
    }
    product
}

/// Each group of a row times the rotation matrix.
fn rotated(rows: &[f64], columns: usize, group: usize) -> Vec<f64> {
    let one = |(at, _): (usize, &f64)| -> f64 {
        let (column, first) = (at % columns, at - at % columns);
        let start = first + column / group * group;
        let terms = (0..group).map(|k| rows[start + k] * rotation(k, column % group, group));
        terms.sum()
    };
    rows.iter().enumerate().map(one).collect()
}

/// How a matrix is written.
#[derive(Clone, Copy, Debug)]
struct Layout {
    /// 1 of one that is not rotated.
    group: usize,
    /// The shape of its scales, with 0 for the number of rows; one for all if that is in none of its places.
    scale: &'static [usize],
    /// Whether the header has the formats, and not a tensor beside each matrix.
    in_header: bool,
}

/// A network with all matrices of its blocks in bytes, and what each of them stands for.
#[expect(clippy::too_many_lines, reason = "one table")]
fn written(folder: &Folder, layout: Layout) -> (PathBuf, Vec<Tensor>) {
    let (mut tensors, mut expected, mut formats) = (Vec::new(), Vec::new(), Vec::new());
    for tensor in tensors::golden(&DIT) {
        let &[outputs, inputs] = tensor.shape.as_slice() else {
            tensors.push(tensor);
            continue;
        };
        let Some(layer) = tensor
            .name
            .strip_suffix(".weight")
            .filter(|name| name.starts_with("blocks."))
        else {
            tensors.push(tensor);
            continue;
        };
        let plain: Vec<f64> = tensor
            .numbers()
            .iter()
            .map(|&number| number.into())
            .collect();
        let stored = rotated(&plain, inputs, layout.group);
        let most = |numbers: &[f64]| {
            numbers
                .iter()
                .fold(0.0f64, |most, number| most.max(number.abs()))
        };
        let by_rows = layout.scale.contains(&0);
        let scales: Vec<f32> = if by_rows {
            stored
                .chunks(inputs)
                .map(|row| (most(row) / 127.0) as f32)
                .collect()
        } else {
            vec![(most(&stored) / 127.0) as f32]
        };
        let scale_of = |at: usize| f64::from(scales[if by_rows { at / inputs } else { 0 }]);
        let rounded: Vec<f64> = stored
            .iter()
            .enumerate()
            .map(|(at, number)| (number / scale_of(at)).round())
            .collect();
        let back: Vec<f64> = rounded
            .iter()
            .enumerate()
            .map(|(at, number)| number * scale_of(at))
            .collect();
        let back: Vec<f32> = rotated(&back, inputs, layout.group)
            .iter()
            .map(|&number| number as f32)
            .collect();
        expected.push(Tensor::floats(&tensor.name, &tensor.shape, &back));
        let sides: Vec<_> = layout
            .scale
            .iter()
            .map(|&side| if side == 0 { outputs } else { side })
            .collect();
        tensors.push(Tensor::floats(
            &format!("{layer}.weight_scale"),
            &sides,
            &scales,
        ));
        let bytes = rounded.iter().map(|&number| number as i8 as u8).collect();
        tensors.push(Tensor::new(&tensor.name, Stored::I8, &tensor.shape, bytes));
        let format = if layout.group > 1 {
            format!(
                r#"{{"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": {}}}"#,
                layout.group
            )
        } else {
            r#"{"format": "int8_tensorwise"}"#.to_owned()
        };
        if layout.in_header {
            // With a wrapper that the tensors lack, as some writers have it.
            let wrapper = if formats.len().is_multiple_of(2) {
                "model.diffusion_model."
            } else {
                ""
            };
            formats.push(format!(r#""{wrapper}{layer}": {format}"#));
        } else {
            let bytes = format.into_bytes();
            tensors.push(Tensor::new(
                &format!("{layer}.comfy_quant"),
                Stored::U8,
                &[bytes.len()],
                bytes,
            ));
        }
    }
    let note = format!(
        r#"{{"format_version": "1.0", "layers": {{{}}}}}"#,
        formats.join(", ")
    );
    let note = layout
        .in_header
        .then_some(("_quantization_metadata", note.as_str()));
    let path = folder.path().join("int8.safetensors");
    write_with(&path, &tensors, note);
    (path, expected)
}

const LAYOUTS: [Layout; 7] = [
    Layout {
        group: 1,
        scale: &[],
        in_header: false,
    },
    Layout {
        group: 1,
        scale: &[1],
        in_header: false,
    },
    Layout {
        group: 1,
        scale: &[0, 1],
        in_header: false,
    },
    Layout {
        group: 4,
        scale: &[0],
        in_header: false,
    },
    Layout {
        group: 16,
        scale: &[0, 1],
        in_header: false,
    },
    Layout {
        group: 64,
        scale: &[0, 1],
        in_header: true,
    },
    Layout {
        group: 64,
        scale: &[1, 1],
        in_header: false,
    },
];

/// Breaks when numbers are not turned back, or by another matrix: the network would make noise.
#[test]
fn bytes_are_the_numbers_of_their_layout() {
    let folder = Folder::new();
    for layout in LAYOUTS {
        let (file, expected) = written(&folder, layout);
        let weights = Weights::open(&[file]).unwrap().as_type(Dtype::Float32);
        assert!(weights.unreadable_tensor().is_none());
        for tensor in expected {
            let shape: Vec<_> = tensor.shape.iter().map(|&side| side as i32).collect();
            let read = weights.tensor(&tensor.name, &shape).unwrap();
            let wanted = Array::from_slice(&tensor.numbers(), &shape);
            println!("{layout:?} {}", tensor.name);
            // Sums of up to 64 numbers below 1, in float32 instead of float64.
            assert_close(&read, &wanted, 2e-6, 0.0);
        }
    }
}

/// Nothing of the file is left over or missing when a network takes its matrices, which stay packed in 8 bits.
#[test]
fn products_with_packed_bytes_are_those_with_the_plain_ones() {
    let folder = Folder::new();
    let plain = tensors::open(&DIT).as_type(Dtype::Float32);
    let name = "blocks.0.ffn.0";
    let shape = plain.shape(&format!("{name}.weight")).unwrap();
    let (outputs, inputs) = (shape[0], shape[1]);
    let x = mlx_rs::random::uniform::<f32, f32>(-1.0, 1.0, [5, inputs].as_slice(), None).unwrap();
    let exact = plain
        .product(name, inputs, outputs)
        .unwrap()
        .forward(&x)
        .unwrap();
    for layout in LAYOUTS {
        let (file, _) = written(&folder, layout);
        let weights = Weights::open(&[file]).unwrap().as_type(Dtype::Float32);
        assert!(
            weights.packed_bits(&format!("{name}.weight")).unwrap() < 11.0,
            "{layout:?}"
        );
        let linear = weights.product(name, inputs, outputs).unwrap();
        let y = linear.forward(&x).unwrap();
        println!("{layout:?}");
        // Rounding to 8 bits by one scale for each row, and for rotated ones a second time: 1 in 127 of the greatest, at most.
        assert!(relative_error(&y, &exact) < 0.015);
    }
}

/// A LoRA is made for plain numbers: added before they are turned back it would be noise.
#[test]
fn loras_meet_the_plain_numbers() {
    let folder = Folder::new();
    let (layer, name) = ("blocks.0.self_attn.q", "blocks.0.self_attn.q.weight");
    let shape = tensors::open(&DIT).shape(name).unwrap();
    let (outputs, inputs) = (shape[0], shape[1]);
    let part = |rows: i32, columns: i32| {
        let numbers: Vec<f32> = (0..rows * columns)
            .map(|at| (at as f32 * 0.7).sin() * 0.1)
            .collect();
        (vec![rows as usize, columns as usize], numbers)
    };
    let (down_shape, down) = part(2, inputs);
    let (up_shape, up) = part(outputs, 2);
    let lora = folder.floats(
        "lora.safetensors",
        &[
            (&format!("{layer}.lora_A.weight"), &down_shape, &down),
            (&format!("{layer}.lora_B.weight"), &up_shape, &up),
        ],
    );
    let lora = Lora::open(&lora).unwrap();
    let (down, up) = (
        Array::from_slice(&down, &[2, inputs]),
        Array::from_slice(&up, &[outputs, 2]),
    );
    let added = mlx_rs::ops::matmul(&up, &down).unwrap();
    for layout in LAYOUTS {
        let (file, expected) = written(&folder, layout);
        let wanted = expected.iter().find(|tensor| tensor.name == name).unwrap();
        let wanted = Array::from_slice(&wanted.numbers(), &shape)
            .add(&added)
            .unwrap();
        let weights = Weights::open(&[file]).unwrap().as_type(Dtype::Float32);
        let changed = weights.with_lora(&lora, 1.0).unwrap();
        assert_close(&changed.tensor(name, &shape).unwrap(), &wanted, 5e-6, 0.0);
        let x =
            mlx_rs::random::uniform::<f32, f32>(-1.0, 1.0, [5, inputs].as_slice(), None).unwrap();
        let y = changed
            .product(layer, inputs, outputs)
            .unwrap()
            .forward(&x)
            .unwrap();
        let bias = weights
            .tensor(&format!("{layer}.bias"), &[outputs])
            .unwrap();
        let exact = mlx_rs::ops::matmul(&x, wanted.t())
            .unwrap()
            .add(bias)
            .unwrap();
        assert!(relative_error(&y, &exact) < 0.01, "{layout:?}");
    }
}

/// Formats that nobody here reads, and rotations that cannot be: they are named, not taken for something else.
#[test]
fn other_formats_are_named() {
    let folder = Folder::new();
    let open = |beside: &[Tensor], dtype: Stored| {
        let weight = Tensor::new("q.weight", dtype, &[4, 16], vec![1; 64]);
        let path = folder.path().join("other.safetensors");
        tensors::write(&path, &[beside, &[weight]].concat());
        Weights::open(&[path])
            .unwrap()
            .unreadable_tensor()
            .map(|(_, flaw, _)| flaw)
    };
    let note = |format: &str| {
        let bytes = format.as_bytes().to_vec();
        Tensor::new("q.comfy_quant", Stored::U8, &[bytes.len()], bytes)
    };
    let scale = Tensor::floats("q.weight_scale", &[4, 1], &[1.0; 4]);
    let int8 = |format: &str| open(&[scale.clone(), note(format)], Stored::I8).unwrap_or_default();
    assert_says(
        &int8(r#"{"format": "int8_blockwise"}"#),
        &["is in an 8-bit format that is not tensorwise"],
    );
    let group = |size: usize| {
        format!(r#"{{"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": {size}}}"#)
    };
    for size in [0, 3, 8, 32, 256] {
        assert_says(
            &int8(&group(size)),
            &[&format!("is rotated in groups of {size}, which cannot be")],
        );
    }
    assert_eq!(int8(&group(16)), "");
    assert_eq!(int8("\"int8_tensorwise\""), "");
    assert_eq!(open(&[], Stored::I8).unwrap(), "has lost its scale");
    let nv = [
        Tensor::new("q.weight_scale", Stored::F8_E4M3, &[4, 2], vec![56; 8]),
        Tensor::floats("q.weight_scale_2", &[], &[0.5]),
    ];
    assert_eq!(open(&nv, Stored::U8).unwrap(), "is in NVFP4");
    let mx = [Tensor::new(
        "q.weight_scale",
        Stored::U8,
        &[4, 2],
        vec![127; 8],
    )];
    assert_eq!(open(&mx, Stored::F8_E4M3).unwrap(), "is in MXFP8");
    let path = folder.path().join("other.safetensors");
    let message = failure(
        Weights::open(&[path])
            .unwrap()
            .load(|weights| weights.tensor("q.weight", &[4, 16])),
    );
    assert_says(&message, &["q.weight is in MXFP8"]);
}
