//! The text encoder against the reference, part by part and whole.

use mlx_rs::{Array, Dtype};
use zoetrope::Error;
use zoetrope::model::text::{self, Config, Layer, bucket};
use zoetrope::weights::Weights;

use super::{FAMILIES, integers, official, prompts};
use crate::support::gguf::{self, Stored};
use crate::support::{compare, golden, max_difference, relative_error, values};

const FILE: &str = "models_t5_umt5-xxl-enc-bf16.pth";
/// The reference's recommendation: absolute and relative.
const TOLERANCE: (f32, f32) = (2e-5, 1e-5);

fn weights(family: &str) -> Weights {
    Weights::open(&[official(family, FILE)])
        .unwrap()
        .as_type(Dtype::Float32)
}

fn layer(family: &str, i: usize) -> Layer {
    let weights = weights(family);
    let config = Config::read(&weights).unwrap();
    Layer::load(&weights.at("blocks").at(i), &config).unwrap()
}

#[test]
fn sizes_follow_from_the_shapes() {
    let config = Config {
        vocabulary: 448,
        width: 64,
        attention: 64,
        feed_forward: 128,
        heads: 4,
        buckets: 32,
        layers: 3,
    };
    assert_eq!(Config::read(&weights("ti2v_5b")).unwrap(), config);
}

#[test]
fn positions_fall_into_the_buckets_of_the_reference() {
    for family in FAMILIES {
        let data = golden(&format!("text_{family}"));
        let table = integers(&data["t5.rel_pos_bucket_40"]);
        for query in 0..40 {
            for key in 0..40 {
                let expected = table[(query * 40 + key) as usize];
                assert_eq!(
                    i64::from(bucket(key - query, 32)),
                    expected,
                    "{query} {key}"
                );
            }
        }
        let after = integers(&data["t5.rel_pos_bucket_first_row_512"]);
        let before = integers(&data["t5.rel_pos_bucket_first_col_512"]);
        for distance in 0..512 {
            let of = |relative| i64::from(bucket(relative, 32));
            assert_eq!(of(distance), after[distance as usize], "{distance} after");
            assert_eq!(
                of(-distance),
                before[distance as usize],
                "{distance} before"
            );
        }
    }
}

#[test]
fn positions_bias_the_scores_as_in_the_reference() {
    for family in FAMILIES {
        let bias = layer(family, 0).position_bias(40).unwrap();
        let expected = &golden(&format!("text_{family}"))["t5.pos_bias_layer0_40"];
        assert_eq!(max_difference(&bias, expected), 0.0);
    }
}

#[test]
fn tokens_are_embedded_as_in_the_reference() {
    for family in FAMILIES {
        let data = golden(&format!("text_{family}"));
        let ids: Vec<u32> = integers(&data["t5.ids"])
            .iter()
            .map(|&id| id as u32)
            .collect();
        let embedded = weights(family)
            .rows("token_embedding.weight", &ids)
            .unwrap();
        assert_eq!(max_difference(&embedded, &data["t5.embed"]), 0.0);
    }
}

#[test]
fn every_part_of_a_layer_matches_the_reference() {
    for family in FAMILIES {
        let data = golden(&format!("text_{family}"));
        let layer = layer(family, 0);
        let x = &data["t5.embed"];
        let attention = layer.attend(x).unwrap();
        compare(&attention, &data["t5.block_0.attn"], TOLERANCE, "attention");
        let x = x.add(attention).unwrap();
        let feed_forward = layer.feed_forward(&x).unwrap();
        compare(
            &feed_forward,
            &data["t5.block_0.ffn"],
            TOLERANCE,
            "feed-forward",
        );
    }
}

#[test]
fn every_layer_matches_the_reference() {
    for family in FAMILIES {
        let data = golden(&format!("text_{family}"));
        let mut x = data["t5.embed"].clone();
        for i in 0..Config::read(&weights(family)).unwrap().layers {
            x = layer(family, i).forward(&x).unwrap();
            let name = format!("t5.block_{i}");
            compare(&x, &data[&name], TOLERANCE, &name);
        }
    }
}

#[test]
fn all_prompts_at_once_have_the_features_of_the_reference() {
    for family in FAMILIES {
        let data = golden(&format!("text_{family}"));
        let prompts = prompts(family).0;
        let tokens: Vec<_> = prompts.iter().map(super::Prompt::tokens).collect();
        let mut heard = Vec::new();
        let features = text::encode(&weights(family), &tokens, |done, of| {
            heard.push((done, of));
            Ok(())
        })
        .unwrap();
        let layers = Config::read(&weights(family)).unwrap().layers;
        assert_eq!(
            heard,
            (0..=layers).map(|done| (done, layers)).collect::<Vec<_>>()
        );
        assert_eq!(features.len(), prompts.len());
        for (feature, prompt) in features.iter().zip(&prompts) {
            let expected = &data[&format!("{}.context", prompt.name)];
            compare(feature, expected, TOLERANCE, &prompt.name);
            assert_eq!(feature.dtype(), Dtype::Float32);
        }
        compare(&features[0], &data["t5.final"], TOLERANCE, "final");
    }
}

/// What llama.cpp calls a tensor.
fn llama_cpp_name(official: &str) -> String {
    if official == "norm.weight" {
        return "enc.output_norm.weight".into();
    }
    [
        ("token_embedding.", "token_embd."),
        ("blocks.", "enc.blk."),
        (".norm1.", ".attn_norm."),
        (".attn.", ".attn_"),
        (".pos_embedding.embedding.", ".attn_rel_b."),
        (".norm2.", ".ffn_norm."),
        (".ffn.gate.0.", ".ffn_gate."),
        (".ffn.fc1.", ".ffn_up."),
        (".ffn.fc2.", ".ffn_down."),
    ]
    .iter()
    .fold(official.to_owned(), |name, (ours, theirs)| {
        name.replace(ours, theirs)
    })
}

/// The reference's weights lie on a grid that float16 holds, so that a file of it is the same network; eight bits in
/// groups of 32 lose at most 1/254 of the greatest weight of each group.
#[test]
fn an_encoder_in_gguf_is_the_official_one() {
    let official = weights("ti2v_5b");
    let folder = tempfile::tempdir().unwrap();
    let prompt = [prompts("ti2v_5b").0[0].tokens()];
    let encoded = |weights: &Weights| {
        let mut features = text::encode(weights, &prompt, |_, _| Ok(())).unwrap();
        features.remove(0)
    };
    let expected = encoded(&official);
    let difference = |stored| {
        let file = folder.path().join("umt5.gguf");
        let bytes = gguf::network(&official, stored, llama_cpp_name, &[]);
        std::fs::write(&file, bytes).unwrap();
        let features = encoded(&Weights::open(&[file]).unwrap().as_type(Dtype::Float32));
        relative_error(&features, &expected)
    };
    assert!(difference(Stored::F16) == 0.0);
    let eight_bits = difference(Stored::Q8_0);
    assert!((1e-4..2e-2).contains(&eight_bits), "{eight_bits}");
}

/// What a prompt becomes does not depend on its company.
#[test]
fn a_prompt_alone_has_the_same_features() {
    let prompts = prompts("ti2v_5b").0;
    let both = [prompts[0].tokens(), prompts[1].tokens()];
    let together = text::encode(&weights("ti2v_5b"), &both, |_, _| Ok(())).unwrap();
    let alone = text::encode(&weights("ti2v_5b"), &both[1..], |_, _| Ok(())).unwrap();
    assert_eq!(max_difference(&together[1], &alone[0]), 0.0);
}

#[test]
fn stopping_ends_the_encoding() {
    let tokens = [prompts("ti2v_5b").0[0].tokens()];
    let result = text::encode(&weights("ti2v_5b"), &tokens, |done, _| match done {
        2 => Err(Error::Cancelled),
        _ => Ok(()),
    });
    assert!(matches!(result, Err(Error::Cancelled)));
}

/// The encoder's file with something done to it, and what `encode` says of it before it reads any
/// layer.
fn complaint(change: impl FnOnce(&mut Vec<(String, Array)>)) -> String {
    let whole = weights("ti2v_5b");
    let layers = ["norm1", "norm2", "attn.q", "attn.k", "attn.v", "attn.o"];
    let more = [
        "pos_embedding.embedding",
        "ffn.gate.0",
        "ffn.fc1",
        "ffn.fc2",
    ];
    let in_layers = (0..3).flat_map(|i| {
        let names = layers.iter().chain(&more);
        names.map(move |name| format!("blocks.{i}.{name}.weight"))
    });
    let mut tensors: Vec<(String, Array)> = ["token_embedding.weight", "norm.weight"]
        .into_iter()
        .map(String::from)
        .chain(in_layers)
        .map(|name| {
            let tensor = whole.as_stored(&name).unwrap();
            (name, tensor)
        })
        .collect();
    change(&mut tensors);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t5.safetensors");
    let pairs = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    Array::save_safetensors(pairs, None, &path).unwrap();
    let weights = Weights::open(std::slice::from_ref(&path)).unwrap();
    let tokens = [prompts("ti2v_5b").0[0].tokens()];
    let result = text::encode(&weights, &tokens, |_, _| panic!("it began to read"));
    let message = result.unwrap_err().to_string();
    println!("{message}");
    message.replace(&path.display().to_string(), "FILE")
}

#[test]
fn everything_that_is_wrong_is_told_before_any_layer_is_read() {
    let message = complaint(|tensors| {
        tensors.retain(|(name, _)| name != "blocks.1.attn.k.weight" && name != "norm.weight");
        tensors.push(("blocks.1.attn.extra".into(), Array::from_f32(1.0)));
        for (name, tensor) in tensors {
            if name == "blocks.2.ffn.fc2.weight" {
                *tensor = tensor.t().contiguous().unwrap();
            }
            if name == "blocks.2.norm1.weight" {
                *tensor = tensor.as_dtype(Dtype::Int32).unwrap();
            }
        }
    });
    assert!(message.starts_with("FILE does not fit its network: "));
    for part in [
        "2 tensors are missing: blocks.1.attn.k.weight, norm.weight",
        "blocks.2.ffn.fc2.weight is (128, 64), not (64, 128)",
        "blocks.2.norm1.weight is of type I32",
        "blocks.1.attn.extra",
    ] {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
}

#[test]
fn a_file_of_another_network_is_told_by_its_first_missing_tensor() {
    let message = complaint(|tensors| tensors.truncate(1));
    assert!(
        message.contains("blocks.0.attn.q.weight is missing"),
        "{message}"
    );
    let message = complaint(|tensors| {
        for (name, tensor) in tensors {
            if name == "blocks.0.attn.q.weight" {
                *tensor = Array::from_slice(&values(tensor), &[4096]);
            }
        }
    });
    assert!(message.contains("should be a matrix"), "{message}");
}
