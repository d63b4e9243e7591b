//! The Wan variants: what the architecture fixes, and what the authors recommend.

use serde::{Deserialize, Serialize};

use super::{Guidance, LatentShape, Sampler, Size};

/// One of the published families of Wan text- and image-to-video models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Wan2.1 T2V, 1.3B and 14B: sentences, one network, the 2.1 VAE.
    T2v,
    /// Wan2.2 TI2V-5B: sentences and first frames, one network, the 2.2 VAE.
    Ti2v,
    /// Wan2.2 T2V-A14B: sentences, a network for high and one for low noise, the 2.1 VAE.
    T2vA14b,
    /// Wan2.2 I2V-A14B: first frames, last frames too, otherwise as T2V-A14B.
    I2vA14b,
}

/// The pictures that a model can be given with the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// None.
    None,
    /// A first frame, if one is wanted: a clean latent in the place of a noisy one.
    FirstFrame,
    /// A first frame always, and a last one if wanted: the network sees them beside the noise.
    Ends,
}

/// The negative prompt that the official code uses when none is given.
///
/// Wan2.2 `wan/configs/shared_config.py`, `sample_neg_prompt`.
pub const OFFICIAL_NEGATIVE_PROMPT: &str = "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，丑陋的，残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走";

impl Variant {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::T2v => "Wan2.1 T2V",
            Self::Ti2v => "Wan2.2 TI2V",
            Self::T2vA14b => "Wan2.2 T2V-A14B",
            Self::I2vA14b => "Wan2.2 I2V-A14B",
        }
    }

    /// How many frames, rows and columns of pixels one latent position covers: (time, height, width).
    pub fn vae_stride(self) -> (u32, u32, u32) {
        match self {
            Self::T2v | Self::T2vA14b | Self::I2vA14b => (4, 8, 8),
            Self::Ti2v => (4, 16, 16),
        }
    }

    /// How many latent frames, rows and columns one token of the DiT covers.
    pub fn patch(self) -> (u32, u32, u32) {
        (1, 2, 2)
    }

    /// The channels of a latent.
    pub fn latent_channels(self) -> u32 {
        match self {
            Self::T2v | Self::T2vA14b | Self::I2vA14b => 16,
            Self::Ti2v => 48,
        }
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

    /// The channels that the DiT sees: pictures beside the noise come with a mask for each of the
    /// frames that a latent covers.
    pub fn input_channels(self) -> u32 {
        let latent = self.latent_channels();
        match self.pictures() {
            Pictures::None | Pictures::FirstFrame => latent,
            Pictures::Ends => latent + self.vae_stride().0 + latent,
        }
    }

    /// The pictures that it takes.
    pub fn pictures(self) -> Pictures {
        match self {
            Self::T2v | Self::T2vA14b => Pictures::None,
            Self::Ti2v => Pictures::FirstFrame,
            Self::I2vA14b => Pictures::Ends,
        }
    }

    /// The size of a video that fills `area` with about the aspect of `like`, by the official rule.
    pub fn size_for(self, like: Size, area: u64) -> Size {
        match self.pictures() {
            Pictures::None | Pictures::FirstFrame => like.best_within(self.alignment(), area),
            Pictures::Ends => like.each_within(self.alignment(), area),
        }
    }

    /// The share of the timesteps from which up a network of its own denoises; none where there is
    /// only one network.
    ///
    /// Wan2.2 `wan/configs/wan_t2v_A14B.py` and `wan_i2v_A14B.py`.
    pub fn boundary(self) -> Option<f64> {
        match self {
            Self::T2v | Self::Ti2v => None,
            Self::T2vA14b => Some(0.875),
            Self::I2vA14b => Some(0.9),
        }
    }

    /// Both sides of a video are multiples of this many pixels.
    pub fn alignment(self) -> u32 {
        self.vae_stride().1 * self.patch().1
    }

    /// What the official configuration recommends.
    ///
    /// Wan2.1 `generate.py`; Wan2.2 `wan/configs/wan_ti2v_5B.py`, `wan_t2v_A14B.py` and
    /// `wan_i2v_A14B.py`.
    pub fn defaults(self) -> Defaults {
        let first = Defaults {
            negative_prompt: OFFICIAL_NEGATIVE_PROMPT.into(),
            size: Size::new(832, 480),
            frames: 81,
            fps: 16,
            steps: 50,
            sampler: Sampler::UniPc,
            guidance: Guidance::both(5.0),
            shift: 5.0,
        };
        match self {
            Self::T2v => first,
            Self::Ti2v => Defaults {
                size: Size::new(1280, 704),
                frames: 121,
                fps: 24,
                ..first
            },
            Self::T2vA14b => Defaults {
                steps: 40,
                guidance: Guidance {
                    low: 3.0,
                    high: 4.0,
                },
                shift: 12.0,
                ..first
            },
            Self::I2vA14b => Defaults {
                steps: 40,
                guidance: Guidance::both(3.5),
                ..first
            },
        }
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
