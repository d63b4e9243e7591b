//! `zoetrope quantize`: what packing does to a model, and the model again, smaller.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{follow, format, print, say};
use crate::catalog;
use crate::error::{Error, Result};
use crate::job::{Command, Event, Expert, Loss, QuantBits, Quantizing};

/// Arguments of `quantize`.
#[derive(Debug, Args)]
pub struct Quantize {
    /// Name, folder or DiT of the model
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,

    /// Bits of each weight of the DiT's large matrices
    #[arg(long, value_name = "8|4", default_value_t = QuantBits::Eight)]
    pub bits: QuantBits,

    /// Folder to keep the packed model in, which is new or empty
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// Packs the model that the arguments name, and tells what that does to it.
///
/// # Errors
/// The model cannot be read, or the folder cannot be written; Ctrl-C.
pub fn run(args: &Quantize) -> Result<()> {
    let checkpoint = catalog::find(&args.model)?
        .checkpoint
        .map_err(Error::Other)?;
    say(&format!(
        "Packing {} into {} bits",
        checkpoint.name, args.bits
    ));
    // The DiT comes last: without it a folder is not taken for a model.
    if let Some(folder) = &args.output {
        make_folder(folder)?;
        catalog::bring_rest(&checkpoint, folder)?;
    }
    let job = Quantizing {
        checkpoint,
        bits: args.bits,
        folder: args.output.clone(),
    };
    let mut told = Ok(());
    let result = follow::follow(
        |handle| Command::Quantize(handle, Box::new(job)),
        |event| {
            if let Event::QuantizedMatrix { loss, .. } = event {
                told = print(&line(&loss));
            }
        },
    );
    match (result, &args.output) {
        (Err(Error::Cancelled), Some(folder)) => Err(Error::content(
            folder,
            "is not complete, since it was stopped: remove it",
        )),
        (Err(Error::Cancelled), None) => {
            say("Stopped");
            Ok(())
        }
        (result, _) => result.and(told),
    }
}

/// An empty folder, so that nothing is mixed with what was there.
fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let mut entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    if entries.next().is_some() {
        return Err(Error::content(folder, "is not empty: give a new folder"));
    }
    Ok(())
}

/// "DiT for high noise: its velocity differs by 0.31 %, the file takes 15.0 GB"
fn line(loss: &Loss) -> String {
    let expert = match loss.expert {
        None => "",
        Some(Expert::HighNoise) => " for high noise",
        Some(Expert::LowNoise) => " for low noise",
    };
    let error = 100.0 * loss.error;
    let told = format!("DiT{expert}: its velocity differs by {error:.2} %");
    match loss.bytes {
        Some(bytes) => format!("{told}, the file takes {}", format::bytes(bytes)),
        None => told,
    }
}
