//! Numbers of four bits with scales in tiles, as ComfyUI writes them. What they stand for is computed here from the
//! published layout: the scales are laid out by reshaping and transposing as its writer does.

use mlx_rs::{Array, Dtype};
use safetensors::Dtype as Stored;
use zoetrope::weights::Weights;

use super::files::Folder;
use crate::support::tensors::{self, Tensor};
use crate::support::{assert_close, relative_error};

/// Two tiles of scales down and two across, of which the last are not full.
const ROWS: usize = 160;
const COLUMNS: usize = 96;
const GROUPS: usize = COLUMNS / 16;

const OF_ALL: f32 = 0.0625;

/// E2M1 from its definition.
fn number(bits: u8) -> f32 {
    let (exponent, mantissa) = (bits >> 1 & 3, f32::from(bits & 1));
    let size = match exponent {
        0 => mantissa / 2.0,
        _ => (1.0 + mantissa / 2.0) * 2f32.powi(i32::from(exponent) - 1),
    };
    if bits >> 3 == 1 { -size } else { size }
}

/// E4M3 from its definition, of bytes that are numbers above the smallest.
fn scale(byte: u8) -> f32 {
    (1.0 + f32::from(byte & 7) / 8.0) * 2f32.powi(i32::from(byte >> 3 & 15) - 7)
}

fn bits_at(row: usize, column: usize) -> u8 {
    ((row * 31 + column * 7 + row * column) % 16) as u8
}

fn scale_at(row: usize, group: usize) -> u8 {
    (0x28 + (row * 5 + group * 11) % 0x30) as u8
}

/// The scales in their tiles: (row tiles, 4, 32, column tiles, 4) becomes (row tiles, column tiles, 32, 4, 4).
fn tiled() -> Vec<u8> {
    let (row_tiles, column_tiles) = (ROWS.div_ceil(128), GROUPS.div_ceil(4));
    let mut bytes = Vec::new();
    for row_tile in 0..row_tiles {
        for column_tile in 0..column_tiles {
            for line in 0..32 {
                for fold in 0..4 {
                    for column in 0..4 {
                        let row = row_tile * 128 + fold * 32 + line;
                        let group = column_tile * 4 + column;
                        let is_there = row < ROWS && group < GROUPS;
                        bytes.push(if is_there { scale_at(row, group) } else { 0 });
                    }
                }
            }
        }
    }
    bytes
}

fn parts(format: &str) -> Vec<Tensor> {
    let packed = (0..ROWS)
        .flat_map(|row| (0..COLUMNS / 2).map(move |pair| (row, 2 * pair)))
        .map(|(row, column)| bits_at(row, column) << 4 | bits_at(row, column + 1))
        .collect();
    let rows = ROWS.next_multiple_of(128);
    let format = format.as_bytes().to_vec();
    vec![
        Tensor::new("q.weight", Stored::U8, &[ROWS, COLUMNS / 2], packed),
        Tensor::new(
            "q.weight_scale",
            Stored::F8_E4M3,
            &[rows, GROUPS.next_multiple_of(4)],
            tiled(),
        ),
        Tensor::floats("q.weight_scale_2", &[], &[OF_ALL]),
        Tensor::floats("q.bias", &[ROWS], &[0.5; ROWS]),
        Tensor::new("q.comfy_quant", Stored::U8, &[format.len()], format),
    ]
}

fn open(folder: &Folder, tensors: &[Tensor]) -> Weights {
    let path = folder.path().join("nvfp4.safetensors");
    tensors::write(&path, tensors);
    Weights::open(&[path]).unwrap().as_type(Dtype::Float32)
}

fn wanted() -> Array {
    let at = |place: usize| {
        let (row, column) = (place / COLUMNS, place % COLUMNS);
        number(bits_at(row, column)) * scale(scale_at(row, column / 16)) * OF_ALL
    };
    let values: Vec<f32> = (0..ROWS * COLUMNS).map(at).collect();
    Array::from_slice(&values, &[ROWS as i32, COLUMNS as i32])
}

/// Breaks when the halves of a byte change places, or a scale is looked for where it would lie without tiles.
#[test]
fn numbers_of_four_bits_are_read() {
    let folder = Folder::new();
    let weights = open(&folder, &parts(r#"{"format": "nvfp4"}"#));
    assert!(weights.unreadable_tensor().is_none());
    let shape = [ROWS as i32, COLUMNS as i32];
    let read = weights.tensor("q.weight", &shape).unwrap();
    // Three factors with few digits each: exact in float32.
    assert_close(&read, &wanted(), 0.0, 0.0);
    let rows = weights.rows("q.weight", &[159, 3, 40]).unwrap();
    let picked = Array::from_slice(&[159, 3, 40], &[3]);
    assert_close(&rows, &wanted().take_axis(picked, 0).unwrap(), 0.0, 0.0);
}

/// Breaks when a product with them goes wrong, or something of the file is left over.
#[test]
fn products_are_those_with_the_plain_numbers() {
    let folder = Folder::new();
    let weights = open(&folder, &parts(r#"{"format": "nvfp4"}"#));
    let (inputs, outputs) = (COLUMNS as i32, ROWS as i32);
    let linear = weights
        .load(|weights| weights.product("q", inputs, outputs))
        .unwrap();
    let x = mlx_rs::random::uniform::<f32, f32>(-1.0, 1.0, [5, inputs].as_slice(), None).unwrap();
    let exact = mlx_rs::ops::matmul(&x, wanted().t()).unwrap();
    let exact = exact.add(Array::from_f32(0.5)).unwrap();
    // They are packed in 8 bits, which loses 1 in 255 of the range of a group at most.
    assert!(relative_error(&linear.forward(&x).unwrap(), &exact) < 0.01);
}

/// Other writers pack the lower half first and have no tiles, and nothing in the file would tell.
#[test]
fn what_is_not_said_to_be_of_comfyui_is_refused() {
    let folder = Folder::new();
    let flaw = |tensors: &[Tensor]| open(&folder, tensors).unreadable_tensor().unwrap().1;
    let mut unsaid = parts("");
    unsaid.pop();
    assert_eq!(flaw(&unsaid), "is in NVFP4");
    let said = || parts(r#"{"format": "nvfp4"}"#);
    let mut small = said();
    small[1] = Tensor::new(
        "q.weight_scale",
        Stored::F8_E4M3,
        &[ROWS, GROUPS],
        vec![56; ROWS * GROUPS],
    );
    assert_eq!(flaw(&small), "is in NVFP4 with scales of an unknown shape");
    let mut lost = said();
    lost.remove(1);
    assert_eq!(flaw(&lost), "has lost its scale");
    let inputs = Tensor::floats("q.pre_quant_scale", &[COLUMNS], &[1.0; COLUMNS]);
    let smoothed = [said(), vec![inputs]].concat();
    assert_eq!(flaw(&smoothed), "is in 4 bits with scaled inputs");
}
