//! The DiT and the VAEs as Hugging Face's Diffusers names them.
//!
//! Diffusers `scripts/convert_wan_to_diffusers.py`, the other way round.

use super::table::Table;
use super::{Dialect, PLAIN};

/// The norm before cross-attention has weights: officially it is the third, here the second.
pub(super) const DIT: Dialect = Dialect {
    speaks: |entries| entries.contains_key("condition_embedder.time_proj.weight"),
    modules: &[
        (
            "condition_embedder.time_embedder.linear_1",
            "time_embedding.0",
        ),
        (
            "condition_embedder.time_embedder.linear_2",
            "time_embedding.2",
        ),
        (
            "condition_embedder.text_embedder.linear_1",
            "text_embedding.0",
        ),
        (
            "condition_embedder.text_embedder.linear_2",
            "text_embedding.2",
        ),
        ("condition_embedder.time_proj", "time_projection.1"),
        ("condition_embedder.image_embedder.norm1", "img_emb.proj.0"),
        (
            "condition_embedder.image_embedder.ff.net.0.proj",
            "img_emb.proj.1",
        ),
        (
            "condition_embedder.image_embedder.ff.net.2",
            "img_emb.proj.3",
        ),
        ("condition_embedder.image_embedder.norm2", "img_emb.proj.4"),
        (
            "condition_embedder.image_embedder.pos_embed",
            "img_emb.emb_pos",
        ),
        ("blocks.*.attn2.norm_added_q", ""), // Diffusers does without it too
        ("blocks.*.attn1", "blocks.*.self_attn"),
        ("blocks.*.attn2", "blocks.*.cross_attn"),
        ("blocks.*.norm2", "blocks.*.norm3"),
        ("blocks.*.norm3", "blocks.*.norm2"),
        ("blocks.*.ffn.net.0.proj", "blocks.*.ffn.0"),
        ("blocks.*.ffn.net.2", "blocks.*.ffn.2"),
        ("blocks.*.scale_shift_table", "blocks.*.modulation"),
        ("vace_blocks.*.attn1", "vace_blocks.*.self_attn"),
        ("vace_blocks.*.attn2", "vace_blocks.*.cross_attn"),
        ("vace_blocks.*.norm2", "vace_blocks.*.norm3"),
        ("vace_blocks.*.norm3", "vace_blocks.*.norm2"),
        ("vace_blocks.*.ffn.net.0.proj", "vace_blocks.*.ffn.0"),
        ("vace_blocks.*.ffn.net.2", "vace_blocks.*.ffn.2"),
        (
            "vace_blocks.*.scale_shift_table",
            "vace_blocks.*.modulation",
        ),
        ("vace_blocks.*.proj_in", "vace_blocks.*.before_proj"),
        ("vace_blocks.*.proj_out", "vace_blocks.*.after_proj"),
        ("scale_shift_table", "head.modulation"),
        ("proj_out", "head.head"),
    ],
    layers: &[
        ("to_q", "q"),
        ("to_k", "k"),
        ("to_v", "v"),
        ("to_out.0", "o"),
        ("add_k_proj", "k_img"),
        ("add_v_proj", "v_img"),
        ("norm_added_k", "norm_k_img"),
    ],
    ..PLAIN
};

/// The Wan2.1 VAE: the encoder's blocks are in one list, the decoder's in lists of three and what follows them.
pub(super) const VAE_21: Dialect = Dialect {
    speaks: |entries| {
        entries.contains_key("decoder.up_blocks.0.upsamplers.0.resample.1.weight")
            || entries.contains_key("encoder.down_blocks.0.conv1.weight")
    },
    modules: &[
        ("quant_conv", "conv1"),
        ("post_quant_conv", "conv2"),
        ("encoder.conv_in", "encoder.conv1"),
        ("encoder.down_blocks.*", "encoder.downsamples.*"),
        ("encoder.mid_block.resnets.0", "encoder.middle.0"),
        ("encoder.mid_block.attentions.0", "encoder.middle.1"),
        ("encoder.mid_block.resnets.1", "encoder.middle.2"),
        ("encoder.norm_out", "encoder.head.0"),
        ("encoder.conv_out", "encoder.head.2"),
        ("decoder.conv_in", "decoder.conv1"),
        ("decoder.mid_block.resnets.0", "decoder.middle.0"),
        ("decoder.mid_block.attentions.0", "decoder.middle.1"),
        ("decoder.mid_block.resnets.1", "decoder.middle.2"),
        ("decoder.up_blocks.0.resnets.*", "decoder.upsamples.*"),
        ("decoder.up_blocks.0.upsamplers.0", "decoder.upsamples.3"),
        ("decoder.up_blocks.1.resnets.0", "decoder.upsamples.4"),
        ("decoder.up_blocks.1.resnets.1", "decoder.upsamples.5"),
        ("decoder.up_blocks.1.resnets.2", "decoder.upsamples.6"),
        ("decoder.up_blocks.1.upsamplers.0", "decoder.upsamples.7"),
        ("decoder.up_blocks.2.resnets.0", "decoder.upsamples.8"),
        ("decoder.up_blocks.2.resnets.1", "decoder.upsamples.9"),
        ("decoder.up_blocks.2.resnets.2", "decoder.upsamples.10"),
        ("decoder.up_blocks.2.upsamplers.0", "decoder.upsamples.11"),
        ("decoder.up_blocks.3.resnets.0", "decoder.upsamples.12"),
        ("decoder.up_blocks.3.resnets.1", "decoder.upsamples.13"),
        ("decoder.up_blocks.3.resnets.2", "decoder.upsamples.14"),
        ("decoder.norm_out", "decoder.head.0"),
        ("decoder.conv_out", "decoder.head.2"),
    ],
    layers: RESIDUAL,
    ..PLAIN
};

/// The Wan2.2 VAE: stages of two blocks in the encoder and three in the decoder, then a change of size.
pub(super) const VAE_22: Dialect = Dialect {
    speaks: |entries| {
        entries.contains_key("decoder.up_blocks.0.upsampler.resample.1.weight")
            || entries.contains_key("encoder.down_blocks.0.resnets.0.conv1.weight")
    },
    modules: &[
        ("quant_conv", "conv1"),
        ("post_quant_conv", "conv2"),
        ("encoder.conv_in", "encoder.conv1"),
        (
            "encoder.down_blocks.*.resnets.*",
            "encoder.downsamples.*.downsamples.*",
        ),
        (
            "encoder.down_blocks.*.downsampler",
            "encoder.downsamples.*.downsamples.2",
        ),
        ("encoder.mid_block.resnets.0", "encoder.middle.0"),
        ("encoder.mid_block.attentions.0", "encoder.middle.1"),
        ("encoder.mid_block.resnets.1", "encoder.middle.2"),
        ("encoder.norm_out", "encoder.head.0"),
        ("encoder.conv_out", "encoder.head.2"),
        ("decoder.conv_in", "decoder.conv1"),
        ("decoder.mid_block.resnets.0", "decoder.middle.0"),
        ("decoder.mid_block.attentions.0", "decoder.middle.1"),
        ("decoder.mid_block.resnets.1", "decoder.middle.2"),
        (
            "decoder.up_blocks.*.resnets.*",
            "decoder.upsamples.*.upsamples.*",
        ),
        (
            "decoder.up_blocks.*.upsampler",
            "decoder.upsamples.*.upsamples.3",
        ),
        ("decoder.norm_out", "decoder.head.0"),
        ("decoder.conv_out", "decoder.head.2"),
    ],
    layers: RESIDUAL,
    ..PLAIN
};

/// The layers of a residual block.
const RESIDUAL: Table = &[
    ("norm1", "residual.0"),
    ("conv1", "residual.2"),
    ("norm2", "residual.3"),
    ("conv2", "residual.6"),
    ("conv_shortcut", "shortcut"),
];
