//! LoRAs in every dialect, against the velocity of the official network with the changed weights.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mlx_rs::{Array, Dtype};
use zoetrope::model::dit::{Config, Dit, Grid, Timesteps};
use zoetrope::weights::lora::{Lora, LoraMatch};
use zoetrope::weights::{Weights, shards};

use super::files::Folder;
use super::{assert_says, failure};
use crate::support::{compare, golden, golden_path, max_difference, values};

/// Two independent float32 implementations differ from the reference by up to 3e-5; it recommends this.
const VELOCITY: (f32, f32) = (1e-4, 0.0);

/// Tensors under the names that some trainer gives them.
type Tensors = BTreeMap<String, Array>;

/// The reference's own file: ComfyUI's names, down and up with an alpha of 2 at rank 4, and whole differences.
fn with_differences() -> PathBuf {
    golden_path("lora/comfy_with_diff_and_diff_b.safetensors")
}

/// The same, less the differences: (module, down, up), to be scaled by a half.
fn pairs() -> Vec<(String, Array, Array)> {
    let tensors = Array::load_safetensors(with_differences()).unwrap();
    let downs = tensors.iter().filter_map(|(key, down)| {
        let module = key.strip_suffix(".lora_down.weight")?;
        let up = &tensors[&format!("{module}.lora_up.weight")];
        let module = module.strip_prefix("diffusion_model.")?;
        Some((module.to_owned(), down.clone(), up.clone()))
    });
    downs.collect()
}

fn write(folder: &Folder, tensors: &Tensors) -> PathBuf {
    let plain: Vec<(&str, Vec<usize>, Vec<f32>)> = tensors
        .iter()
        .map(|(name, array)| {
            let shape = array.shape().iter().map(|&side| side as usize).collect();
            (name.as_str(), shape, values(array))
        })
        .collect();
    let tensors: Vec<_> = plain
        .iter()
        .map(|(name, shape, values)| (*name, shape.as_slice(), values.as_slice()))
        .collect();
    folder.floats("lora.safetensors", &tensors)
}

/// The pairs without an alpha, the half in the second of each; `name` makes the module's name, `parts` are what follows.
fn without_alpha(name: impl Fn(&str) -> String, parts: [&str; 2]) -> Tensors {
    let half = Array::from_f32(0.5);
    let tensors = pairs().into_iter().flat_map(|(module, down, up)| {
        let name = name(&module);
        let up = up.multiply(&half).unwrap();
        [
            (format!("{name}.{}", parts[0]), down),
            (format!("{name}.{}", parts[1]), up),
        ]
    });
    tensors.collect()
}

/// The pairs with an alpha, at a rank of 4; the second of each is scaled so that the product stays the same.
fn with_alpha(name: impl Fn(&str) -> String, alpha: f32) -> Tensors {
    let rest = Array::from_f32(0.5 / (alpha / 4.0));
    let tensors = pairs().into_iter().flat_map(|(module, down, up)| {
        let name = name(&module);
        [
            (format!("{name}.lora_down.weight"), down),
            (
                format!("{name}.lora_up.weight"),
                up.multiply(&rest).unwrap(),
            ),
            (format!("{name}.alpha"), Array::from_f32(alpha)),
        ]
    });
    tensors.collect()
}

fn diffusers_name(module: &str) -> String {
    let module = module
        .replace("self_attn", "attn1")
        .replace("cross_attn", "attn2")
        .replace("ffn.0", "ffn.net.0.proj")
        .replace("ffn.2", "ffn.net.2")
        .replace(".o", ".to_out.0")
        .replace(".q", ".to_q")
        .replace(".k", ".to_k")
        .replace(".v", ".to_v");
    format!("transformer.{module}")
}

fn network() -> Weights {
    let folder = golden_path("ckpt/ti2v_5b/official");
    Weights::open(&shards::list(&folder, "diffusion_pytorch_model").unwrap()).unwrap()
}

/// The velocity of the reference's input, with the same timestep for every token or not.
fn velocity(weights: &Weights, timesteps: Timesteps) -> Array {
    let folder = golden_path("ckpt/ti2v_5b/official");
    let config = Config::read(&folder.join("config.json")).unwrap();
    let dit = weights
        .load(|weights| Dit::load(weights, &config, Dtype::Float32))
        .unwrap();
    let input = golden("dit_ti2v_5b");
    let latents = &input["in.latent"];
    let rope = dit.rope(Grid::of(latents)).unwrap();
    let prompts = dit.encode_context(&[&input["in.context"]]).unwrap();
    let velocities = dit.forward(latents, &timesteps, &prompts, &rope);
    velocities.unwrap().remove(0)
}

const ALL_ALIKE: Timesteps = Timesteps {
    noisy: 731.0,
    clean_first_frame: false,
};
const FIRST_CLEAN: Timesteps = Timesteps {
    noisy: 993.0,
    clean_first_frame: true,
};

#[track_caller]
fn assert_reference(weights: &Weights, timesteps: Timesteps, name: &str) {
    let expected = &golden("lora_ti2v_5b")[name];
    compare(&velocity(weights, timesteps), expected, VELOCITY, name);
}

fn all(of: usize) -> LoraMatch {
    LoraMatch {
        matched: of,
        of,
        left_out: Vec::new(),
    }
}

/// Whoever trained it: every pair is found, and scaled as its file says.
#[test]
fn every_dialect_leads_to_the_velocity_of_the_reference() {
    let plain = str::to_owned;
    let comfyui = |module: &str| format!("diffusion_model.{module}");
    let flat = |before: &str| {
        let before = before.to_owned();
        move |module: &str| format!("{before}{}", module.replace('.', "_"))
    };
    let a_and_b = ["lora_A.weight", "lora_B.weight"];
    let dialects = [
        ("ComfyUI, A and B", without_alpha(comfyui, a_and_b)),
        ("ComfyUI, down and up", with_alpha(comfyui, 2.0)),
        ("Diffusers", without_alpha(diffusers_name, a_and_b)),
        (
            "PEFT",
            without_alpha(|module| format!("base_model.model.{module}"), a_and_b),
        ),
        (
            "DiffSynth",
            without_alpha(plain, ["lora_A.default.weight", "lora_B.default.weight"]),
        ),
        ("kohya-ss", with_alpha(flat("lora_unet_"), 8.0)),
        ("VideoX-Fun", with_alpha(flat("lora_unet__"), 4.0)),
    ];
    let folder = Folder::new();
    for (dialect, tensors) in dialects {
        let lora = Lora::open(&write(&folder, &tensors)).unwrap();
        assert_eq!(lora.fit(&network()).unwrap(), all(27), "{dialect}");
        println!("{dialect}:");
        let weights = network().with_lora(&lora, 1.0).unwrap();
        assert_reference(&weights, ALL_ALIKE, "strength1.velocity_scalar");
    }
}

#[test]
fn strengths_scale_the_change() {
    let folder = Folder::new();
    let file = write(&folder, &with_alpha(|module| module.into(), 2.0));
    let weights = network()
        .with_lora(&Lora::open(&file).unwrap(), 0.7)
        .unwrap();
    assert_reference(&weights, ALL_ALIKE, "strength0.7.velocity_scalar");
    assert_reference(&weights, FIRST_CLEAN, "strength0.7.velocity_pertoken");
    let expected = &golden("lora_ti2v_5b")["merged.blocks.0.self_attn.q.weight"];
    let merged = weights
        .tensor("blocks.0.self_attn.q.weight", &[64, 64])
        .unwrap();
    // A few rounding errors of numbers below 1.
    compare(&merged, expected, (5e-7, 0.0), "the merged weight");
}

/// Norms, biases, a convolution and the head, scaled by the strength alone.
#[test]
fn whole_differences_are_added() {
    let lora = Lora::open(&with_differences()).unwrap();
    assert_eq!(lora.fit(&network()).unwrap(), all(34));
    let weights = network().with_lora(&lora, 0.7).unwrap();
    assert_reference(
        &weights,
        ALL_ALIKE,
        "with_diffs.strength0.7.velocity_scalar",
    );
}

/// LightX2V changes modulations too, which are tensors without a module of their own.
#[test]
fn modulations_are_changed() {
    let folder = Folder::new();
    let ones = Array::ones::<f32>(&[1, 6, 64]).unwrap();
    for key in [
        "diffusion_model.blocks.1.diff_m",
        "blocks.1.modulation.diff",
    ] {
        let file = write(&folder, &Tensors::from([(key.into(), ones.clone())]));
        let lora = Lora::open(&file).unwrap();
        let changed = network().with_lora(&lora, 0.5).unwrap();
        let read = |weights: &Weights| weights.tensor("blocks.1.modulation", &[1, 6, 64]).unwrap();
        let difference = read(&changed).subtract(read(&network())).unwrap();
        let halves = ones.multiply(Array::from_f32(0.5)).unwrap();
        assert!(max_difference(&difference, &halves) < 1e-6, "{key}");
    }
}

/// In whatever order: a half and two times a quarter are the whole.
#[test]
fn several_add_up() {
    let folder = Folder::new();
    let file = write(&folder, &with_alpha(|module| module.into(), 2.0));
    let lora = Lora::open(&file).unwrap();
    let weights = [0.25, 0.5, 0.25]
        .iter()
        .try_fold(network(), |weights, &strength| {
            weights.with_lora(&lora, strength)
        });
    assert_reference(&weights.unwrap(), ALL_ALIKE, "strength1.velocity_scalar");
}

/// Where the file has few bits, the sum is computed exactly before it is rounded.
#[test]
fn half_precision_weights_are_summed_in_float32() {
    let folder = Folder::new();
    let lora = Lora::open(&write(&folder, &with_alpha(|module| module.into(), 2.0))).unwrap();
    let exact = network().with_lora(&lora, 1.0).unwrap();
    let (name, shape) = ("blocks.0.self_attn.q.weight", [64, 64]);
    let half = exact.as_type(Dtype::Bfloat16).tensor(name, &shape).unwrap();
    let rounded = exact.tensor(name, &shape).unwrap();
    let rounded = rounded.as_dtype(Dtype::Bfloat16).unwrap();
    assert_eq!(
        (half.dtype(), values(&half)),
        (Dtype::Bfloat16, values(&rounded))
    );
}

/// Some of it fits: that is told, and the rest does nothing, not even the known parts of a module that has unknown ones.
#[test]
fn what_does_not_fit_is_counted() {
    let folder = Folder::new();
    let mut tensors = with_alpha(|module| module.into(), 2.0);
    let some = Array::ones::<f32>(&[4, 64]).unwrap();
    let wide = Array::ones::<f32>(&[128, 4]).unwrap();
    for (key, tensor) in [
        ("blocks.7.ffn.0.lora_down.weight", &some), // the network has no such block,
        ("blocks.7.ffn.0.lora_up.weight", &wide),
        ("blocks.1.ffn.2.lora_up.weight", &wide), // no matrix of this size there,
        ("img_emb.proj.0.diff", &some),           // and no such module;
        ("blocks.0.self_attn.k.lora_B.bias", &some), // and this bias is none
    ] {
        tensors.insert(key.into(), tensor.clone());
    }
    let lora = Lora::open(&write(&folder, &tensors)).unwrap();
    let fit = lora.fit(&network()).unwrap();
    assert_eq!((fit.matched, fit.of), (25, 29));
    assert_eq!(
        fit.strangers().unwrap(),
        "blocks.0.self_attn.k (64, 64), blocks.1.ffn.2 (128, 192), blocks.7.ffn.0 (128, 64), and 1 layer for Wan2.1's picture input, \
         which this model does without"
    );
    let changed = network().with_lora(&lora, 1.0).unwrap();
    let read = |weights: &Weights| weights.tensor("blocks.0.self_attn.k.weight", &[64, 64]);
    let (plain, changed) = (read(&network()).unwrap(), read(&changed).unwrap());
    assert_eq!(max_difference(&plain, &changed), 0.0, "it is half applied");
}

/// Changes that are more than a sum give a wrong picture when only the sum is taken: they are refused by their names.
#[test]
fn other_kinds_of_changes_are_refused() {
    let folder = Folder::new();
    let ones = Array::ones::<f32>(&[4, 64]).unwrap();
    let refused = |part: &str| {
        let mut tensors = with_alpha(|module| format!("diffusion_model.{module}"), 2.0);
        let key = format!("diffusion_model.blocks.0.self_attn.q.{part}");
        tensors.insert(key, ones.clone());
        failure(Lora::open(&write(&folder, &tensors)))
    };
    for (part, kind) in [
        ("hada_t1", "LoHa with a third matrix"),
        ("lokr_t2", "LoKr with a third matrix"),
        ("lora_mid.weight", "LoCon with a third matrix"),
        ("oft_blocks", "OFT"),
        ("boft_R", "BOFT"),
        ("ia3_l", "IA3"),
        ("vera_lambda_b", "VeRA"),
        ("a1.weight", "GLoRA"),
    ] {
        let told = format!("is a {kind}, which Zoetrope does not support: choose a plain LoRA");
        assert_says(&refused(part), &["lora.safetensors", &told]);
    }
}

#[test]
fn a_lora_for_another_model_is_refused() {
    let folder = Folder::new();
    let pair = |outputs, inputs| {
        [
            (
                "blocks.0.self_attn.q.lora_A.weight".into(),
                Array::ones::<f32>(&[8, inputs]).unwrap(),
            ),
            (
                "blocks.0.self_attn.q.lora_B.weight".into(),
                Array::ones::<f32>(&[outputs, 8]).unwrap(),
            ),
        ]
    };
    let refused = |tensors: Tensors| {
        let file = write(&folder, &tensors);
        failure(Lora::open(&file).unwrap().fit(&network()))
    };
    let message = refused(pair(128, 96).into());
    assert_says(
        &message,
        &[
            "lora.safetensors was made for a different model",
            "blocks.0.self_attn.q (128, 96)",
            "made for this model",
        ],
    );
    let names = [
        "lora_te_a.alpha",
        "double_blocks.0.b.alpha",
        "c.alpha",
        "d.alpha",
        "e.alpha",
    ];
    let others = names.map(|name| (name.to_owned(), Array::from_f32(1.0)));
    assert_says(
        &refused(others.into()),
        &["c, d, double_blocks.0.b and 2 more"],
    );
}

/// Half a pair, a pair of two ranks, and an alpha that is no number: nothing of them is guessed.
#[test]
fn damaged_loras_are_refused() {
    let folder = Folder::new();
    let [down, up] =
        ["q.lora_A.weight", "q.lora_B.weight"].map(|part| format!("blocks.0.self_attn.{part}"));
    let alpha = String::from("blocks.0.self_attn.q.alpha");
    let ones = |shape: &[i32]| Array::ones::<f32>(shape).unwrap();
    let open = |tensors: Vec<(&String, Array)>| {
        let tensors = tensors.into_iter().map(|(key, array)| (key.clone(), array));
        Lora::open(&write(&folder, &tensors.collect()))
    };
    for tensors in [
        vec![(&down, ones(&[4, 64]))],
        vec![(&up, ones(&[64, 4]))],
        vec![(&alpha, ones(&[1]))],
        vec![(&down, ones(&[4, 64])), (&up, ones(&[64, 5]))],
        vec![(&down, ones(&[4])), (&up, ones(&[64, 4]))],
    ] {
        assert_says(
            &failure(open(tensors).unwrap().fit(&network())),
            &["was made for a different model"],
        );
    }
    let no_rank = [(&*down, &[0, 64][..], &[][..]), (&*up, &[64, 0], &[])];
    let no_rank = Lora::open(&folder.floats("lora.safetensors", &no_rank)).unwrap();
    assert_says(
        &failure(no_rank.fit(&network())),
        &["was made for a different model"],
    );
    for number in [ones(&[2]), Array::from_f32(f32::NAN)] {
        let lora = open(vec![
            (&down, ones(&[4, 64])),
            (&up, ones(&[64, 4])),
            (&alpha, number),
        ]);
        let weights = network().with_lora(&lora.unwrap(), 1.0).unwrap();
        let message = failure(weights.tensor("blocks.0.self_attn.q.weight", &[64, 64]));
        assert_says(
            &message,
            &["lora.safetensors is damaged: blocks.0.self_attn.q.alpha is not a number"],
        );
    }
}

/// Every length of a sound file but the whole one.
#[test]
fn loras_that_are_cut_short_are_refused() {
    let folder = Folder::new();
    let whole = std::fs::read(with_differences()).unwrap();
    for length in (1..400).chain([whole.len() / 2, whole.len() - 1]) {
        let file = folder.file("cut.safetensors", &whole[..length]);
        assert_says(&failure(Lora::open(&file)), &["cut.safetensors"]);
    }
}
