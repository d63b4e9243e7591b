//! *Names*: a network's tensors are called here as the official code calls them. A *dialect* is how another program
//! calls them; each has its table in a file of its own, and which one a file speaks is told by its own words.

mod comfyui;
mod diffusers;
mod llama_cpp;
mod mlx_video;
mod table;
mod transformers;

use std::collections::BTreeMap;

use super::entry::Entry;
use table::Table;

/// What files hold, by the tensors' names.
type Entries = BTreeMap<String, Entry>;

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

/// The tensors of one network under their official names.
///
/// # Errors
/// Two would get the same name; continues the sentence that the file begins.
pub(super) fn official(entries: Entries) -> Result<Entries, String> {
    let entries = comfyui::without_prefix(entries);
    let Some(dialect) = DIALECTS.iter().find(|dialect| (dialect.speaks)(&entries)) else {
        return Ok(entries);
    };
    let mut named = Entries::new();
    for (key, mut entry) in entries {
        let Some(name) = dialect.official(&key) else {
            continue;
        };
        (dialect.lay_out)(&name, &mut entry);
        if named.insert(name.clone(), entry).is_some() {
            return Err(format!("holds {name} twice, once as {key}"));
        }
    }
    Ok(named)
}

/// What a module of the DiT may be called officially that some program calls `module`.
pub(super) fn of_module(module: &str) -> impl Iterator<Item = String> {
    [diffusers::DIT, mlx_video::DIT]
        .into_iter()
        .filter_map(|dialect| dialect.official(module))
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
}
