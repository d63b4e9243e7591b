//! ComfyUI's files have the official names, often under the place that the network has in its own tree.

use super::Entries;

const PREFIXES: [&str; 2] = ["model.diffusion_model.", "diffusion_model."];

/// The same tensors without that place in their names.
pub(super) fn without_prefix(entries: Entries) -> Entries {
    let bare = |key: String| {
        let stripped = PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix));
        stripped.map_or(key.clone(), str::to_owned)
    };
    entries
        .into_iter()
        .map(|(key, entry)| (bare(key), entry))
        .collect()
}
