//! Tensors in another dress: folded, flattened, squeezed, or of a type that networks seldom have.

use std::fs;

use mlx_rs::Dtype;
use safetensors::Dtype as Stored;
use zoetrope::weights::Weights;

use super::files::Folder;
use crate::support::tensors::{self, Tensor, assert_same};
use crate::support::{gguf, values};

const DIT: [&str; 1] = ["t2v_1_3b/official/diffusion_pytorch_model.safetensors"];
const PATCHES: &str = "patch_embedding.weight";

/// The network with another shape of one tensor.
fn reshaped(network: &[Tensor], name: &str, shape: &[usize]) -> Vec<Tensor> {
    let mut changed = network.to_vec();
    let tensor = changed.iter_mut().find(|tensor| tensor.name == name);
    tensor.unwrap().shape = shape.to_vec();
    changed
}

/// Every way in which formats with few axes and converters write the same numbers.
fn dresses(network: &[Tensor]) -> Vec<Vec<usize>> {
    let patches = network
        .iter()
        .find(|tensor| tensor.name == PATCHES)
        .unwrap();
    let [dim, inputs] = [patches.shape[0], patches.shape[1]];
    vec![
        vec![dim * inputs, 1, 2, 2],
        vec![dim, inputs, 2, 2],
        vec![dim, inputs * 4],
        vec![dim * inputs, 4],
        vec![dim * inputs * 4],
        vec![dim, inputs, 1, 2, 2],
    ]
}

/// Breaks when a patch embedding is only known with five axes, of which ggml has four.
#[test]
fn patch_embeddings_are_unfolded() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    for shape in dresses(&network) {
        let dressed = reshaped(&network, PATCHES, &shape);
        let file = folder.path().join("dit.safetensors");
        tensors::write(&file, &dressed);
        assert_same(
            &Weights::open(&[file]).unwrap(),
            &network,
            &format!("{shape:?}"),
        );

        let written: Vec<_> = dressed
            .iter()
            .map(|tensor| gguf::Tensor {
                name: tensor.name.clone(),
                shape: tensor.shape.iter().map(|&side| side as u64).collect(),
                kind: 0,
                bytes: tensor.bytes.clone(),
            })
            .collect();
        for architecture in ["wan", "sdxl", "anything"] {
            let about = [("general.architecture", gguf::text(architecture))];
            let file = folder.file("dit.gguf", &gguf::file(&about, &written));
            assert_same(
                &Weights::open(&[file]).unwrap(),
                &network,
                &format!("{shape:?} in GGUF"),
            );
        }
    }
}

/// GGUF in several files, as `gguf-split` numbers them.
#[test]
fn split_gguf_is_one_network() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    let files: Vec<_> = network
        .chunks(network.len().div_ceil(3))
        .enumerate()
        .map(|(part, tensors)| {
            let tensors: Vec<_> = tensors
                .iter()
                .map(|tensor| gguf::Tensor {
                    name: tensor.name.clone(),
                    shape: tensor.shape.iter().map(|&side| side as u64).collect(),
                    kind: 0,
                    bytes: tensor.bytes.clone(),
                })
                .collect();
            let name = format!("dit-0000{}-of-00003.gguf", part + 1);
            folder.file(&name, &gguf::file(&[], &tensors))
        })
        .collect();
    assert_eq!(files.len(), 3);
    assert_same(&Weights::open(&files).unwrap(), &network, "in three files");
    fs::remove_file(&files[2]).unwrap();
}

/// Axes of length 1 come and go.
#[test]
fn axes_of_one_do_not_matter() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    let name = "blocks.0.modulation";
    let modulation = network.iter().find(|tensor| tensor.name == name).unwrap();
    let [_, rows, columns] = modulation.shape[..] else {
        panic!("{:?}", modulation.shape)
    };
    for shape in [
        vec![rows, columns],
        vec![1, 1, rows, columns],
        vec![rows, 1, columns],
    ] {
        let file = folder.path().join("dit.safetensors");
        tensors::write(&file, &reshaped(&network, name, &shape));
        let wanted = [1, rows as i32, columns as i32];
        let weights = Weights::open(&[file]).unwrap();
        let read = weights.load(|weights| {
            weights.names().iter().for_each(|name| weights.skip(name));
            weights.tensor(name, &wanted)
        });
        let read = read.unwrap();
        assert_eq!(read.shape(), wanted);
        assert_eq!(values(&read), modulation.numbers());
        let turned = [1, columns as i32, rows as i32];
        assert!(
            weights.require(name, &turned).is_err(),
            "the order of axes does matter"
        );
    }
}

/// Numbers of 64 bits, as Python's own floats become, and a norm that some tool left so.
#[test]
fn doubles_are_read() {
    let folder = Folder::new();
    let numbers = [1.0f64, -0.1, 3e-5, 1e30];
    let bytes = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let file = folder.path().join("w.safetensors");
    tensors::write(&file, &[Tensor::new("w", Stored::F64, &[2, 2], bytes)]);
    let weights = Weights::open(&[file]).unwrap();
    assert_eq!(weights.dtype("w").unwrap(), Dtype::Float32);
    let read = weights.tensor("w", &[2, 2]).unwrap();
    assert_eq!(values(&read), numbers.map(|number| number as f32));
}
