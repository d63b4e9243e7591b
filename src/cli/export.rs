//! `zoetrope export`: a finished video as another file.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{interrupt, say, shown};
use crate::error::{Error, Result};
use crate::job::{self, Format, Quality, Size};
use crate::media;
use crate::platform::Awake;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The video
    #[arg(value_name = "IN.mp4")]
    pub file: PathBuf,

    /// Maximum width x height in pixels; the aspect ratio is kept [default: the video's own]
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,

    /// Quality of an MP4 [default: standard]
    #[arg(long, value_name = Quality::USAGE)]
    pub quality: Option<Quality>,

    /// Frame to export as a picture, counted from 1 [default: 1]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub frame: Option<usize>,

    /// The file or folder to write; an existing file is replaced only when the new one is complete
    #[arg(short, long, value_name = "OUT.mp4|OUT.gif|OUT.png|OUT.jpg|FOLDER")]
    pub output: PathBuf,
}

/// Writes what the arguments ask for.
///
/// # Errors
/// The name of the output says nothing that can be written, or the export fails.
pub fn run(args: &Export) -> Result<()> {
    let export = export(args)?;
    let cancelled = interrupt::flag();
    let _awake = Awake::start("A video is being exported");
    let bar = io::stderr().is_terminal().then(new_bar);
    media::export(&export, &mut |done, of| {
        if let Some(bar) = &bar {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        Ok(())
    })?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    say(&format!("Wrote {}", shown(&export.target)));
    Ok(())
}

fn export(args: &Export) -> Result<job::Export> {
    let frame = args.frame.map(|number| number.saturating_sub(1));
    let format = Format::of(&args.output, args.quality.unwrap_or_default(), frame);
    let Some(format) = format else {
        return Err(Error::content(
            &args.output,
            "is not a format to export: use .mp4, .gif, .png, .jpg, or no extension for a folder of frames",
        ));
    };
    let problem = match (format, args.frame, args.quality) {
        (Format::Still(_), _, None) | (_, None, None) | (Format::Mp4(_), None, _) => None,
        (Format::Still(_), ..) | (Format::Gif | Format::Pictures, _, Some(_)) => {
            Some("has no quality setting: leave out --quality")
        }
        (_, Some(_), _) => Some("is not a single frame: leave out --frame, or export .png or .jpg"),
    };
    match problem {
        Some(problem) => Err(Error::content(&args.output, problem)),
        None => Ok(job::Export {
            range: None,
            then: Vec::new(),
            source: args.file.clone(),
            format,
            within: args.size,
            target: args.output.clone(),
        }),
    }
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("Exporting {bar:32} {pos:>4}/{len:<4}") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("choose a whole number from 1".into()),
    }
}
