//! The probe's answer, asked for once for each system and version of the program.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sysinfo::System;

use super::probe;
use crate::backend::Backend;
use crate::dirs;
use crate::disk::PartialFile;
use crate::error::Result;
use crate::job::DeviceFault;

/// What was found, and for whom it holds.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    of: String,
    fault: Option<DeviceFault>,
}

/// What MLX computes wrongly on this machine. Nothing to tell if MLX computes on the processor, or does not
/// compute at all: the first job will say that better.
pub fn fault() -> Option<DeviceFault> {
    if Backend::current().ok()? == Backend::Cpu {
        return None;
    }
    let file = dirs::cache().map(|folder| folder.join("probe.json"));
    remembered(file.as_deref(), &subject(), probe::run)
        .inspect_err(|error| log::warn!("The self-test did not run: {error}"))
        .ok()
        .flatten()
}

/// What the answer may depend on: the program with its MLX, and the system with its drivers.
fn subject() -> String {
    let system = System::long_os_version().unwrap_or_default();
    let kernel = System::kernel_version().unwrap_or_default();
    format!(
        "zoetrope {}, {system}, kernel {kernel}",
        env!("CARGO_PKG_VERSION")
    )
}

/// The answer in `file` if it is one `of` this subject, otherwise that of `probe`, which `file` then holds.
///
/// # Errors
/// Those of `probe`; they are not remembered.
pub fn remembered(
    file: Option<&Path>,
    of: &str,
    probe: impl FnOnce() -> Result<Option<DeviceFault>>,
) -> Result<Option<DeviceFault>> {
    let read = || serde_json::from_slice::<Answer>(&fs::read(file?).ok()?).ok();
    if let Some(answer) = read().filter(|answer| answer.of == of) {
        return Ok(answer.fault);
    }
    let fault = probe()?;
    let answer = Answer {
        of: of.to_owned(),
        fault,
    };
    if let (Some(file), Ok(json)) = (file, serde_json::to_vec(&answer)) {
        // The folder may be there; if it is not, writing says so. What is not remembered is asked for again.
        let _ = file.parent().map(fs::create_dir_all);
        if let Err(error) = PartialFile::write(file, &json) {
            log::warn!("The self-test will run again at the next start: {error}");
        }
    }
    Ok(fault)
}
