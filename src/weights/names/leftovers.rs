//! *Leftovers* are tensors in a network's own place that are no part of it: states of training, averages, tables that a
//! program computes anew, parts of other networks. They go by under any name, unless they could be something that the
//! network does and that is not known here.

use std::collections::{BTreeMap, BTreeSet};

use super::super::entry::Entry;
use super::{Entries, NetworkKind};

/// What the names of a network's tensors begin with officially.
fn roots(kind: NetworkKind) -> &'static [&'static str] {
    match kind {
        NetworkKind::Dit => &[
            "patch_embedding",
            "text_embedding",
            "img_emb",
            "ref_conv",
            "vace_patch_embedding",
            "vace_blocks",
            "time_embedding",
            "time_projection",
            "blocks",
            "head",
            "scaled_fp8",
        ],
        NetworkKind::TextEncoder => &[
            "token_embedding",
            "pos_embedding",
            "blocks",
            "norm",
            "spiece_model",
            "scaled_fp8",
        ],
        NetworkKind::ImageEncoder => &["visual", "scaled_fp8"],
        NetworkKind::Vae => &["encoder", "decoder", "conv1", "conv2", "scaled_fp8"],
    }
}

/// Words of the places where training programs keep layers that are theirs.
const OF_TRAINING: [&str; 10] = [
    "critic",
    "criterion",
    "disc",
    "discriminator",
    "ema",
    "loss",
    "lpips",
    "optimizer",
    "reward",
    "teacher",
];

/// The places of other networks that people have saved along.
const OF_OTHERS: [&str; 11] = [
    "clip",
    "cond_stage_model",
    "conditioner",
    "first_stage_model",
    "lm_head",
    "text_encoder",
    "text_encoders",
    "text_model",
    "text_projection",
    "vision_model",
    "visual_projection",
];

/// What trainers keep beside each tensor, and what programs compute by themselves and save nevertheless.
const WITHIN: [&str; 17] = [
    "_extra_state",
    "alphas_cumprod",
    "exp_avg",
    "exp_avg_sq",
    "freqs",
    "freqs_cis",
    "freqs_cos",
    "freqs_sin",
    "grad",
    "inv_freq",
    "master_weight",
    "momentum_buffer",
    "num_batches_tracked",
    "position_ids",
    "rope",
    "rotary_emb",
    "weight_ema",
];

/// Takes out what is left over in the place of a network of this kind, and tells how many tensors that were.
pub(super) fn take(kind: NetworkKind, named: &mut Entries) -> usize {
    let before = named.len();
    let unknown = unknown(kind, named);
    named.retain(|name, entry| {
        let root = name.split('.').next().unwrap_or(name);
        entry.said.is_some() || !(unknown.contains(root) || is_within(name))
    });
    before - named.len()
}

/// The places of what is left over. A DiT may do more than is known here: what looks like a layer of its own stays, for
/// the catalogue to say so.
fn unknown(kind: NetworkKind, named: &Entries) -> BTreeSet<String> {
    let mut places = BTreeMap::<&str, bool>::new();
    for (name, entry) in named {
        let root = name.split('.').next().unwrap_or(name);
        if !roots(kind).contains(&root) {
            let is_layer = kind == NetworkKind::Dit && is_layer(name, entry);
            *places.entry(root).or_default() |= is_layer;
        }
    }
    let left = places
        .into_iter()
        .filter(|(root, has_layers)| !has_layers || is_foreign(root));
    left.map(|(root, _)| root.to_owned()).collect()
}

fn is_layer(name: &str, entry: &Entry) -> bool {
    name.ends_with(".weight") && entry.shape.len() > 1 && entry.elements() > 0
}

/// Whether this is where training, or another network, keeps what is its own.
fn is_foreign(place: &str) -> bool {
    let place = place.to_lowercase();
    let mut words = place.split(['_', '-']);
    OF_OTHERS.contains(&place.as_str()) || words.any(|word| OF_TRAINING.contains(&word))
}

fn is_within(name: &str) -> bool {
    let mut parts = name.split('.');
    parts.any(|part| WITHIN.contains(&part) || part.ends_with("_ema") || part.starts_with("ema_"))
}
