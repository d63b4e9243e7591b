//! Tensors kept for later: float32, by name, in a safetensors file with notes and checksums.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use mlx_rs::{Array, Dtype};
use serde_json::{Map, Value, json};

use crate::backend::Backend;
use crate::disk::PartialFile;
use crate::job::Problem;
use crate::weights::{self, Weights};
use crate::{Error, Result};

/// Writes `array` as float32 under `name`.
pub(super) fn save(path: &Path, name: &str, array: &Array) -> Result<()> {
    save_all(path, &[(name.to_owned(), array.clone())], &[])
}

/// Writes tensors as float32, and what `notes` say of them. The file gets its name once it is
/// whole, in place of an older one.
pub(super) fn save_all(
    path: &Path,
    tensors: &[(String, Array)],
    notes: &[(&'static str, String)],
) -> Result<()> {
    Tensors::new(tensors, notes)?.content()?.write(path)
}

/// Tensors that a file is to hold.
pub(super) struct Tensors {
    tensors: Vec<(String, Vec<i32>, Array)>,
    notes: Vec<(&'static str, String)>,
}

impl Tensors {
    /// These as float32, and what `notes` say of them.
    pub(super) fn new(
        tensors: &[(String, Array)],
        notes: &[(&'static str, String)],
    ) -> Result<Self> {
        let tensors = tensors
            .iter()
            .map(|(name, array)| Ok((name.clone(), array.shape().to_vec(), raw(&apart(array)?)?)));
        Ok(Self {
            tensors: tensors.collect::<Result<_>>()?,
            notes: notes.to_vec(),
        })
    }

    /// Their bytes, computed by now.
    pub(super) fn content(&self) -> Result<Content<'_>> {
        let tensors = self.tensors.iter();
        let tensors = tensors.map(|(name, shape, raw)| {
            let (name, shape) = (name.as_str(), shape.as_slice());
            Ok((name, shape, bytes(raw)?))
        });
        Ok(Content {
            tensors: tensors.collect::<Result<_>>()?,
            notes: &self.notes,
        })
    }
}

/// The bytes of [`Tensors`] as MLX holds them, for any thread to write.
pub(super) struct Content<'a> {
    tensors: Vec<(&'a str, &'a [i32], &'a [u8])>,
    notes: &'a [(&'static str, String)],
}

impl Content<'_> {
    /// Writes them, one tensor after the other, with their checksums. The file gets its name once it is whole, in place of
    /// an older one.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let header = self.header();
        let mut file = PartialFile::create(path)?;
        file.write_at(0, &(header.len() as u64).to_le_bytes())?;
        file.write_at(8, header.as_bytes())?;
        let mut position = 8 + header.len() as u64;
        for (_, _, bytes) in &self.tensors {
            file.write_at(position, bytes)?;
            position += bytes.len() as u64;
        }
        file.finish()
    }

    fn header(&self) -> String {
        let mut header = Map::new();
        let mut about: Map<_, _> = self
            .notes
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Value::from(text.as_str())))
            .collect();
        let mut end = 0;
        for (name, shape, bytes) in &self.tensors {
            let start = end;
            end += bytes.len();
            about.insert(checksum_of(name), crc32fast::hash(bytes).to_string().into());
            let entry = json!({"dtype": "F32", "shape": shape, "data_offsets": [start, end]});
            header.insert((*name).to_owned(), entry);
        }
        header.insert("__metadata__".to_owned(), about.into());
        let mut header = Value::from(header).to_string();
        while !header.len().is_multiple_of(8) {
            header.push(' ');
        }
        header
    }
}

/// A file of [`save_all`], or one of another program with floating tensors, open for reading.
pub(super) struct TensorFile {
    path: PathBuf,
    weights: Weights,
    notes: HashMap<String, String>,
}

impl TensorFile {
    /// Reads the header.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Ok(Self {
            weights: Weights::open(&[path.to_owned()])?.as_type(Dtype::Float32),
            notes: weights::notes(path)?,
            path: path.to_owned(),
        })
    }

    /// What the file says of its tensors under `name`.
    pub(super) fn note(&self, name: &str) -> Option<&str> {
        self.notes.get(name).map(String::as_str)
    }

    /// Whether the file tells the checksum of a tensor.
    pub(super) fn has_checksum(&self, name: &str) -> bool {
        self.note(&checksum_of(name)).is_some()
    }

    /// The shape of a tensor.
    pub(super) fn shape(&self, name: &str) -> Result<Vec<i32>> {
        if self.weights.has(name) {
            self.weights.shape(name)
        } else {
            let problem = format!("holds no tensor of the name {name}");
            Err(Error::content(&self.path, problem))
        }
    }

    /// A tensor of any shape, if there is one of this name.
    pub(super) fn if_there(&self, name: &str) -> Result<Option<Array>> {
        if !self.weights.has(name) {
            return Ok(None);
        }
        self.tensor(name, &self.shape(name)?).map(Some)
    }

    /// A tensor, which must have this shape and, if the file tells, this checksum.
    pub(super) fn tensor(&self, name: &str, shape: &[i32]) -> Result<Array> {
        let array = self.weights.tensor(name, shape)?;
        if let Some(told) = self.note(&checksum_of(name))
            && told != crc32fast::hash(bytes(&raw(&array)?)?).to_string()
        {
            let problem = format!("is damaged: tensor {name} is not what was written");
            return Err(Error::content(&self.path, problem));
        }
        Ok(array)
    }
}

fn checksum_of(name: &str) -> String {
    format!("crc32.{name}")
}

/// `array`, or where a GPU has memory of its own, a copy of it: what the processor looks at is taken out of that memory, and
/// the next step would have to fetch it again.
fn apart(array: &Array) -> Result<Array> {
    match Backend::current()? {
        Backend::Cuda => Ok(array.multiply(Array::from_f32(1.0))?),
        Backend::Metal | Backend::Cpu => Ok(array.clone()),
    }
}

/// The bytes of `array` in float32, row by row, as an array of its own.
fn raw(array: &Array) -> Result<Array> {
    Ok(array.as_dtype(Dtype::Float32)?.contiguous()?.view::<u8>()?)
}

fn bytes(raw: &Array) -> Result<&[u8]> {
    raw.try_as_slice()
        .map_err(|error| Error::from(Problem::Mlx(error.to_string())))
}
