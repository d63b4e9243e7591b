//! *Wrappers* are what stands in front of all names of a network: its place in the tree of another program, in a file of
//! several networks, or in what training and compiling put around it. No list of them is needed: a network is told by
//! names that only it has, and whatever these begin with is its wrapper.

use std::collections::BTreeSet;

use super::{Entries, NetworkKind};

/// Parts of names that PyTorch puts in when it compiles a module or spreads it over machines, wherever that happens.
const INVISIBLE: [&str; 5] = [
    "_orig_mod",
    "_fsdp_wrapped_module",
    "_checkpoint_wrapped_module",
    "_forward_module",
    "module",
];

/// What only one kind of network has, in any dialect.
const TELLING: [(NetworkKind, &[&str]); 4] = [
    (
        NetworkKind::Dit,
        &[
            "blocks.0.self_attn.q.weight",
            "blocks.0.attn1.to_q.weight",
            "condition_embedder.time_proj.weight",
        ],
    ),
    (
        NetworkKind::TextEncoder,
        &[
            "blocks.0.pos_embedding.embedding.weight",
            "block.0.layer.0.SelfAttention.q.weight",
            "enc.blk.0.attn_q.weight",
        ],
    ),
    (
        NetworkKind::ImageEncoder,
        &[
            "visual.cls_embedding",
            "vision_model.embeddings.class_embedding",
        ],
    ),
    (
        NetworkKind::Vae,
        &[
            "decoder.conv1.weight",
            "encoder.conv1.weight",
            "decoder.up_blocks.0.resnets.0.conv1.weight",
            "encoder.down_blocks.0.conv1.weight",
            "encoder.down_blocks.0.resnets.0.conv1.weight",
        ],
    ),
];

/// What lies outside of a network's own place and belongs to it nevertheless.
const OUTSIDE: [&str; 2] = ["spiece_model", MARKER];
const MARKER: &str = "scaled_fp8";

/// Words of the places of copies that are not the network itself: averages of its weights, and what only trains it.
const COPIES: [&str; 9] = [
    "ema",
    "swa",
    "averaged",
    "avg",
    "shadow",
    "critic",
    "discriminator",
    "score",
    "teacher",
];

/// One network in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) kind: NetworkKind,
    /// What all its names begin with: nothing, or something that ends in a dot.
    pub(super) prefix: String,
    /// The same of its copies that are not used.
    pub(super) copies: Vec<String>,
}

/// The same tensors, less the parts of their names that say nothing.
pub(super) fn visible(entries: Entries) -> Result<Entries, String> {
    let is_wrapped = |key: &str| key.split('.').any(|part| INVISIBLE.contains(&part));
    if !entries.keys().any(|key| is_wrapped(key)) {
        return Ok(entries);
    }
    let mut bare = Entries::new();
    for (key, entry) in entries {
        let parts = key.split('.').filter(|part| !INVISIBLE.contains(part));
        let name = parts.collect::<Vec<_>>().join(".");
        if bare.insert(name.clone(), entry).is_some() {
            return Err(format!("holds {name} twice, once as {key}"));
        }
    }
    Ok(bare)
}

/// Every network that there is, of several copies the one to use.
///
/// # Errors
/// There are several of a kind, and nothing tells which one is meant.
pub(super) fn places(entries: &Entries) -> Result<Vec<Place>, String> {
    let mut found = BTreeSet::new();
    for key in entries.keys() {
        for (kind, names) in TELLING {
            for prefix in names.iter().filter_map(|name| before(key, name)) {
                let prefix = around(entries, prefix).unwrap_or(prefix).to_owned();
                found.insert(Place {
                    kind,
                    prefix,
                    copies: Vec::new(),
                });
            }
        }
    }
    let kinds = [
        NetworkKind::Dit,
        NetworkKind::TextEncoder,
        NetworkKind::ImageEncoder,
        NetworkKind::Vae,
    ];
    let mut places = Vec::new();
    for kind in kinds {
        let copies: Vec<_> = found.iter().filter(|place| place.kind == kind).collect();
        places.extend(the_one(&copies)?);
    }
    Ok(places)
}

/// The place of the model around the stack of an encoder, where the embedding lies there.
fn around<'a>(entries: &Entries, prefix: &'a str) -> Option<&'a str> {
    let above = prefix.strip_suffix("encoder.")?;
    let lies = |name| entries.contains_key(&format!("{above}{name}.weight"));
    let is_own = entries.contains_key(&format!("{prefix}embed_tokens.weight"));
    (lies("shared") || !is_own && lies("decoder.embed_tokens")).then_some(above)
}

/// What stands before `name` in `key`, which ends in it.
fn before<'a>(key: &'a str, name: &str) -> Option<&'a str> {
    let prefix = key.strip_suffix(name)?;
    (prefix.is_empty() || prefix.ends_with('.')).then_some(prefix)
}

/// Of several copies of a network the one that is neither an average kept while training, nor what it was trained with, nor
/// a decoder with its layers.
fn the_one(copies: &[&Place]) -> Result<Option<Place>, String> {
    let is_other = |place: &&&Place| is_copy(&place.prefix) || place.prefix.ends_with("decoder.");
    let chosen: Vec<_> = copies.iter().filter(|copy| !is_other(copy)).collect();
    let chosen = if chosen.is_empty() {
        copies.iter().collect()
    } else {
        chosen
    };
    match chosen.as_slice() {
        [] => Ok(None),
        [only] => {
            let mut only = (**only).clone();
            let unused = copies.iter().map(|copy| &copy.prefix);
            let unused = unused.filter(|prefix| is_copy(prefix) && **prefix != only.prefix);
            only.copies = unused.cloned().collect();
            Ok(Some(only))
        }
        [first, second, ..] => {
            let words = |place: &Place| {
                let name = place.prefix.trim_end_matches('.');
                if name.is_empty() {
                    "the outermost place"
                } else {
                    name
                }
                .to_owned()
            };
            Err(format!(
                "holds several networks of one kind, under {} and under {}: save the one to use in a file of its own",
                words(first),
                words(second)
            ))
        }
    }
}

/// The tensors of a network, less its wrapper and what else is in the file.
pub(super) fn taken_out(entries: Entries, place: &Place, others: &[Place]) -> Entries {
    let prefix = place.prefix.as_str();
    let is_inner = |other: &&Place| other.prefix.len() > prefix.len();
    let inner: Vec<_> = others.iter().filter(is_inner).collect();
    let is_others = |key: &str| {
        let mut copies = others.iter().flat_map(|other| &other.copies);
        inner.iter().any(|other| key.starts_with(&other.prefix))
            || copies.any(|copy| copy.len() > prefix.len() && key.starts_with(copy))
    };
    let names: BTreeSet<String> = entries.keys().cloned().collect();
    let mut own = Entries::new();
    for (key, entry) in entries {
        let outside = key.rsplit_once('.').unwrap_or(("", &key));
        if entry.said.is_some() {
            if let Some(name) = layer_of(&key, prefix, &names) {
                own.entry(name).or_insert(entry);
            }
            continue;
        }
        let name = match key.strip_prefix(prefix) {
            Some(_) if is_others(&key) => continue,
            // A marker may keep the wrapper that a tool has taken from all others.
            Some(_) if outside.1 == MARKER => MARKER.to_owned(),
            Some(name) if is_of_training(name) => continue,
            Some(name) => name.to_owned(),
            None if OUTSIDE.contains(&outside.1) && prefix.starts_with(outside.0) => {
                outside.1.to_owned()
            }
            None => continue,
        };
        own.entry(name).or_insert(entry);
    }
    own
}

/// The name within a network of what a header says of one of its layers, which may have a wrapper more or less than the
/// tensors.
fn layer_of(key: &str, prefix: &str, names: &BTreeSet<String>) -> Option<String> {
    let (layer, what) = key.rsplit_once('.')?;
    let starts = layer.match_indices('.').map(|(dot, _)| dot + 1);
    let mut layers = [0].into_iter().chain(starts).map(|start| &layer[start..]);
    let found = layers.find(|layer| names.contains(&format!("{prefix}{layer}.weight")))?;
    Some(format!("{found}.{what}"))
}

/// Whether a tensor in the place of a network is of another copy, or of what trained it.
fn is_of_training(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    first.starts_with("optim") || is_copy(first)
}

/// Whether what lies in this place is an average of a network's weights, or only trains it.
fn is_copy(prefix: &str) -> bool {
    let mut words = prefix.split(['.', '_']);
    words.any(|word| COPIES.iter().any(|copy| word.eq_ignore_ascii_case(copy)))
}
