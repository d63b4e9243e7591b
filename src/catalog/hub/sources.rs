//! Which files of which repositories make a model.

use crate::job::{FastFiles, ModelDownload, Published, VaeKind, WeightFormat};

/// Files of one repository.
#[derive(Clone, Debug)]
pub struct Source {
    /// OWNER/NAME.
    pub repository: &'static str,
    /// Their paths; a `*` stands for any part of a name.
    pub files: Vec<String>,
    /// The folder that ComfyUI keeps such files in; none where the repository is a whole model.
    pub kind: Option<&'static str>,
}

impl Source {
    /// Whether its files are not for any other model.
    pub fn is_dit(&self) -> bool {
        self.kind.is_none_or(|kind| kind == DITS)
    }
}

/// ComfyUI's folder of DiTs.
const DITS: &str = "diffusion_models";

const REPACKAGED_21: &str = "Comfy-Org/Wan_2.1_ComfyUI_repackaged";
const REPACKAGED_22: &str = "Comfy-Org/Wan_2.2_ComfyUI_Repackaged";

/// Everything that can be downloaded, the smallest family first.
pub fn offers() -> Vec<ModelDownload> {
    use Published as P;
    use WeightFormat::{Fp8, Fp16, Official, Q4, Q8};
    let gigabytes = [
        (P::T2v1B, vec![(Official, 17.6), (Fp16, 14.5), (Fp8, 9.8)]),
        (P::I2v480, IMAGE_TO_VIDEO.to_vec()),
        (P::I2v720, IMAGE_TO_VIDEO.to_vec()),
        (P::Flf2v14B, IMAGE_TO_VIDEO.to_vec()),
        (P::Vace1B, vec![(Fp16, 15.9)]),
        (P::Vace14B, vec![(Fp16, 46.4)]),
        (
            P::Ti2v5B,
            vec![
                (Official, 34.2),
                (Fp16, 22.8),
                (Fp8, 18.1),
                (Q8, 12.9),
                (Q4, 10.9),
            ],
        ),
        (P::FunInp5B, vec![(Official, 23.0)]),
        (P::FunControl5B, vec![(Official, 23.0)]),
        (P::LucyEdit5B, vec![(Official, 34.2)]),
        (P::T2vA14B, EXPERTS.to_vec()),
        (P::I2vA14B, EXPERTS.to_vec()),
        (P::FunInpA14B, vec![(Official, 64.0)]),
        (P::FunControlA14B, vec![(Official, 64.0)]),
        (P::VaceA14B, vec![(Official, 64.0)]),
    ];
    let offers = gigabytes.into_iter().flat_map(|(model, editions)| {
        let offer = move |(edition, size): (WeightFormat, f64)| ModelDownload {
            model,
            edition,
            bytes: (size * 1e9) as u64,
        };
        editions.into_iter().map(offer)
    });
    offers.collect()
}

/// The forms of Wan2.1 I2V-14B and FLF2V-14B, with the image encoder, in gigabytes.
const IMAGE_TO_VIDEO: [(WeightFormat, f64); 5] = [
    (WeightFormat::Official, 82.3),
    (WeightFormat::Fp16, 45.7),
    (WeightFormat::Fp8, 24.7),
    (WeightFormat::Q8, 25.7),
    (WeightFormat::Q4, 18.9),
];
/// The forms of the two networks of T2V-A14B and I2V-A14B, in gigabytes.
const EXPERTS: [(WeightFormat, f64); 5] = [
    (WeightFormat::Official, 126.2),
    (WeightFormat::Fp16, 68.8),
    (WeightFormat::Fp8, 35.6),
    (WeightFormat::Q8, 37.1),
    (WeightFormat::Q4, 25.6),
];

/// Where what makes a model fast comes from.
pub fn fast(files: FastFiles) -> Source {
    const DISTILLED: &str = "lightx2v/Wan2.2-Distill-Loras";
    const AUTOENCODERS: &str = "lightx2v/Autoencoders";
    let lora = |repository, names: Vec<String>| Source {
        repository,
        files: names,
        kind: Some("loras"),
    };
    let pair = |kind: &str, date: u32| {
        let half = |noise| {
            format!(
                "wan2.2_{kind}_A14b_{noise}_noise_lora_rank64_lightx2v_4step_{date}.safetensors"
            )
        };
        lora(DISTILLED, ["high", "low"].map(half).to_vec())
    };
    let vae = |name: &str, kind| Source {
        repository: AUTOENCODERS,
        files: vec![format!("{name}.safetensors")],
        kind: Some(kind),
    };
    match files {
        FastFiles::LightningT2v => pair("t2v", 1217),
        FastFiles::LightningI2v => pair("i2v", 1022),
        FastFiles::FastWan5b => lora(
            "Kijai/WanVideo_comfy",
            vec!["FastWan/Wan2_2_5B_FastWanFullAttn_lora_rank_128_bf16.safetensors".into()],
        ),
        FastFiles::TinyVae21 => vae("lighttaew2_1", "vae_approx"),
        FastFiles::TinyVae22 => vae("lighttaew2_2", "vae_approx"),
        FastFiles::LightVae21 => vae("lightvaew2_1", "vae"),
    }
}

/// Where the files of a model come from; nowhere if there is none of this edition.
pub fn sources(model: Published, edition: WeightFormat) -> Vec<Source> {
    let dit = match edition {
        WeightFormat::Official => return official(model).into_iter().collect(),
        WeightFormat::Fp16 | WeightFormat::Fp8 => repackaged(model, edition),
        WeightFormat::Q8 => blocks(model, "Q8_0"),
        WeightFormat::Q4 => blocks(model, "Q4_K_M"),
    };
    let Some(dit) = dit else { return Vec::new() };
    let mut sources = vec![dit, text_encoder(edition), vae(model)];
    if model.variant().inputs().seen > 0 {
        sources.push(split(
            REPACKAGED_21,
            "clip_vision",
            &["clip_vision_h".into()],
        ));
    }
    sources
}

/// The authors' repositories hold a whole model each, and more.
fn official(model: Published) -> Option<Source> {
    let repository = match model {
        Published::T2v1B => "Wan-AI/Wan2.1-T2V-1.3B",
        Published::I2v480 => "Wan-AI/Wan2.1-I2V-14B-480P",
        Published::I2v720 => "Wan-AI/Wan2.1-I2V-14B-720P",
        Published::Flf2v14B => "Wan-AI/Wan2.1-FLF2V-14B-720P",
        Published::Vace1B | Published::Vace14B => return None,
        Published::Ti2v5B => "Wan-AI/Wan2.2-TI2V-5B",
        Published::FunInp5B => "alibaba-pai/Wan2.2-Fun-5B-InP",
        Published::FunControl5B => "alibaba-pai/Wan2.2-Fun-5B-Control",
        Published::T2vA14B => "Wan-AI/Wan2.2-T2V-A14B",
        Published::I2vA14B => "Wan-AI/Wan2.2-I2V-A14B",
        Published::LucyEdit5B => return Some(lucy_edit()),
        Published::FunInpA14B => "alibaba-pai/Wan2.2-Fun-A14B-InP",
        Published::FunControlA14B => "alibaba-pai/Wan2.2-Fun-A14B-Control",
        Published::VaceA14B => "alibaba-pai/Wan2.2-VACE-Fun-A14B",
    };
    let variant = model.variant();
    let dit = if variant.boundary().is_some() {
        ["high_noise_model/*", "low_noise_model/*"]
    } else {
        ["config.json", "diffusion_pytorch_model*"]
    };
    let vae = match variant.vae() {
        VaeKind::V21 => "Wan2.1_VAE.pth",
        VaeKind::V22 => "Wan2.2_VAE.pth",
    };
    let image_encoder = (variant.inputs().seen > 0)
        .then_some("models_clip_open-clip-xlm-roberta-large-vit-huge-14.pth");
    let others = [vae, "models_t5_umt5-xxl-enc-bf16.pth", "google/umt5-xxl/*"];
    let files = dit.into_iter().chain(others).chain(image_encoder);
    Some(Source {
        repository,
        files: files.map(str::to_owned).collect(),
        kind: None,
    })
}

/// Its authors publish it as Diffusers saves it.
fn lucy_edit() -> Source {
    let folders = [
        "transformer",
        "text_encoder",
        "tokenizer",
        "vae",
        "scheduler",
    ];
    let files = folders.map(|folder| format!("{folder}/*"));
    Source {
        repository: "decart-ai/Lucy-Edit-Dev",
        files: files
            .into_iter()
            .chain(["model_index.json".into()])
            .collect(),
        kind: None,
    }
}

/// A DiT as ComfyUI publishes it. There is none of the small ones in 8-bit floats.
fn repackaged(model: Published, edition: WeightFormat) -> Option<Source> {
    let is_small = edition == WeightFormat::Fp8;
    let form = if is_small { "fp8_scaled" } else { "fp16" };
    let experts = |kind: &str| {
        ["high", "low"]
            .map(|noise| format!("wan2.2_{kind}_{noise}_noise_14B_{form}"))
            .to_vec()
    };
    let (repository, names) = match model {
        Published::T2v1B => (REPACKAGED_21, vec!["wan2.1_t2v_1.3B_fp16".into()]),
        Published::I2v480 => (REPACKAGED_21, vec![format!("wan2.1_i2v_480p_14B_{form}")]),
        Published::I2v720 => (REPACKAGED_21, vec![format!("wan2.1_i2v_720p_14B_{form}")]),
        Published::Flf2v14B => {
            let form = if is_small { "fp8_e4m3fn" } else { form };
            (REPACKAGED_21, vec![format!("wan2.1_flf2v_720p_14B_{form}")])
        }
        Published::Vace1B if !is_small => (REPACKAGED_21, vec!["wan2.1_vace_1.3B_fp16".into()]),
        Published::Vace14B if !is_small => (REPACKAGED_21, vec!["wan2.1_vace_14B_fp16".into()]),
        Published::Ti2v5B => (REPACKAGED_22, vec!["wan2.2_ti2v_5B_fp16".into()]),
        Published::T2vA14B => (REPACKAGED_22, experts("t2v")),
        Published::I2vA14B => (REPACKAGED_22, experts("i2v")),
        _ => return None,
    };
    Some(split(repository, DITS, &names))
}

/// A DiT in the block format of this name.
fn blocks(model: Published, form: &str) -> Option<Source> {
    let experts = |kind: &str| {
        ["High", "Low"]
            .map(|noise| format!("{noise}Noise/Wan2.2-{kind}-A14B-{noise}Noise-{form}.gguf"))
            .to_vec()
    };
    let (repository, files) = match model {
        Published::I2v480 => (
            "city96/Wan2.1-I2V-14B-480P-gguf",
            vec![format!("wan2.1-i2v-14b-480p-{form}.gguf")],
        ),
        Published::I2v720 => (
            "city96/Wan2.1-I2V-14B-720P-gguf",
            vec![format!("wan2.1-i2v-14b-720p-{form}.gguf")],
        ),
        Published::Flf2v14B => (
            "city96/Wan2.1-FLF2V-14B-720P-gguf",
            vec![format!("wan2.1-flf2v-14b-720p-{form}.gguf")],
        ),
        Published::Ti2v5B => (
            "QuantStack/Wan2.2-TI2V-5B-GGUF",
            vec![format!("Wan2.2-TI2V-5B-{form}.gguf")],
        ),
        Published::T2vA14B => ("QuantStack/Wan2.2-T2V-A14B-GGUF", experts("T2V")),
        Published::I2vA14B => ("QuantStack/Wan2.2-I2V-A14B-GGUF", experts("I2V")),
        _ => return None,
    };
    Some(Source {
        repository,
        files,
        kind: Some(DITS),
    })
}

/// The text encoder in a form that suits the DiT's. One in 4 bits would misread prompts.
fn text_encoder(edition: WeightFormat) -> Source {
    let kind = "text_encoders";
    match edition {
        WeightFormat::Official | WeightFormat::Fp16 => {
            split(REPACKAGED_21, kind, &["umt5_xxl_fp16".into()])
        }
        WeightFormat::Fp8 => split(REPACKAGED_21, kind, &["umt5_xxl_fp8_e4m3fn_scaled".into()]),
        WeightFormat::Q8 | WeightFormat::Q4 => Source {
            repository: "city96/umt5-xxl-encoder-gguf",
            files: vec!["umt5-xxl-encoder-Q8_0.gguf".into()],
            kind: Some(kind),
        },
    }
}

/// The tokenizer of all text encoders, as it lies in the smallest official repository.
pub fn tokenizer() -> Source {
    Source {
        repository: "Wan-AI/Wan2.1-T2V-1.3B",
        files: vec!["google/umt5-xxl/tokenizer.json".into()],
        kind: None,
    }
}

fn vae(model: Published) -> Source {
    match model.variant().vae() {
        VaeKind::V22 => split(REPACKAGED_22, "vae", &["wan2.2_vae".into()]),
        VaeKind::V21 => split(REPACKAGED_21, "vae", &["wan_2.1_vae".into()]),
    }
}

/// Files as ComfyUI publishes them, in a folder for each kind.
fn split(repository: &'static str, kind: &'static str, names: &[String]) -> Source {
    let path = |name: &String| format!("split_files/{kind}/{name}.safetensors");
    Source {
        repository,
        files: names.iter().map(path).collect(),
        kind: Some(kind),
    }
}
