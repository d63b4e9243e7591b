//! The arguments that make a video fast.

use std::path::PathBuf;

use clap::Args;

use crate::job::{Decode, FewSteps, Nag, Speed, Speedups, StepCache};

/// What saves passes of the network, or makes up for those that few steps save.
#[derive(Clone, Debug, Args)]
pub struct SpeedArgs {
    /// Make it as it comes out best, or sooner with what is installed for the model: a step cache, few-step LoRAs, a tiny
    /// VAE [default: exact]
    #[arg(long, value_name = "exact|balanced|fast")]
    pub speed: Option<Speed>,

    /// Try it out at half the size and with half the frames
    #[arg(long)]
    pub draft: bool,

    /// What few-step files are distilled for, which sets steps, sampler, shift and guidance [default: told by the files]
    #[arg(long, value_name = "off|lightning|fastwan|rcm|causvid|accvideo")]
    pub preset: Option<FewSteps>,

    /// Take steps over from earlier ones where little changes: a word for this model, or the numbers of `EasyCache`'s or
    /// `MagCache`'s authors [default: off]
    #[arg(
        long,
        value_name = "off|balanced|fast|easycache=T[,FIRST]|magcache=E,K,R"
    )]
    pub cache: Option<StepCache>,

    /// Leave guidance out after this share of the steps, which saves the second pass [default: 1]
    #[arg(long, value_name = "SHARE")]
    pub guidance_until: Option<f64>,

    /// Scale guidance as CFG-Zero* does, and let the first steps stand still
    #[arg(long)]
    pub cfg_zero: bool,

    /// Let the negative prompt count at a guidance scale of 1, as NAG does
    #[arg(long, value_name = "SCALE[,ALPHA,TAU]")]
    pub nag: Option<Nag>,

    /// Decode with a tiny VAE first: seconds instead of minutes, a picture that is a little worse, and
    /// `zoetrope decode OUT.mp4 -o OUT.mp4` decodes it properly later [default: full]
    #[arg(long, value_name = "full|draft")]
    pub decode: Option<Decode>,

    /// The tiny VAE for a draft [default: the nearest one that fits the model]
    #[arg(long, value_name = "FILE")]
    pub tiny_vae: Option<PathBuf>,
}

impl SpeedArgs {
    /// What these arguments ask for.
    pub fn speedups(&self) -> Speedups {
        Speedups {
            preset: self.preset,
            cache: self.cache.unwrap_or_default(),
            guidance_until: self.guidance_until.unwrap_or(1.0),
            cfg_zero: self.cfg_zero,
            nag: self.nag,
            decode: self.decode.unwrap_or_default(),
            tiny_vae: self.tiny_vae.clone(),
            ..Speedups::default()
        }
    }
}
