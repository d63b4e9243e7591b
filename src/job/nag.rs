//! *NAG*, normalized attention guidance: a negative prompt that works at a guidance scale of 1.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Its three numbers. Chen et al., "Normalized Attention Guidance" (arXiv 2505.21179).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nag {
    /// How far attention is pushed away from the negative prompt: 1 not at all.
    pub scale: f64,
    /// How much of the pushed attention is taken: 0 none, 1 all.
    pub alpha: f64,
    /// How many times as strong as before it may become.
    pub tau: f64,
}

impl fmt::Display for Nag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.scale, self.alpha, self.tau)
    }
}

impl FromStr for Nag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "give SCALE or SCALE,ALPHA,TAU, as in 11,0.25,2.5";
        let numbers: Result<Vec<f64>, _> = text.split(',').map(str::parse).collect();
        let numbers = numbers.map_err(|_| wrong)?;
        let (scale, alpha, tau) = match numbers[..] {
            [scale] => (scale, 0.25, 2.5),
            [scale, alpha, tau] => (scale, alpha, tau),
            _ => return Err(wrong.into()),
        };
        let works = scale >= 1.0 && scale.is_finite() && (0.0..=1.0).contains(&alpha);
        if works && tau > 0.0 && tau.is_finite() {
            return Ok(Self { scale, alpha, tau });
        }
        Err("NAG takes a scale from 1 on, an alpha of 0 to 1 and a tau above 0".into())
    }
}
