//! *Names*: a network's tensors are called here as the official code calls them. A *dialect* is how another program
//! calls them; each has its table in a file of its own, and which one a file speaks is told by its own words.

mod diffusers;
mod leftovers;
mod llama_cpp;
mod mlx_video;
mod table;
mod transformers;
mod wrappers;

use std::collections::BTreeMap;

use super::entry::Entry;
use table::Table;
use wrappers::Place;

/// What files hold, by the tensors' names.
type Entries = BTreeMap<String, Entry>;

/// What a network is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NetworkKind {
    /// It denoises.
    Dit,
    /// It reads the prompt.
    TextEncoder,
    /// It reads pictures.
    ImageEncoder,
    /// It turns latents into pixels and back.
    Vae,
}

/// One program's names for the tensors of one network.
struct Dialect {
    /// Whether files speak it, told by a tensor that only this dialect has.
    speaks: fn(&Entries) -> bool,
    /// Its modules, and what they are called officially.
    modules: Table,
    /// The same for the layers within a module, where many modules are made alike.
    layers: Table,
    /// Makes the entry of a tensor of this official name as the network wants it.
    lay_out: fn(&str, &mut Entry),
}

const PLAIN: Dialect = Dialect {
    speaks: |_| false,
    modules: &[],
    layers: &[],
    lay_out: |_, _| {},
};

const DIALECTS: &[Dialect] = &[
    diffusers::DIT,
    diffusers::VAE_21,
    diffusers::VAE_22,
    transformers::UMT5,
    transformers::CLIP,
    llama_cpp::UMT5,
    mlx_video::DIT,
    mlx_video::UMT5,
    mlx_video::VAE_21,
    mlx_video::VAE_22,
];

/// The networks that a file holds.
///
/// # Errors
/// As [`official`].
pub(super) fn kinds(entries: Entries) -> Result<Vec<NetworkKind>, String> {
    let places = wrappers::places(&wrappers::visible(entries)?)?;
    Ok(places.into_iter().map(|place| place.kind).collect())
}

/// The tensors of one network under their official names: of the network of this kind or, if none is named, of the first
/// that there is.
///
/// # Errors
/// Two would get the same name, or two networks are alike; continues the sentence that the file begins.
pub(super) fn official(entries: Entries, kind: Option<NetworkKind>) -> Result<Entries, String> {
    let entries = wrappers::visible(entries)?;
    let places = wrappers::places(&entries)?;
    let is_meant = |place: &&Place| kind.is_none_or(|kind| place.kind == kind);
    match places.iter().find(is_meant) {
        Some(place) => Ok(in_place(entries, place, &places)?.0),
        None => Ok(entries),
    }
}

/// Every network that there is, or the one of this kind: its tensors under their official names, and how many of all others
/// belong to no network.
///
/// # Errors
/// As [`official`].
pub(super) fn each(
    entries: Entries,
    kind: Option<NetworkKind>,
) -> Result<(Vec<(NetworkKind, Entries)>, usize), String> {
    let entries = wrappers::visible(entries)?;
    let places = wrappers::places(&entries)?;
    let mut left_over = entries
        .values()
        .filter(|entry| entry.said.is_none())
        .count();
    let mut networks = Vec::new();
    for place in &places {
        let is_meant = kind.is_none_or(|kind| kind == place.kind);
        let (own, taken) = match in_place(entries.clone(), place, &places) {
            Err(_) if !is_meant => continue,
            network => network?,
        };
        left_over = left_over.saturating_sub(taken);
        if is_meant {
            networks.push((place.kind, own));
        }
    }
    Ok((networks, left_over))
}

/// The tensors of the network in this place under their official names, and how many of the file's it is made of.
fn in_place(entries: Entries, place: &Place, places: &[Place]) -> Result<(Entries, usize), String> {
    let mut own = wrappers::taken_out(entries, place, places);
    let of_decoder = |name: &String| {
        let parts = ["decoder.", "lm_head."];
        place.kind == NetworkKind::TextEncoder && parts.iter().any(|part| name.starts_with(part))
    };
    let is_tensor = |(name, entry): &(&String, &Entry)| entry.said.is_none() && !of_decoder(name);
    let taken = own.iter().filter(is_tensor).count();
    if place.kind == NetworkKind::TextEncoder {
        own = transformers::complete(own);
        own.retain(|name, _| !of_decoder(name));
    }
    let dialect = DIALECTS.iter().find(|dialect| (dialect.speaks)(&own));
    let dialect = dialect.unwrap_or(&PLAIN);
    let mut named = Entries::new();
    for (key, mut entry) in own {
        let Some(name) = dialect.official(&key) else {
            continue;
        };
        (dialect.lay_out)(&name, &mut entry);
        if named.insert(name.clone(), entry).is_some() {
            return Err(format!("holds {name} twice, once as {key}"));
        }
    }
    let left = leftovers::take(place.kind, &mut named);
    if place.kind == NetworkKind::Dit {
        unfold_patches(&mut named);
    }
    Ok((named, taken.saturating_sub(left)))
}

/// The patch embedding (outputs, inputs, 1, 2, 2) may be a matrix or have lost, folded or split axes: formats with few
/// axes and converters do that, and the numbers are the same in the same order. How many outputs there are its bias tells.
fn unfold_patches(entries: &mut Entries) {
    let bias = entries.get("patch_embedding.bias");
    let outputs = bias.and_then(|bias| i32::try_from(bias.elements()).ok());
    let Some(patches) = entries.get_mut("patch_embedding.weight") else {
        return;
    };
    let Some(outputs) = outputs.or(patches.shape.first().copied()) else {
        return;
    };
    let one = u64::from(outputs.unsigned_abs()) * 4;
    if one > 0 && patches.elements().is_multiple_of(one) && !patches.channels_last {
        let inputs = i32::try_from(patches.elements() / one).unwrap_or_default();
        patches.shape = vec![outputs, inputs, 1, 2, 2];
    }
}

/// What other programs call a module of the DiT that is officially called `module`.
pub(super) fn by_others(module: &str) -> impl Iterator<Item = String> {
    [diffusers::DIT, mlx_video::DIT]
        .into_iter()
        .filter_map(|dialect| dialect.theirs(module))
}

impl Dialect {
    /// The official name, or none for a tensor that the network does without. What is in no table keeps its name, for the
    /// network to complain of.
    fn official(&self, key: &str) -> Option<String> {
        let Some((module, rest)) = table::look_up(self.modules, key) else {
            return Some(key.to_owned());
        };
        let rest = match table::look_up(self.layers, rest) {
            Some((layer, rest)) => table::join(&layer, rest),
            None => rest.to_owned(),
        };
        (!module.is_empty()).then(|| table::join(&module, &rest))
    }

    /// The dialect's name of what has this official one, if that is another.
    fn theirs(&self, official: &str) -> Option<String> {
        let (module, rest) = table::look_up_official(self.modules, official)?;
        let rest = match table::look_up_official(self.layers, rest) {
            Some((layer, rest)) => table::join(&layer, rest),
            None => rest.to_owned(),
        };
        Some(table::join(&module, &rest))
    }
}
