//! Which files of which repositories make a model.

use crate::job::{ModelDownload, Published, WeightFormat};

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
    use Published::{I2vA14B, T2v1B, T2vA14B, Ti2v5B};
    use WeightFormat::{Fp8, Fp16, Official, Q4, Q8};
    let gigabytes = [
        (T2v1B, Official, 17.6),
        (T2v1B, Fp16, 14.5),
        (T2v1B, Fp8, 9.8),
        (Ti2v5B, Official, 34.2),
        (Ti2v5B, Fp16, 22.8),
        (Ti2v5B, Fp8, 18.1),
        (Ti2v5B, Q8, 12.9),
        (Ti2v5B, Q4, 10.9),
        (T2vA14B, Official, 126.2),
        (T2vA14B, Fp16, 68.8),
        (T2vA14B, Fp8, 35.6),
        (T2vA14B, Q8, 37.1),
        (T2vA14B, Q4, 25.6),
        (I2vA14B, Official, 126.2),
        (I2vA14B, Fp16, 68.8),
        (I2vA14B, Fp8, 35.6),
        (I2vA14B, Q8, 37.1),
        (I2vA14B, Q4, 25.6),
    ];
    let offer = |(model, edition, size): (Published, WeightFormat, f64)| ModelDownload {
        model,
        edition,
        bytes: (size * 1e9) as u64,
    };
    gigabytes.map(offer).into()
}

/// Where the files of a model come from; nowhere if there is none of this edition.
pub fn sources(model: Published, edition: WeightFormat) -> Vec<Source> {
    let dit = match edition {
        WeightFormat::Official => return vec![official(model)],
        WeightFormat::Fp16 | WeightFormat::Fp8 => Some(repackaged(model, edition)),
        WeightFormat::Q8 => blocks(model, "Q8_0"),
        WeightFormat::Q4 => blocks(model, "Q4_K_M"),
    };
    dit.map_or_else(Vec::new, |dit| vec![dit, text_encoder(edition), vae(model)])
}

/// The authors' repositories hold a whole model each, and more.
fn official(model: Published) -> Source {
    let one = ["config.json", "diffusion_pytorch_model*"];
    let experts = ["high_noise_model/*", "low_noise_model/*"];
    let (repository, dit, vae) = match model {
        Published::T2v1B => ("Wan-AI/Wan2.1-T2V-1.3B", one, "Wan2.1_VAE.pth"),
        Published::Ti2v5B => ("Wan-AI/Wan2.2-TI2V-5B", one, "Wan2.2_VAE.pth"),
        Published::T2vA14B => ("Wan-AI/Wan2.2-T2V-A14B", experts, "Wan2.1_VAE.pth"),
        Published::I2vA14B => ("Wan-AI/Wan2.2-I2V-A14B", experts, "Wan2.1_VAE.pth"),
    };
    let others = [vae, "models_t5_umt5-xxl-enc-bf16.pth", "google/umt5-xxl/*"];
    Source {
        repository,
        files: dit.into_iter().chain(others).map(str::to_owned).collect(),
        kind: None,
    }
}

/// A DiT as ComfyUI publishes it. There is none of the small ones in 8-bit floats.
fn repackaged(model: Published, edition: WeightFormat) -> Source {
    let experts = |kind: &str| {
        let form = if edition == WeightFormat::Fp8 {
            "fp8_scaled"
        } else {
            "fp16"
        };
        ["high", "low"]
            .map(|noise| format!("wan2.2_{kind}_{noise}_noise_14B_{form}"))
            .to_vec()
    };
    let (repository, names) = match model {
        Published::T2v1B => (REPACKAGED_21, vec!["wan2.1_t2v_1.3B_fp16".into()]),
        Published::Ti2v5B => (REPACKAGED_22, vec!["wan2.2_ti2v_5B_fp16".into()]),
        Published::T2vA14B => (REPACKAGED_22, experts("t2v")),
        Published::I2vA14B => (REPACKAGED_22, experts("i2v")),
    };
    split(repository, DITS, &names)
}

/// A DiT in the block format of this name.
fn blocks(model: Published, form: &str) -> Option<Source> {
    let experts = |kind: &str| {
        ["High", "Low"]
            .map(|noise| format!("{noise}Noise/Wan2.2-{kind}-A14B-{noise}Noise-{form}.gguf"))
            .to_vec()
    };
    let (repository, files) = match model {
        Published::T2v1B => return None,
        Published::Ti2v5B => (
            "QuantStack/Wan2.2-TI2V-5B-GGUF",
            vec![format!("Wan2.2-TI2V-5B-{form}.gguf")],
        ),
        Published::T2vA14B => ("QuantStack/Wan2.2-T2V-A14B-GGUF", experts("T2V")),
        Published::I2vA14B => ("QuantStack/Wan2.2-I2V-A14B-GGUF", experts("I2V")),
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

fn vae(model: Published) -> Source {
    if model == Published::Ti2v5B {
        split(REPACKAGED_22, "vae", &["wan2.2_vae".into()])
    } else {
        split(REPACKAGED_21, "vae", &["wan_2.1_vae".into()])
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
