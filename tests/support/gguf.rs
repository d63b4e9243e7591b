//! GGUF files, written by hand.

use mlx_rs::Dtype;
use zoetrope::model::text::vocabulary::{self, Vocabulary};
use zoetrope::weights::Weights;

/// A file as far as it is written.
#[derive(Clone)]
pub struct Written(pub Vec<u8>);

impl Written {
    /// The beginning, with what comes told as so many tensors and values.
    pub fn new(version: u32, tensors: u64, values: u64) -> Self {
        Self(b"GGUF".to_vec()).u32(version).u64(tensors).u64(values)
    }

    pub fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    pub fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    pub fn text(mut self, text: &str) -> Self {
        self = self.u64(text.len() as u64);
        self.0.extend(text.as_bytes());
        self
    }

    /// `sides` with the fastest first, as ggml has them.
    pub fn tensor(mut self, name: &str, sides: &[u64], kind: u32, offset: u64) -> Self {
        self = self.text(name).u32(sides.len() as u32);
        for &side in sides {
            self = self.u64(side);
        }
        self.u32(kind).u64(offset)
    }

    /// The file, with `bytes` zeros for the tensors.
    pub fn file(mut self, bytes: usize) -> Vec<u8> {
        self.0.resize(self.0.len().next_multiple_of(32) + bytes, 0);
        self.0
    }
}

/// What the header says of the model: names, and values as [`text`] and the others make them.
pub type Values<'a> = &'a [(&'a str, Vec<u8>)];

/// A text.
pub fn text(text: &str) -> Vec<u8> {
    Written(Vec::new()).u32(8).text(text).0
}

/// A list of texts.
pub fn texts<'a>(texts: impl ExactSizeIterator<Item = &'a str>) -> Vec<u8> {
    let list = list(8, texts.len());
    texts.fold(Written(list), Written::text).0
}

/// A list of fractions.
pub fn reals(numbers: &[f32]) -> Vec<u8> {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    list(6, numbers.len()).into_iter().chain(bytes).collect()
}

/// A list of whole numbers.
pub fn integers(numbers: &[i32]) -> Vec<u8> {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    list(5, numbers.len()).into_iter().chain(bytes).collect()
}

/// A list of bytes.
pub fn bytes(bytes: &[u8]) -> Vec<u8> {
    [&list(0, bytes.len()), bytes].concat()
}

fn list(kind: u32, length: usize) -> Vec<u8> {
    Written(Vec::new()).u32(9).u32(kind).u64(length as u64).0
}

/// The vocabulary of the tiny models, as llama.cpp writes it into the header of a text encoder.
pub fn vocabulary() -> Vec<(&'static str, Vec<u8>)> {
    let encoder = super::golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
    let weights = Weights::open(&[encoder]).unwrap();
    let Vocabulary {
        pieces, charsmap, ..
    } = vocabulary::read(&weights.bytes("spiece_model").unwrap()).unwrap();
    let tokens = pieces.iter().map(|piece| piece.text.as_str());
    let scores: Vec<_> = pieces.iter().map(|piece| piece.score as f32).collect();
    let kinds: Vec<_> = pieces.iter().map(|piece| piece.kind as i32 + 1).collect();
    vec![
        ("tokenizer.ggml.model", text("t5")),
        ("tokenizer.ggml.tokens", texts(tokens)),
        ("tokenizer.ggml.scores", reals(&scores)),
        ("tokenizer.ggml.token_type", integers(&kinds)),
        ("tokenizer.ggml.precompiled_charsmap", bytes(&charsmap)),
    ]
}

/// A tensor to be written.
pub struct Tensor {
    pub name: String,
    /// The slowest first.
    pub shape: Vec<u64>,
    /// ggml's number for its type.
    pub kind: u32,
    pub bytes: Vec<u8>,
}

/// A whole file.
pub fn file(values: Values, tensors: &[Tensor]) -> Vec<u8> {
    let mut written = Written::new(3, tensors.len() as u64, values.len() as u64);
    for (name, value) in values {
        written = written.text(name);
        written.0.extend(value);
    }
    let mut offset = 0;
    for tensor in tensors {
        let sides: Vec<_> = tensor.shape.iter().rev().copied().collect();
        written = written.tensor(&tensor.name, &sides, tensor.kind, offset);
        offset += (tensor.bytes.len() as u64).next_multiple_of(32);
    }
    let mut file = written.file(0);
    for tensor in tensors {
        file.extend(&tensor.bytes);
        file.resize(file.len().next_multiple_of(32), 0);
    }
    file
}

/// Numbers as `Q8_0`: 32 neighbours share a scale, as ggml's reference chooses it.
fn q8_0(numbers: &[f32]) -> Vec<u8> {
    let blocks = numbers.chunks(32).flat_map(|block| {
        let greatest = block
            .iter()
            .fold(0f32, |most, number| most.max(number.abs()));
        let scale = half::f16::from_f32(greatest / 127.0);
        let inverse = if greatest > 0.0 {
            127.0 / greatest
        } else {
            0.0
        };
        let signed = block
            .iter()
            .map(move |number| (number * inverse).round() as i8 as u8);
        scale.to_le_bytes().into_iter().chain(signed)
    });
    blocks.collect()
}

/// A network as a GGUF file of its own: matrices with at least one block in a row as `stored`, everything else in
/// float32. `rename` makes the names.
pub fn network(
    weights: &Weights,
    stored: Stored,
    rename: impl Fn(&str) -> String,
    values: Values,
) -> Vec<u8> {
    let mut values = values.to_vec();
    let shape_before = format!("comfy.gguf.orig_shape.{PATCHES}");
    let mut tensors = Vec::new();
    for name in weights.names() {
        let shape = weights.shape(&name).unwrap();
        let exact = weights.as_type(Dtype::Float32);
        let numbers = super::values(&exact.tensor(&name, &shape).unwrap());
        let sides: Vec<u64> = shape
            .iter()
            .map(|&side| u64::from(side.unsigned_abs()))
            .collect();
        let is_matrix = sides.len() == 2 && sides[1].is_multiple_of(32);
        let (kind, bytes) = match stored {
            Stored::Q8_0 if is_matrix => (8, q8_0(&numbers)),
            Stored::F16 if is_matrix => (1, halves(&numbers)),
            _ => (
                0,
                numbers
                    .iter()
                    .flat_map(|number| number.to_le_bytes())
                    .collect(),
            ),
        };
        // ggml has no more than four axes.
        let kept = if name == PATCHES {
            values.push((&shape_before, integers(&shape)));
            vec![sides[0], sides[1..].iter().product()]
        } else {
            sides
        };
        tensors.push(Tensor {
            name: rename(&name),
            shape: kept,
            kind,
            bytes,
        });
    }
    file(&values, &tensors)
}

/// The DiT's convolution, whose five axes are kept beside it.
const PATCHES: &str = "patch_embedding.weight";

/// What the matrices of a network are stored as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    F16,
    Q8_0,
}

fn halves(numbers: &[f32]) -> Vec<u8> {
    let halves = numbers.iter().map(|&number| half::f16::from_f32(number));
    halves.flat_map(half::f16::to_le_bytes).collect()
}
