//! Two experts, in every spelling, and what is none.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zoetrope::catalog::{self, Picked};
use zoetrope::job::{Checkpoint, Variant};
use zoetrope::words::english;

use super::{hollow, problem};
use crate::support::golden_path;

/// A folder with the parts that all share.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let vae = golden_path("ckpt/t2v_a14b/official/Wan2.1_VAE.pth");
    symlink(vae, folder.path().join("vae.pth")).unwrap();
    let encoder = golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
    symlink(encoder, folder.path().join("t5.safetensors")).unwrap();
    folder
}

/// A DiT that may be one of two (T2V), or must be (I2V); or with the width of one that cannot be.
fn dit(folder: &TempDir, name: &str, inputs: u64, width: u64) -> PathBuf {
    let path = folder.path().join(format!("{name}.safetensors"));
    hollow::network(
        &path,
        &[
            ("patch_embedding.weight", &[width, inputs, 1, 2, 2]),
            ("blocks.0.self_attn.q.weight", &[width, width]),
            ("head.head.weight", &[64, width]),
        ],
    );
    path
}

fn files(model: &Checkpoint) -> (PathBuf, Option<PathBuf>) {
    let high = model.high_noise.as_ref();
    (
        model.dit.weights[0].clone(),
        high.map(|high| high.network.weights[0].clone()),
    )
}

const SPELLINGS: [(&str, &str); 32] = [
    (
        "wan2.2_t2v_low_noise_14B_fp16",
        "wan2.2_t2v_high_noise_14B_fp16",
    ),
    ("Wan2.2-LowNoise-Q8_0", "Wan2.2-HighNoise-Q8_0"),
    ("someMixI2VFP8LOW", "someMixI2VFP8HIGH"),
    ("smoothMix_t2vLow", "smoothMix_t2vHigh"),
    ("remixt2vlow", "remixt2vhigh"),
    ("wan22_low_v10", "wan22_high_v12"),
    ("mixLowV2", "mixHighV2"),
    ("mix_lowv2", "mix_highv3"),
    ("Wan2_2-T2V-LOW_bf16", "Wan2_2-T2V-HIGH_fp8_scaled"),
    ("lownoise/model", "highnoise/model"),
    ("LOW/wan", "HIGH/wan"),
    ("Low noise", "High noise"),
    ("wan-low.v1", "wan-high.v1"),
    ("FLOW_t2v_Low", "FLOW_t2v_High"),
    ("wan22-LN-Q4", "wan22-HN-Q4"),
    ("Wan22_T2VLN", "Wan22_T2VHN"),
    ("wanMix_LN_v2", "wanMix_HN_v3"),
    ("A14BLN", "A14BHN"),
    ("mix_t2v_L", "mix_t2v_H"),
    ("myMixL", "myMixH"),
    ("wan_l_Q4_K_L", "wan_h_Q4_K_L"),
    ("LNoise-fp8", "HNoise-fp8"),
    ("wan_lo_noise", "wan_hi_noise"),
    ("wan-lo", "wan-hi"),
    ("noise_low_wan", "noise_high_wan"),
    ("wan22_14blow", "wan22_14bhigh"),
    ("SCALEDLOW", "SCALEDHIGH"),
    ("wan低噪", "wan高噪"),
    ("混合_低", "混合_高"),
    ("LN/wan_LN", "HN/wan_HN"),
    (
        "low_noise/Wan2.2-LowNoise-Q4_K_S",
        "high_noise/Wan2.2-HighNoise-Q4_K_M",
    ),
    ("Low/wan_v1", "High/wan_v2"),
];

/// Names that differ by letters which may be those of experts, and are not.
const OTHERS: [(&str, &str); 7] = [
    ("mix_light", "mix_heavy"),
    ("wan_Q4_K_L", "wan_Q4_K_M"),
    ("lotus", "hotus"),
    ("wan_l1", "wan_k1"),
    ("flow_lora", "flow_hora"),
    ("wallow", "wallhigher"),
    ("mix_low", "mix_low_2"),
];

/// Breaks when a spelling is known only where its maker's files were looked at: pairs would run as half a model.
#[test]
fn pairs_are_found_in_every_spelling() {
    for (low, high) in SPELLINGS {
        for (inputs, variant) in [(16, Variant::T2vA14b), (36, Variant::I2vA14b)] {
            let folder = folder();
            let (low, high) = (
                dit(&folder, low, inputs, 256),
                dit(&folder, high, inputs, 256),
            );
            let expected = (low.clone(), Some(high.clone()));
            let model = catalog::open(folder.path()).unwrap();
            assert_eq!((model.variant, files(&model)), (variant, expected.clone()));
            // Either file leads to both.
            for file in [&low, &high] {
                assert_eq!(files(&catalog::open(file).unwrap()), expected);
            }
            let names: Vec<_> = catalog::scan(&[folder.path().to_owned()]).models;
            assert_eq!(names.len(), 1, "{low:?}");
        }
    }
}

/// Breaks when letters are taken for words: two whole models would run as one.
#[test]
fn names_that_differ_otherwise_are_no_pair() {
    for (one, other) in OTHERS {
        let folder = folder();
        dit(&folder, one, 16, 256);
        dit(&folder, other, 16, 256);
        let found = problem(folder.path());
        assert!(found.contains("holds several models"), "{one}: {found}");
    }
}

/// A word in a name, a folder or a path makes no half of what is whole.
#[test]
fn words_alone_make_no_experts() {
    for name in [
        "wan2.1_t2v_low_light",
        "high-detail",
        "high-res/wan2.1_t2v",
        "low/wan2.1",
        "highway_t2v",
        "slowFlow",
    ] {
        let folder = folder();
        dit(&folder, name, 16, 256);
        let model = catalog::open(folder.path()).unwrap();
        assert_eq!(
            (model.variant, model.high_noise),
            (Variant::T2v, None),
            "{name}"
        );
    }
    // The 1.3B has no experts, whatever its files say.
    for names in [&["t2v_low_noise"][..], &["a_high", "a_low"]] {
        let folder = folder();
        let files: Vec<_> = names
            .iter()
            .map(|name| dit(&folder, name, 16, 1536))
            .collect();
        for file in files {
            assert_eq!(catalog::open(&file).unwrap().variant, Variant::T2v);
        }
    }
    // Two of different makers are two, and which one is meant is asked.
    let folder = folder();
    dit(&folder, "low_light", 16, 256);
    dit(&folder, "high_detail", 16, 256);
    assert!(problem(folder.path()).contains("holds several models"));
}

/// Half a model is refused where its name says plainly that it is one, and told of where it says so at its end.
#[test]
fn lone_halves_are_told() {
    for name in [
        "wan2.2_t2v_low_noise_14B",
        "noise-high",
        "wan高噪",
        "HiNoise",
    ] {
        let folder = folder();
        dit(&folder, name, 16, 256);
        let told = problem(folder.path());
        assert!(
            told.contains("is one of two experts: the other is missing"),
            "{name}"
        );
    }
    for (name, is_told) in [
        ("smoothMix_t2vLow", true),
        ("mixT2VFP8HIGH_v2", true),
        ("mixT2VHN", true),
        ("wan_t2v_L", true),
        ("Wan2_2_High_remix_nsfw", true),
        ("A14B-low-anime", true),
        ("wan_t2v_Q4_K_L", false),
        ("wan2.1_t2v_low_light", false),
        ("high-detail", false),
    ] {
        let folder = self::folder();
        dit(&folder, name, 16, 256);
        let model = catalog::open(folder.path()).unwrap();
        let told = catalog::remarks(&model);
        let told: Vec<_> = told.iter().map(english::remark).collect();
        let told = told.join("\n");
        assert_eq!(
            told.contains("if it is one of two experts"),
            is_told,
            "{name}: {told}"
        );
    }
}

/// What was picked by hand is taken as it was picked, unless that cannot be meant.
#[test]
fn crossed_and_doubled_picks_are_refused() {
    for (low, high) in SPELLINGS {
        let folder = folder();
        let (low, high) = (dit(&folder, low, 16, 256), dit(&folder, high, 16, 256));
        let pick = |low: &Path, high: &Path| Picked {
            dit: Some(low.to_owned()),
            dit_high: Some(high.to_owned()),
            text_encoder: Some(folder.path().join("t5.safetensors")),
            vae: Some(folder.path().join("vae.pth")),
            image_encoder: None,
            tokenizer: None,
        };
        let model = pick(&low, &high).model().unwrap();
        assert_eq!(files(&model), (low.clone(), Some(high.clone())));
        let told = pick(&high, &low).model().unwrap_err().to_string();
        assert!(told.contains("swap them"), "{told}");
        let told = pick(&low, &low).model().unwrap_err().to_string();
        assert!(told.contains("is given for both experts"), "{told}");
    }
    // Names that say nothing are no reason to refuse.
    let folder = folder();
    let (one, other) = (dit(&folder, "one", 16, 256), dit(&folder, "other", 16, 256));
    let picked = Picked {
        dit: Some(one),
        dit_high: Some(other),
        text_encoder: Some(folder.path().join("t5.safetensors")),
        vae: Some(folder.path().join("vae.pth")),
        image_encoder: None,
        tokenizer: None,
    };
    assert_eq!(picked.model().unwrap().variant, Variant::T2vA14b);
    fs::remove_file(folder.path().join("t5.safetensors")).unwrap();
}
