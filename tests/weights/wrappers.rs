//! What stands around a network in its file: wrappers, other networks, and what training leaves behind.

use std::path::PathBuf;

use zoetrope::weights::{NetworkKind, Weights};

use super::files::Folder;
use super::{assert_says, failure};
use crate::support::dialects::{llama_cpp_t5, transformers_t5};
use crate::support::tensors::{self, Tensor, assert_same, renamed};

const DIT: [&str; 1] = ["t2v_1_3b/official/diffusion_pytorch_model.safetensors"];
const T5: [&str; 1] = ["ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth"];
const VAE_21: [&str; 1] = ["t2v_a14b/official/Wan2.1_VAE.pth"];
const VAE_22: [&str; 1] = ["ti2v_5b/official/Wan2.2_VAE.pth"];

fn write(folder: &Folder, tensors: &[Tensor]) -> PathBuf {
    let path = folder.path().join("wrapped.safetensors");
    tensors::write(&path, tensors);
    path
}

fn prefixed(prefix: &str, tensors: &[Tensor]) -> Vec<Tensor> {
    renamed(tensors, |name| format!("{prefix}{name}"))
}

/// Breaks when a wrapper has to be known by its name: nobody knows those that will come.
#[test]
fn any_wrapper_is_left_out_of_every_network() {
    let folder = Folder::new();
    let networks = [
        tensors::golden(&DIT),
        tensors::golden(&T5),
        tensors::golden(&VAE_21),
        tensors::golden(&VAE_22),
    ];
    for wrapper in [
        "model.diffusion_model.",
        "model.diffusion_model.model.diffusion_model.",
        "module.",
        "module.module.",
        "_orig_mod.",
        "net.",
        "pipe.dit.",
        "first_stage_model.",
        "cond_stage_model.transformer.",
        "anything.that.comes.",
    ] {
        for network in &networks {
            let file = write(&folder, &prefixed(wrapper, network));
            assert_same(&Weights::open(&[file]).unwrap(), network, wrapper);
        }
    }
}

/// Compiling and spreading put words between the parts of a name, for some modules and not for others.
#[test]
fn words_within_names_are_left_out() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    for word in [
        "_orig_mod",
        "_fsdp_wrapped_module",
        "_checkpoint_wrapped_module",
    ] {
        let inner = renamed(&network, |name| {
            let wrapped = name.replace(".self_attn.", &format!(".self_attn.{word}."));
            wrapped.replace("blocks.1.", &format!("blocks.1.{word}."))
        });
        let file = write(&folder, &inner);
        assert_same(&Weights::open(&[file]).unwrap(), &network, word);
    }
}

/// What a trainer saves besides is not the network, and must not keep it from being loaded.
#[test]
fn leftovers_of_training_are_passed_over() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    let blank = |name: &str| Tensor::floats(name, &[2, 2], &[1.0; 4]);
    let changed: Vec<_> = network
        .iter()
        .map(|tensor| {
            Tensor::floats(
                &tensor.name,
                &tensor.shape,
                &vec![9.0; tensor.numbers().len()],
            )
        })
        .collect();
    for (wrapper, average) in [
        ("", "ema."),
        ("model.", "model_ema."),
        ("generator.", "generator_ema."),
        ("", "ema_model.module."),
    ] {
        let mut all = prefixed(wrapper, &network);
        all.extend(prefixed(average, &changed));
        all.push(blank("optimizer.state.0.exp_avg"));
        all.push(blank("lr_scheduler.last"));
        // What it was trained with, and a marker that kept its wrapper.
        all.extend(prefixed("critic.", &changed));
        all.push(blank(&format!("{wrapper}model.diffusion_model.scaled_fp8")));
        let file = write(&folder, &all);
        assert_same(&Weights::open(&[file]).unwrap(), &network, average);
    }
    // Where there is nothing but the average, that is the network.
    let file = write(&folder, &prefixed("ema.", &network));
    assert_same(
        &Weights::open(&[file]).unwrap(),
        &network,
        "only an average",
    );
}

/// What lies in the network's own place, wrapped or not, and is none of it: of training, of other networks, and tables that
/// programs save though they compute them.
#[test]
fn strangers_in_a_networks_place_are_passed_over() {
    let folder = Folder::new();
    let (number, matrix) = ([2.5], [1.0; 4]);
    let one = |name: &str| Tensor::floats(name, &[], &number);
    let two = |name: &str| Tensor::floats(name, &[2, 2], &matrix);
    let strangers = [
        vec![two("lm_head.weight")],
        vec![
            one("logit_scale"),
            one("logit_bias"),
            two("text_projection.weight"),
        ],
        vec![two("text_model.encoder.layers.0.self_attn.q_proj.weight")],
        vec![two("betas"), two("alphas_cumprod"), one("denoiser.sigmas")],
        vec![
            two("state.0.exp_avg"),
            one("state.0.step"),
            one("param_groups.0.lr"),
        ],
        vec![
            two("loss.discriminator.main.0.weight"),
            two("lpips.net.weight"),
        ],
        vec![two("freqs"), two("rope.inv_freq"), one("v_pred")],
        vec![two("reward_model.layer.weight"), one("hyper_parameters.lr")],
        vec![
            one("scheduler.last_epoch"),
            one("rng_state"),
            one("global_step"),
        ],
    ];
    let networks = [
        (tensors::golden(&DIT), "blocks.0.self_attn.q"),
        (tensors::golden(&T5), "blocks.0.attn.q"),
        (tensors::golden(&VAE_21), "decoder.conv1"),
    ];
    for (network, layer) in &networks {
        let beside = [
            two(&format!("{layer}.weight.exp_avg")),
            two(&format!("{layer}.weight.exp_avg_sq")),
            two(&format!("{layer}.weight_ema")),
            one(&format!("{layer}._extra_state")),
            two(&format!(
                "{}.rope.inv_freq",
                layer.rsplit_once('.').unwrap().0
            )),
        ];
        for more in strangers.iter().map(Vec::as_slice).chain([&beside[..]]) {
            for wrapper in ["", "model.", "module.net."] {
                let all = prefixed(wrapper, &[network.as_slice(), more].concat());
                let file = [write(&folder, &all)];
                assert_same(&Weights::open(&file).unwrap(), network, &more[0].name);
                let (_, left_over) = Weights::each(&file, None).unwrap();
                assert_eq!(left_over, more.len(), "{wrapper}{}", more[0].name);
            }
        }
    }
}

/// What looks like a layer of its own may do something: it stays, for the catalogue to say so.
#[test]
fn unknown_layers_of_a_dit_are_not_passed_over() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    for name in [
        "motion_encoder.0.weight",
        "state_embedder.weight",
        "blocks.0.adapter.q.weight",
    ] {
        let layer = Tensor::floats(name, &[2, 2], &[1.0; 4]);
        let file = write(&folder, &[network.as_slice(), &[layer]].concat());
        assert!(Weights::open(&[file]).unwrap().has(name));
    }
}

/// Copies beside the network or in its own place, by every name that training programs have for them.
#[test]
fn averages_and_teachers_are_not_taken_for_the_network() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    let other: Vec<_> = network
        .iter()
        .map(|tensor| {
            Tensor::floats(
                &tensor.name,
                &tensor.shape,
                &vec![9.0; tensor.numbers().len()],
            )
        })
        .collect();
    for (own, copy) in [
        ("", "averaged_model.module."),
        ("", "swa_model."),
        ("", "real_score."),
        ("model.", "model.ema."),
        ("model.", "model.EMA.net."),
        ("generator.", "generator_ema."),
        ("student.", "teacher."),
        ("net.", "fake_score.net."),
    ] {
        let all = [prefixed(own, &network), prefixed(copy, &other)].concat();
        let file = write(&folder, &all);
        assert_same(&Weights::open(&[file]).unwrap(), &network, copy);
    }
}

/// Two that are alike: the wrong one would make other pictures without a word.
#[test]
fn copies_that_nothing_tells_apart_are_refused() {
    let folder = Folder::new();
    let network = tensors::golden(&DIT);
    let both = [prefixed("first.", &network), prefixed("second.", &network)].concat();
    let message = failure(Weights::open(&[write(&folder, &both)]));
    assert_says(
        &message,
        &["holds several networks of one kind", "first", "second"],
    );
}

/// A file with everything in it gives each of its networks, whatever the places are called and whoever named the encoder.
#[test]
fn all_networks_of_a_file_are_found() {
    let folder = Folder::new();
    let (dit, t5, vae) = (
        tensors::golden(&DIT),
        tensors::golden(&T5),
        tensors::golden(&VAE_21),
    );
    let vocabulary = Tensor::new("spiece_model", safetensors::Dtype::U8, &[3], vec![1, 2, 3]);
    let theirs = renamed(&t5, transformers_t5);
    for (d, t, v) in [
        (
            "model.diffusion_model.",
            "text_encoders.umt5xxl.transformer.",
            "vae.",
        ),
        (
            "diffusion_model.",
            "cond_stage_model.",
            "first_stage_model.",
        ),
        ("", "text_encoder.", "vae."),
    ] {
        let beside = t.strip_suffix("transformer.").unwrap_or(t);
        let all = [
            prefixed(d, &dit),
            prefixed(t, &theirs),
            prefixed(v, &vae),
            renamed(std::slice::from_ref(&vocabulary), |name| {
                format!("{beside}{name}")
            }),
        ]
        .concat();
        let file = [write(&folder, &all)];
        let kinds = [NetworkKind::Dit, NetworkKind::TextEncoder, NetworkKind::Vae];
        assert_eq!(Weights::kinds(&file).unwrap(), kinds);
        assert_same(&Weights::open(&file).unwrap(), &dit, "the DiT comes first");
        let encoder = Weights::open_kind(&file, NetworkKind::TextEncoder).unwrap();
        assert_eq!(encoder.bytes("spiece_model").unwrap(), [1, 2, 3]);
        let encoder: Vec<_> = tensors::of(&encoder)
            .into_iter()
            .map(|tensor| tensor.name)
            .collect();
        let expected: Vec<_> = tensors::golden(&T5)
            .into_iter()
            .map(|tensor| tensor.name)
            .collect();
        assert_eq!(encoder, expected);
        assert_same(
            &Weights::open_kind(&file, NetworkKind::Vae).unwrap(),
            &vae,
            v,
        );
    }
}

/// Of a whole UMT5 the encoder is read, under any of the names that transformers gives one and the same matrix.
#[test]
fn a_whole_umt5_gives_its_encoder() {
    let folder = Folder::new();
    let t5 = tensors::golden(&T5);
    let theirs = renamed(&t5, transformers_t5);
    let like = |name: &str, other: &str| {
        let tensor = theirs.iter().find(|tensor| tensor.name == other).unwrap();
        Tensor {
            name: name.into(),
            ..tensor.clone()
        }
    };
    let query = "encoder.block.0.layer.0.SelfAttention.q.weight";
    let decoder = [
        like("decoder.block.0.layer.0.SelfAttention.q.weight", query),
        like("decoder.block.0.layer.1.EncDecAttention.q.weight", query),
        like(
            "decoder.final_layer_norm.weight",
            "encoder.final_layer_norm.weight",
        ),
        like("lm_head.weight", "shared.weight"),
    ];
    let whole = [theirs.clone(), decoder.to_vec()].concat();
    let named = |embedding: &str, all: &[Tensor]| {
        renamed(all, |name| name.replace("shared.weight", embedding))
    };
    let stack: Vec<_> = renamed(&named("embed_tokens.weight", &theirs), |name| {
        name.strip_prefix("encoder.").unwrap_or(name).to_owned()
    });
    for (what, all) in [
        ("with its decoder", whole.clone()),
        ("wrapped", prefixed("text_model.", &whole)),
        (
            "embedding of the encoder",
            named("encoder.embed_tokens.weight", &whole),
        ),
        (
            "embedding of the decoder",
            named("decoder.embed_tokens.weight", &whole),
        ),
        ("the stack alone", stack),
    ] {
        let file = write(&folder, &all);
        assert_same(&Weights::open(&[file]).unwrap(), &t5, what);
    }
    let mut llama = renamed(&t5, llama_cpp_t5);
    llama.push(Tensor::floats(
        "dec.blk.0.attn_q.weight",
        &[2, 2],
        &[1.0; 4],
    ));
    llama.push(Tensor::floats("output.weight", &[2, 2], &[1.0; 4]));
    let file = write(&folder, &llama);
    assert_same(&Weights::open(&[file]).unwrap(), &t5, "llama.cpp");
}
