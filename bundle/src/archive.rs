//! The app as a zip: links stay links, and the same app makes the same file.
//!
//! Its files are as old as the version: Finder shows that, and what is kept by time tells one version from the next.

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use walkdir::WalkDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// In seconds since 1970, as `git log -1 --format=%ct` prints it; those who build again make the same file with it.
const TIME: &str = "SOURCE_DATE_EPOCH";

/// The time of the version, if it is told, or the earliest that a zip knows.
fn time(told: Option<&str>) -> DateTime {
    let seconds = told.and_then(|told| told.trim().parse().ok());
    let time = seconds.and_then(|seconds| date(seconds));
    time.unwrap_or_default()
}

/// The date in UTC, by the calendar's rule that four hundred years have 146,097 days.
fn date(seconds: u64) -> Option<DateTime> {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // From the first of March of the year 0 on, so that leap days come last.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let in_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = 400 * era + year + u64::from(month <= 2);
    DateTime::from_date_and_time(
        u16::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(in_month).ok()?,
        u8::try_from(rest / 3600).ok()?,
        u8::try_from(rest / 60 % 60).ok()?,
        u8::try_from(rest % 60).ok()?,
    )
    .ok()
}

/// Packs `app` into `zip`, under its own name.
pub fn write(app: &Path, zip: &Path) -> Result<()> {
    let file = File::create(zip).with_context(|| format!("{} cannot be created", zip.display()))?;
    let mut archive = ZipWriter::new(io::BufWriter::new(file));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(time(env::var(TIME).ok().as_deref()));
    let above = app.parent().unwrap_or(app);
    for entry in WalkDir::new(app).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(above)?.to_string_lossy();
        let mode = entry.metadata()?.permissions().mode() & 0o777;
        let options = options.unix_permissions(mode);
        if entry.path_is_symlink() {
            let target = fs::read_link(entry.path())?;
            archive.add_symlink(name, target.to_string_lossy(), options)?;
        } else if entry.file_type().is_dir() {
            archive.add_directory(name, options)?;
        } else {
            archive.start_file(name, options)?;
            io::copy(&mut File::open(entry.path())?, &mut archive)?;
        }
    }
    archive.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_and_modes_survive() {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("A.app");
        fs::create_dir_all(app.join("MacOS")).unwrap();
        fs::write(app.join("MacOS/a"), "program").unwrap();
        fs::set_permissions(app.join("MacOS/a"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("MacOS/a", app.join("link")).unwrap();
        let zip = folder.path().join("a.zip");
        write(&app, &zip).unwrap();
        let mut archive = zip::ZipArchive::new(File::open(&zip).unwrap()).unwrap();
        let program = archive.by_name("A.app/MacOS/a").unwrap();
        assert_eq!(program.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        drop(program);
        let link = archive.by_name("A.app/link").unwrap();
        assert!(link.is_symlink());
        assert_eq!(io::read_to_string(link).unwrap(), "MacOS/a");
    }

    /// Breaks when every version's files are of 1980 again, or of the wrong day.
    #[test]
    fn files_are_as_old_as_the_version() {
        let parts = |told| {
            let time = time(told);
            (time.year(), time.month(), time.day(), time.hour(), time.minute())
        };
        assert_eq!(parts(Some("1709210096")), (2024, 2, 29, 12, 34));
        assert_eq!(parts(Some("1798761540\n")), (2026, 12, 31, 23, 59));
        for none in [None, Some(""), Some("soon"), Some("1")] {
            assert_eq!(parts(none), (1980, 1, 1, 0, 0), "{none:?}");
        }
    }
}
