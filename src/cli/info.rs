//! `zoetrope info`: the settings stored in a video.

use std::path::PathBuf;

use clap::Args;

use super::{print, print_json};
use crate::error::{Error, Result};
use crate::job::VideoInfo;
use crate::job::plain_text::one_line;
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
            "has no settings that this version can read: another program or a newer Zoetrope made it",
        )
    })?;
    if args.json {
        return print_json(&info.to_json());
    }
    let lines = info.lines().into_iter();
    let lines = lines.map(|(name, value)| row(name, &value));
    print(&lines.collect::<Vec<_>>().join("\n"))
}

/// A setting and what it is, however many lines that has: none of them can pass for another setting.
fn row(name: &str, value: &str) -> String {
    let lines: Vec<_> = value.lines().map(one_line).collect();
    format!("{name:16}{}", lines.join("\n                "))
}
