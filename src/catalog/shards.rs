//! Which files of weights are the *shards* of one network: their names say so.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Shards of one network together; they are neighbours.
pub fn grouped(files: Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    let mut groups: Vec<Vec<PathBuf>> = Vec::new();
    for file in files {
        let last = groups.last_mut().filter(|group| {
            let series = series_of(&file);
            series.is_some() && group.iter().all(|other| series_of(other) == series)
        });
        match last {
            Some(group) => group.push(file),
            None => groups.push(vec![file]),
        }
    }
    groups
}

/// Checks that all shards of a network are there.
///
/// # Errors
/// Some are missing.
pub fn check_whole(files: &[PathBuf]) -> Result<()> {
    let first = files
        .first()
        .and_then(|first| Some((first, series_of(first)?.1)));
    match first {
        Some((first, count)) if files.len() != count => Err(Error::content(
            first,
            format!(
                "is one of {count} shards, of which {} are there: download the others",
                files.len()
            ),
        )),
        _ => Ok(()),
    }
}

/// The name or path of a shard up to its number, and how many there are: `…-00001-of-00003`, without an ending.
pub fn series(stem: &str) -> Option<(&str, usize)> {
    let (before, count) = stem.rsplit_once("-of-")?;
    let (series, number) = before.rsplit_once('-')?;
    number.parse::<usize>().ok()?;
    Some((series, count.parse().ok()?))
}

fn series_of(file: &Path) -> Option<(&str, usize)> {
    series(file.to_str()?.rsplit_once('.')?.0)
}
