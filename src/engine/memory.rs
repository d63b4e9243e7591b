//! What memory this machine has, and plans that fit into it.

use mlx_sys::mlx_device_info;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::error::{Error, Result};
use crate::job::memory::{self, Fitted, Saving};
use crate::job::{Decoding, Machine, Plan, Stage};
use crate::pipeline::{self, saved};

/// The plan as it fits into this machine's memory at the moment. Of the model's files only the headers
/// are read.
///
/// # Errors
/// It cannot fit, with what would; or a file cannot be read.
pub fn fit(plan: &Plan) -> Result<Fitted> {
    let sizes = pipeline::sizes(plan)?;
    Ok(memory::fit(plan, &sizes, &machine()?)?)
}

/// The same for what is left of a plan that was begun, be it on another machine.
///
/// # Errors
/// As [`fit`], and what was kept is damaged.
pub fn fit_rest(plan: &Plan) -> Result<Fitted> {
    let from = if saved::finished_steps(plan)? < plan.sampling.steps as usize {
        Stage::Text
    } else {
        Stage::Decode
    };
    let sizes = pipeline::sizes(plan)?;
    Ok(memory::fit_rest(plan, &sizes, &machine()?, from)?)
}

/// A decoding as it fits, and what was changed in it.
///
/// # Errors
/// As [`fit`].
pub fn fit_decoding(decoding: &Decoding) -> Result<(Decoding, Vec<Saving>)> {
    let vae = pipeline::vae_sizes(&decoding.checkpoint, decoding.canvas.size)?;
    Ok(memory::fit_decoding(decoding, &vae, &machine()?)?)
}

/// What this machine has.
///
/// # Errors
/// The system does not tell.
pub fn machine() -> Result<Machine> {
    let ram = MemoryRefreshKind::nothing().with_ram();
    let system = System::new_with_specifics(RefreshKind::nothing().with_memory(ram));
    let system = system.map_err(|error| {
        Error::Other(format!(
            "The system does not tell how much memory there is: {error}"
        ))
    })?;
    let machine = Machine {
        total: system.total_memory(),
        available: system.available_memory(),
        gpu: None,
    };
    Ok(match Gpu::find() {
        None => machine,
        Some(Gpu { most, free }) => Machine {
            available: free.unwrap_or(machine.available),
            gpu: Some(most),
            ..machine
        },
    })
}

/// What MLX says about the memory of the device that it computes on.
struct Gpu {
    /// What it may use.
    most: u64,
    /// What is free of it, where it has memory of its own.
    free: Option<u64>,
}

impl Gpu {
    #[expect(
        unsafe_code,
        reason = "mlx-rs does not pass on what MLX knows about a device"
    )]
    fn find() -> Option<Self> {
        // SAFETY: both are fresh objects that MLX fills; each is freed once, after the last use.
        unsafe {
            let mut device = mlx_sys::mlx_device_new();
            let mut info = mlx_sys::mlx_device_info_new();
            let told = mlx_sys::mlx_get_default_device(&raw mut device) == 0
                && mlx_sys::mlx_device_info_get(&raw mut info, device) == 0;
            let size = |key| told.then(|| number(info, key)).flatten();
            // Apple's GPUs share the machine's memory and say how much they work well with; NVIDIA's
            // have their own.
            let most = size(c"max_recommended_working_set_size").or_else(|| size(c"total_memory"));
            let gpu = most.map(|most| Self {
                most,
                free: size(c"free_memory"),
            });
            mlx_sys::mlx_device_info_free(info);
            mlx_sys::mlx_device_free(device);
            gpu
        }
    }
}

/// What a device's information says under `key`, if it says anything.
#[expect(
    unsafe_code,
    reason = "mlx-rs does not pass on what MLX knows about a device"
)]
fn number(info: mlx_device_info, key: &std::ffi::CStr) -> Option<u64> {
    let mut known = false;
    let mut size = 0;
    // SAFETY: `info` is alive, `key` ends with a zero, and both results are plain numbers.
    unsafe {
        let asked = mlx_sys::mlx_device_info_has_key(&raw mut known, info, key.as_ptr()) == 0;
        let told = asked
            && known
            && mlx_sys::mlx_device_info_get_size(&raw mut size, info, key.as_ptr()) == 0;
        told.then_some(size as u64)
    }
}
