//! What other programs call the tensors of a network, and how they lay them out.

use mlx_rs::Array;

/// The rows, one after another, over a name.
fn renamed(name: &str, rows: &[(&str, &str)]) -> String {
    rows.iter()
        .fold(format!(".{name}"), |name, (official, theirs)| {
            name.replace(official, theirs)
        })
        .trim_start_matches('.')
        .to_owned()
}

/// Diffusers `scripts/convert_wan_to_diffusers.py`, `TRANSFORMER_KEYS_RENAME_DICT`.
pub fn diffusers_dit(name: &str) -> String {
    renamed(
        name,
        &[
            (
                ".time_embedding.0.",
                ".condition_embedder.time_embedder.linear_1.",
            ),
            (
                ".time_embedding.2.",
                ".condition_embedder.time_embedder.linear_2.",
            ),
            (
                ".text_embedding.0.",
                ".condition_embedder.text_embedder.linear_1.",
            ),
            (
                ".text_embedding.2.",
                ".condition_embedder.text_embedder.linear_2.",
            ),
            (".time_projection.1.", ".condition_embedder.time_proj."),
            (".head.modulation", ".scale_shift_table"),
            (".modulation", ".scale_shift_table"),
            (".head.head.", ".proj_out."),
            (".norm3.", ".norm2."),
            (".self_attn.", ".attn1."),
            (".cross_attn.", ".attn2."),
            (".q.", ".to_q."),
            (".k.", ".to_k."),
            (".v.", ".to_v."),
            (".o.", ".to_out.0."),
            (".ffn.0.", ".ffn.net.0.proj."),
            (".ffn.2.", ".ffn.net.2."),
            (".before_proj.", ".proj_in."),
            (".after_proj.", ".proj_out."),
        ],
    )
}

/// Transformers `models/umt5/modeling_umt5.py`, the modules of `UMT5EncoderModel`.
pub fn transformers_t5(name: &str) -> String {
    renamed(
        name,
        &[
            (".token_embedding.", ".shared."),
            (".blocks.", ".encoder.block."),
            (".norm1.", ".layer.0.layer_norm."),
            (".norm2.", ".layer.1.layer_norm."),
            (".attn.", ".layer.0.SelfAttention."),
            (
                ".pos_embedding.embedding.",
                ".layer.0.SelfAttention.relative_attention_bias.",
            ),
            (".ffn.gate.0.", ".layer.1.DenseReluDense.wi_0."),
            (".ffn.fc1.", ".layer.1.DenseReluDense.wi_1."),
            (".ffn.fc2.", ".layer.1.DenseReluDense.wo."),
            (".norm.", ".encoder.final_layer_norm."),
        ],
    )
}

/// llama.cpp `gguf-py/gguf/constants.py`, the tensors of `MODEL_ARCH.T5ENCODER`.
pub fn llama_cpp_t5(name: &str) -> String {
    renamed(
        name,
        &[
            (".token_embedding.", ".token_embd."),
            (".pos_embedding.embedding.", ".attn_rel_b."),
            (".norm1.", ".attn_norm."),
            (".norm2.", ".ffn_norm."),
            (".attn.", ".attn_"),
            (".ffn.gate.0.", ".ffn_gate."),
            (".ffn.fc1.", ".ffn_up."),
            (".ffn.fc2.", ".ffn_down."),
            (".blocks.", ".enc.blk."),
            (".norm.", ".enc.output_norm."),
        ],
    )
}

/// mlx-video `models/wan_2/convert.py`, `sanitize_wan_transformer_weights`.
pub fn mlx_video_dit(name: &str, array: Array) -> (String, Array) {
    let array = match name {
        "patch_embedding.weight" => array.reshape(&[array.dim(0), -1]).unwrap(),
        _ => array,
    };
    let rows = [
        (".patch_embedding.", ".patch_embedding_proj."),
        ("_embedding.0.", "_embedding_0."),
        ("_embedding.2.", "_embedding_1."),
        (".time_projection.1.", ".time_projection."),
        (".ffn.0.", ".ffn.fc1."),
        (".ffn.2.", ".ffn.fc2."),
    ];
    (renamed(name, &rows), array)
}

/// mlx-video `models/wan_2/convert.py`, `sanitize_wan_t5_weights`.
pub fn mlx_video_t5(name: &str) -> String {
    renamed(name, &[(".gate.0.", ".gate_proj.")])
}

/// mlx-video `models/wan_2/convert.py`, `sanitize_wan_vae_weights`.
pub fn mlx_video_vae_21(name: &str, array: Array) -> (String, Array) {
    (name.to_owned(), channels_last(name, array))
}

/// mlx-video `models/wan_2/vae22.py`, `sanitize_wan22_vae_weights`.
pub fn mlx_video_vae_22(name: &str, array: Array) -> (String, Array) {
    let array = channels_last(name, array);
    let array = if name.ends_with("gamma") {
        array.flatten(None, None).unwrap()
    } else {
        array
    };
    let layers = ["0", "2", "3", "6"].iter();
    let name = layers.fold(name.to_owned(), |name, layer| {
        ["residual", "head"].iter().fold(name, |name, module| {
            let (from, to) = (
                format!("{module}.{layer}."),
                format!("{module}.layer_{layer}."),
            );
            name.replace(&from, &to)
        })
    });
    let rows = [
        ("resample.1.", "resample_"),
        ("to_qkv.", "to_qkv_"),
        ("proj.", "proj_"),
    ];
    (renamed(&name, &rows), array)
}

/// MLX's convolutions end in their inputs.
fn channels_last(name: &str, array: Array) -> Array {
    if name.ends_with("weight") && array.ndim() >= 4 {
        array.move_axis(1, -1).unwrap()
    } else {
        array
    }
}
