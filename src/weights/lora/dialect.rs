//! How trainers name what a LoRA changes. All say the module and then the part; what comes before the module, whether its
//! name has dots or underscores, whose name it is and what the parts are called is each one's own, and all of it combines.
//!
//! | who | a key |
//! |---|---|
//! | ComfyUI, with either pair of parts | `diffusion_model.blocks.0.self_attn.q.lora_A.weight` |
//! | Diffusers | `transformer.blocks.0.attn1.to_q.lora_B.weight` |
//! | PEFT, with the name of an adapter between | `base_model.model.blocks.0.self_attn.q.lora_A.default.weight` |
//! | kohya-ss and musubi-tuner | `lora_unet_blocks_0_self_attn_q.lora_down.weight` and `.alpha` |
//! | `OneTrainer` | `lora_transformer_blocks_0_attn1_to_q.lora_down.weight` |
//! | `LyCORIS` | `lycoris_blocks_0_self_attn_q.lokr_w1` |
//! | LightX2V, besides | `diffusion_model.blocks.0.norm3.diff_b`, `diffusion_model.blocks.0.diff_m` |
//!
//! ComfyUI `comfy/lora.py`, `load_lora`; LightX2V `lightx2v/utils/lora_loader.py`; PEFT `src/peft/tuners/lora/layer.py`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::names;

/// What a tensor of a LoRA is to its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The narrow matrix that the input meets first: (rank, inputs).
    Down,
    /// The one after it: (outputs, rank).
    Up,
    /// What is added after that: (outputs).
    UpBias,
    /// The product is scaled by this, over the rank.
    Alpha,
    /// A difference to this tensor of the module.
    Difference(&'static str),
    /// The length that each row or column of the changed matrix shall have.
    Magnitude,
    /// One of the matrices that make two factors of an elementwise product, in the order of [`HADAMARD`].
    Hadamard(usize),
    /// One of the matrices that make two factors of a Kronecker product, in the order of [`KRONECKER`].
    Kronecker(usize),
}

/// Those of `LoHa`: (w1a · w1b) ∘ (w2a · w2b).
const HADAMARD: [&str; 4] = ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"];
/// Those of `LoKr`: w1 ⊗ w2, of which either may be a product.
const KRONECKER: [&str; 6] = [
    "lokr_w1",
    "lokr_w1_a",
    "lokr_w1_b",
    "lokr_w2",
    "lokr_w2_a",
    "lokr_w2_b",
];

/// Changes that are more than a sum of such parts, by what the names of theirs begin with.
///
/// ComfyUI `comfy/weight_adapter`; PEFT `src/peft/tuners`.
const OTHER_KINDS: &[(&str, &str)] = &[
    (".hada_t", "LoHa with a third matrix"),
    (".lokr_t", "LoKr with a third matrix"),
    (".lora_mid", "LoCon with a third matrix"),
    (".oft_", "OFT"),
    (".boft_", "BOFT"),
    (".ia3_", "IA3"),
    (".vera_lambda_", "VeRA"),
    (".a1.weight", "GLoRA"),
    (".b1.weight", "GLoRA"),
];

/// Words that say that a module lies in another network, or in a part that no plain DiT has.
const ELSEWHERE: [&str; 20] = [
    "te",
    "te1",
    "te2",
    "te3",
    "text",
    "encoder",
    "decoder",
    "clip",
    "vae",
    "vace",
    "audio",
    "face",
    "motion",
    "control",
    "controlnet",
    "image",
    "img",
    "vision",
    "refiner",
    "critic",
];

/// Parts of names that only a DiT which sees pictures through CLIP has.
const PICTURES: [&str; 8] = [
    "k_img",
    "v_img",
    "norm_k_img",
    "img_emb",
    "add_k_proj",
    "add_v_proj",
    "norm_added_k",
    "image_embedder",
];

/// The kind of change that a key tells of, unless it may be a plain one.
pub(super) fn other_kind(key: &str) -> Option<&'static str> {
    let found = OTHER_KINDS.iter().find(|(part, _)| key.contains(part));
    found.map(|(_, kind)| *kind)
}

/// Whether a module is one of those with which Wan2.1 looks at pictures.
pub(super) fn is_for_pictures(module: &str) -> bool {
    let flat = module.replace('.', "_");
    PICTURES.iter().any(|part| flat.contains(part))
}

/// The module of a key, and which part of it this is; with an unknown ending all of it.
pub(super) fn take_apart(key: &str) -> (&str, Option<Part>) {
    let dots: Vec<_> = key.match_indices('.').map(|(at, _)| at).collect();
    // A part, the name of an adapter, and what the tensor is.
    for &dot in dots.iter().rev().take(3) {
        let mut words = key[dot + 1..].split('.');
        let word = words.next().unwrap_or_default();
        let rest: Vec<_> = words.collect();
        let module = &key[..dot];
        let old = module
            .strip_suffix(".lora")
            .or(module.strip_suffix("_lora"))
            .or(module.strip_suffix(".lora_linear_layer"));
        let (module, part) = match (old, word) {
            (Some(module), "down") => (module, matrix(Part::Down, None, &rest)),
            (Some(module), "up") => (module, matrix(Part::Up, None, &rest)),
            _ => (module, part(word, &rest)),
        };
        if part.is_some() {
            return (module, part);
        }
    }
    (key, None)
}

fn part(word: &str, rest: &[&str]) -> Option<Part> {
    let place = |names: &[&str]| names.iter().position(|name| *name == word);
    match word {
        "lora_A" | "lora_down" => matrix(Part::Down, None, rest),
        "lora_B" | "lora_up" => matrix(Part::Up, Some(Part::UpBias), rest),
        "dora_scale" | "lora_magnitude_vector" => matrix(Part::Magnitude, None, rest),
        _ if !rest.is_empty() => None,
        "alpha" => Some(Part::Alpha),
        "diff" => Some(Part::Difference("weight")),
        "diff_b" => Some(Part::Difference("bias")),
        "diff_m" => Some(Part::Difference("modulation")),
        _ => place(&HADAMARD)
            .map(Part::Hadamard)
            .or_else(|| place(&KRONECKER).map(Part::Kronecker)),
    }
}

/// Of what follows a matrix' name, perhaps after that of an adapter: itself, or the bias that may lie beside it.
fn matrix(matrix: Part, bias: Option<Part>, rest: &[&str]) -> Option<Part> {
    match rest {
        ["bias"] | [_, "bias"] => bias,
        [] | [_] | [_, "weight"] => Some(matrix),
        _ => None,
    }
}

/// The modules of a network, by any of their names.
pub(super) struct Modules {
    /// By their names with underscores for dots, in every program's words.
    flat: BTreeMap<String, String>,
}

impl Modules {
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a String>) -> Self {
        let mut official = BTreeSet::new();
        for name in names {
            // A tensor can be a module itself, such as a modulation, and so can what it lies in.
            official.extend(name.rsplit_once('.').map(|(module, _)| module.to_owned()));
            official.insert(name.clone());
        }
        let mut flat = BTreeMap::new();
        for name in &official {
            flat.insert(name.replace('.', "_"), name.clone());
        }
        for name in &official {
            for theirs in names::by_others(name) {
                let short = theirs
                    .strip_suffix(".to_out.0")
                    .map(|at| format!("{at}.to_out"));
                for theirs in [Some(theirs), short].into_iter().flatten() {
                    let flattened = theirs.replace('.', "_");
                    flat.entry(flattened).or_insert_with(|| name.clone());
                }
            }
        }
        Self { flat }
    }

    /// The official name of the module that a LoRA calls `name`.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        let name = name.trim_end_matches('_');
        let flat = name.replace('.', "_");
        if let Some(official) = self.flat.get(&flat) {
            return Some(official.clone());
        }
        let ends = name.match_indices(['.', '_']).map(|(end, _)| end);
        let mut ends = ends.filter(|&end| leads_on(name, end));
        ends.find_map(|end| self.flat.get(&flat[end + 1..]).cloned())
    }
}

/// Whether what stands before `end` in a name only says where in some tree the network lies.
fn leads_on(name: &str, end: usize) -> bool {
    let (before, after) = (&name[..end], &name[end + 1..]);
    if name.as_bytes().get(end) == Some(&b'_') {
        // Where a name has dots, its parts are whole words: `transformer_blocks.0` are no `blocks.0`.
        let word = before.rsplit('.').next().unwrap_or(before);
        let is_trainers = ["lora", "lycoris"].iter().any(|own| word.starts_with(own));
        if after.contains('.') && !is_trainers {
            return false;
        }
    }
    let words: Vec<_> = before
        .split(['.', '_'])
        .filter(|word| !word.is_empty())
        .collect();
    // Diffusers calls the second of two experts `transformer_2`.
    let is_number = |at: usize| {
        let is_second = at > 0 && words[at - 1] == "transformer" && words[at] == "2";
        !is_second && words[at].bytes().all(|byte| byte.is_ascii_digit())
    };
    // Other makers' networks have `transformer_blocks`, which without dots look the same after one more word.
    let is_theirs = !name.contains('.')
        && words.last() == Some(&"transformer")
        && words
            .iter()
            .filter(|word| !["lora", "lycoris"].contains(word))
            .count()
            > 1;
    !is_theirs && !(0..words.len()).any(|at| is_number(at) || ELSEWHERE.contains(&words[at]))
}
