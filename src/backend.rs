//! What MLX computes on: the fastest way to compute depends on it.

use mlx_rs::error::Exception;
use mlx_rs::{Device, DeviceType};

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
}
