//! Which files of weights are the *shards* of one network: their names say so.

use std::fs;
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

/// The file, or if it is a shard, all of its network that lie beside it.
pub fn beside(file: &Path) -> Vec<PathBuf> {
    let alone = vec![file.to_owned()];
    let (Some(series), Some(folder)) = (series_of(file), file.parent()) else {
        return alone;
    };
    // Beside a file without a folder are those of the current one.
    let place = Path::new(".").join(folder);
    let neighbours = fs::read_dir(place).into_iter().flatten().flatten();
    let neighbours = neighbours.map(|entry| folder.join(entry.file_name()));
    let mut shards: Vec<_> = neighbours
        .filter(|other| series_of(other) == Some(series))
        .collect();
    shards.sort();
    if shards.is_empty() { alone } else { shards }
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
        Some((first, count)) if files.len() != count => {
            let problem =
                format!("is one of {count} shards, but not all are there: download the others");
            Err(Error::content(first, problem))
        }
        _ => Ok(()),
    }
}

/// The file that holds, beside the shards of a network, all of it once more.
pub fn stray(files: &[PathBuf]) -> Option<PathBuf> {
    let first = files.first()?;
    let (series, count) = series_of(first)?;
    let extension = first.extension()?.to_str()?;
    let single = PathBuf::from(format!("{series}.{extension}"));
    (count > 1 && single.is_file()).then_some(single)
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
