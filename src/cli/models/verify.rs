//! `zoetrope models verify`: whether a model's files are what was published.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::Ordering;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::super::{interrupt, print, print_json, shown};
use super::table;
use crate::catalog::{self, Verdict};
use crate::error::{Error, Result};

/// Reads all files of the model and prints what each is.
///
/// # Errors
/// There is no such model, or one of its files is damaged.
pub fn run(model: &Path, json: bool) -> Result<()> {
    let model = catalog::find(model)?;
    let checkpoint = model.checkpoint.clone().map_err(Error::from)?;
    let cancelled = interrupt::flag();
    let bar = io::stderr().is_terminal().then(new_bar);
    let verdicts = catalog::verify(&checkpoint, &mut |done, of| {
        if let Some(bar) = &bar {
            bar.set_length(of);
            bar.set_position(done);
        }
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        Ok(())
    })?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if json {
        let objects: Vec<_> = verdicts.iter().map(object).collect();
        print_json(&Value::from(objects).to_string())?;
    } else {
        let lines = verdicts.iter().map(line).chain(table::remarks(&model));
        print(&lines.collect::<Vec<_>>().join("\n"))?;
    }
    match verdicts
        .iter()
        .filter(|verdict| verdict.is_damaged())
        .count()
    {
        0 => Ok(()),
        1 => Err(Error::Other(
            "One file is damaged: download it again".into(),
        )),
        count => Err(Error::Other(format!(
            "{count} files are damaged: download them again"
        ))),
    }
}

fn line(verdict: &Verdict) -> String {
    let Verdict {
        file,
        sha256,
        published,
    } = verdict;
    let words = match published {
        Some(published) if published == sha256 => "as published".into(),
        Some(published) => format!("DAMAGED: SHA-256 is {sha256}, published {published}"),
        None => format!("readable; SHA-256 {sha256}"),
    };
    format!("{}: {words}", shown(file))
}

fn object(verdict: &Verdict) -> Value {
    let Verdict {
        file,
        sha256,
        published,
    } = verdict;
    json!({ "file": file, "sha256": sha256, "published": published })
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "Reading {bar:32} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}
