//! What MLX computes on: the fastest way to compute depends on it.

pub mod metal;

use std::env;

use mlx_rs::error::Exception;
use mlx_rs::{Device, DeviceType, Dtype};

/// A backend of MLX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The processor.
    Cpu,
    /// Apple's GPUs.
    Metal,
    /// NVIDIA's.
    Cuda,
}

impl Backend {
    /// That of the default device.
    pub fn current() -> Result<Self, Exception> {
        Ok(match Device::try_default()?.get_type()? {
            DeviceType::Cpu => Self::Cpu,
            DeviceType::Gpu if cfg!(target_os = "macos") => Self::Metal,
            DeviceType::Gpu => Self::Cuda,
        })
    }

    /// The type in which products of weights that are `stored` so are computed when nobody asks for another.
    ///
    /// GPUs compute halves many times as fast, and the official code runs these products under bf16 autocast whatever its
    /// files hold. On the processor half-precision products have no fast kernels.
    pub fn fastest_dtype(self, stored: Dtype) -> Dtype {
        match (self, stored) {
            (Self::Cpu, _) => Dtype::Float32,
            (_, Dtype::Float16) => Dtype::Float16,
            _ => Dtype::Bfloat16,
        }
    }

    /// Whether float32 is exact: where it is not, MLX rounds the factors of products and convolutions to TF32's 10 bits, as
    /// it does on NVIDIA's GPUs and Apple's newest unless `MLX_ENABLE_TF32` says otherwise.
    pub fn is_strict(self) -> bool {
        self == Self::Cpu || env::var("MLX_ENABLE_TF32").is_ok_and(|switch| switch == "0")
    }
}
