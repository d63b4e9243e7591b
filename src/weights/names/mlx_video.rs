//! The networks as mlx-video converts them, in MLX's own layout of convolutions.
//!
//! mlx-video `models/wan_2/convert.py` and `vae22.py`, `sanitize_…_weights`, the other way round.

use super::super::entry::Entry;
use super::table::Table;
use super::{Dialect, Entries, PLAIN};

pub(super) const DIT: Dialect = Dialect {
    speaks: |entries| entries.contains_key("patch_embedding_proj.weight"),
    modules: &[
        ("patch_embedding_proj", "patch_embedding"),
        ("text_embedding_0", "text_embedding.0"),
        ("text_embedding_1", "text_embedding.2"),
        ("time_embedding_0", "time_embedding.0"),
        ("time_embedding_1", "time_embedding.2"),
        ("time_projection", "time_projection.1"),
        ("blocks.*.ffn.fc1", "blocks.*.ffn.0"),
        ("blocks.*.ffn.fc2", "blocks.*.ffn.2"),
        ("freqs", ""), // computed here
    ],
    ..PLAIN
};

pub(super) const UMT5: Dialect = Dialect {
    speaks: |entries| entries.contains_key("blocks.0.ffn.gate_proj.weight"),
    modules: &[("blocks.*.ffn.gate_proj", "blocks.*.ffn.gate.0")],
    ..PLAIN
};

/// Names it keeps, so that only the shape of a convolution tells: officially its kernel comes last.
pub(super) const VAE_21: Dialect = Dialect {
    speaks: |entries| kernel_comes_first(entries, "middle.0.residual.2.weight"),
    lay_out: lay_out_vae,
    ..PLAIN
};

pub(super) const VAE_22: Dialect = Dialect {
    speaks: |entries| kernel_comes_first(entries, "middle.0.residual.layer_2.weight"),
    modules: &[
        ("encoder.head", "encoder.head"),
        ("decoder.head", "decoder.head"),
        ("encoder.middle.*", "encoder.middle.*"),
        ("decoder.middle.*", "decoder.middle.*"),
        (
            "encoder.downsamples.*.downsamples.*",
            "encoder.downsamples.*.downsamples.*",
        ),
        (
            "decoder.upsamples.*.upsamples.*",
            "decoder.upsamples.*.upsamples.*",
        ),
    ],
    layers: VAE_22_LAYERS,
    lay_out: lay_out_vae,
};

const VAE_22_LAYERS: Table = &[
    ("layer_0", "0"),
    ("layer_2", "2"),
    ("residual.layer_0", "residual.0"),
    ("residual.layer_2", "residual.2"),
    ("residual.layer_3", "residual.3"),
    ("residual.layer_6", "residual.6"),
    ("resample_weight", "resample.1.weight"),
    ("resample_bias", "resample.1.bias"),
    ("to_qkv_weight", "to_qkv.weight"),
    ("to_qkv_bias", "to_qkv.bias"),
    ("proj_weight", "proj.weight"),
    ("proj_bias", "proj.bias"),
];

/// Whether this 3×3×3 convolution of either half is (outputs, time, height, width, inputs).
fn kernel_comes_first(entries: &Entries, name: &str) -> bool {
    ["decoder", "encoder"].iter().any(|half| {
        let entry = entries.get(&format!("{half}.{name}"));
        let shape = entry.map(|entry| entry.shape.as_slice());
        matches!(shape, Some(&[_, 3, 3, 3, inputs]) if inputs != 3)
    })
}

/// Convolutions end in their inputs, and a norm's gain has lost the axes that it has officially.
fn lay_out_vae(name: &str, entry: &mut Entry) {
    if name.ends_with("weight") && entry.shape.len() >= 4 {
        entry.channels_last = true;
        let inputs = entry.shape.pop().unwrap_or_default();
        entry.shape.insert(1, inputs);
    }
    if name.ends_with("gamma") && entry.shape.len() == 1 {
        let in_attention = name.ends_with("norm.gamma");
        entry.shape.resize(if in_attention { 3 } else { 4 }, 1);
    }
}
