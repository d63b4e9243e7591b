//! The text encoder and the image encoder as Hugging Face's Transformers names them: in Diffusers' folders and in
//! ComfyUI's files.
//!
//! Diffusers `scripts/convert_wan_to_diffusers.py`; Transformers `models/umt5/modeling_umt5.py`, `UMT5EncoderModel`, and
//! `models/clip/modeling_clip.py`, `CLIPVisionModel`.

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

/// Queries, keys and values are matrices of their own here, and two embeddings have fewer axes.
pub(super) const CLIP: Dialect = Dialect {
    speaks: |entries| entries.contains_key("vision_model.embeddings.class_embedding"),
    modules: &[
        (
            "vision_model.embeddings.class_embedding",
            "visual.cls_embedding",
        ),
        (
            "vision_model.embeddings.patch_embedding",
            "visual.patch_embedding",
        ),
        (
            "vision_model.embeddings.position_embedding.weight",
            "visual.pos_embedding",
        ),
        ("vision_model.embeddings.position_ids", ""), // counted here
        ("vision_model.pre_layrnorm", "visual.pre_norm"),
        (
            "vision_model.encoder.layers.*.layer_norm1",
            "visual.transformer.*.norm1",
        ),
        (
            "vision_model.encoder.layers.*.self_attn",
            "visual.transformer.*.attn",
        ),
        (
            "vision_model.encoder.layers.*.layer_norm2",
            "visual.transformer.*.norm2",
        ),
        (
            "vision_model.encoder.layers.*.mlp.fc1",
            "visual.transformer.*.mlp.0",
        ),
        (
            "vision_model.encoder.layers.*.mlp.fc2",
            "visual.transformer.*.mlp.2",
        ),
        ("vision_model.post_layernorm", "visual.post_norm"),
        ("visual_projection", "visual.head"),
        // The text's half, in files of the whole of CLIP.
        ("text_model", ""),
        ("text_projection", ""),
        ("logit_scale", ""),
    ],
    layers: &[
        ("q_proj", "q"),
        ("k_proj", "k"),
        ("v_proj", "v"),
        ("out_proj", "proj"),
    ],
    lay_out: |name, entry| {
        let axes = match name {
            "visual.cls_embedding" | "visual.pos_embedding" => 3,
            _ => 0,
        };
        while entry.shape.len() < axes {
            entry.shape.insert(0, 1);
        }
    },
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
