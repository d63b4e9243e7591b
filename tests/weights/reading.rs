//! Values, types and places of tensors that are read.

use mlx_rs::{Array, Dtype};
use safetensors::Dtype as Stored;
use zoetrope::weights::Linear;

use super::files::{Folder, le_bytes, one};
use super::open;
use crate::support::values;

/// A cursor that loses its place would read another layer's tensor.
#[test]
fn walks_down_the_names() {
    let folder = Folder::new();
    let path = folder.floats(
        "w.safetensors",
        &[
            ("blocks.0.q.weight", &[1], &[1.0]),
            ("blocks.1.q.weight", &[1], &[2.0]),
            ("blocks.10.q.weight", &[1], &[3.0]),
            ("blocks.2-old.q.weight", &[1], &[4.0]),
            ("scale", &[], &[5.0]),
        ],
    );
    let weights = open(&path).unwrap();
    let q = weights.at("blocks").at(1).at("q");
    assert_eq!(q.key("weight"), "blocks.1.q.weight");
    assert_eq!(q.key(""), "blocks.1.q");
    assert_eq!(values(&q.tensor("weight", &[1]).unwrap()), [2.0]);
    assert_eq!(
        values(&weights.tensor("blocks.10.q.weight", &[1]).unwrap()),
        [3.0]
    );
    assert_eq!(values(&weights.at("scale").tensor("", &[]).unwrap()), [5.0]);
    assert!(q.has("weight") && !q.has("bias") && !weights.has("blocks"));
    assert_eq!(weights.shape("scale").unwrap(), [0; 0]);
}

/// A list ends at its first gap, and "1" is not "10".
#[test]
fn counts_numbered_children() {
    let folder = Folder::new();
    let one_each = |names: &[&str]| {
        let tensors: Vec<_> = names
            .iter()
            .map(|&name| (name, &[1][..], &[0.0][..]))
            .collect();
        open(&folder.floats("w.safetensors", &tensors)).unwrap()
    };
    let weights = one_each(&[
        "b.0.w", "b.1.w", "b.1.x.y", "b.10.w", "b.3.w", "c.w", "d-0.0.w",
    ]);
    assert_eq!(weights.count("b"), 2);
    assert_eq!(weights.count("c"), 0);
    assert_eq!(weights.count("nothing"), 0);
    assert_eq!(weights.at("b").count("1"), 0);
    assert_eq!(one_each(&["0.w", "1.w"]).count(""), 2);
}

/// A cast that is not asked for costs precision or memory; one that is asked for must happen.
#[test]
fn reads_as_the_stored_type_or_the_one_asked_for() {
    let folder = Folder::new();
    let bf16 = [0x3f80_u16, 0xc020, 0x3eaa].map(u16::to_le_bytes).concat(); // 1, -2.5, 0.33203125
    let path = folder.file("w.safetensors", &one("w", Stored::BF16, &[3], &bf16));
    let weights = open(&path).unwrap();
    let expected = [1.0, -2.5, 0.332_031_25];

    let stored = weights.tensor("w", &[3]).unwrap();
    assert_eq!(
        (stored.dtype(), values(&stored)),
        (Dtype::Bfloat16, expected.to_vec())
    );
    for dtype in [Dtype::Float32, Dtype::Float16, Dtype::Bfloat16] {
        let cast = weights.as_type(dtype);
        assert_eq!(
            cast.dtype("w").unwrap(),
            Dtype::Bfloat16,
            "the stored type is asked for"
        );
        let cast = cast.tensor("w", &[3]).unwrap();
        assert_eq!((cast.dtype(), values(&cast)), (dtype, expected.to_vec()));
    }
}

/// Two tensors of the same shape must not share memory, nor must a tensor change when another is read.
#[test]
fn tensors_do_not_share_memory() {
    let folder = Folder::new();
    let path = folder.floats(
        "w.safetensors",
        &[("a", &[2], &[1.0, 2.0]), ("b", &[2], &[3.0, 4.0])],
    );
    let weights = open(&path).unwrap();
    let first = weights.tensor("a", &[2]).unwrap();
    let zeros = mlx_rs::ops::zeros_dtype(&[2], Dtype::Float32).unwrap();
    let second = weights.tensor("b", &[2]).unwrap();
    let again = weights.tensor("a", &[2]).unwrap();
    assert_eq!(values(&first), [1.0, 2.0]);
    assert_eq!(values(&second), [3.0, 4.0]);
    assert_eq!(values(&again), [1.0, 2.0]);
    assert_eq!(values(&zeros), [0.0, 0.0]);
}

/// Large tensors are read by several threads, each a part: breaks when a part ends up elsewhere, or its ends are lost. The
/// sizes are none that parts of a power of two would come out even with.
#[test]
fn large_tensors_are_read_whole() {
    let folder = Folder::new();
    for (dtype, bytes, rows) in [(Stored::F32, 4, 2_500_001), (Stored::U8, 1, 33_554_433)] {
        let data: Vec<u8> = (0..rows * bytes)
            .map(|i: usize| (i.wrapping_mul(2_654_435_761) >> 13) as u8 & 0x3f)
            .collect();
        let path = folder.file("w.safetensors", &one("w", dtype, &[rows], &data));
        let weights = open(&path).unwrap();
        let read = weights.as_stored("w").unwrap();
        let read = read.view::<u8>().unwrap();
        assert!(read.try_as_slice::<u8>().unwrap() == data, "{dtype:?}");
        assert!(weights.bytes("w").unwrap() == data, "{dtype:?}");
    }
}

/// What is read by several threads still ends with a sentence where the file ends too early: a disk that went away must not
/// be a signal, as it would be of a file that is mapped.
#[test]
fn a_file_that_shrinks_is_an_error() {
    let folder = Folder::new();
    let data = vec![1; 40 << 20];
    let path = folder.file("w.safetensors", &one("w", Stored::F16, &[20 << 20], &data));
    let weights = open(&path).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    for length in [30 << 20, 100] {
        file.set_len(length).unwrap();
        let told = super::failure(weights.tensor("w", &[20 << 20]));
        super::assert_says(&told, &["w.safetensors"]);
    }
}

/// Data beside the weights keeps its type; tensors without elements are legal.
#[test]
fn reads_data_as_it_is_stored() {
    let folder = Folder::new();
    let numbers = [7_i64, -8].map(i64::to_le_bytes).concat();
    let weights =
        open(&folder.file("w.safetensors", &one("n", Stored::I64, &[2], &numbers))).unwrap();
    let stored = weights.as_type(Dtype::Float32).as_stored("n").unwrap();
    assert_eq!(stored.to_vec_exact::<i64>().unwrap(), [7, -8]);

    let weights = open(&folder.floats("w.safetensors", &[("none", &[0, 3], &[])])).unwrap();
    assert_eq!(weights.tensor("none", &[0, 3]).unwrap().shape(), [0, 3]);
}

/// Rows come in the order asked for, repeated where asked for, and cast.
#[test]
fn reads_single_rows() {
    let folder = Folder::new();
    let table: Vec<f32> = (0..12).map(|i| i as f32).collect();
    let weights = open(&folder.floats("w.safetensors", &[("t", &[4, 3], &table)])).unwrap();
    let rows = weights
        .as_type(Dtype::Float16)
        .rows("t", &[3, 0, 3])
        .unwrap();
    assert_eq!((rows.dtype(), rows.shape()), (Dtype::Float16, &[3, 3][..]));
    assert_eq!(
        values(&rows),
        [9.0, 10.0, 11.0, 0.0, 1.0, 2.0, 9.0, 10.0, 11.0]
    );
    assert_eq!(weights.rows("t", &[]).unwrap().shape(), [0, 3]);
    let beyond = super::failure(weights.rows("t", &[1, 4]));
    super::assert_says(&beyond, &["only 4 rows of t", "none for 4"]);
}

/// x · Wᵀ + b: a transposed weight or a forgotten bias shows at once.
#[test]
fn multiplies_as_the_file_holds_it() {
    let folder = Folder::new();
    let path = folder.floats(
        "w.safetensors",
        &[
            ("q.weight", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            ("q.bias", &[2], &[10.0, 20.0]),
            ("k.weight", &[2, 3], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
        ],
    );
    let weights = open(&path).unwrap();
    let x = Array::from_slice(&[1.0_f32, 0.0, -1.0, 2.0, 1.0, 0.0], &[1, 2, 3]);
    let product = |linear: &Linear| {
        let y = linear.forward(&x).unwrap();
        assert_eq!(y.shape(), [1, 2, 2]);
        assert_eq!(y.dtype(), linear.dtype());
        values(&y)
    };
    let q = weights.linear("q", 3, 2).unwrap();
    let k = weights.linear("k", 3, 2).unwrap();
    assert_eq!(product(&q), [8.0, 18.0, 14.0, 33.0]);
    assert_eq!(product(&k), [1.0, 0.0, 2.0, 1.0]);

    let half = weights.as_type(Dtype::Bfloat16).affine("q", 3, 2).unwrap();
    assert_eq!(half.dtype(), Dtype::Bfloat16);
    assert_eq!(product(&half), [8.0, 18.0, 14.0, 33.0]);
}

/// A cache keyed by the fingerprint must not answer for another model, and must answer for the same one moved.
#[test]
fn fingerprints_tell_contents_apart() {
    let folder = Folder::new();
    let long: Vec<f32> = (0..1000).map(|i| i as f32).collect();
    let print = |tensors: &[(&str, &[usize], &[f32])]| {
        open(&folder.floats("w.safetensors", tensors))
            .unwrap()
            .fingerprint()
            .unwrap()
    };
    let base = print(&[("a", &[1000], &long), ("b", &[1], &[1.0])]);
    assert_eq!(base.len(), 64);
    assert_eq!(
        base,
        print(&[("b", &[1], &[1.0]), ("a", &[1000], &long)]),
        "the order in the file"
    );
    assert_ne!(
        base,
        print(&[("a", &[10, 100], &long), ("b", &[1], &[1.0])]),
        "the shape"
    );
    assert_ne!(
        base,
        print(&[("a", &[1000], &long), ("c", &[1], &[1.0])]),
        "a name"
    );
    for at in [0, 999] {
        let mut changed = long.clone();
        changed[at] += 1.0;
        assert_ne!(
            base,
            print(&[("a", &[1000], &changed), ("b", &[1], &[1.0])]),
            "element {at}"
        );
    }
    let bits = le_bytes(&[1.0]);
    let float = folder.file("f.safetensors", &one("b", Stored::F32, &[1], &bits));
    let whole = folder.file("i.safetensors", &one("b", Stored::I32, &[1], &bits));
    let of = |path| open(path).unwrap().fingerprint().unwrap();
    assert_ne!(of(&float), of(&whole), "the type");

    let a = folder.floats("a.safetensors", &[("a", &[1000], &long)]);
    let b = folder.floats("b.safetensors", &[("b", &[1], &[1.0])]);
    let split = zoetrope::weights::Weights::open(&[b, a]).unwrap();
    assert_eq!(base, split.fingerprint().unwrap(), "split into shards");
}
