//! The tensors of a LoRA's file, under the names that they have there.

use std::path::Path;
use std::rc::Rc;

use mlx_rs::{Array, Dtype};

use super::super::entry::{Entry, Stored};
use super::super::number;
use super::super::store::Store;
use crate::{Error, Result};

/// A file of which nothing but the header is read until a tensor is asked for; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Tensors(Rc<Store>);

impl Tensors {
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn open(file: &Path) -> Result<Self> {
        let mut store = Store::headers(&[file.to_owned()])?;
        store.entries.retain(|_, entry| entry.said.is_none());
        Ok(Self(Rc::new(store)))
    }

    /// What errors are about.
    pub fn place(&self) -> &Path {
        self.0.place()
    }

    /// Of all tensors.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.entries.keys()
    }

    /// # Errors
    /// There is no such tensor.
    pub fn shape(&self, key: &str) -> Result<Vec<i32>> {
        Ok(self.entry(key)?.shape.clone())
    }

    /// How many numbers a tensor has; none if it is not there.
    pub fn elements(&self, key: &str) -> u64 {
        self.0.entries.get(key).map_or(0, Entry::elements)
    }

    /// The only number of a tensor; none if it holds another count of them, or something else.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn number(&self, key: &str) -> Result<Option<f64>> {
        let entry = self.entry(key)?;
        let Stored::Numbers(kind) = entry.stored else {
            return Ok(None);
        };
        if entry.elements() != 1 {
            return Ok(None);
        }
        let mut bytes = vec![0; usize::try_from(entry.bytes).unwrap_or_default()];
        self.0.read_bytes(entry, 0, &mut bytes)?;
        Ok(number::only(kind, &bytes).filter(|number| number.is_finite()))
    }

    /// A tensor as float32.
    ///
    /// # Errors
    /// It is not there, is of a type that has no floating numbers, or cannot be read.
    pub fn read(&self, key: &str) -> Result<Array> {
        let entry = self.entry(key)?;
        if let Some(flaw) = entry.flaw() {
            return Err(self.error(format!("does not fit its network: tensor {key} {flaw}")));
        }
        if entry.floating().is_none() {
            return Err(self.error(format!(
                "holds {key} as {}, a type that this version cannot read",
                entry.stored
            )));
        }
        self.0.whole(entry, &entry.shape, Dtype::Float32)
    }

    fn entry(&self, key: &str) -> Result<&Entry> {
        let missing = || self.error(format!("does not fit its network: tensor {key} is missing"));
        self.0.entries.get(key).ok_or_else(missing)
    }

    fn error(&self, problem: String) -> Error {
        Error::content(self.place(), problem)
    }
}
