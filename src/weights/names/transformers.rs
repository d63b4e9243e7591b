//! The text encoder as Hugging Face's Transformers names it: in Diffusers' folders and in ComfyUI's files.
//!
//! Diffusers `scripts/convert_wan_to_diffusers.py`; Transformers `models/umt5/modeling_umt5.py`, `UMT5EncoderModel`.

use super::{Dialect, Entries, PLAIN};

pub(super) const UMT5: Dialect = Dialect {
    speaks: |entries| entries.contains_key("encoder.block.0.layer.0.SelfAttention.q.weight"),
    modules: &[
        ("shared", "token_embedding"),
        ("encoder.embed_tokens", ""), // the same matrix again
        ("decoder", ""),              // of a whole UMT5, as is the next
        ("lm_head", ""),
        ("encoder.block.*.layer.0.layer_norm", "blocks.*.norm1"),
        (
            "encoder.block.*.layer.0.SelfAttention.relative_attention_bias",
            "blocks.*.pos_embedding.embedding",
        ),
        ("encoder.block.*.layer.0.SelfAttention", "blocks.*.attn"),
        ("encoder.block.*.layer.1.layer_norm", "blocks.*.norm2"),
        (
            "encoder.block.*.layer.1.DenseReluDense.wi_0",
            "blocks.*.ffn.gate.0",
        ),
        (
            "encoder.block.*.layer.1.DenseReluDense.wi_1",
            "blocks.*.ffn.fc1",
        ),
        (
            "encoder.block.*.layer.1.DenseReluDense.wo",
            "blocks.*.ffn.fc2",
        ),
        ("encoder.final_layer_norm", "norm"),
    ],
    ..PLAIN
};

/// Where the embedding lies: one matrix that has several names, of which a file may keep any.
const EMBEDDINGS: [&str; 3] = [
    "shared.weight",
    "encoder.embed_tokens.weight",
    "decoder.embed_tokens.weight",
];

/// The tensors of an encoder that was saved without the model around it as those of the whole, and the embedding under its
/// first name.
pub(super) fn complete(entries: Entries) -> Entries {
    let is_alone = entries.contains_key("block.0.layer.0.SelfAttention.q.weight");
    let mut entries: Entries = if is_alone {
        let place = |name: String| match name.split('.').next() {
            Some("block" | "final_layer_norm" | "embed_tokens") => format!("encoder.{name}"),
            _ => name,
        };
        let placed = entries
            .into_iter()
            .map(|(name, entry)| (place(name), entry));
        placed.collect()
    } else {
        entries
    };
    let [first, others @ ..] = EMBEDDINGS;
    if !entries.contains_key(first)
        && let Some(embedding) = others.iter().find_map(|name| entries.remove(*name))
    {
        entries.insert(first.into(), embedding);
    }
    entries
}
