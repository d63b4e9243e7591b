//! Names of LoRAs: what stands before a module, whose names it has, dots or underscores, the name of an adapter, all of it
//! combined.

use mlx_rs::Array;
use zoetrope::weights::Weights;
use zoetrope::weights::lora::Lora;

use super::files::Folder;
use super::{assert_says, failure};
use crate::support::tensors::{self, Tensor};
use crate::support::{assert_close, max_difference};
use safetensors::Dtype as Stored;

const DIT: [&str; 2] = [
    "ti2v_5b/official/diffusion_pytorch_model-00001-of-00002.safetensors",
    "ti2v_5b/official/diffusion_pytorch_model-00002-of-00002.safetensors",
];

/// Modules by their official names and by those of Diffusers.
const MODULES: [(&str, &str); 6] = [
    ("blocks.0.self_attn.q", "blocks.0.attn1.to_q"),
    ("blocks.1.self_attn.o", "blocks.1.attn1.to_out.0"),
    ("blocks.2.cross_attn.k", "blocks.2.attn2.to_k"),
    ("blocks.0.ffn.0", "blocks.0.ffn.net.0.proj"),
    ("blocks.1.ffn.2", "blocks.1.ffn.net.2"),
    (
        "time_embedding.0",
        "condition_embedder.time_embedder.linear_1",
    ),
];

fn numbers(count: usize, seed: f32) -> Vec<f32> {
    (0..count)
        .map(|at| ((at as f32 + seed) * 0.37).sin() * 0.1)
        .collect()
}

/// A LoRA of rank 2 for every module, under names that `name` makes of both.
fn pairs(name: impl Fn(&str, &str) -> String, [down, up]: [&str; 2]) -> Vec<Tensor> {
    let network = tensors::open(&DIT);
    let pair = |(place, (official, theirs)): (usize, &(&str, &str))| {
        let shape = network.shape(&format!("{official}.weight")).unwrap();
        let (outputs, inputs) = (shape[0] as usize, shape[1] as usize);
        let name = name(official, theirs);
        let seed = place as f32;
        [
            Tensor::floats(
                &format!("{name}{down}"),
                &[2, inputs],
                &numbers(2 * inputs, seed),
            ),
            Tensor::floats(
                &format!("{name}{up}"),
                &[outputs, 2],
                &numbers(2 * outputs, -seed),
            ),
        ]
    };
    MODULES.iter().enumerate().flat_map(pair).collect()
}

fn lora(folder: &Folder, tensors: &[Tensor]) -> Lora {
    let path = folder.path().join("lora.safetensors");
    tensors::write(&path, tensors);
    Lora::open(&path).unwrap()
}

fn merged(lora: &Lora) -> Vec<Array> {
    let changed = tensors::open(&DIT).with_lora(lora, 0.8).unwrap();
    let read = |(official, _): &(&str, &str)| {
        let name = format!("{official}.weight");
        changed
            .tensor(&name, &changed.shape(&name).unwrap())
            .unwrap()
    };
    MODULES.iter().map(read).collect()
}

/// What stands before a name with dots, ...
const DOTTED: [&str; 12] = [
    "",
    "diffusion_model.",
    "pipe.dit.",
    "dit.",
    "net.",
    "module.",
    "model.diffusion_model.",
    "base_model.model.",
    "transformer.",
    "transformer.module.",
    "transformer_2.",
    "anybodys_tree.",
];
/// ... and before one whose dots became lines.
const FLATTENED: [&str; 6] = [
    "lora_unet_",
    "lora_unet__",
    "lycoris_",
    "lora_transformer_",
    "lora_dit_",
    "lora_",
];

/// Breaks when one way to name things works only with one other.
#[test]
fn ways_to_name_things_combine() {
    let folder = Folder::new();
    let parts = [".lora_A.weight", ".lora_B.weight"];
    let plain = lora(&folder, &pairs(|official, _| official.to_owned(), parts));
    let expected = merged(&plain);
    let flat = |name: &str| name.replace('.', "_");
    let endings = [
        [".lora_A.weight", ".lora_B.weight"],
        [".lora_A.default_0.weight", ".lora_B.default_0.weight"],
        [".lora_A.my-style.weight", ".lora_B.my-style.weight"],
        [".lora_down.weight", ".lora_up.weight"],
        [".lora_A", ".lora_B"],
        [".lora.down.weight", ".lora.up.weight"],
        ["_lora.down.weight", "_lora.up.weight"],
        [
            ".lora_linear_layer.down.weight",
            ".lora_linear_layer.up.weight",
        ],
    ];
    for parts in endings {
        for before in DOTTED {
            for diffusers in [false, true] {
                let name = |official: &str, theirs: &str| {
                    format!("{before}{}", if diffusers { theirs } else { official })
                };
                assert_all(&lora(&folder, &pairs(name, parts)), before, parts);
            }
        }
        for before in FLATTENED {
            for after in ["", "_"] {
                type Name<'a> = &'a dyn Fn(&str, &str) -> String;
                let names: [Name; 4] = [
                    &|official, _| format!("{before}{}{after}", flat(official)),
                    &|_, theirs| format!("{before}{}{after}", flat(theirs)),
                    // Half of it flat.
                    &|official, _| format!("diffusion_model.{}{after}", flat(official)),
                    &|_, theirs| {
                        format!(
                            "transformer.{}{after}",
                            theirs.replace("attn1.", "attn1_").replace("net.", "net_")
                        )
                    },
                ];
                for name in names {
                    assert_all(&lora(&folder, &pairs(name, parts)), before, parts);
                }
            }
        }
    }
    // That the numbers arrive too is told by one of each.
    for name in [
        (&|official: &str, _: &str| format!("pipe.dit.{official}"))
            as &dyn Fn(&str, &str) -> String,
        &|_, theirs| format!("lora_transformer_{}", flat(theirs)),
    ] {
        for (one, other) in merged(&lora(&folder, &pairs(name, parts)))
            .iter()
            .zip(&expected)
        {
            assert_close(one, other, 0.0, 0.0);
        }
    }
}

#[track_caller]
fn assert_all(lora: &Lora, before: &str, parts: [&str; 2]) {
    thread_local!(static NETWORK: Weights = tensors::open(&DIT));
    let fit = NETWORK.with(|network| lora.fit(network)).unwrap();
    assert_eq!(
        (fit.matched, fit.of),
        (6, 6),
        "{before} {parts:?}: {:?}",
        fit.left_out
    );
}

/// Names that look like those of this network, and are another's or another part's.
#[test]
fn other_networks_modules_are_not_taken_for_these() {
    let folder = Folder::new();
    let parts = [".lora_down.weight", ".lora_up.weight"];
    for before in [
        "vace_",
        "transformer.transformer_",
        "transformer_",
        "lora_te_",
        "text_encoder.",
        "lora_unet_transformer_",
        "layers.3.",
        "control.",
        "image_encoder.",
    ] {
        let name = |official: &str, theirs: &str| {
            let name = if before.contains("transformer") {
                theirs
            } else {
                official
            };
            if before.starts_with("lora") {
                format!("{before}{}", name.replace('.', "_"))
            } else {
                format!("{before}{name}")
            }
        };
        let blocks: Vec<_> = pairs(name, parts)
            .into_iter()
            .filter(|tensor| tensor.name.contains("block"))
            .collect();
        let message = failure(lora(&folder, &blocks).fit(&tensors::open(&DIT)));
        assert_says(&message, &["was made for a different model"]);
    }
}

/// PEFT gives the second matrix a bias, which is scaled as the product.
#[test]
fn biases_of_the_second_matrix_are_added() {
    let folder = Folder::new();
    let official = |official: &str, _: &str| official.to_owned();
    let mut tensors = pairs(official, [".lora_A.weight", ".lora_B.weight"]);
    let network = tensors::open(&DIT);
    let (layer, _) = MODULES[0];
    let outputs = network.shape(&format!("{layer}.bias")).unwrap();
    let count = outputs[0] as usize;
    tensors.push(Tensor::floats(
        &format!("{layer}.lora_B.bias"),
        &[count],
        &numbers(count, 5.0),
    ));
    tensors.push(Tensor::floats(&format!("{layer}.alpha"), &[], &[6.0]));
    let lora = lora(&folder, &tensors);
    let fit = lora.fit(&network).unwrap();
    assert_eq!((fit.matched, fit.of), (6, 6));
    let changed = network.with_lora(&lora, 0.5).unwrap();
    let read = |weights: &Weights| weights.tensor(&format!("{layer}.bias"), &outputs).unwrap();
    let difference = read(&changed).subtract(read(&network)).unwrap();
    // Strength 0.5, alpha 6 over a rank of 2.
    let expected = Array::from_slice(&numbers(count, 5.0), &outputs);
    let expected = expected.multiply(Array::from_f32(1.5)).unwrap();
    assert_close(&difference, &expected, 1e-6, 0.0);
}

/// An alpha is one number, whatever its type and shape.
#[test]
fn alphas_are_of_any_type() {
    let folder = Folder::new();
    let parts = [".lora_A.weight", ".lora_B.weight"];
    let (layer, _) = MODULES[0];
    let all = |alpha: Tensor| {
        let mut tensors = pairs(|official, _| official.to_owned(), parts);
        tensors.push(alpha);
        merged(&lora(&folder, &tensors)).remove(0)
    };
    let name = format!("{layer}.alpha");
    let expected = all(Tensor::floats(&name, &[], &[4.0]));
    for (dtype, shape, bytes) in [
        (Stored::F64, &[][..], 4f64.to_le_bytes().to_vec()),
        (Stored::I64, &[1], 4i64.to_le_bytes().to_vec()),
        (Stored::I32, &[1, 1], 4i32.to_le_bytes().to_vec()),
        (Stored::F16, &[], vec![0, 0x44]),
        (Stored::BF16, &[], vec![0x80, 0x40]),
        (Stored::U8, &[1], vec![4]),
    ] {
        let alpha = Tensor::new(&name, dtype, shape, bytes);
        assert_eq!(max_difference(&all(alpha), &expected), 0.0, "{dtype:?}");
    }
}

/// A LoRA for Wan2.1's picture models does its part on others; what it has for the picture is told in half a sentence.
#[test]
fn picture_keys_of_another_family_are_harmless() {
    let folder = Folder::new();
    for (before, keys) in [
        (
            "diffusion_model.",
            [
                "blocks.0.cross_attn.k_img",
                "blocks.0.cross_attn.v_img",
                "img_emb.proj.1",
            ],
        ),
        (
            "transformer.",
            [
                "blocks.0.attn2.add_k_proj",
                "blocks.0.attn2.add_v_proj",
                "condition_embedder.image_embedder.ff.net.0.proj",
            ],
        ),
    ] {
        let mut tensors = pairs(
            |official, _| format!("{before}{official}"),
            [".lora_A.weight", ".lora_B.weight"],
        );
        for key in keys {
            tensors.push(Tensor::floats(
                &format!("{before}{key}.lora_A.weight"),
                &[2, 64],
                &numbers(128, 1.0),
            ));
            tensors.push(Tensor::floats(
                &format!("{before}{key}.lora_B.weight"),
                &[64, 2],
                &numbers(128, 2.0),
            ));
        }
        let fit = lora(&folder, &tensors).fit(&tensors::open(&DIT)).unwrap();
        assert_eq!((fit.matched, fit.of), (6, 9));
        assert_eq!(
            fit.strangers().unwrap(),
            "3 layers for Wan2.1's picture input, which this model does without"
        );
    }
}

/// Files of whole networks that somebody gives as a LoRA.
#[test]
fn whole_networks_are_no_loras() {
    let open = |file: &str| failure(Lora::open(&crate::support::golden_path("ckpt").join(file)));
    assert_says(
        &open("t2v_1_3b/official/diffusion_pytorch_model.safetensors"),
        &["is a whole DiT, not a LoRA: give it with --dit"],
    );
    assert_says(
        &open("ti2v_5b/comfyui/umt5_xxl_fp16.safetensors"),
        &["is a text encoder, not a LoRA"],
    );
}
