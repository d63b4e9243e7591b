//! The cursor with which a network walks through its checkpoint.

use std::fmt::Display;
use std::path::PathBuf;
use std::rc::Rc;

use mlx_rs::ops::broadcast_to;
use mlx_rs::{Array, Dtype};

use super::entry::Entry;
use super::ledger::TensorFault;
use super::lora::Changes;
use super::names::NetworkKind;
use super::quant_scheme::QuantScheme;
use super::store::Store;
use super::{fingerprint, synthetic};
use crate::{Error, Result};

/// A scoped cursor into the tensors of one network; cheap to clone.
///
/// Within [`load`](Self::load), a tensor that is missing or has the wrong shape or type does not stop the loading: it is
/// noted, zeros stand in for it, and `load` fails in the end with everything that was noted. So a network's code reads
/// as if all were well, and a user sees all that is wrong at once. Elsewhere it is an error at once.
#[derive(Debug, Clone)]
pub struct Weights {
    pub(super) store: Rc<Store>,
    /// Empty, or the names walked down so far: "blocks.7".
    scope: String,
    pub(super) dtype: Option<Dtype>,
    /// How large matrices are packed that are not yet.
    pub(super) packing: Option<QuantScheme>,
    /// What LoRAs add to tensors, by their full names.
    pub(super) changes: Rc<Changes>,
    /// Whether faults are noted, because `load` will report them.
    loading: bool,
    headers_only: bool,
}

impl Weights {
    /// Opens one file, or all shards of one network. The format is told by the content (safetensors, a PyTorch zip or
    /// GGUF); nothing but the headers is read.
    ///
    /// Of files that hold several networks it is the DiT or, without one, the text encoder;
    /// [`open_kind`](Self::open_kind) opens any.
    ///
    /// # Errors
    /// One cannot be read, or is damaged.
    pub fn open(files: &[PathBuf]) -> Result<Self> {
        Ok(Self::of(Store::open(files, None)?))
    }

    /// The same for the network of this kind. If there is none, what is there is left as it is, for the network to
    /// complain of.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_kind(files: &[PathBuf], kind: NetworkKind) -> Result<Self> {
        Ok(Self::of(Store::open(files, Some(kind))?))
    }

    /// The networks that the files hold, told by names that only one kind of network has.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn kinds(files: &[PathBuf]) -> Result<Vec<NetworkKind>> {
        Store::kinds(files)
    }

    /// Every network in the files, or only the one of this kind, and how many tensors belong to none: what training or
    /// another tool left there. Each header is read once, however many networks there are.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn each(
        files: &[PathBuf],
        kind: Option<NetworkKind>,
    ) -> Result<(Vec<(NetworkKind, Self)>, usize)> {
        let (networks, left_over) = Store::each(files, kind)?;
        let networks = networks.into_iter();
        let networks = networks.map(|(kind, store)| (kind, Self::of(store)));
        Ok((networks.collect(), left_over))
    }

    /// Weights that no file holds, to measure a network without its checkpoint: every tensor is drawn at random, in the
    /// shape that is asked for. `shapes` has those that the network asks *about*, since they tell it its sizes.
    pub fn synthetic(shapes: impl IntoIterator<Item = (String, Vec<i32>)>) -> Self {
        Self::of(Store::synthetic(shapes))
    }

    fn of(store: Store) -> Self {
        Self {
            store: Rc::new(store),
            scope: String::new(),
            dtype: None,
            packing: None,
            changes: Rc::default(),
            loading: false,
            headers_only: false,
        }
    }

    /// The same place; nothing but headers is read from here on, and zeros that take no memory stand for all tensors, to
    /// see whether a network would [`load`](Self::load).
    #[must_use]
    pub fn headers_only(&self) -> Self {
        Self {
            headers_only: true,
            ..self.clone()
        }
    }

    pub(super) fn reads_headers_only(&self) -> bool {
        self.headers_only
    }

    /// The tensors under `name`.
    #[must_use]
    pub fn at(&self, name: impl Display) -> Self {
        Self {
            scope: self.key(&name.to_string()),
            ..self.clone()
        }
    }

    /// The same place; tensors are read as this floating type from here on.
    #[must_use]
    pub fn as_type(&self, dtype: Dtype) -> Self {
        Self {
            dtype: Some(dtype),
            ..self.clone()
        }
    }

    /// The same place; the large matrices of a network, which it asks for as [`product`](Self::product), are packed if
    /// they are not yet, or not as tightly.
    #[must_use]
    pub fn packed(&self, packing: QuantScheme) -> Self {
        Self {
            packing: Some(packing),
            ..self.clone()
        }
    }

    /// Runs `build`, which loads the network (or the part of it) that lies here, and then demands that every tensor
    /// under this place was read and everything asked for was there.
    pub fn load<T>(&self, build: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let built = build(&Self {
            loading: true,
            ..self.clone()
        })?;
        self.finish()?;
        Ok(built)
    }

    /// The full name of a tensor, or with an empty `name` that of this place itself.
    pub fn key(&self, name: &str) -> String {
        match (self.scope.as_str(), name) {
            ("", _) => name.into(),
            (scope, "") => scope.into(),
            (scope, _) => format!("{scope}.{name}"),
        }
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.store.entries.contains_key(&self.key(name))
    }

    /// The shape that the file holds.
    pub fn shape(&self, name: &str) -> Result<Vec<i32>> {
        Ok(self.entry(name)?.shape.clone())
    }

    /// One side of the shape that the file holds.
    pub fn side(&self, name: &str, axis: usize) -> Result<i32> {
        let shape = &self.entry(name)?.shape;
        let side = shape.get(axis).copied();
        side.ok_or_else(|| {
            let why = format!("is {}, with too few axes", size(shape));
            self.fault(&self.key(name), TensorFault::Unfit(why))
        })
    }

    /// The type that the file holds, whatever [`as_type`](Self::as_type) says. Of numbers in a form that MLX lacks it is
    /// the type that they are best computed with.
    pub fn dtype(&self, name: &str) -> Result<Dtype> {
        if self.store.is_synthetic() {
            return Ok(synthetic::DTYPE);
        }
        let entry = self.entry(name)?;
        let dtype = entry.floating().or(entry.plain());
        dtype.ok_or_else(|| self.unreadable(name, entry))
    }

    /// The first weight that cannot be read, what is wrong with it, and how many others are like it.
    pub fn unreadable_tensor(&self) -> Option<(String, String, usize)> {
        let flaw = |(key, entry): (&str, &Entry)| {
            let is_weight = key.ends_with("weight") && entry.is_addressable();
            Some((key.to_owned(), entry.flaw().filter(|_| is_weight)?))
        };
        let mut flawed = self.tensors().filter_map(flaw);
        let (key, flaw) = flawed.next()?;
        let alike = flawed.filter(|(_, other)| *other == flaw).count();
        Some((key, flaw, alike))
    }

    /// The full names of all tensors at or under this place.
    pub fn names(&self) -> Vec<String> {
        self.tensors().map(|(key, _)| key.to_owned()).collect()
    }

    /// How many numbers all tensors at or under this place have together.
    pub fn numbers(&self) -> u64 {
        self.tensors().map(|(_, entry)| entry.elements()).sum()
    }

    /// How many numbered children `name` has: those under "name.0.", "name.1." and so on without a gap.
    pub fn count(&self, name: &str) -> usize {
        let list = self.at(name);
        let mut count = 0;
        while list.at(count).tensors().next().is_some() {
            count += 1;
        }
        count
    }

    /// The tensor, which must be floating and have this shape. It is read now, as the file's type or that of
    /// [`as_type`](Self::as_type).
    pub fn tensor(&self, name: &str, shape: &[i32]) -> Result<Array> {
        if self.store.is_synthetic() {
            return self.made_up(name, shape);
        }
        match self.fitting(name, shape) {
            Ok((_, stored)) if self.headers_only => zeros(shape, self.dtype.unwrap_or(stored)),
            Ok((entry, stored)) => self.merged(name, entry, shape, self.dtype.unwrap_or(stored)),
            Err(fault) => self.stand_in(name, fault, shape),
        }
    }

    /// The same, but a fault is an error at once, within [`load`](Self::load) too.
    pub fn require(&self, name: &str, shape: &[i32]) -> Result<Array> {
        let strict = Self {
            loading: false,
            ..self.clone()
        };
        strict.tensor(name, shape)
    }

    /// (ids, columns): these rows of a matrix. Nothing else of it is read.
    pub fn rows(&self, name: &str, ids: &[u32]) -> Result<Array> {
        let &[rows, columns] = self.entry(name)?.shape.as_slice() else {
            return Err(self.error(format!("holds {}, which is no matrix", self.key(name))));
        };
        let shape = [i32::try_from(ids.len()).unwrap_or(i32::MAX), columns];
        if self.store.is_synthetic() {
            return self.made_up(name, &shape);
        }
        let (entry, stored) = match self.fitting(name, &[rows, columns]) {
            Ok(found) => found,
            Err(fault) => return self.stand_in(name, fault, &shape),
        };
        if let Some(id) = ids.iter().find(|&&id| i64::from(id) >= i64::from(rows)) {
            return Err(self.error(format!(
                "holds only {rows} rows of {}, so none for {id}",
                self.key(name)
            )));
        }
        self.store
            .rows(entry, [rows, columns], ids, self.dtype.unwrap_or(stored))
    }

    /// A tensor of any type and shape, just as it is stored: for data beside the weights.
    pub fn as_stored(&self, name: &str) -> Result<Array> {
        let entry = self.entry(name)?;
        let dtype = entry.plain().ok_or_else(|| self.unreadable(name, entry))?;
        self.store.ledger.borrow_mut().known(&self.key(name));
        self.store.read(entry, dtype)
    }

    /// The bytes of a tensor just as they are stored: a file within the file.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let entry = self.entry(name)?;
        self.store.ledger.borrow_mut().known(&self.key(name));
        let length = usize::try_from(entry.bytes).map_err(|why| self.error(why.to_string()))?;
        let mut bytes = vec![0; length];
        self.store.read_bytes(entry, 0, &mut bytes)?;
        Ok(bytes)
    }

    /// `name` and everything under it may be there and is not needed.
    pub fn skip(&self, name: &str) {
        let mut ledger = self.store.ledger.borrow_mut();
        self.at(name)
            .tensors()
            .for_each(|(key, _)| ledger.known(key));
    }

    /// What the tensors under this place are, told by their names, types, shapes and first and last bytes.
    pub fn fingerprint(&self) -> Result<String> {
        fingerprint::of(&self.store, self.tensors())
    }

    /// After loading: an error that lists, by full name, every tensor under this place that was asked for and is not
    /// there, cannot be used, or is there and was not asked for.
    pub fn finish(&self) -> Result<()> {
        let held = self
            .tensors()
            .map(|(key, entry)| (key, self.store.words(key, entry)));
        let complaint = self
            .store
            .ledger
            .borrow()
            .complaint(|key| self.covers(key), held);
        match complaint {
            Some(complaint) => Err(self.error(format!(
                "does not fit its network: {complaint}; download it again, or choose another file"
            ))),
            None => Ok(()),
        }
    }

    /// Everything at or under this place.
    fn tensors(&self) -> impl Iterator<Item = (&str, &Entry)> {
        // Names that begin alike are neighbours, but "a-b" comes between "a" and "a.b".
        self.store
            .entries
            .range(self.scope.clone()..)
            .take_while(|(key, _)| key.starts_with(&self.scope))
            .filter(|(key, _)| self.covers(key))
            .map(|(key, entry)| (key.as_str(), entry))
    }

    /// Whether the tensor of this full name is at or under this place.
    fn covers(&self, key: &str) -> bool {
        match key.strip_prefix(&self.scope) {
            Some(rest) => self.scope.is_empty() || rest.is_empty() || rest.starts_with('.'),
            None => false,
        }
    }

    /// The entry and its floating type, if it is there, can be read and has this shape.
    pub(super) fn fitting(
        &self,
        name: &str,
        shape: &[i32],
    ) -> Result<(&Entry, Dtype), TensorFault> {
        let key = self.key(name);
        let entry = self.store.entries.get(&key).ok_or(TensorFault::Missing)?;
        self.store.ledger.borrow_mut().known(&key);
        match (entry.flaw(), entry.floating()) {
            (None, Some(stored)) if entry.is_of(shape) => Ok((entry, stored)),
            (None, _) => Err(TensorFault::Unfit(format!(
                "is {}, not {}",
                size(&entry.shape),
                size(shape)
            ))),
            (Some(flaw), _) => Err(TensorFault::Unfit(flaw)),
        }
    }

    fn made_up(&self, name: &str, shape: &[i32]) -> Result<Array> {
        let key = self.key(name);
        self.store.ledger.borrow_mut().known(&key);
        synthetic::tensor(&key, shape, self.dtype)
    }

    /// The entry of a tensor without which nothing can go on.
    fn entry(&self, name: &str) -> Result<&Entry> {
        let key = self.key(name);
        self.store
            .entries
            .get(&key)
            .ok_or_else(|| self.fault(&key, TensorFault::Missing))
    }

    /// One fault as an error of its own.
    fn fault(&self, key: &str, fault: TensorFault) -> Error {
        self.error(match fault {
            TensorFault::Missing => format!("does not fit its network: tensor {key} is missing"),
            TensorFault::Unfit(why) => format!("does not fit its network: tensor {key} {why}"),
        })
    }

    fn unreadable(&self, name: &str, entry: &Entry) -> Error {
        let key = self.key(name);
        self.error(format!(
            "holds {key} as {}, a type that this version cannot read",
            entry.stored
        ))
    }

    fn error(&self, problem: String) -> Error {
        Error::content(self.store.place(), problem)
    }

    /// While loading, notes the fault and gives zeros that take no memory; elsewhere the fault is the error.
    fn stand_in(&self, name: &str, fault: TensorFault, shape: &[i32]) -> Result<Array> {
        let key = self.key(name);
        if !self.loading {
            return Err(self.fault(&key, fault));
        }
        self.store.ledger.borrow_mut().note(&key, fault);
        zeros(shape, self.dtype.unwrap_or(Dtype::Float32))
    }
}

/// Zeros that take no memory.
fn zeros(shape: &[i32], dtype: Dtype) -> Result<Array> {
    let zero = Array::from_f32(0.0).as_dtype(dtype)?;
    Ok(broadcast_to(&zero, shape)?)
}

/// "(3, 4)"
fn size(shape: &[i32]) -> String {
    let sides: Vec<_> = shape.iter().map(ToString::to_string).collect();
    format!("({})", sides.join(", "))
}
