//! The app as a zip: links stay links, and the same app makes the same file.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use walkdir::WalkDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs `app` into `zip`, under its own name.
pub fn write(app: &Path, zip: &Path) -> Result<()> {
    let file = File::create(zip).with_context(|| format!("{} cannot be created", zip.display()))?;
    let mut archive = ZipWriter::new(io::BufWriter::new(file));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
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
}
