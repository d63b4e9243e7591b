//! The text encoder as Hugging Face's Transformers names it: in Diffusers' folders and in ComfyUI's files.
//!
//! Diffusers `scripts/convert_wan_to_diffusers.py`; Transformers `models/umt5/modeling_umt5.py`, `UMT5EncoderModel`.

use super::{Dialect, PLAIN};

pub(super) const UMT5: Dialect = Dialect {
    speaks: |entries| entries.contains_key("encoder.block.0.layer.0.SelfAttention.q.weight"),
    modules: &[
        ("shared", "token_embedding"),
        ("encoder.embed_tokens", ""), // the same matrix again
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
