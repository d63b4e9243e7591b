//! PyTorch files that are sound.

use mlx_rs::Dtype;

use super::files::Folder;
use super::pickles::{Cut, Pickle, WHOLE, archive, archive_of, zip};
use super::{assert_says, failure, open};
use crate::support::{golden, golden_path, max_difference, values};

const T5: &str = "ckpt/ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth";
const VAE: &str = "ckpt/ti2v_5b/official/Wan2.2_VAE.pth";

/// The rows that the reference's encoder embedded: a wrong offset or type shows in every number.
#[test]
fn reads_rows_of_a_bfloat16_checkpoint() {
    let weights = open(&golden_path(T5)).unwrap();
    let golden = golden("text_ti2v_5b");
    let ids: Vec<u32> = golden["t5.ids"].to_vec_cast().unwrap();
    assert_eq!(
        weights.dtype("token_embedding.weight").unwrap(),
        Dtype::Bfloat16
    );
    let rows = weights
        .as_type(Dtype::Float32)
        .rows("token_embedding.weight", &ids)
        .unwrap();
    assert_eq!(max_difference(&rows, &golden["t5.embed"]), 0.0);
    assert_eq!(weights.count("blocks"), 3);
}

/// A float32 checkpoint in an `OrderedDict` with attributes: types and shapes are as the network's.
#[test]
fn reads_a_float32_checkpoint() {
    let weights = open(&golden_path(VAE)).unwrap();
    let shape = weights.shape("encoder.conv1.weight").unwrap();
    assert_eq!(shape[1..], [12, 3, 3, 3]);
    let weight = weights.tensor("encoder.conv1.weight", &shape).unwrap();
    assert_eq!(weight.dtype(), Dtype::Float32);
    let most = values(&weight)
        .into_iter()
        .map(f32::abs)
        .fold(0.0, f32::max);
    assert!(most > 0.01 && most < 10.0, "weights as large as {most}");
}

/// Tensors may share a storage, each with its own part.
#[test]
fn reads_parts_of_a_storage() {
    let folder = Folder::new();
    let row = Cut {
        offset: 3,
        shape: &[3],
        strides: &[1],
        ..WHOLE
    };
    let ones = Cut {
        offset: 5,
        shape: &[1, 1, 1],
        strides: &[9, 9, 9],
        ..WHOLE
    };
    let none = Cut {
        shape: &[0, 3],
        strides: &[3, 1],
        ..WHOLE
    };
    let single = Cut {
        offset: 2,
        shape: &[],
        strides: &[],
        ..WHOLE
    };
    let mut pickle = Pickle::new().dict();
    for (name, cut) in [
        ("whole", WHOLE),
        ("row", row),
        ("ones", ones),
        ("none", none),
        ("single", single),
    ] {
        pickle = pickle.text(name).tensor(&cut);
    }
    let weights = open(&folder.file("w.pth", &archive(&pickle.end().stop()))).unwrap();
    let read = |name, shape| values(&weights.tensor(name, shape).unwrap());
    assert_eq!(read("whole", &[2, 3]), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(read("row", &[3]), [3.0, 4.0, 5.0]);
    assert_eq!(read("ones", &[1, 1, 1]), [5.0]);
    assert_eq!(weights.tensor("none", &[0, 3]).unwrap().size(), 0);
    assert_eq!(read("single", &[]), [2.0]);
}

/// What training programs save together: copies of a network, a counter before them, what an optimizer keeps.
#[test]
fn finds_dictionaries_within_dictionaries() {
    let folder = Folder::new();
    let pickle = Pickle::new().dict().text("step").tensor(&WHOLE);
    let pickle = pickle
        .text("generator")
        .dict()
        .text("w")
        .tensor(&WHOLE)
        .end();
    let pickle = pickle
        .text("generator_ema")
        .dict()
        .text("w")
        .tensor(&WHOLE)
        .end();
    let pickle = pickle.text("optimizer").dict().text("state").dict();
    let pickle = pickle
        .number(7)
        .dict()
        .text("exp_avg")
        .tensor(&WHOLE)
        .end()
        .end()
        .end();
    let weights = open(&folder.file("copies.pt", &archive(&pickle.end().stop()))).unwrap();
    let names = [
        "generator.w",
        "generator_ema.w",
        "optimizer.state.7.exp_avg",
        "step",
    ];
    assert_eq!(weights.names(), names);
    // What a wrapper holds counts, and not the counter beside it.
    let pickle = Pickle::new().dict().text("step").tensor(&WHOLE);
    let pickle = pickle.text("model").dict().text("w").tensor(&WHOLE).end();
    let weights = open(&folder.file("wrapped.pt", &archive(&pickle.end().stop()))).unwrap();
    assert_eq!(weights.names(), ["w"]);
}

/// The wrappings in which programs save their dictionaries.
#[test]
fn finds_the_dictionary_in_its_wrappings() {
    let folder = Folder::new();
    let tensors = |pickle: Pickle| pickle.dict().text("w").tensor(&WHOLE).end();
    let wrapped = tensors(
        Pickle::new()
            .dict()
            .text("epoch")
            .number(3)
            .text("state_dict"),
    )
    .end();
    let twice = tensors(Pickle::new().dict().text("model").dict().text("params_ema"))
        .end()
        .end();
    // An OrderedDict filled item by item, with attributes.
    let ordered = Pickle::new()
        .global("collections", "OrderedDict")
        .op(b')')
        .op(b'R')
        .text("w")
        .tensor(&WHOLE)
        .op(b's')
        .dict()
        .text("_metadata")
        .op(b'N')
        .end()
        .op(b'b');
    // torch.nn.Parameter around a tensor.
    let parameter = Pickle::new()
        .dict()
        .text("w")
        .global("torch._utils", "_rebuild_parameter")
        .op(b'(')
        .tensor(&WHOLE)
        .op(0x88)
        .op(b'N')
        .op(b't')
        .op(b'R')
        .end();
    for (name, pickle) in [
        ("wrapped", wrapped),
        ("twice", twice),
        ("ordered", ordered),
        ("parameter", parameter),
    ] {
        let weights = open(&folder.file("w.pth", &archive(&pickle.stop()))).expect(name);
        let sum: f32 = values(&weights.tensor("w", &[2, 3]).expect(name))
            .iter()
            .sum();
        assert!((sum - 15.0).abs() < f32::EPSILON, "{name}");
    }
}

/// Newer PyTorch says the byte order; only one can be read.
#[test]
fn minds_the_byte_order() {
    let folder = Folder::new();
    let pickle = Pickle::new().dict().text("w").tensor(&WHOLE).end().stop();
    let file = |order: &[u8]| {
        let entries: [(&str, &[u8]); 3] = [
            ("a/data.pkl", &pickle),
            ("a/byteorder", order),
            ("a/data/0", &[0; 24]),
        ];
        folder.file("w.pth", &zip(&entries))
    };
    open(&file(b"little")).unwrap();
    assert_says(
        &failure(open(&file(b"big"))),
        &["w.pth was written on a big-endian machine"],
    );
}

/// A `.pth` that is called something else, or the other way round, is still what it is.
#[test]
fn the_name_does_not_matter() {
    let folder = Folder::new();
    open(&folder.file("w.safetensors", &archive_of(&WHOLE))).unwrap();
    let path = folder.floats("w.pth", &[("w", &[1], &[1.0])]);
    open(&path).unwrap();
}
