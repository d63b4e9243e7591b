//! *Strangers* are files that hold something else than what Zoetrope runs. What they are is told by tensors that only such
//! files have.
//!
//! ComfyUI `comfy/model_detection.py`, `detect_unet_config`, for most of them.

use crate::weights::Weights;

/// What else files of weights hold, the most special first, and tensors that must all be there: the beginnings of names, at
/// the front or after a dot.
const OTHERS: &[(&str, &[&str])] = &[
    (NO_DECODER, &["encoder.conv1", "encoder.downsamples.0"]),
    ("a VACE module without its DiT", &["vace_blocks.0"]),
    (
        "a module for sound without its DiT",
        &["blocks.0.audio_cross_attn"],
    ),
    ("an LTX-2 model", &["audio_patchify_proj", "patchify_proj"]),
    ("an LTX-Video model", &["patchify_proj", "adaln_single"]),
    (
        "an LTX-Video model",
        &[
            "transformer_blocks.0.attn1.to_q",
            "caption_projection",
            "scale_shift_table",
        ],
    ),
    ("a HunyuanVideo model", &["txt_in.individual_token_refiner"]),
    ("a HunyuanVideo model", &["context_embedder.token_refiner"]),
    (
        "a Flux model",
        &["double_blocks.0.img_attn", "single_blocks.0"],
    ),
    ("a Flux model", &["single_transformer_blocks.0"]),
    (
        "a Qwen-Image model",
        &["transformer_blocks.0.attn.add_q_proj", "txt_norm"],
    ),
    (
        "a Z-Image or Lumina model",
        &["noise_refiner.0", "cap_embedder"],
    ),
    ("a Stable Diffusion 3 model", &["joint_blocks.0"]),
    (
        "a CogVideoX model",
        &["transformer_blocks.0.norm1.linear", "patch_embed.proj"],
    ),
    ("a Mochi model", &["blocks.0.attn.qkv_x"]),
    ("a HiDream model", &["double_stream_blocks.0"]),
    ("a Kandinsky model", &["visual_transformer_blocks.0"]),
    ("a Step-Video model", &["transformer_blocks.0.attn1.wqkv"]),
    ("an ACE-Step model", &["genre_embedder"]),
    ("a PixArt model", &["t_block.1", "y_embedder"]),
    (
        "a LongCat-Video model",
        &["blocks.0.cross_attn.q_linear", "t_embedder"],
    ),
    ("a Cosmos model", &["blocks.block0"]),
    (
        "a Cosmos model",
        &["x_embedder.proj.1", "blocks.0.adaln_modulation_self_attn"],
    ),
    (
        "a Stable Diffusion XL model",
        &["input_blocks.0.0", "label_emb.0.0"],
    ),
    ("a Stable Diffusion model", &["input_blocks.0.0"]),
    (
        "a Stable Diffusion model",
        &["down_blocks.0.attentions.0", "mid_block.attentions.0"],
    ),
    ("an IP-Adapter", &["ip_adapter.1"]),
    ("a textual inversion", &["emb_params"]),
    ("a ControlNet", &["controlnet_cond_embedding"]),
    ("a ControlNet", &["zero_convs.0"]),
    ("a CLIP image encoder", &["vision_model.encoder.layers.0"]),
    ("a CLIP image encoder", &["visual.transformer"]),
    ("a CLIP text encoder", &["text_model.encoder.layers.0"]),
    ("a CLIP text encoder", &["transformer.resblocks.0"]),
    (
        "an audio encoder (wav2vec)",
        &["feature_extractor.conv_layers"],
    ),
    (
        "an audio encoder (Whisper)",
        &["encoder.layers.0.self_attn", "encoder.conv1"],
    ),
    ("a language model", &["layers.0.self_attn.q_proj"]),
    ("a language model", &["blk.0.attn_q", "token_embd"]),
    (
        "a T5 encoder of another kind than UMT5-XXL",
        &["encoder.block.0.layer.0.SelfAttention"],
    ),
    (
        "a T5 encoder of another kind than UMT5-XXL",
        &["blocks.0.attn.q", "token_embedding"],
    ),
    (
        "a T5 encoder of another kind than UMT5-XXL",
        &["enc.blk.0.attn_q"],
    ),
    (
        "a T5 encoder of another kind than UMT5-XXL",
        &["blocks.0.norm1", "token_embedding"],
    ),
    ("a VAE of another model", &["decoder.mid.block_1"]),
    ("a VAE of another model", &["decoder.mid_block"]),
    ("a VAE of another model", &["decoder.up_blocks.0"]),
    ("a tiny VAE for previews (TAE)", &["encoder.0", "decoder.1"]),
    ("an upscaler of pictures", &["conv_first", "conv_last"]),
    ("an upscaler of pictures", &["model.0", "model.1.sub.0"]),
    ("a frame interpolator (RIFE)", &["block0.conv0"]),
];

const NO_DECODER: &str = "the half of a VAE that reads pictures";

/// How the names of a LoRA's tensors go on after those of its modules.
const OF_LORAS: [&str; 8] = [
    ".lora_A",
    ".lora_B",
    ".lora_down",
    ".lora_up",
    ".lora.down",
    ".lora.up",
    ".hada_w1",
    ".lokr_w",
];

/// Parts that a Wan DiT has when it is made for more than sentences, the most special first, and what it is then. A row
/// goes when that becomes something that Zoetrope runs.
const DERIVATIVES: &[(&str, &str)] = &[
    ("casual_audio_encoder", "Wan2.2 S2V"),
    ("face_adapter", "Wan2.2 Animate"),
    ("vace_blocks", "a part of VACE"), // without what feeds it
    (
        "audio_proj",
        "a Wan model for sound (HuMo, MultiTalk or another)",
    ),
    ("audio_model", "a Wan model for sound"),
    ("control_adapter", "Fun-Camera"),
];

/// The parts of every block of a Wan DiT.
const OF_BLOCKS: [&str; 7] = [
    "self_attn",
    "cross_attn",
    "ffn",
    "norm1",
    "norm2",
    "norm3",
    "modulation",
];

/// The same for those that only see other channels: (inputs, outputs).
const BY_CHANNELS: &[((u32, u32), &str)] = &[
    ((148, 48), "Fun-Control"),
    ((48, 16), "Fun-Control"),
    ((52, 16), "Fun-Control"),
    ((32, 16), "Fun-Camera"),
];

/// What the file holds instead of a network of Wan's, in a noun and its article; none if nobody knows.
pub fn name(weights: &Weights) -> Option<&'static str> {
    let names = weights.names();
    let is_of_lora = |name: &String| OF_LORAS.iter().any(|part| name.contains(part));
    if names.iter().any(is_of_lora) {
        return Some("a LoRA");
    }
    let has = |start: &&str| {
        let inner = format!(".{start}");
        names
            .iter()
            .any(|name| name.starts_with(start) || name.contains(&inner))
    };
    let known = OTHERS.iter().find(|(_, starts)| starts.iter().all(has));
    known.map(|(what, _)| *what)
}

/// What to do with it.
pub fn advice(what: &str) -> &'static str {
    match what {
        "a LoRA" => "give it with --lora, together with the model that it is for",
        NO_DECODER => "choose a VAE with the decoder",
        _ if what.ends_with("without its DiT") => "choose a file that holds both",
        _ => "choose a file of Wan2.1 or Wan2.2",
    }
}

/// What a Wan DiT is made for beyond sentences, if it has parts for that; `usual` are the parts of every DiT.
pub fn derivative(weights: &Weights, usual: &[&str]) -> Option<&'static str> {
    let names = weights.names();
    let found = DERIVATIVES.iter().find(|(part, _)| {
        let inner = format!("{part}.");
        !usual.contains(part) && names.iter().any(|name| name.starts_with(&inner))
    });
    let is_usual = |name: &String| {
        let mut parts = name.split('.');
        match parts.next() {
            Some("blocks") => parts.nth(1).is_none_or(|part| OF_BLOCKS.contains(&part)),
            Some(part) => usual.contains(&part),
            None => true,
        }
    };
    match found {
        Some((_, what)) => Some(what),
        None if names.iter().all(is_usual) => None,
        None => Some("a Wan model with parts that no known one has"),
    }
}

/// What sees these channels.
pub fn by_channels(inputs: u32, outputs: u32) -> Option<&'static str> {
    let found = BY_CHANNELS
        .iter()
        .find(|(channels, _)| *channels == (inputs, outputs));
    found.map(|(_, what)| *what)
}

/// The published size of a DiT this wide.
pub fn size(width: u32) -> &'static str {
    match width {
        1536 => " 1.3B",
        3072 => " 5B",
        5120 => " 14B",
        _ => "",
    }
}
