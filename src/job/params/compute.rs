//! The types that a video is computed in, and what that may take.

use clap::Args;
use serde::{Deserialize, Serialize};

use super::Line;
use crate::job::{Precision, QuantBits, VaePrecision};

/// The types that the networks compute in. What is asked for is what is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Compute")]
#[serde(default)]
pub struct Compute {
    /// Compute precision of the DiT; auto takes the fastest: f16 on M1 and M2, bf16 on other GPUs
    #[arg(long = "dtype", value_name = Precision::USAGE, default_value_t)]
    pub precision: Precision,

    /// Compute precision of the VAE; bf16 and f16 halve its memory
    #[arg(long = "vae-dtype", value_name = VaePrecision::USAGE, default_value_t)]
    #[serde(skip_serializing_if = "VaePrecision::is_f32")]
    pub vae_precision: VaePrecision,

    /// Quantize the DiT's weights to 8 or 4 bits: less memory, same speed
    #[arg(long, value_name = "8|4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantize: Option<QuantBits>,
}

impl Compute {
    /// For `zoetrope info`.
    pub(in crate::job) fn lines(self) -> Vec<Line> {
        let Self {
            precision,
            vae_precision,
            quantize,
        } = self;
        let mut lines = vec![("Products in", precision.to_string())];
        if !vae_precision.is_f32() {
            lines.push(("Decoded in", vae_precision.to_string()));
        }
        lines.extend(quantize.map(|bits| ("Weights in", format!("{bits} bits"))));
        lines
    }
}

/// What a job may take of the machine. It does not change the video but for rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[serde(default)]
pub struct Limits {
    /// The most memory that the job may use, in bytes.
    #[arg(
        long = "memory-limit",
        value_name = "GB",
        value_parser = gigabytes,
        help = "Memory limit in GB [default: what the machine can spare]"
    )]
    #[serde(rename = "memory_limit")]
    pub memory: Option<u64>,
}

impl Limits {
    /// These where they say something, `others` where they do not.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            memory: self.memory.or(others.memory),
        }
    }
}

/// Gigabytes as bytes.
fn gigabytes(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok((number * 1e9) as u64),
        _ => Err("give a number above 0".into()),
    }
}
