//! `zoetrope quantize`: what packing does to a model, and the model again, smaller.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{follow, format, print, say};
use crate::catalog;
use crate::disk::{PartialFolder, check_space, folder_of};
use crate::error::{Error, Result};
use crate::job::plain_text::one_line;
use crate::job::{Checkpoint, Command, Event, Expert, Loss, QuantBits, Quantizing};

/// Arguments of `quantize`.
#[derive(Debug, Args)]
pub struct Quantize {
    /// Name of the model, its folder, or the file of its DiT
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,

    /// Bits per weight of the DiT
    #[arg(long, value_name = "8|4", default_value_t = QuantBits::Eight)]
    pub bits: QuantBits,

    /// New or empty folder to save the quantized model in
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
        .map_err(Error::from)?;
    say(&format!(
        "Quantizing {} to {} bits",
        one_line(&checkpoint.name),
        args.bits
    ));
    let folder = args.output.as_deref().map(make_folder).transpose()?;
    if let Some(folder) = &folder {
        check_space(folder_of(folder.path()), least(&checkpoint, args.bits))?;
    }
    if let Some(folder) = &folder {
        catalog::bring_rest(&checkpoint, folder.path())?;
    }
    let job = Quantizing {
        checkpoint,
        bits: args.bits,
        folder: folder.as_ref().map(|folder| folder.path().to_owned()),
    };
    let mut told = Ok(());
    let result = follow::follow(
        |handle| Command::Quantize(handle, Box::new(job)),
        |event| {
            if let Event::Quantized { loss, .. } = event {
                told = print(&line(&loss));
            }
        },
    );
    match (folder, &args.output) {
        (Some(folder), Some(name)) => {
            result.map_err(|why| called(why, folder.path(), name))?;
            folder.finish()?;
        }
        _ => result?,
    }
    told
}

/// The bytes that the packed networks take at least, whatever type they come in.
fn least(checkpoint: &Checkpoint, bits: QuantBits) -> u64 {
    let files = checkpoint
        .experts()
        .flat_map(|(_, network)| &network.weights);
    let lengths = files.filter_map(|file| Some(file.metadata().ok()?.len()));
    lengths.sum::<u64>() / 32 * u64::from(bits.count())
}

/// A folder in the making, so that nothing is mixed with what was there, and half a model is never taken for one.
fn make_folder(folder: &Path) -> Result<PartialFolder> {
    let is_empty = |mut entries: fs::ReadDir| entries.next().is_none();
    if fs::read_dir(folder).is_ok_and(|entries| !is_empty(entries)) {
        return Err(Error::content(folder, "is not empty: choose a new folder"));
    }
    let above = folder_of(folder);
    fs::create_dir_all(above).map_err(Error::file("create", above))?;
    PartialFolder::create(folder)
}

/// An error that names the folder as it shall be called.
fn called(why: Error, temporary: &Path, name: &Path) -> Error {
    let [temporary, name] = [temporary, name].map(|path| path.display().to_string());
    match why {
        Error::Other(message) => Error::Other(message.replace(&temporary, &name)),
        why => why,
    }
}

/// "DiT, high noise: prediction off by 0.31%, the file takes 15.0 GB"
fn line(loss: &Loss) -> String {
    let expert = match loss.expert {
        None => "",
        Some(Expert::HighNoise) => ", high noise",
        Some(Expert::LowNoise) => ", low noise",
    };
    let error = 100.0 * loss.error;
    let told = format!("DiT{expert}: prediction off by {error:.2}%");
    match loss.bytes {
        Some(bytes) => format!("{told}, the file takes {}", format::bytes(bytes)),
        None => told,
    }
}
