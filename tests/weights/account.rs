//! Every tensor is accounted for: what is missing, misshapen or unknown is listed by its full name, all at once.

use mlx_rs::Dtype;
use safetensors::Dtype as Stored;
use zoetrope::weights::Weights;

use super::files::{Folder, one};
use super::{assert_says, failure, open};

/// Two layers and a head, all (1).
fn network(folder: &Folder) -> Weights {
    let names = ["layers.0.w", "layers.1.w", "head.w", "head.b"];
    let tensors: Vec<_> = names
        .iter()
        .map(|&name| (name, &[1][..], &[1.0][..]))
        .collect();
    open(&folder.floats("w.safetensors", &tensors)).unwrap()
}

/// The sound case: loading succeeds and gives what was built.
#[test]
fn accepts_a_network_that_fits() {
    let folder = Folder::new();
    let built = network(&folder).load(|w| {
        let layers = w.at("layers");
        for i in 0..layers.count("") {
            layers.at(i).tensor("w", &[1])?;
        }
        w.tensor("head.w", &[1])?;
        w.tensor("head.b", &[1])?;
        Ok(layers.count(""))
    });
    assert_eq!(built.unwrap(), 2);
}

/// One error names everything, so that a user does not find the faults one by one.
#[test]
fn lists_all_faults_at_once() {
    let folder = Folder::new();
    let message = failure(network(&folder).load(|w| {
        let layers = w.at("layers");
        for i in 0..4 {
            layers.at(i).tensor("w", &[1])?;
        }
        w.tensor("head.w", &[2, 3])
    }));
    assert_says(
        &message,
        &[
            "w.safetensors does not fit its network",
            "2 tensors are missing: layers.2.w, layers.3.w",
            "1 cannot be used: head.w is (1), not (2, 3)",
            "1 is not part of it: head.b",
        ],
    );
}

/// A thousand unknown tensors still make one sentence.
#[test]
fn long_lists_are_cut() {
    let folder = Folder::new();
    let names: Vec<_> = (0..20).map(|i| format!("extra.{i:02}")).collect();
    let tensors: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), &[1][..], &[1.0][..]))
        .collect();
    let weights = open(&folder.floats("w.safetensors", &tensors)).unwrap();
    let message = failure(weights.load(|_| Ok(())));
    assert_says(
        &message,
        &[
            "20 are not part of it: extra.00, extra.01",
            "extra.07 and 12 more",
        ],
    );
    assert!(!message.contains("extra.08"));
}

/// With several files, the one that holds the unknown tensor is named.
#[test]
fn names_the_shard_of_an_unknown_tensor() {
    let folder = Folder::new();
    let a = folder.floats("a.safetensors", &[("x", &[1], &[1.0])]);
    let b = folder.floats("b.safetensors", &[("y", &[1], &[1.0])]);
    let weights = Weights::open(&[a, b]).unwrap();
    let message = failure(weights.load(|w| w.tensor("x", &[1])));
    assert_says(
        &message,
        &[&folder.path().display().to_string(), "y in b.safetensors"],
    );
}

/// Numbers that are not floating, or of a type MLX lacks, are no weights.
#[test]
fn refuses_types_that_are_no_weights() {
    let folder = Folder::new();
    for (dtype, bytes, name) in [
        (Stored::I64, 16, "I64"),
        (Stored::F8_E8M0, 2, "F8_E8M0"),
        (Stored::BOOL, 2, "BOOL"),
    ] {
        let weights =
            open(&folder.file("w.safetensors", &one("w", dtype, &[2], &vec![0; bytes]))).unwrap();
        let message = failure(weights.load(|w| w.tensor("w", &[2])));
        assert_says(&message, &[&format!("w is of type {name}")]);
    }
}

/// A network streamed layer by layer is checked layer by layer: each sees only its own.
#[test]
fn a_part_answers_for_itself_alone() {
    let folder = Folder::new();
    let weights = network(&folder);
    let layers = weights.at("layers");
    layers.at(0).load(|w| w.tensor("w", &[1])).unwrap();
    let message = failure(layers.at(1).load(|w| w.tensor("v", &[1])));
    assert_says(&message, &["layers.1.v", "layers.1.w"]);
    assert!(!message.contains("head"));
    assert_says(&failure(weights.finish()), &["head.w", "layers.1.v"]);
}

/// What a network is known not to need is no fault; nor does a like name hide one.
#[test]
fn known_parts_can_be_skipped() {
    let folder = Folder::new();
    let weights = network(&folder);
    weights.skip("head");
    weights.skip("nothing");
    let message = failure(weights.load(|w| w.tensor("layers.0.w", &[1])));
    assert_says(&message, &["1 is not part of it: layers.1.w"]);
    weights.skip("layers.1");
    weights.finish().unwrap();
}

/// A file that lacks a bias must not become a network without one.
#[test]
fn affine_misses_a_bias_that_linear_does_without() {
    let folder = Folder::new();
    let weights =
        open(&folder.floats("w.safetensors", &[("q.weight", &[2, 3], &[0.0; 6])])).unwrap();
    weights.load(|w| w.linear("q", 3, 2)).unwrap();
    let message = failure(weights.load(|w| w.affine("q", 3, 2)));
    assert_says(&message, &["1 tensor is missing: q.bias"]);
}

/// Outside of `load` nobody would report a fault later, so zeros must not stand in for anything.
#[test]
fn outside_of_load_a_fault_is_an_error_at_once() {
    let folder = Folder::new();
    let weights = network(&folder).at("head").as_type(Dtype::Float16);
    assert_says(
        &failure(weights.tensor("c", &[1])),
        &["w.safetensors", "tensor head.c is missing"],
    );
    assert_says(
        &failure(weights.tensor("w", &[7])),
        &["tensor head.w is (1), not (7)"],
    );
    assert_says(&failure(weights.shape("c")), &["tensor head.c is missing"]);
    assert_says(
        &failure(weights.rows("c", &[1])),
        &["tensor head.c is missing"],
    );
    assert_says(
        &failure(weights.rows("w", &[1])),
        &["head.w, which is no matrix"],
    );
    let strict = failure(weights.load(|w| w.require("c", &[1])));
    assert_says(&strict, &["tensor head.c is missing"]);
}
