//! The Wan variants: what the architecture fixes, and what the authors recommend.
//!
//! A family is one value here. Everything that sets it apart from others is in there; networks and pipeline have it
//! from here or from the tensors' own shapes.

use serde::{Deserialize, Serialize};

use super::inputs::{Beside, Inputs, PictureRule, Use};
use super::{Guidance, LatentShape, Sampler, Size, VaeKind};

/// One of the published families of Wan text- and image-to-video models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Wan2.1 T2V, 1.3B and 14B: sentences, one network, the 2.1 VAE.
    T2v,
    /// Wan2.1 I2V-14B: first frames, which an image encoder reads too.
    I2v,
    /// Wan2.1 FLF2V-14B: first and last frames, otherwise as I2V.
    Flf2v,
    /// Wan2.2 TI2V-5B: sentences and first frames, one network, the 2.2 VAE.
    Ti2v,
    /// Wan2.2 T2V-A14B: sentences, a network for high and one for low noise, the 2.1 VAE.
    T2vA14b,
    /// Wan2.2 I2V-A14B: first frames, last frames too, otherwise as T2V-A14B.
    I2vA14b,
    /// Wan2.2 Fun-5B-InP: first and last frames, otherwise as TI2V-5B.
    FunInp,
    /// Wan2.2 Fun-A14B-InP: first and last frames, otherwise as I2V-A14B.
    FunInpA14b,
    /// Wan2.2 Fun-5B-Control: a control video, a first frame and a reference, otherwise as TI2V-5B.
    FunControl,
    /// Wan2.2 Fun-A14B-Control: a control video, a first frame and a reference, otherwise as T2V-A14B.
    FunControlA14b,
    /// Wan2.1 VACE, 1.3B and 14B: a video, a mask and references, otherwise as Wan2.1 T2V.
    Vace,
    /// Wan2.2 VACE-Fun-A14B: the same with two experts.
    VaceA14b,
    /// Lucy-Edit: a video to be changed, otherwise as TI2V-5B.
    LucyEdit,
}

/// What sets a family apart.
struct Family {
    /// What people call it.
    name: &'static str,
    /// What `config.json` may call it.
    types: &'static [&'static str],
    vae: VaeKind,
    /// The share of the timesteps from which up a network of its own denoises.
    boundary: Option<f64>,
    inputs: Inputs,
    usual: Usual,
}

/// How a family is meant to be used.
struct Usual {
    /// What the negative prompt begins with, before that of all families.
    avoid: &'static str,
    size: Size,
    frames: u32,
    fps: u32,
    steps: u32,
    guidance: Guidance,
    shift: f64,
    /// The shift up to the area of 832x480, where that is another one.
    small_shift: Option<f64>,
}

/// Wan2.1 `generate.py` and `wan/configs/wan_t2v_1_3B.py`.
const T2V: Family = Family {
    name: "Wan2.1 T2V",
    types: &["t2v"],
    vae: VaeKind::V21,
    boundary: None,
    inputs: Inputs::NONE,
    usual: Usual {
        avoid: "",
        size: SMALL,
        frames: 81,
        fps: 16,
        steps: 50,
        guidance: Guidance::both(5.0),
        shift: 5.0,
        small_shift: None,
    },
};

/// Wan2.1 `generate.py`, `wan/configs/wan_i2v_14B.py` and `wan/image2video.py`.
const I2V: Family = Family {
    name: "Wan2.1 I2V",
    types: &["i2v"],
    inputs: Inputs {
        first: Use::Required,
        rule: PictureRule::Stretch,
        beside: &[Beside::Mask, Beside::Frames],
        seen: 1,
        ..Inputs::NONE
    },
    usual: Usual {
        avoid: "镜头晃动，",
        steps: 40,
        small_shift: Some(3.0),
        ..T2V.usual
    },
    ..T2V
};

/// Wan2.1 `generate.py` and `wan/first_last_frame2video.py`.
const FLF2V: Family = Family {
    name: "Wan2.1 FLF2V",
    types: &["flf2v"],
    inputs: Inputs {
        last: Use::Required,
        seen: 2,
        ..I2V.inputs
    },
    usual: Usual {
        avoid: "镜头切换，镜头晃动，",
        size: Size::new(1280, 720),
        shift: 16.0,
        ..T2V.usual
    },
    ..T2V
};

/// Wan2.2 `wan/configs/wan_ti2v_5B.py`.
const TI2V: Family = Family {
    name: "Wan2.2 TI2V",
    types: &["ti2v"],
    vae: VaeKind::V22,
    inputs: Inputs {
        first: Use::Optional,
        in_place: true,
        ..Inputs::NONE
    },
    usual: Usual {
        size: Size::new(1280, 704),
        frames: 121,
        fps: 24,
        ..T2V.usual
    },
    ..T2V
};

/// Wan2.2 `wan/configs/wan_t2v_A14B.py`.
const T2V_A14B: Family = Family {
    name: "Wan2.2 T2V-A14B",
    boundary: Some(0.875),
    usual: Usual {
        steps: 40,
        guidance: Guidance {
            low: 3.0,
            high: 4.0,
        },
        shift: 12.0,
        ..T2V.usual
    },
    ..T2V
};

/// Wan2.2 `wan/configs/wan_i2v_A14B.py`; the last frame as Wan2.1 FLF2V has it.
const I2V_A14B: Family = Family {
    name: "Wan2.2 I2V-A14B",
    types: &["i2v"],
    boundary: Some(0.9),
    inputs: Inputs {
        last: Use::Optional,
        seen: 0,
        ..I2V.inputs
    },
    usual: Usual {
        steps: 40,
        guidance: Guidance::both(3.5),
        ..T2V.usual
    },
    ..T2V
};

/// VideoX-Fun `videox_fun/pipeline/pipeline_wan2_2_fun_inpaint.py`.
const FUN_INP: Family = Family {
    name: "Wan2.2 Fun-5B-InP",
    types: FUN_TYPES,
    inputs: Inputs {
        first: Use::Optional,
        last: Use::Optional,
        rule: PictureRule::Pull,
        in_place: true,
        beside: &[Beside::Mask, Beside::Frames],
        ..Inputs::NONE
    },
    usual: Usual {
        guidance: Guidance::both(6.0),
        ..TI2V.usual
    },
    ..TI2V
};

/// The same with two experts, whose tensors are those of I2V-A14B.
const FUN_INP_A14B: Family = Family {
    name: "Wan2.2 Fun-A14B-InP",
    types: FUN_TYPES,
    inputs: Inputs {
        in_place: false,
        ..FUN_INP.inputs
    },
    usual: Usual {
        guidance: Guidance::both(6.0),
        ..T2V.usual
    },
    ..I2V_A14B
};

/// VideoX-Fun `videox_fun/pipeline/pipeline_wan2_2_fun_control.py`.
const FUN_CONTROL: Family = Family {
    name: "Wan2.2 Fun-5B-Control",
    inputs: Inputs {
        last: Use::Never,
        video: Use::Optional,
        references: 1,
        beside: &[Beside::Video, Beside::Mask, Beside::Frames],
        leads: true,
        ..FUN_INP.inputs
    },
    ..FUN_INP
};

/// The same with two experts.
const FUN_CONTROL_A14B: Family = Family {
    name: "Wan2.2 Fun-A14B-Control",
    types: FUN_TYPES,
    inputs: Inputs {
        in_place: false,
        ..FUN_CONTROL.inputs
    },
    usual: Usual {
        guidance: Guidance::both(6.0),
        ..T2V.usual
    },
    ..I2V_A14B
};

/// What these are called in `config.json` says little: the channels tell.
pub const FUN_TYPES: &[&str] = &["ti2v", "i2v", "t2v"];

/// Wan2.1 `generate.py` and `wan/vace.py`.
const VACE: Family = Family {
    name: "Wan2.1 VACE",
    types: &["vace"],
    inputs: Inputs {
        video: Use::Optional,
        mask: Use::Optional,
        references: 3,
        rule: PictureRule::Source,
        chain: true,
        ..Inputs::NONE
    },
    usual: Usual {
        shift: 16.0,
        ..T2V.usual
    },
    ..T2V
};

/// VideoX-Fun `videox_fun/pipeline/pipeline_wan2_2_vace_fun.py`.
const VACE_A14B: Family = Family {
    name: "Wan2.2 VACE-Fun-A14B",
    boundary: T2V_A14B.boundary,
    inputs: Inputs {
        rule: PictureRule::Padded,
        ..VACE.inputs
    },
    usual: Usual {
        shift: 12.0,
        ..VACE.usual
    },
    ..VACE
};

/// Diffusers `pipelines/lucy/pipeline_lucy_edit.py`.
const LUCY_EDIT: Family = Family {
    name: "Lucy-Edit",
    inputs: Inputs {
        video: Use::Required,
        beside: &[Beside::Video],
        ..Inputs::NONE
    },
    usual: Usual {
        size: SMALL,
        frames: 81,
        ..TI2V.usual
    },
    ..TI2V
};

/// The size of the small models.
const SMALL: Size = Size::new(832, 480);

/// The negative prompt that the official code uses when none is given.
///
/// Wan2.2 `wan/configs/shared_config.py`, `sample_neg_prompt`.
pub const OFFICIAL_NEGATIVE_PROMPT: &str = "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，丑陋的，残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走";

/// What a DiT's tensors show of the family that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DitShape {
    /// The channels that it sees.
    pub inputs: u32,
    /// The channels that it predicts.
    pub outputs: u32,
    /// The pictures that it reads the image encoder's features of.
    pub seen: u32,
    /// Whether it puts a reference picture's tokens before those of the video.
    pub leads: bool,
    /// The channels that a chain of blocks beside the main ones sees; 0 where there is none.
    pub chain: u32,
}

impl Variant {
    /// Every family.
    pub const ALL: [Self; 13] = [
        Self::T2v,
        Self::I2v,
        Self::Flf2v,
        Self::Ti2v,
        Self::T2vA14b,
        Self::I2vA14b,
        Self::FunInp,
        Self::FunInpA14b,
        Self::FunControl,
        Self::FunControlA14b,
        Self::Vace,
        Self::VaceA14b,
        Self::LucyEdit,
    ];

    const fn family(self) -> &'static Family {
        match self {
            Self::T2v => &T2V,
            Self::I2v => &I2V,
            Self::Flf2v => &FLF2V,
            Self::Ti2v => &TI2V,
            Self::T2vA14b => &T2V_A14B,
            Self::I2vA14b => &I2V_A14B,
            Self::FunInp => &FUN_INP,
            Self::FunInpA14b => &FUN_INP_A14B,
            Self::FunControl => &FUN_CONTROL,
            Self::FunControlA14b => &FUN_CONTROL_A14B,
            Self::Vace => &VACE,
            Self::VaceA14b => &VACE_A14B,
            Self::LucyEdit => &LUCY_EDIT,
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        self.family().name
    }

    /// What the official `config.json` may call it.
    pub fn types(self) -> &'static [&'static str] {
        self.family().types
    }

    /// What it is given beside prompt and noise.
    pub fn inputs(self) -> &'static Inputs {
        &self.family().inputs
    }

    /// The autoencoder.
    pub fn vae(self) -> VaeKind {
        self.family().vae
    }

    /// How many frames, rows and columns of pixels one latent position covers: (time, height, width).
    pub fn vae_stride(self) -> (u32, u32, u32) {
        self.vae().stride()
    }

    /// How many latent frames, rows and columns one token of the DiT covers.
    pub fn patch(self) -> (u32, u32, u32) {
        (1, 2, 2)
    }

    /// The channels of a latent.
    pub fn latent_channels(self) -> u32 {
        self.vae().channels()
    }

    /// The axes of the latents of a video.
    pub fn latent_shape(self, size: Size, frames: u32) -> LatentShape {
        let (time, height, width) = self.vae_stride();
        let axis = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
        LatentShape {
            channels: axis(self.latent_channels()),
            frames: axis((frames - 1) / time + 1),
            height: axis(size.height / height),
            width: axis(size.width / width),
        }
    }

    /// The channels that the DiT sees: those of the noise, and those beside it.
    pub fn input_channels(self) -> u32 {
        self.latent_channels() + self.inputs().channels(self.vae())
    }

    /// What the tensors of its DiT show.
    pub fn dit_shape(self) -> DitShape {
        DitShape {
            inputs: self.input_channels(),
            outputs: self.latent_channels(),
            seen: self.inputs().seen,
            leads: self.inputs().leads,
            chain: self.inputs().chain_channels(self.vae()),
        }
    }

    /// How many networks denoise.
    pub fn experts(self) -> usize {
        if self.boundary().is_some() { 2 } else { 1 }
    }

    /// The size of a video that fills `area` with about the aspect of `like`, by the official rule.
    pub fn size_for(self, like: Size, area: u64) -> Size {
        match self.inputs().rule {
            PictureRule::Cover | PictureRule::Pull => like.best_within(self.alignment(), area),
            PictureRule::Stretch => like.each_within(self.alignment(), area),
            PictureRule::Source | PictureRule::Padded => like.source_within(self.alignment(), area),
        }
    }

    /// The share of the timesteps from which up a network of its own denoises; none where there is
    /// only one network.
    pub fn boundary(self) -> Option<f64> {
        self.family().boundary
    }

    /// Both sides of a video are multiples of this many pixels.
    pub fn alignment(self) -> u32 {
        self.vae_stride().1 * self.patch().1
    }

    /// What the official configuration recommends.
    pub fn defaults(self) -> Defaults {
        let usual = &self.family().usual;
        Defaults {
            negative_prompt: format!("{}{OFFICIAL_NEGATIVE_PROMPT}", usual.avoid),
            size: usual.size,
            frames: usual.frames,
            fps: usual.fps,
            steps: usual.steps,
            sampler: Sampler::UniPc,
            guidance: usual.guidance,
            shift: self.shift_for(usual.size.area()),
        }
    }

    /// The shift for a video of this area.
    ///
    /// Wan2.1 `generate.py`, `_validate_args`.
    pub fn shift_for(self, area: u64) -> f64 {
        let usual = &self.family().usual;
        let small = usual.small_shift.filter(|_| area <= SMALL.area());
        small.unwrap_or(usual.shift)
    }
}

/// The settings that a model is meant to be used with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Defaults {
    /// What the picture should not be.
    pub negative_prompt: String,
    /// The size of the video.
    pub size: Size,
    /// The number of frames, 4n + 1.
    pub frames: u32,
    /// Frames a second.
    pub fps: u32,
    /// Denoising steps.
    pub steps: u32,
    /// The solver.
    pub sampler: Sampler,
    /// How strongly the prompt pulls.
    pub guidance: Guidance,
    /// How much of the schedule is spent at high noise.
    pub shift: f64,
}
