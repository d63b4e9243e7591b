//! The text encoder as llama.cpp names it, in GGUF files.
//!
//! llama.cpp `gguf-py/gguf/constants.py`, the tensors of `MODEL_ARCH.T5ENCODER`.

use super::{Dialect, PLAIN};

pub(super) const UMT5: Dialect = Dialect {
    speaks: |entries| entries.contains_key("enc.blk.0.attn_q.weight"),
    modules: &[
        ("token_embd", "token_embedding"),
        ("enc.blk.*.attn_norm", "blocks.*.norm1"),
        ("enc.blk.*.attn_q", "blocks.*.attn.q"),
        ("enc.blk.*.attn_k", "blocks.*.attn.k"),
        ("enc.blk.*.attn_v", "blocks.*.attn.v"),
        ("enc.blk.*.attn_o", "blocks.*.attn.o"),
        ("enc.blk.*.attn_rel_b", "blocks.*.pos_embedding.embedding"),
        ("enc.blk.*.ffn_norm", "blocks.*.norm2"),
        ("enc.blk.*.ffn_gate", "blocks.*.ffn.gate.0"),
        ("enc.blk.*.ffn_up", "blocks.*.ffn.fc1"),
        ("enc.blk.*.ffn_down", "blocks.*.ffn.fc2"),
        ("enc.output_norm", "norm"),
        ("dec", ""), // of a whole UMT5, as is the next
        ("output", ""),
    ],
    ..PLAIN
};
