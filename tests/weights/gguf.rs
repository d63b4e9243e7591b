//! GGUF: every block format against the values of the `gguf` Python package, and headers that lie.

use mlx_rs::Dtype;
use zoetrope::weights::gguf::{self, Header};

use super::files::Folder;
use super::{assert_says, failure, open};
use crate::support::gguf::Written;
use crate::support::{golden_path, max_difference, values};

const FORMATS: [&str; 10] = [
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
];

fn golden() -> std::path::PathBuf {
    golden_path("gguf/blocks.gguf")
}

/// To the last bit: random blocks as ggml's reference takes them apart, and the plain types beside them.
#[test]
fn blocks_are_what_ggml_makes_of_them() {
    let weights = open(&golden()).unwrap();
    let expected = mlx_rs::Array::load_safetensors(golden_path("gguf/blocks.safetensors")).unwrap();
    assert_eq!(expected.len(), FORMATS.len() + 3);
    let read = weights.load(|weights| {
        let weights = weights.as_type(Dtype::Float32);
        for (name, expected) in &expected {
            let tensor = weights.tensor(name, expected.shape())?;
            assert_eq!(max_difference(&tensor, expected), 0.0, "{name}");
        }
        Ok(())
    });
    read.unwrap();
    for name in FORMATS {
        assert_eq!(weights.dtype(name).unwrap(), Dtype::Float16, "{name}");
        let rows = weights.as_type(Dtype::Float32).rows(name, &[2, 0]).unwrap();
        let whole = values(&expected[name]);
        assert_eq!(
            values(&rows),
            [&whole[2 * 512..], &whole[..512]].concat(),
            "{name}"
        );
    }
}

/// What tokenizers and converters keep there.
#[test]
fn the_header_tells_about_the_model() {
    let header = gguf::read(&golden()).unwrap();
    assert_eq!(header.text("general.architecture"), Some("wan"));
    assert_eq!(header.integer("wan.some.number"), Some(7));
    let tokens = header.texts("tokenizer.ggml.tokens").unwrap();
    assert_eq!(tokens, ["<pad>", "</s>", "▁the"]);
    let scores = header.reals("tokenizer.ggml.scores").unwrap();
    assert_eq!(scores, [0.0, -1.5, -2.25]);
    let kinds = header.integers("tokenizer.ggml.token_type").unwrap();
    assert_eq!(kinds, [3, 3, 1]);
    assert_eq!(header.integer("tokenizer.ggml.add_space_prefix"), Some(1));
    assert_eq!(
        header.bytes("tokenizer.ggml.token_type").unwrap(),
        [3, 3, 1]
    );
    assert_eq!(header.text("wan.some.number"), None);
}

/// What opening a file of these bytes says.
#[track_caller]
fn says(bytes: &[u8], parts: &[&str]) {
    let folder = Folder::new();
    let message = failure(open(&folder.file("broken.gguf", bytes)));
    assert_says(&message, &["broken.gguf "]);
    assert_says(&message, parts);
}

/// The sound case, so that the others fail for their own reason.
#[test]
fn a_small_file_opens() {
    let folder = Folder::new();
    let bytes = Written::new(3, 1, 0).tensor("w", &[32, 2], 8, 0).file(68);
    let weights = open(&folder.file("w.gguf", &bytes)).unwrap();
    assert_eq!(weights.shape("w").unwrap(), [2, 32]);
    let older = Written::new(2, 0, 0).file(0);
    open(&folder.file("w.gguf", &older)).unwrap();
}

/// Every length of a sound file but the whole one.
#[test]
fn cut_short() {
    let whole = std::fs::read(golden()).unwrap();
    let folder = Folder::new();
    let header = Header::read(&whole[..], whole.len() as u64).unwrap().data as usize;
    for length in (1..header).chain([header + 1, whole.len() - 64]) {
        let file = folder.file("cut.gguf", &whole[..length]);
        let message = failure(open(&file));
        assert_says(&message, &["cut.gguf"]);
    }
}

/// Counts and lengths far beyond the file: nothing may be allocated for them.
#[test]
fn lengths_that_lie() {
    let huge = u64::MAX / 2;
    says(&Written::new(3, huge, 0).file(0), &["cut short or damaged"]);
    says(&Written::new(3, 0, huge).file(0), &["cut short or damaged"]);
    let text = Written::new(3, 0, 1).u64(huge).file(64);
    says(&text, &["cut short or damaged"]);
    for kind in [0, 4, 8, 10] {
        let list = Written::new(3, 0, 1).text("k").u32(9).u32(kind).u64(huge);
        says(&list.file(64), &["cut short or damaged"]);
    }
    let nested = Written::new(3, 0, 1).text("k").u32(9).u32(9).u64(1);
    says(&nested.file(64), &["lists within lists"]);
    let unknown = Written::new(3, 0, 1).text("k").u32(77);
    says(&unknown.file(64), &["a value of an unknown kind"]);
    let aligned = Written::new(3, 0, 1)
        .text("general.alignment")
        .u32(4)
        .u32(0);
    says(&aligned.file(64), &["aligns tensors to 0 bytes"]);
}

/// Tensors that cannot be where they are said to be, or what.
#[test]
fn impossible_tensors() {
    let one = |sides: &[u64], kind, offset| {
        let file = Written::new(3, 1, 0).tensor("w", sides, kind, offset);
        file.file(64)
    };
    says(&one(&[32], 0, 0), &["tensor w lies beyond the end"]);
    says(&one(&[4], 0, u64::MAX), &["tensor w lies beyond the end"]);
    says(&one(&[33], 8, 0), &["tensor w claims the impossible shape"]);
    says(
        &one(&[1 << 40, 1 << 40], 0, 0),
        &["tensor w claims the impossible shape"],
    );
    says(&one(&[3_000_000_000, 0], 0, 0), &["the impossible shape"]);
    says(&one(&[1; 9], 0, 0), &["gives w 9 axes"]);
    says(&one(&[32], 23, 0), &["ggml's type 23", "choose a file"]);
    let both = Written::new(3, 2, 0)
        .tensor("a", &[8], 0, 0)
        .tensor("b", &[8], 0, 16);
    says(&both.file(64), &["tensors a and b lie in the same place"]);
    let twice = Written::new(3, 2, 0)
        .tensor("a", &[8], 0, 0)
        .tensor("a", &[8], 0, 32);
    says(&twice.file(64), &["holds a, which"]);
    let shape = Written::new(3, 1, 1)
        .text("comfy.gguf.orig_shape.w")
        .u32(9)
        .u32(4)
        .u64(2)
        .u32(3)
        .u32(5)
        .tensor("w", &[16], 0, 0);
    says(&shape.file(64), &["tensor w was of shape [3, 5]"]);
}

#[test]
fn other_versions() {
    says(&Written::new(1, 0, 0).file(0), &["of version 1"]);
    says(&Written::new(9, 0, 0).file(0), &["of version 9"]);
    let big_endian = 3u32.swap_bytes();
    says(&Written::new(big_endian, 0, 0).file(0), &["big-endian"]);
}
