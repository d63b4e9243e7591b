//! What MLX computes on: the fastest way to compute depends on it.

mod device_info;
pub mod metal;
pub mod packed;
pub mod thread;
mod version;

pub use device_info::DeviceInfo;
pub use version::mlx_version;

use std::env;
use std::sync::OnceLock;

use mlx_rs::error::Exception;
use mlx_rs::{Device, DeviceType, Dtype};

use metal::Generation;

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

/// Which of Apple's chips computes here, where one does that is known.
pub fn generation() -> Option<Generation> {
    static HERE: OnceLock<Option<Generation>> = OnceLock::new();
    let ask = || Generation::of_architecture(&DeviceInfo::current()?.text(c"architecture")?);
    *HERE.get_or_init(ask)
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
    ///
    /// M1 and M2 have no units for bfloat16 ([`Chip::half`](metal::Chip::half)); what `generation` it is only matters there.
    pub fn fastest_dtype(self, stored: Dtype, generation: Option<Generation>) -> Dtype {
        match (self, stored) {
            (Self::Cpu, _) => Dtype::Float32,
            (_, Dtype::Float16) => Dtype::Float16,
            (Self::Metal, _) if generation.is_some_and(|it| it <= Generation::M2) => Dtype::Float16,
            _ => Dtype::Bfloat16,
        }
    }

    /// Whether float32 is exact: where it is not, MLX rounds the factors of products and convolutions to TF32's 10 bits, as
    /// it does on NVIDIA's GPUs and Apple's newest unless `MLX_ENABLE_TF32` says otherwise.
    pub fn is_strict(self) -> bool {
        self == Self::Cpu || env::var("MLX_ENABLE_TF32").is_ok_and(|switch| switch == "0")
    }
}
