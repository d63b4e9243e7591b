//! How trainers name what a LoRA changes. All say the module and then the part; what comes before the module, how the
//! module is called and what the parts are called is each one's own.
//!
//! | who | a key |
//! |---|---|
//! | ComfyUI, with either pair of parts | `diffusion_model.blocks.0.self_attn.q.lora_A.weight` |
//! | Diffusers | `transformer.blocks.0.attn1.to_q.lora_B.weight` |
//! | PEFT, and DiffSynth with `default` between | `base_model.model.blocks.0.self_attn.q.lora_A.default.weight` |
//! | kohya-ss and musubi-tuner | `lora_unet_blocks_0_self_attn_q.lora_down.weight` and `.alpha` |
//! | LightX2V, besides | `diffusion_model.blocks.0.norm3.diff_b`, `diffusion_model.blocks.0.diff_m` |
//!
//! ComfyUI `comfy/lora.py`, `load_lora`; LightX2V `lightx2v/utils/lora_loader.py`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cursor::Weights;
use super::super::names;

/// What a tensor of a LoRA is to its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The narrow matrix that the input meets first: (rank, inputs).
    Down,
    /// The one after it: (outputs, rank).
    Up,
    /// The product is scaled by this, over the rank.
    Alpha,
    /// A difference to this tensor of the module.
    Difference(&'static str),
}

const PARTS: &[(&str, Part)] = &[
    (".lora_A.weight", Part::Down),
    (".lora_B.weight", Part::Up),
    (".lora_A.default.weight", Part::Down),
    (".lora_B.default.weight", Part::Up),
    (".lora_A", Part::Down),
    (".lora_B", Part::Up),
    (".lora_down.weight", Part::Down),
    (".lora_up.weight", Part::Up),
    (".lora.down.weight", Part::Down),
    (".lora.up.weight", Part::Up),
    (".alpha", Part::Alpha),
    (".diff", Part::Difference("weight")),
    (".diff_b", Part::Difference("bias")),
    (".diff_m", Part::Difference("modulation")),
];

/// What may come before the module, the outermost first.
const PLACES: &[&str] = &[
    "base_model.model.",
    "model.",
    "diffusion_model.",
    "transformer.",
    "unet.",
];

/// Before the names of kohya-ss, whose dots are underscores.
const FLAT: &str = "lora_unet_";

/// Changes that are more than a sum of such parts, by what the names of theirs begin with.
///
/// ComfyUI `comfy/weight_adapter`; PEFT `src/peft/tuners`.
const OTHER_KINDS: &[(&str, &str)] = &[
    (".dora_scale", "DoRA"),
    (".lora_magnitude_vector", "DoRA"),
    (".hada_", "LoHa"),
    (".lokr_", "LoKr"),
    (".lora_mid", "LoCon with a third matrix"),
    (".oft_", "OFT"),
    (".boft_", "BOFT"),
    (".ia3_", "IA3"),
    (".vera_lambda_", "VeRA"),
    (".a1.weight", "GLoRA"),
    (".b1.weight", "GLoRA"),
];

/// The kind of change that a key tells of, unless it may be a plain one.
pub(super) fn other_kind(key: &str) -> Option<&'static str> {
    let found = OTHER_KINDS.iter().find(|(part, _)| key.contains(part));
    found.map(|(_, kind)| *kind)
}

/// The module of a key, and which part of it this is; with an unknown ending all of it.
pub(super) fn take_apart(key: &str) -> (&str, Option<Part>) {
    let known = PARTS
        .iter()
        .find_map(|(ending, part)| Some((key.strip_suffix(ending)?, Some(*part))));
    known.unwrap_or((key, None))
}

/// The modules of a network, by any of their names.
pub(super) struct Modules {
    official: BTreeSet<String>,
    /// By their names with underscores for dots.
    flat: BTreeMap<String, String>,
}

impl Modules {
    pub(super) fn of(network: &Weights) -> Self {
        let mut official = BTreeSet::new();
        for name in network.names() {
            // A tensor can be a module itself, such as a modulation, and so can what it lies in.
            official.extend(name.rsplit_once('.').map(|(module, _)| module.to_owned()));
            official.insert(name);
        }
        let flat = official
            .iter()
            .map(|name| (name.replace('.', "_"), name.clone()));
        Self {
            flat: flat.collect(),
            official,
        }
    }

    /// The official name of the module that a LoRA calls `name`.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        if let Some(flat) = name.strip_prefix(FLAT) {
            return self.flat.get(flat.trim_start_matches('_')).cloned();
        }
        let bare = PLACES
            .iter()
            .fold(name, |name, place| name.strip_prefix(place).unwrap_or(name));
        let mut candidates = [bare.to_owned()].into_iter().chain(names::of_module(bare));
        candidates.find(|candidate| self.official.contains(candidate))
    }
}
