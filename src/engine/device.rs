//! What MLX computes on, and whether it does.

use std::sync::OnceLock;

use mlx_rs::{Array, Device, DeviceType};

pub use crate::backend::mlx_version as version;

use crate::backend::Backend;
use crate::error::Result;
use crate::job::Problem;

/// The MLX that the program runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mlx {
    /// Its version, if it tells.
    pub version: Option<String>,
    /// "the GPU" or "the CPU".
    pub device: &'static str,
    /// Whether it is the latter.
    pub is_processor: bool,
}

/// Asks MLX what it is and has it compute something small. For a program without an
/// [`Engine`](super::Engine).
///
/// # Errors
/// MLX does not work on this machine.
pub fn examine() -> Result<Mlx> {
    let is_processor = Backend::current()? == Backend::Cpu;
    let device = if is_processor { "the CPU" } else { "the GPU" };
    check_product()?;
    Ok(Mlx {
        version: version(),
        device,
        is_processor,
    })
}

/// Has MLX compute by the processor alone, or again by what it preferred at first.
///
/// It counts for the whole program: only the thread that computes may ask for it, or who has not yet
/// started one.
///
/// # Errors
/// MLX does not tell what it computes on.
pub fn use_processor(yes: bool) -> Result<()> {
    static PREFERRED: OnceLock<DeviceType> = OnceLock::new();
    let current = Device::try_default()?.get_type()?;
    let preferred = *PREFERRED.get_or_init(|| current);
    let chosen = if yes { DeviceType::Cpu } else { preferred };
    Device::set_default(&Device::new(chosen, 0));
    Ok(())
}

/// Multiplies two matrices whose product is known.
fn check_product() -> Result<()> {
    const SIDE: i32 = 64;
    let ones = Array::ones::<f32>(&[SIDE, SIDE])?;
    let sum = ones.matmul(&ones)?.sum(false)?;
    let expected = (SIDE * SIDE * SIDE) as f32;
    match sum.try_item_exact::<f32>() {
        Ok(sum) if (sum - expected).abs() < 1.0 => Ok(()),
        Ok(sum) => {
            Err(Problem::WrongMlx(format!("a product of {sum} instead of {expected}")).into())
        }
        Err(error) => Err(Problem::Mlx(error.to_string()).into()),
    }
}
