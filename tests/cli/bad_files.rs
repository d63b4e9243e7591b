//! Files that are damaged, or not what they are given as: the program says so in one sentence, ends with 1 and leaves
//! nothing behind.

use std::fs;
use std::path::Path;

use mlx_rs::Array;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use tempfile::TempDir;
use zoetrope::job::Size;
use zoetrope::media::mp4::{Mp4Writer, Quality};
use zoetrope::weights::{Weights, shards};

use super::run;
use crate::support::folder::{Model, copied};
use crate::support::gguf::Stored;
use crate::support::program::Run;
use crate::support::tensors::{self, Tensor, renamed};
use crate::support::{golden_path, layouts};

/// The sentence that a run ended with.
#[track_caller]
fn sentence(run: &Run) -> String {
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(run.stderr.matches("error: ").count(), 1, "{}", run.stderr);
    let last = run.stderr.lines().last().unwrap();
    let sentence = last.strip_prefix("error: ").expect("the error comes last");
    assert!(!sentence.ends_with('.'), "{sentence}");
    println!("{sentence}");
    sentence.to_owned()
}

/// What `generate` says of a model, which must contain all of `told`; nothing may be left of the video.
#[track_caller]
fn refuses(model: &Path, more: &[&str], told: &[&str]) {
    let folder = TempDir::new().unwrap();
    let output = folder.path().join("v.mp4");
    let common = [
        "generate",
        "--model",
        text(model),
        "--prompt",
        "a boat",
        "--size",
        "64x96",
        "--frames",
        "5",
        "--steps",
        "1",
        "-o",
        text(&output),
    ];
    let run = run(&[&common, more].concat());
    let sentence = sentence(&run);
    for part in told {
        assert!(sentence.contains(part), "{part:?} is not in: {sentence}");
    }
    let left: Vec<_> = folder.path().read_dir().unwrap().collect();
    assert!(left.is_empty(), "{left:?} after: {sentence}");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

/// What becomes of a file; nothing means that it is gone.
type Damage = fn(Vec<u8>) -> Option<Vec<u8>>;

const GONE: Damage = |_| None;
const EMPTY: Damage = |_| Some(Vec::new());
const HALF: Damage = |bytes| Some(bytes[..bytes.len() / 2].to_vec());
const SCRIBBLED: Damage = |mut bytes| {
    let end = bytes.len().min(64);
    bytes[20..end].fill(0xff);
    Some(bytes)
};

/// Puts other bytes in the place of the first ones that are `from`.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|part| part == from);
    let at = at.expect("it is in the file");
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

/// Damages one file of a model after the other, and mends it again.
#[track_caller]
fn each_is_told(model: &Path, cases: &[(&str, Damage, &str)]) {
    let model = copied(model);
    for (name, damage, told) in cases {
        let file = model.path().join(name);
        let whole = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        if let Some(damaged) = damage(whole.clone()) {
            fs::write(&file, damaged).unwrap();
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        refuses(model.path(), &[], &[name, told]);
        fs::write(&file, whole).unwrap();
    }
}

#[test]
fn in_an_official_folder() {
    let [first, second] =
        [1, 2].map(|shard| format!("diffusion_pytorch_model-0000{shard}-of-00002.safetensors"));
    let (encoder, vae) = ("models_t5_umt5-xxl-enc-bf16.pth", "Wan2.2_VAE.pth");
    let tokenizer = "google/umt5-xxl/tokenizer.json";
    each_is_told(
        Model::official("ckpt/ti2v_5b").path(),
        &[
            (&first, SCRIBBLED, "has a damaged header"),
            (&first, HALF, "is cut short"),
            (&second, GONE, "which is missing: download it"),
            (encoder, HALF, "is"),
            (encoder, SCRIBBLED, "is"),
            (vae, EMPTY, "is empty: download it again"),
            (
                vae,
                GONE,
                "is not a complete model: Wan2.2_VAE.pth is missing",
            ),
            ("config.json", HALF, "config.json"),
            (tokenizer, HALF, "is not a tokenizer for UMT5"),
            (
                tokenizer,
                |bytes| {
                    Some(replaced(
                        bytes,
                        b"precompiled_charsmap\": \"AL",
                        b"precompiled_charsmap\": \"ZZ",
                    ))
                },
                "has a damaged table of characters",
            ),
        ],
    );
}

#[test]
fn in_a_set_of_gguf_files() {
    const Q: &[u8] = b"blocks.0.self_attn.q.weight\x02\0\0\0\x40\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0";
    let (dit, encoder) = ("Wan2.2-TI2V-5B.gguf", "umt5-xxl-encoder.gguf");
    each_is_told(
        layouts::gguf_ti2v_5b(Stored::F16).path(),
        &[
            (
                dit,
                HALF,
                "lies beyond the end of the file; download it again",
            ),
            (dit, SCRIBBLED, "cut short or damaged"),
            (
                dit,
                |bytes| Some(replaced(bytes, Q, &[Q, b"\x14"].concat())),
                "in ggml's type 20, which this version cannot read",
            ),
            (
                encoder,
                |bytes| {
                    Some(replaced(
                        bytes,
                        b"tokenizer.ggml.scores",
                        b"tokenizer.ggml.scares",
                    ))
                },
                "pieces without scores",
            ),
        ],
    );
}

#[test]
fn in_single_files() {
    let encoder = "split_files/text_encoders/umt5_xxl_fp16.safetensors";
    each_is_told(
        layouts::comfyui_ti2v_5b().path(),
        &[(
            encoder,
            |bytes| Some(replaced(bytes, b"\x05<pad>", b"\xff\xff\xff")),
            "is no SentencePiece model, or a damaged one",
        )],
    );
}

/// Matrices of 8-bit floats whose scales did not come along.
#[test]
fn where_scales_are_lost() {
    let folder = copied(Model::official("ckpt/ti2v_5b").path());
    let files = shards::list(folder.path(), "diffusion_pytorch_model").unwrap();
    let weights = Weights::open(&files).unwrap();
    let tensors = weights.names().into_iter().map(|name| {
        let shape: Vec<_> = weights
            .shape(&name)
            .unwrap()
            .iter()
            .map(|&side| side as usize)
            .collect();
        let dtype = if shape.len() == 2 {
            Dtype::F8_E4M3
        } else {
            Dtype::F32
        };
        let bytes = vec![0; shape.iter().product::<usize>() * dtype.bitsize() / 8];
        (name, dtype, shape, bytes)
    });
    let marker = ("scaled_fp8".to_owned(), Dtype::F8_E4M3, vec![0], Vec::new());
    let tensors: Vec<_> = tensors.chain([marker]).collect();
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap())
    });
    let bytes = safetensors::serialize(views, None).unwrap();
    for file in files {
        fs::remove_file(file).unwrap();
    }
    fs::write(
        folder.path().join("diffusion_pytorch_model.safetensors"),
        bytes,
    )
    .unwrap();
    refuses(folder.path(), &[], &[".weight has lost its scale, as "]);
}

#[test]
fn where_there_is_no_dit() {
    let folder = TempDir::new().unwrap();
    refuses(folder.path(), &[], &["is not a model: choose a folder"]);
    let encoder = golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
    fs::copy(encoder, folder.path().join("umt5.safetensors")).unwrap();
    refuses(folder.path(), &[], &["is not a model: choose a folder"]);
}

#[test]
fn in_a_lora() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("style.safetensors");
    let model = golden_path("ckpt/ti2v_5b/official");
    let refused = |told: &[&str]| refuses(&model, &["--lora", text(&file)], told);
    let ones = |shape: &[i32]| Array::ones::<f32>(shape).unwrap();
    let write = |tensors: &[(&str, &[i32])]| {
        let arrays: Vec<_> = tensors
            .iter()
            .map(|(name, shape)| (*name, ones(shape)))
            .collect();
        let arrays = arrays.iter().map(|(name, array)| (*name, array));
        Array::save_safetensors(arrays, None, &file).unwrap();
    };
    write(&[
        ("lora_te_text_model.lora_down.weight", &[4, 8]),
        ("lora_te_text_model.lora_up.weight", &[8, 4]),
    ]);
    refused(&[
        "style.safetensors was made for a different model",
        "lora_te_text_model (8, 8)",
        "choose a LoRA",
    ]);
    write(&[
        ("blocks.0.self_attn.q.lora_A.weight", &[4, 96]),
        ("blocks.0.self_attn.q.lora_B.weight", &[128, 4]),
    ]);
    refused(&["blocks.0.self_attn.q (128, 96), or not of this size"]);
    write(&[("blocks.0.self_attn.q.lokr_t2", &[4, 4])]);
    refused(&["style.safetensors is a LoKr", "choose a plain LoRA"]);
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    refused(&["style.safetensors is cut short"]);
    fs::write(&file, "a diary").unwrap();
    refused(&["style.safetensors is neither a safetensors, a PyTorch nor a GGUF file"]);
}

/// `info` and `export`, of a video that another program broke.
#[test]
fn in_a_video() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("clip.mp4");
    let size = Size::new(64, 48);
    let mut video = Mp4Writer::create(&file, size, 24, Quality::Small, "{}").unwrap();
    video.write(&vec![90; 3 * size.area() as usize]).unwrap();
    video.finish().unwrap();
    let whole = fs::read(&file).unwrap();
    let output = folder.path().join("out.gif");
    let codec: Damage = |bytes| Some(replaced(bytes, b"avc1\0\0\0\0", b"hvc1"));
    let cases: &[(Damage, &str)] = &[
        (HALF, "clip.mp4 is damaged or cut short"),
        (EMPTY, "clip.mp4 is not an MP4 video"),
        (SCRIBBLED, "clip.mp4"),
        (
            codec,
            "clip.mp4 is a video in HEVC, which cannot be read here: convert it to H.264 first",
        ),
    ];
    for (damage, told) in cases {
        fs::write(&file, damage(whole.clone()).unwrap()).unwrap();
        let exported = sentence(&run(&["export", text(&file), "-o", text(&output)]));
        assert!(exported.contains(told), "{exported}");
        let shown = run(&["info", text(&file)]);
        assert!(shown.code == Some(0) || sentence(&shown).contains("clip.mp4"));
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "{told}");
    }
}

/// What a job that did not end left behind, and latents to decode.
#[test]
fn in_latents() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("l.safetensors");
    let output = folder.path().join("v.mp4");
    let model = golden_path("ckpt/ti2v_5b/official");
    let refused = |told: &str| {
        let decoded = run(&[
            "decode",
            text(&file),
            "--model",
            text(&model),
            "-o",
            text(&output),
        ]);
        let sentence = sentence(&decoded);
        assert!(sentence.contains(told), "{sentence}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "{told}");
    };
    let write = |name: &str, shape: &[i32]| {
        let array = Array::zeros::<f32>(shape).unwrap();
        Array::save_safetensors([(name, &array)], None, &file).unwrap();
    };
    write("other", &[48, 2, 4, 6]);
    refused("latents");
    write("latents", &[16, 2, 4, 6]);
    refused("16");
    write("latents", &[48, 2]);
    refused("l.safetensors");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    refused("is cut short");
}

/// Breaks when the half of a VAE that nobody needs is missed, or the one that somebody needs is missed late; and when a file
/// with all networks has to be given three times.
#[test]
fn a_vae_needs_no_more_than_the_job_does() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    let vae = tensors::golden(&["ti2v_5b/official/Wan2.2_VAE.pth"]);
    let is_of_decoder = |tensor: &Tensor| {
        !tensor.name.starts_with("encoder.") && !tensor.name.starts_with("conv1.")
    };
    let decoder: Vec<_> = vae.into_iter().filter(is_of_decoder).collect();
    let shards = [1, 2].map(|shard| {
        format!("ti2v_5b/official/diffusion_pytorch_model-0000{shard}-of-00002.safetensors")
    });
    let dit = tensors::golden(&[&shards[0], &shards[1]]);
    let encoder = tensors::golden(&["ti2v_5b/official/models_t5_umt5-xxl-enc-bf16.pth"]);
    let part =
        |prefix: &str, tensors: &[Tensor]| renamed(tensors, |name| format!("{prefix}{name}"));
    let all = [
        part("model.diffusion_model.", &dit),
        part("text_encoders.umt5xxl.", &encoder),
        part("vae.", &decoder),
    ];
    tensors::write(&file("all.safetensors"), &all.concat());
    let official = golden_path("ckpt/ti2v_5b/official");
    fs::copy(official.join("config.json"), file("config.json")).unwrap();
    let tokenizer = official.join("google/umt5-xxl/tokenizer.json");
    let picture = golden_path("data/image_i2v.png");
    let output = file("v.mp4");
    let generate = |dit: &str, more: &[&str]| {
        let common = [
            "generate",
            "--dit",
            text(&file(dit)),
            "--tokenizer",
            text(&tokenizer),
            "--prompt",
            "a boat",
            "--size",
            "64x64",
            "--frames",
            "5",
            "--steps",
            "1",
            "-o",
            text(&output),
        ]
        .map(str::to_owned);
        let common: Vec<_> = common.iter().map(String::as_str).collect();
        run(&[&common, more].concat())
    };
    let made = generate("all.safetensors", &[]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(output.is_file());
    let told = sentence(&generate("all.safetensors", &["--image", text(&picture)]));
    assert!(told.contains("is a VAE without the encoder"), "{told}");
    tensors::write(&file("alone.safetensors"), &dit);
    let told = sentence(&generate("alone.safetensors", &[]));
    assert!(
        told.contains(
            "it lacks a text encoder (umt5_xxl), given with --text-encoder FILE and the Wan2.2 VAE"
        ),
        "{told}"
    );
}
