//! A report on this machine, for somebody who has none like it: what it is, whether it computes right, and how fast.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::{device, memory, metal, probe};
use crate::backend::{Backend, DeviceInfo, generation};
use crate::error::Result;
use crate::pipeline::survey::{self, Surveyor};

/// The number of this form of a report.
const FORM: u32 = 1;

/// Measures this machine for `patience` at most, and tells `next` what is measured next; its error ends it.
///
/// # Errors
/// MLX does not work at all, or `next` says so.
pub fn report(patience: Duration, next: &mut dyn FnMut(&str) -> Result<()>) -> Result<Value> {
    let backend = Backend::current()?;
    next("what the processor can check")?;
    let probes = probe::cases(backend).into_iter().map(|case| {
        let found = case.difference();
        json!({
            "case": case.name(),
            "difference": found.as_ref().ok(),
            "tolerance": probe::tolerance(case.dtype()),
            "failed": found.as_ref().err().map(ToString::to_string),
        })
    });
    let probes: Vec<Value> = probes.collect();
    let before = counters();
    let survey = survey::run(&mut Surveyor { patience, next })?;
    Ok(json!({
        "form": FORM,
        "zoetrope": env!("CARGO_PKG_VERSION"),
        "mlx": device::version(),
        "build": metal::build(),
        "system": System::long_os_version().ok(),
        "kernel": System::kernel_version().ok(),
        "processor": System::cpu_arch(),
        "device": the_device(),
        "generation": generation().map(|generation| format!("{generation:?}")),
        "machine": memory::machine().ok(),
        "memory_before": before,
        "memory_after": counters(),
        "probe": probes,
        "survey": survey,
    }))
}

/// What MLX knows of the device.
fn the_device() -> Value {
    let info = DeviceInfo::current();
    let size = |key| info.as_ref().and_then(|info| info.size(key));
    let text = |key| info.as_ref().and_then(|info| info.text(key));
    json!({
        "name": text(c"device_name"),
        "architecture": text(c"architecture"),
        "memory_size": size(c"memory_size"),
        "max_buffer_length": size(c"max_buffer_length"),
        "max_recommended_working_set_size": size(c"max_recommended_working_set_size"),
        "resource_limit": size(c"resource_limit"),
        "total_memory": size(c"total_memory"),
        "free_memory": size(c"free_memory"),
    })
}

/// What the system says of memory, in bytes.
#[derive(Serialize)]
struct Counters {
    total: u64,
    used: u64,
    /// As the crate that asks has it: on macOS this counts other programs' live memory.
    available: u64,
    free: u64,
    swap_used: u64,
}

fn counters() -> Option<Counters> {
    let all = MemoryRefreshKind::everything();
    let system = System::new_with_specifics(RefreshKind::nothing().with_memory(all)).ok()?;
    Some(Counters {
        total: system.total_memory(),
        used: system.used_memory(),
        available: system.available_memory(),
        free: system.free_memory(),
        swap_used: system.used_swap(),
    })
}
