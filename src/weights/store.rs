//! The *store* is what all cursors of one network share: the open files, their tensors by name, and the ledger.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::mem;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mlx_rs::{Array, Dtype};

use super::buffer;
use super::entry::Entry;
use super::ledger::Ledger;
use super::names::NetworkKind;
use super::sources::{Source, Sources};
use super::{gguf, names, safetensors, scales, synthetic, torch};
use crate::{Error, Result, disk};

#[derive(Debug)]
pub(super) struct Store {
    /// What threads may share of it.
    pub(super) sources: Sources,
    /// In the order of their names, which are the official ones.
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) ledger: RefCell<Ledger>,
}

impl Store {
    /// The network of this kind in the files or, if none is named, the first that they hold.
    pub(super) fn open(files: &[PathBuf], kind: Option<NetworkKind>) -> Result<Self> {
        let mut store = Self::headers(files)?;
        let entries = mem::take(&mut store.entries);
        let entries = names::official(entries, kind)
            .map_err(|problem| Error::content(store.place(), problem))?;
        store.entries = scales::join(entries, &|entry| store.small(entry));
        Ok(store)
    }

    /// The networks in the files.
    pub(super) fn kinds(files: &[PathBuf]) -> Result<Vec<NetworkKind>> {
        let mut store = Self::headers(files)?;
        let entries = mem::take(&mut store.entries);
        names::kinds(entries).map_err(|problem| Error::content(store.place(), problem))
    }

    /// Every network in the files, or the one of this kind, and how many tensors belong to none. Each header is read once.
    pub(super) fn each(
        files: &[PathBuf],
        kind: Option<NetworkKind>,
    ) -> Result<(Vec<(NetworkKind, Self)>, usize)> {
        let mut all = Self::headers(files)?;
        let entries = mem::take(&mut all.entries);
        let (networks, left_over) =
            names::each(entries, kind).map_err(|problem| Error::content(all.place(), problem))?;
        let networks = networks.into_iter().map(|(kind, entries)| {
            let store = Self {
                sources: all.sources.clone(),
                entries: scales::join(entries, &|entry| all.small(entry)),
                ledger: RefCell::default(),
            };
            (kind, store)
        });
        Ok((networks.collect(), left_over))
    }

    /// All bytes of a tensor that is no more than a note or a number for each row.
    fn small(&self, entry: &Entry) -> Option<Vec<u8>> {
        const MOST: u64 = 1 << 20;
        let length = usize::try_from(entry.bytes).ok()?;
        let mut bytes = vec![0; length.min(MOST as usize)];
        self.read_bytes(entry, 0, &mut bytes).ok()?;
        (entry.bytes <= MOST).then_some(bytes)
    }

    /// All tensors of the files, under the names that they have there.
    pub(super) fn headers(files: &[PathBuf]) -> Result<Self> {
        if files.is_empty() {
            return Err(Error::Other(
                "No file was given to read weights from".into(),
            ));
        }
        let mut store = Self {
            sources: Sources::default(),
            entries: BTreeMap::new(),
            ledger: RefCell::default(),
        };
        for path in files {
            store.add(path)?;
        }
        Ok(store)
    }

    /// Of no file, for tensors of these shapes and any others.
    pub(super) fn synthetic(shapes: impl IntoIterator<Item = (String, Vec<i32>)>) -> Self {
        Self {
            sources: Sources::default(),
            entries: synthetic::entries(shapes),
            ledger: RefCell::default(),
        }
    }

    /// Whether there is no file to read from, so that tensors are made up.
    pub(super) fn is_synthetic(&self) -> bool {
        self.sources.0.is_empty()
    }

    /// Opens one more file. A tensor that an earlier one holds as well is an error: which would be the right one?
    fn add(&mut self, path: &Path) -> Result<()> {
        let file = disk::open(path)?;
        for (key, mut entry) in headers(path, &file)? {
            entry.file = self.sources.0.len();
            // Every shard may say the same of all layers, and a tensor says it better.
            if entry.said.is_some() && self.entries.contains_key(&key) {
                continue;
            }
            if let Some(earlier) = self
                .entries
                .get(&key)
                .filter(|earlier| earlier.said.is_none())
            {
                let other = self.path(earlier).display();
                return Err(Error::content(
                    path,
                    format!("holds {key}, which {other} holds already"),
                ));
            }
            self.entries.insert(key, entry);
        }
        self.sources.0.push(Arc::new(Source {
            path: path.to_owned(),
            file,
        }));
        Ok(())
    }

    /// The file or, of several, their folder: what an error is about.
    pub(super) fn place(&self) -> &Path {
        match self.sources.0.as_slice() {
            [only] => &only.path,
            [first, ..] => first.path.parent().unwrap_or(&first.path),
            [] => Path::new(""),
        }
    }

    /// A tensor in an error: its name and, where there are several files, which one holds it.
    pub(super) fn words(&self, key: &str, entry: &Entry) -> String {
        match self.path(entry).file_name() {
            Some(name) if self.sources.0.len() > 1 => format!("{key} in {}", name.display()),
            _ => key.into(),
        }
    }

    /// The file that holds this tensor.
    pub(super) fn path(&self, entry: &Entry) -> &Path {
        let source = self.sources.0.get(entry.file);
        source.map_or(Path::new(""), |source| &source.path)
    }

    /// The whole tensor, in the type `dtype` that it is stored in.
    pub(super) fn read(&self, entry: &Entry, dtype: Dtype) -> Result<Array> {
        let sources = &self.sources;
        let stored = buffer::filled(&entry.stored_shape(), dtype, |bytes| {
            sources.read(entry, 0, bytes)
        })?;
        if !entry.channels_last {
            return Ok(stored);
        }
        let channels_second = stored.move_axis(-1, 1)?.contiguous()?;
        channels_second.eval()?;
        Ok(channels_second)
    }

    /// Part of a tensor's bytes, from `offset` within the tensor.
    pub(super) fn read_bytes(&self, entry: &Entry, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.sources.read(entry, offset, bytes)
    }
}

/// What the file holds. Its format is told by how it begins; its name may say anything.
fn headers(path: &Path, file: &File) -> Result<Vec<(String, Entry)>> {
    let length = file.metadata().map_err(Error::file("read", path))?.len();
    let mut start = [0; 16];
    let known = usize::try_from(length).map_or(start.len(), |length| length.min(start.len()));
    let start = &mut start[..known];
    file.read_exact_at(start, 0)
        .map_err(Error::file("read", path))?;
    match &*start {
        [] => Err(Error::content(path, "is empty: download it again")),
        [b'<', b'!' | b'?' | b'h' | b'H', ..] => Err(Error::content(
            path,
            "is a web page, as a server sends it in the place of a file: download it again, logged in if it asks for that",
        )),
        [b'{', b'"' | b' ' | b'\n', ..] => Err(Error::content(
            path,
            "is a text and no weights, as a server sends it in the place of a file: download it again",
        )),
        [_, _, _, _, _, _, _, _, b'{', ..] => safetensors::entries(path, file, length),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => torch::entries(path, file, length),
        [b'G', b'G', b'U', b'F', ..] => gguf::entries(path, file, length),
        [0x80, 2..=5, ..] => Err(Error::content(
            path,
            "is a PyTorch file from before version 1.6, which cannot be read safely: save it again with a newer PyTorch",
        )),
        text if text.starts_with(b"version https:/") => Err(Error::content(
            path,
            "is only a Git LFS note of where the file is: download the file itself",
        )),
        _ => safetensors::entries(path, file, length),
    }
}
