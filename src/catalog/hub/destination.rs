//! Where downloaded files go.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::super::folders;
use super::checksum::Checksum;
use super::listing::{Listed, Listing};
use crate::disk::{PartialFile, folder_of, resumable_name, sync_folder};
use crate::error::{Error, Result};
use crate::job::Problem;
use crate::platform::files;

/// A place for models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Hugging Face's cache, which other programs read too.
    Cache(PathBuf),
    /// A folder, laid out as ComfyUI's `models`; a repository that is a whole model gets a folder of its own in it.
    Folder(PathBuf),
}

/// A file that is wanted.
#[derive(Clone, Debug)]
pub struct Item {
    /// What the hub calls it.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// That of its content.
    pub checksum: Checksum,
    /// Where it grows.
    pub partial: PathBuf,
    /// What is locked while it does, besides that file.
    pub lock: Option<PathBuf>,
    /// Where it lies when it is whole.
    pub whole: PathBuf,
    /// Where it is looked for, if that is elsewhere.
    pub link: Option<PathBuf>,
}

impl Destination {
    /// Hugging Face's cache.
    ///
    /// # Errors
    /// This user has no home folder.
    pub fn cache() -> Result<Self> {
        let no_home = || Error::from(Problem::NoHome);
        Ok(Self::Cache(folders::hub_cache().ok_or_else(no_home)?))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Cache(folder) | Self::Folder(folder) => folder,
        }
    }

    /// A file of a repository, and its places here. Files of one `kind` lie together in a folder.
    pub fn item(&self, kind: Option<&str>, listing: &Listing, file: &Listed) -> Item {
        let Listing {
            repository,
            revision,
            ..
        } = listing;
        let (partial, lock, whole, link) = match self {
            Self::Cache(cache) => {
                let name = cached_name(repository);
                let digits = file.checksum.digits();
                let blobs = cache.join(&name).join("blobs");
                (
                    blobs.join(format!("{digits}.incomplete")),
                    Some(
                        cache
                            .join(".locks")
                            .join(&name)
                            .join(format!("{digits}.lock")),
                    ),
                    blobs.join(digits),
                    Some(snapshot(cache, listing).join(&file.path)),
                )
            }
            Self::Folder(folder) => {
                let name = file.path.rsplit('/').next().unwrap_or_default();
                let place = match kind {
                    Some(kind) => folder.join(kind).join(name),
                    None => folder.join(own_name(repository)).join(&file.path),
                };
                let partial = resumable_name(name, file.checksum.digits());
                (place.with_file_name(partial), None, place, None)
            }
        };
        Item {
            path: format!("{repository}/resolve/{revision}/{}", file.path),
            size: file.size,
            checksum: file.checksum.clone(),
            partial,
            lock,
            whole,
            link,
        }
    }

    /// Makes the listed revision the current one, with all that is there of it already.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn begin(&self, listing: &Listing) -> Result<()> {
        let Self::Cache(cache) = self else {
            return Ok(());
        };
        for file in &listing.files {
            let item = self.item(None, listing, file);
            if item.is_whole() {
                item.show()?;
            }
        }
        let current = cache
            .join(cached_name(&listing.repository))
            .join("refs/main");
        create_parent(&current)?;
        // It can be had again where it came from.
        files::keep_out_of_backups(&cache.join(cached_name(&listing.repository)));
        PartialFile::write(&current, listing.revision.as_bytes())
    }
}

impl Item {
    /// Whether a file of its length is there, whatever is in it.
    pub fn is_whole(&self) -> bool {
        self.whole
            .metadata()
            .is_ok_and(|about| about.is_file() && about.len() == self.size)
    }

    /// How many of its bytes are there.
    pub fn there(&self) -> u64 {
        let begun = || self.partial.metadata().map_or(0, |about| about.len());
        if self.is_whole() {
            self.size
        } else {
            begun().min(self.size)
        }
    }

    /// Where it is looked for.
    pub fn place(&self) -> &Path {
        self.link.as_deref().unwrap_or(&self.whole)
    }

    /// Puts it where it is looked for.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn show(&self) -> Result<()> {
        let Some(link) = self.link.as_deref().filter(|link| !link.exists()) else {
            return Ok(());
        };
        create_parent(link)?;
        // One that leads nowhere is in the way.
        let _ = fs::remove_file(link);
        symlink(way(link, &self.whole), link)
            .and_then(|()| sync_folder(folder_of(link)))
            .map_err(Error::file("create", link))
    }
}

/// Creates the folder of a file.
pub fn create_parent(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::file("create", folder))
}

/// `huggingface_hub/file_download.py`, `repo_folder_name`.
fn cached_name(repository: &str) -> String {
    format!("models--{}", repository.replace('/', "--"))
}

fn own_name(repository: &str) -> &str {
    repository.rsplit('/').next().unwrap_or(repository)
}

fn snapshot(cache: &Path, listing: &Listing) -> PathBuf {
    let repository = cache.join(cached_name(&listing.repository));
    repository.join("snapshots").join(&listing.revision)
}

/// From one file to another, so that the cache may be moved.
fn way(from: &Path, to: &Path) -> PathBuf {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().count() - shared - 1;
    let ups = std::iter::repeat_n(Path::new(".."), up);
    let down = to
        .components()
        .skip(shared)
        .map(|part| Path::new(part.as_os_str()));
    ups.chain(down).collect()
}
