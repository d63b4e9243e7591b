//! What memory this machine has, and plans that fit into it.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

pub use crate::pipeline::sizes;

use crate::backend::{Backend, DeviceInfo};
use crate::error::{Error, Result};
use crate::job::memory::{self, Allowance, Fitted, Rooms, Saving, unused};
use crate::job::{Decoding, Machine, Plan, Stage};
use crate::pipeline::{self, kept, saved};

/// The plan as it fits into this machine's memory at the moment. Of the model's files only the headers
/// are read.
///
/// # Errors
/// It cannot fit, with what would; or a file cannot be read.
pub fn fit(plan: &Plan) -> Result<Fitted> {
    let sizes = sizes(plan)?;
    Ok(memory::fit(plan, &sizes, &machine()?)?)
}

/// [`fit`], and what MLX is allowed to hold meanwhile.
///
/// # Errors
/// As [`fit`].
pub fn fit_allowed(plan: &Plan) -> Result<(Fitted, Allowance)> {
    let fitted = fit(plan)?;
    let allowance = allowance(fitted.peak(), fitted.plan.limits.memory)?;
    Ok((fitted, allowance))
}

fn allowance(peak: u64, asked: Option<u64>) -> Result<Allowance> {
    let is_shared = Backend::current()? == Backend::Metal;
    let machine = machine()?;
    // What is kept beside stays as long as it is in nobody's way.
    let comfortable = machine.most(asked).min(machine.available);
    let peak = peak.max((peak + kept::bytes()).min(comfortable));
    Ok(Allowance::of(peak, &machine, asked, is_shared))
}

/// What a plan leaves for networks that are kept.
///
/// # Errors
/// The system does not tell what there is.
pub fn rooms(fitted: &Fitted) -> Result<Rooms> {
    let limit = fitted.plan.limits.memory;
    Ok(Rooms::beside(&fitted.needs, &machine()?, limit))
}

/// What a decoding leaves.
///
/// # Errors
/// As [`fit`].
pub fn rooms_beside(decoding: &Decoding) -> Result<Rooms> {
    let vae = pipeline::vae_sizes(&decoding.checkpoint, decoding.canvas.size)?;
    let need = memory::decoding_need(decoding, &vae);
    Ok(Rooms::beside(&[need], &machine()?, decoding.limits.memory))
}

/// The same for what is left of a plan that was begun, be it on another machine.
///
/// # Errors
/// As [`fit`], and what was kept is damaged.
pub fn fit_rest(plan: &Plan) -> Result<(Fitted, Allowance)> {
    let from = if saved::finished_steps(plan)? < plan.sampling.steps as usize {
        Stage::Text
    } else {
        Stage::Decode
    };
    let sizes = sizes(plan)?;
    let fitted = memory::fit_rest(plan, &sizes, &machine()?, from)?;
    let allowance = allowance(fitted.peak(), plan.limits.memory)?;
    Ok((fitted, allowance))
}

/// A decoding as it fits, what was changed in it, and what MLX is allowed to hold meanwhile.
///
/// # Errors
/// As [`fit`].
pub fn fit_decoding(decoding: &Decoding) -> Result<(Decoding, Vec<Saving>, Allowance)> {
    let vae = pipeline::vae_sizes(&decoding.checkpoint, decoding.canvas.size)?;
    let (fitted, savings) = memory::fit_decoding(decoding, &vae, &machine()?)?;
    let peak = memory::decoding_need(&fitted, &vae).bytes();
    Ok((fitted, savings, allowance(peak, decoding.limits.memory)?))
}

/// What this machine has. What is kept for a job that comes is as good as free.
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
        available: if cfg!(target_os = "macos") {
            unused(system.total_memory(), system.used_memory())
        } else {
            system.available_memory()
        },
        gpu: None,
    };
    let machine = match Gpu::find() {
        None => machine,
        Some(Gpu { most, free }) => Machine {
            available: free.unwrap_or(machine.available),
            gpu: Some(most),
            ..machine
        },
    };
    Ok(Machine {
        available: machine.available + kept::bytes(),
        ..machine
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
    fn find() -> Option<Self> {
        let info = DeviceInfo::current()?;
        // Apple's GPUs share the machine's memory and say how much they work well with; NVIDIA's have their own.
        let most = info.size(c"max_recommended_working_set_size");
        Some(Self {
            most: most.or_else(|| info.size(c"total_memory"))?,
            free: info.size(c"free_memory"),
        })
    }
}
