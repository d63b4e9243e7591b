//! The arguments that make a video fast.

use clap::Args;

use crate::job::{FewSteps, Nag, Speedups, StepCache};

/// What saves passes of the network, or makes up for those that few steps save.
#[derive(Clone, Copy, Debug, Args)]
pub struct Speed {
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
}

impl Speed {
    /// What these arguments ask for.
    pub fn speedups(&self) -> Speedups {
        Speedups {
            preset: self.preset,
            cache: self.cache.unwrap_or_default(),
            guidance_until: self.guidance_until.unwrap_or(1.0),
            cfg_zero: self.cfg_zero,
            nag: self.nag,
            ..Speedups::default()
        }
    }
}
