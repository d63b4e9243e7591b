//! `zoetrope info`: the settings stored in a video.

use std::path::PathBuf;

use clap::Args;

use super::print;
use crate::error::{Error, Result};
use crate::job::VideoInfo;
use crate::media::mp4;

/// Arguments of `info`.
#[derive(Debug, Args)]
pub struct Info {
    /// The video
    #[arg(value_name = "FILE.mp4")]
    pub file: PathBuf,

    /// Print the settings as JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints what the video says about itself.
///
/// # Errors
/// It is no video, or it says nothing that Zoetrope wrote.
pub fn run(args: &Info) -> Result<()> {
    let stored = mp4::settings(&args.file)?;
    let info = stored.and_then(|json| VideoInfo::from_json(&json).ok()).ok_or_else(|| {
        Error::content(
            &args.file,
            "holds no settings that can be read: it was made by another program, or by a newer Zoetrope",
        )
    })?;
    if args.json {
        return print(&info.to_json());
    }
    let lines = info.lines().into_iter();
    let lines = lines.map(|(name, value)| format!("{name:16}{value}"));
    print(&lines.collect::<Vec<_>>().join("\n"))
}
