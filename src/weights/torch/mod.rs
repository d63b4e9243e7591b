//! PyTorch files: a zip with a pickle that describes the tensors, and one stored entry with the bytes of each storage.

mod input;
mod object;
mod unpickler;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::Range;
use std::path::Path;

use object::{Storage, Tensor};
use zip::{CompressionMethod, ZipArchive};

use super::entry::{self, Entry, Stored};
use crate::{Error, Result};

/// A pickle that only lists tensors is far smaller: about 200 bytes for each.
const LARGEST_PICKLE: u64 = 1 << 24;

/// Every tensor of the file, which is `length` bytes long. Only the zip's directory and the pickle are read.
pub(super) fn entries(path: &Path, file: &File, length: u64) -> Result<Vec<(String, Entry)>> {
    let mut archive =
        Archive::open(file, length).map_err(|problem| Error::content(path, problem))?;
    archive
        .entries()
        .map_err(|problem| Error::content(path, problem))
}

/// The opened zip. Its errors continue a sentence that the file's path begins.
struct Archive<'a> {
    zip: ZipArchive<BufReader<&'a File>>,
    /// The folder inside the zip that everything lies in, with its slash.
    root: String,
    /// Where each storage that was met lies in the file.
    storages: HashMap<String, Range<u64>>,
    length: u64,
}

impl<'a> Archive<'a> {
    fn open(file: &'a File, length: u64) -> Result<Self, String> {
        let zip = ZipArchive::new(BufReader::new(file))
            .map_err(|error| format!("is cut short or damaged ({error}): download it again"))?;
        let root = zip
            .file_names()
            .filter_map(|name| Some(name.ok()?.strip_suffix("data.pkl")?.to_owned()))
            .find(|root| root.is_empty() || root.ends_with('/'))
            .ok_or("is a zip, but not one of PyTorch: it has no data.pkl")?;
        let storages = HashMap::new();
        Ok(Self {
            zip,
            root,
            storages,
            length,
        })
    }

    fn entries(&mut self) -> Result<Vec<(String, Entry)>, String> {
        self.demand_little_endian()?;
        let pickle = self.read("data.pkl")?;
        unpickler::tensors(&pickle)?
            .into_iter()
            .map(|(key, tensor)| match self.place(&tensor) {
                _ if !tensor.is_contiguous() => Err(format!(
                    "holds {key} transposed or with gaps, which cannot be read here: save it again as it is used"
                )),
                Ok(entry) => Ok((key.to_string(), entry)),
                Err(problem) => Err(entry::damaged(&key, &problem)),
            })
            .collect()
    }

    /// Newer files say how their numbers are laid out.
    fn demand_little_endian(&mut self) -> Result<(), String> {
        let name = format!("{}byteorder", self.root);
        if self.zip.index_for_name(&name).is_some() && self.read("byteorder")? != b"little" {
            return Err("was written on a big-endian machine, which cannot be read here".into());
        }
        Ok(())
    }

    /// Where a tensor lies in the file. The error continues the sentence "Tensor k …".
    fn place(&mut self, tensor: &Tensor) -> Result<Entry, String> {
        let Storage {
            kind,
            key,
            elements,
        } = &tensor.storage;
        let data = self.storage(key)?;
        let size = (kind.bitsize() / 8) as u64;
        if elements.checked_mul(size) != Some(data.end - data.start) {
            return Err(format!(
                "claims a storage of {elements} numbers where there is another"
            ));
        }
        let start = tensor
            .offset
            .checked_mul(size)
            .and_then(|offset| data.start.checked_add(offset));
        let entry = Entry::new(
            start.unwrap_or(u64::MAX),
            Stored::Numbers(*kind),
            &tensor.shape,
            self.length,
        )?;
        if entry.start + entry.bytes > data.end {
            return Err("lies beyond the end of its storage".into());
        }
        Ok(entry)
    }

    /// Where the bytes of a storage lie in the file.
    fn storage(&mut self, key: &str) -> Result<Range<u64>, String> {
        if let Some(range) = self.storages.get(key) {
            return Ok(range.clone());
        }
        let range = self.range(&format!("data/{key}"))?;
        self.storages.insert(key.to_owned(), range.clone());
        Ok(range)
    }

    /// Where an entry of the zip lies in the file, if it is stored as it is.
    fn range(&mut self, name: &str) -> Result<Range<u64>, String> {
        let name = format!("{}{name}", self.root);
        let Some(index) = self.zip.index_for_name(&name) else {
            return Err(format!("needs {name}, which the file lacks"));
        };
        let entry = self
            .zip
            .by_index_raw(index)
            .map_err(|error| format!("needs {name} ({error})"))?;
        if entry.compression() != CompressionMethod::Stored || entry.encrypted() {
            return Err(format!(
                "needs {name}, which is compressed; PyTorch never does that, and it cannot be read here"
            ));
        }
        let start = entry
            .data_start()
            .ok_or_else(|| format!("needs {name}, which lies nowhere"))?;
        match start.checked_add(entry.compressed_size()) {
            Some(end) if end <= self.length => Ok(start..end),
            _ => Err(format!(
                "needs {name}, which lies beyond the end of the file"
            )),
        }
    }

    /// The contents of a small entry.
    fn read(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let range = self
            .range(name)
            .map_err(|problem| format!("is damaged: it {problem}"))?;
        if range.end - range.start > LARGEST_PICKLE {
            return Err(format!(
                "is no checkpoint: its {name} is too large to describe one"
            ));
        }
        let index = self
            .zip
            .index_for_name(&format!("{}{name}", self.root))
            .unwrap_or(usize::MAX);
        let entry = self.zip.by_index_raw(index);
        let mut bytes = Vec::new();
        entry
            .map_err(|error| error.to_string())
            .and_then(|entry| {
                entry
                    .take(LARGEST_PICKLE)
                    .read_to_end(&mut bytes)
                    .map_err(|error| error.to_string())
            })
            .map_err(|error| format!("is cut short or damaged ({error}): download it again"))?;
        Ok(bytes)
    }
}
