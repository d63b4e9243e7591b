//! Relatives of LoRAs whose sums are others: `LoHa`, `LoKr` and `DoRA`. What they are to give is computed here with loops.

use mlx_rs::{Array, Dtype};
use zoetrope::weights::lora::Lora;
use zoetrope::weights::{QuantScheme, Weights};

use super::files::Folder;
use crate::support::tensors::{self, Tensor};
use crate::support::{assert_close, relative_error, values};

const DIT: [&str; 1] = ["t2v_1_3b/official/diffusion_pytorch_model.safetensors"];
const LAYER: &str = "blocks.0.ffn.0";
const STRENGTH: f32 = 0.7;

fn numbers(count: usize, seed: f64) -> Vec<f32> {
    (0..count)
        .map(|at| (((at as f64 + seed) * 0.61).sin() * 0.3) as f32)
        .collect()
}

/// A matrix, row by row.
#[derive(Clone)]
struct Matrix {
    rows: usize,
    columns: usize,
    numbers: Vec<f64>,
}

impl Matrix {
    fn new(rows: usize, columns: usize, seed: f64) -> Self {
        let numbers = numbers(rows * columns, seed)
            .into_iter()
            .map(f64::from)
            .collect();
        Self {
            rows,
            columns,
            numbers,
        }
    }

    fn of(rows: usize, columns: usize, at: impl Fn(usize, usize) -> f64) -> Self {
        let numbers = (0..rows * columns)
            .map(|index| at(index / columns, index % columns))
            .collect();
        Self {
            rows,
            columns,
            numbers,
        }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.numbers[row * self.columns + column]
    }

    fn times(&self, other: &Self) -> Self {
        Self::of(self.rows, other.columns, |row, column| {
            (0..self.columns)
                .map(|k| self.at(row, k) * other.at(k, column))
                .sum()
        })
    }

    fn tensor(&self, part: &str) -> Tensor {
        let numbers: Vec<f32> = self.numbers.iter().map(|&number| number as f32).collect();
        Tensor::floats(
            &format!("lycoris_{}.{part}", LAYER.replace('.', "_")),
            &[self.rows, self.columns],
            &numbers,
        )
    }
}

fn alpha(number: f32) -> Tensor {
    Tensor::floats(
        &format!("lycoris_{}.alpha", LAYER.replace('.', "_")),
        &[],
        &[number],
    )
}

fn weight(network: &Weights) -> (Matrix, [i32; 2]) {
    let name = format!("{LAYER}.weight");
    let shape = network.shape(&name).unwrap();
    let exact = network.as_type(Dtype::Float32);
    let numbers = values(&exact.tensor(&name, &shape).unwrap());
    let (rows, columns) = (shape[0] as usize, shape[1] as usize);
    let numbers = numbers.into_iter().map(f64::from).collect();
    (
        Matrix {
            rows,
            columns,
            numbers,
        },
        [shape[0], shape[1]],
    )
}

/// The layer's matrix with the file's change, plain and as a packed matrix has it, against what it should be.
#[track_caller]
fn assert_changes(tensors: &[Tensor], expected: &Matrix) {
    let folder = Folder::new();
    let path = folder.path().join("lora.safetensors");
    tensors::write(&path, tensors);
    let lora = Lora::open(&path).unwrap();
    let network = tensors::open(&DIT).as_type(Dtype::Float32);
    assert_eq!(lora.fit(&network).unwrap().matched, 1);
    let changed = network.with_lora(&lora, STRENGTH).unwrap();
    let shape = [expected.rows as i32, expected.columns as i32];
    let wanted: Vec<f32> = expected
        .numbers
        .iter()
        .map(|&number| number as f32)
        .collect();
    let wanted = Array::from_slice(&wanted, &shape);
    let read = changed.tensor(&format!("{LAYER}.weight"), &shape).unwrap();
    // Short sums of numbers below 1, in float32 instead of float64.
    assert_close(&read, &wanted, 2e-6, 2e-6);
    // What cannot stay beside a packed matrix is merged before it is packed.
    let packed = changed.packed(QuantScheme { group: 64, bits: 8 });
    let x = Array::from_slice(&numbers(3 * expected.columns, 9.0), &[3, shape[1]]);
    let y = packed
        .product(LAYER, shape[1], shape[0])
        .unwrap()
        .forward(&x)
        .unwrap();
    let bias = network
        .tensor(&format!("{LAYER}.bias"), &[shape[0]])
        .unwrap();
    let exact = mlx_rs::ops::matmul(&x, wanted.t())
        .unwrap()
        .add(bias)
        .unwrap();
    assert!(relative_error(&y, &exact) < 0.02);
}

fn sum(weight: &Matrix, change: &Matrix, scale: f64) -> Matrix {
    Matrix::of(weight.rows, weight.columns, |row, column| {
        weight.at(row, column) + f64::from(STRENGTH) * scale * change.at(row, column)
    })
}

#[test]
fn loha_is_a_product_of_products() {
    let (weight, _) = weight(&tensors::open(&DIT));
    let part = |rows, columns, seed| Matrix::new(rows, columns, seed);
    let (a, b) = (part(weight.rows, 3, 1.0), part(3, weight.columns, 2.0));
    let (c, d) = (part(weight.rows, 3, 3.0), part(3, weight.columns, 4.0));
    let (one, other) = (a.times(&b), c.times(&d));
    let change = Matrix::of(weight.rows, weight.columns, |row, column| {
        one.at(row, column) * other.at(row, column)
    });
    let parts = [
        a.tensor("hada_w1_a"),
        b.tensor("hada_w1_b"),
        c.tensor("hada_w2_a"),
        d.tensor("hada_w2_b"),
    ];
    assert_changes(&parts, &sum(&weight, &change, 1.0));
    assert_changes(
        &[&parts[..], &[alpha(6.0)]].concat(),
        &sum(&weight, &change, 2.0),
    );
}

/// Either factor may be whole or a product; an alpha counts only where there is a rank.
#[test]
fn lokr_is_a_kronecker_product() {
    let (weight, _) = weight(&tensors::open(&DIT));
    let (rows, columns) = (weight.rows / 4, weight.columns / 8);
    let small = Matrix::new(4, 8, 1.0);
    let large = Matrix::new(rows, columns, 2.0);
    let (a, b) = (Matrix::new(rows, 2, 3.0), Matrix::new(2, columns, 4.0));
    let (c, d) = (Matrix::new(4, 1, 5.0), Matrix::new(1, 8, 6.0));
    let kronecker = |one: &Matrix, other: &Matrix| {
        Matrix::of(weight.rows, weight.columns, |row, column| {
            one.at(row / other.rows, column / other.columns)
                * other.at(row % other.rows, column % other.columns)
        })
    };
    let whole = [small.tensor("lokr_w1"), large.tensor("lokr_w2"), alpha(1e9)];
    assert_changes(&whole, &sum(&weight, &kronecker(&small, &large), 1.0));
    let half = [
        small.tensor("lokr_w1"),
        a.tensor("lokr_w2_a"),
        b.tensor("lokr_w2_b"),
        alpha(1.0),
    ];
    assert_changes(&half, &sum(&weight, &kronecker(&small, &a.times(&b)), 0.5));
    let both = [
        c.tensor("lokr_w1_a"),
        d.tensor("lokr_w1_b"),
        a.tensor("lokr_w2_a"),
        b.tensor("lokr_w2_b"),
        alpha(1.0),
    ];
    assert_changes(
        &both,
        &sum(&weight, &kronecker(&c.times(&d), &a.times(&b)), 0.5),
    );
}

/// The rows of the sum get the lengths that the file says, and a strength takes a part of that way; kohya's files may say
/// it for columns.
#[test]
fn dora_changes_lengths() {
    let (weight, _) = weight(&tensors::open(&DIT));
    let (down, up) = (
        Matrix::new(2, weight.columns, 1.0),
        Matrix::new(weight.rows, 2, 2.0),
    );
    let product = up.times(&down);
    let changed = Matrix::of(weight.rows, weight.columns, |row, column| {
        weight.at(row, column) + 2.0 * product.at(row, column)
    });
    let towards = |factor: &dyn Fn(usize, usize) -> f64| {
        Matrix::of(weight.rows, weight.columns, |row, column| {
            let new = changed.at(row, column) * factor(row, column);
            weight.at(row, column) + f64::from(STRENGTH) * (new - weight.at(row, column))
        })
    };
    let length = |numbers: &mut dyn Iterator<Item = f64>| {
        numbers.map(|number| number * number).sum::<f64>().sqrt()
    };
    let rows = Matrix::of(weight.rows, 1, |row, _| 1.0 + row as f64 / 100.0);
    let by_rows = towards(&|row, _| {
        rows.at(row, 0) / length(&mut (0..weight.columns).map(|column| changed.at(row, column)))
    });
    let parts = [
        down.tensor("lora_down.weight"),
        up.tensor("lora_up.weight"),
        alpha(4.0),
    ];
    for (part, is_flat) in [
        ("dora_scale", false),
        ("lora_magnitude_vector", true),
        ("lora_magnitude_vector.default.weight", true),
    ] {
        let mut magnitude = rows.tensor(part);
        if is_flat {
            magnitude.shape = vec![weight.rows];
        }
        assert_changes(&[&parts[..], &[magnitude]].concat(), &by_rows);
    }
    let columns = Matrix::of(1, weight.columns, |_, column| 1.0 + column as f64 / 100.0);
    let by_columns = towards(&|_, column| {
        columns.at(0, column) / length(&mut (0..weight.rows).map(|row| changed.at(row, column)))
    });
    assert_changes(
        &[&parts[..], &[columns.tensor("dora_scale")]].concat(),
        &by_columns,
    );
}
