//! Networks as lists of plain tensors, to be changed and written again.

use std::fs;
use std::path::{Path, PathBuf};

use mlx_rs::Dtype;
use safetensors::Dtype as Stored;
use safetensors::tensor::TensorView;
use zoetrope::weights::Weights;

use super::{golden_path, values};

/// A tensor to be written.
#[derive(Clone)]
pub struct Tensor {
    pub name: String,
    pub dtype: Stored,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

impl Tensor {
    pub fn new(name: &str, dtype: Stored, shape: &[usize], bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            dtype,
            shape: shape.to_vec(),
            bytes,
        }
    }

    pub fn floats(name: &str, shape: &[usize], numbers: &[f32]) -> Self {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
        Self::new(name, Stored::F32, shape, bytes.collect())
    }

    /// Of a tensor of float32.
    pub fn numbers(&self) -> Vec<f32> {
        let numbers = self.bytes.as_chunks().0.iter();
        numbers.map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }
}

/// All tensors of a network in float32, under their official names.
pub fn of(weights: &Weights) -> Vec<Tensor> {
    let exact = weights.as_type(Dtype::Float32);
    let tensor = |name: String| {
        let shape = weights.shape(&name).unwrap();
        let numbers = values(&exact.tensor(&name, &shape).unwrap());
        let sides: Vec<_> = shape.iter().map(|&side| side as usize).collect();
        Tensor::floats(&name, &sides, &numbers)
    };
    let names = weights.names().into_iter();
    names
        .filter(|name| name != "spiece_model")
        .map(tensor)
        .collect()
}

/// The network in these files of the reference data.
pub fn golden(files: &[&str]) -> Vec<Tensor> {
    of(&open(files))
}

/// The same, not read yet.
pub fn open(files: &[&str]) -> Weights {
    let files: Vec<PathBuf> = files
        .iter()
        .map(|file| golden_path("ckpt").join(file))
        .collect();
    Weights::open(&files).unwrap()
}

/// The tensors under other names.
pub fn renamed(tensors: &[Tensor], name: impl Fn(&str) -> String) -> Vec<Tensor> {
    let renamed = |tensor: &Tensor| Tensor {
        name: name(&tensor.name),
        ..tensor.clone()
    };
    tensors.iter().map(renamed).collect()
}

/// Writes a safetensors file.
pub fn write(path: &Path, tensors: &[Tensor]) {
    write_with(path, tensors, None);
}

/// The same with something said in its header.
pub fn write_with(path: &Path, tensors: &[Tensor], note: Option<(&str, &str)>) {
    let views = tensors.iter().map(|tensor| {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes).unwrap();
        (tensor.name.as_str(), view)
    });
    let notes = note.map(|(name, text)| [(name.to_owned(), text.to_owned())].into());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, safetensors::serialize(views, notes).unwrap()).unwrap();
}

/// Demands that a network holds these tensors and no others, to the last bit.
#[track_caller]
pub fn assert_same(weights: &Weights, expected: &[Tensor], what: &str) {
    let held = of(weights);
    let names = |tensors: &[Tensor]| {
        let mut names: Vec<_> = tensors.iter().map(|tensor| tensor.name.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&held), names(expected), "{what}");
    for tensor in expected {
        let other = held.iter().find(|other| other.name == tensor.name).unwrap();
        assert_eq!(other.shape, tensor.shape, "{what}: {}", tensor.name);
        assert!(
            other.numbers() == tensor.numbers(),
            "{what}: {}",
            tensor.name
        );
    }
}
