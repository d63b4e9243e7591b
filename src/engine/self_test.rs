//! What this machine computes wrongly and what it computes faster, asked for once for each system, program and build of MLX.

use std::fs;
use std::path::Path;
use std::time::Instant;

use mlx_rs::ops::{dequantize, matmul, quantize, quantized_matmul};
use mlx_rs::{Array, Dtype};
use serde::{Deserialize, Serialize};
use sysinfo::System;

use super::{device, metal, probe};
use crate::backend::{Backend, generation, packed};
use crate::dirs;
use crate::disk::PartialFile;
use crate::error::Result;
use crate::job::DeviceFault;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Found {
    /// What is computed wrongly.
    pub fault: Option<DeviceFault>,
    /// Why something could not be computed at all.
    pub failed: Option<String>,
    /// Whether products of packed weights are faster if these are unpacked first; unknown where it was not measured.
    pub unpacks: Option<bool>,
}

/// The same, and for whom it holds.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    of: String,
    #[serde(flatten)]
    found: Found,
}

/// What MLX computes wrongly on this machine. Nothing to tell if MLX computes on the processor, or does not compute at all: the
/// first job will say that better.
pub fn fault() -> Option<DeviceFault> {
    let backend = Backend::current().ok()?;
    if backend == Backend::Cpu {
        return None;
    }
    let file = dirs::cache().map(|folder| folder.join("probe.json"));
    let found = remembered(file.as_deref(), &subject(), || examine(backend));
    if let Some(faster) = found.unpacks {
        packed::set_measured(faster);
    }
    found.fault
}

/// Asks the probe and the clock.
fn examine(backend: Backend) -> Found {
    let (fault, failed) = match probe::run() {
        Ok(fault) => (fault, None),
        Err(error) => {
            log::warn!("The self-test could not compute everything: {error}");
            (None, Some(error.to_string()))
        }
    };
    let unpacks = (backend == Backend::Metal).then(|| unpacking_is_faster().ok());
    Found {
        fault,
        failed,
        unpacks: unpacks.flatten(),
    }
}

/// What the answer may depend on: the program with its MLX, the system with its drivers, and what computes.
fn subject() -> String {
    let system = System::long_os_version().unwrap_or_default();
    let kernel = System::kernel_version().unwrap_or_default();
    let mlx = device::version().unwrap_or_default();
    format!(
        "zoetrope {}, MLX {mlx} {}, {system}, kernel {kernel}",
        env!("CARGO_PKG_VERSION"),
        metal::build(),
    )
}

/// Times both ways of a product with packed weights, at the size of a layer and of a part of a video.
fn unpacking_is_faster() -> Result<bool> {
    const GROUP: i32 = 64;
    const BITS: i32 = 8;
    const RUNS: u32 = 3;
    let half = Backend::Metal.fastest_dtype(Dtype::Float32, generation());
    let numbers = |shape: &[i32]| -> Result<Array> {
        let numbers = Array::ones::<f32>(shape)?.as_dtype(half)?;
        numbers.eval()?;
        Ok(numbers)
    };
    let (x, weight) = (numbers(&[2048, 3072])?, numbers(&[3072, 3072])?);
    let (words, scales, biases) = quantize(weight, GROUP, BITS)?;
    let as_packed = || -> Result<()> {
        Ok(quantized_matmul(&x, &words, &scales, &biases, true, GROUP, BITS)?.eval()?)
    };
    let unpacked = || -> Result<()> {
        let weight = dequantize(&words, &scales, &biases, GROUP, BITS)?;
        Ok(matmul(&x, weight.t())?.eval()?)
    };
    // The fastest of a few: the first compiles, and others may draw meanwhile.
    let fastest = |work: &dyn Fn() -> Result<()>| -> Result<f64> {
        let mut fastest = f64::INFINITY;
        for _ in 0..=RUNS {
            let start = Instant::now();
            work()?;
            fastest = fastest.min(start.elapsed().as_secs_f64());
        }
        Ok(fastest)
    };
    Ok(fastest(&unpacked)? < fastest(&as_packed)?)
}

/// The answer in `file` if it is one `of` this subject, otherwise that of `examine`, which `file` then holds, be it that
/// something could not be computed: that would be so at every start, and takes its time.
pub fn remembered(file: Option<&Path>, of: &str, examine: impl FnOnce() -> Found) -> Found {
    let read = || serde_json::from_slice::<Answer>(&fs::read(file?).ok()?).ok();
    if let Some(answer) = read().filter(|answer| answer.of == of) {
        return answer.found;
    }
    let answer = Answer {
        of: of.to_owned(),
        found: examine(),
    };
    if let (Some(file), Ok(json)) = (file, serde_json::to_vec(&answer)) {
        // The folder may be there; if it is not, writing says so. What is not remembered is asked for again.
        let _ = file.parent().map(fs::create_dir_all);
        if let Err(error) = PartialFile::write(file, &json) {
            log::warn!("The self-test will run again at the next start: {error}");
        }
    }
    answer.found
}
