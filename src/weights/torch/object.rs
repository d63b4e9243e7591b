//! What a checkpoint's pickle may build: dictionaries, tuples, numbers, words, storages and tensors. Nothing else.

use std::rc::Rc;

use crate::weights::entry::Number;

/// An object's place on the heap. Objects refer to each other by it, so that however deep or circular they are, nothing
/// recurses.
pub(super) type Id = usize;

/// Tensors have few dimensions; a damaged file may claim any number.
const MOST_DIMENSIONS: usize = 8;

#[derive(Debug, Clone)]
pub(super) enum Object {
    /// None, a truth value, a fraction: things that checkpoints mention and tensors do not need.
    Other,
    Number(i64),
    Text(Rc<str>),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Global(Global),
    Storage(Rc<Storage>),
    Tensor(Rc<Tensor>),
}

/// The few names of Python's that a checkpoint may mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    /// A class of storages, by the type of its numbers.
    Storage(Number),
}

/// A run of numbers that tensors are cut from.
#[derive(Debug, Clone)]
pub(super) struct Storage {
    pub(super) kind: Number,
    /// The name of its entry in the zip, under "data/".
    pub(super) key: Rc<str>,
    pub(super) elements: u64,
}

#[derive(Debug)]
pub(super) struct Tensor {
    pub(super) storage: Storage,
    /// In elements, like the strides.
    pub(super) offset: u64,
    pub(super) shape: Vec<u64>,
    strides: Vec<u64>,
}

impl Global {
    /// Refuses everything that is not on the list. The error continues a sentence that the file's path begins.
    pub(super) fn named(module: &str, name: &str) -> Result<Self, String> {
        let kind = match (module, name) {
            ("collections", "OrderedDict") => return Ok(Self::OrderedDict),
            ("torch._utils", "_rebuild_tensor_v2") => return Ok(Self::RebuildTensor),
            ("torch._utils", "_rebuild_parameter") => return Ok(Self::RebuildParameter),
            ("torch", "FloatStorage") => Number::F32,
            ("torch", "HalfStorage") => Number::F16,
            ("torch", "BFloat16Storage") => Number::BF16,
            ("torch", "DoubleStorage") => Number::F64,
            ("torch", "LongStorage") => Number::I64,
            ("torch", "IntStorage") => Number::I32,
            ("torch", "ShortStorage") => Number::I16,
            ("torch", "CharStorage") => Number::I8,
            ("torch", "ByteStorage") => Number::U8,
            ("torch", "BoolStorage") => Number::BOOL,
            _ => {
                return Err(format!(
                    "asks to run {}.{}, which no checkpoint needs: it is refused, and nothing in it was run",
                    excerpt(module),
                    excerpt(name)
                ));
            }
        };
        Ok(Self::Storage(kind))
    }
}

impl Tensor {
    /// From the arguments of torch's `_rebuild_tensor_v2`: storage, offset, size, strides, and two that do not matter.
    pub(super) fn rebuilt(heap: &[Object], arguments: &[Id]) -> Option<Self> {
        let &[storage, offset, shape, strides, ..] = arguments else {
            return None;
        };
        let Object::Storage(storage) = heap.get(storage)? else {
            return None;
        };
        let tensor = Self {
            storage: Storage::clone(storage),
            offset: natural(heap, offset)?,
            shape: naturals(heap, shape)?,
            strides: naturals(heap, strides)?,
        };
        (tensor.shape.len() == tensor.strides.len()).then_some(tensor)
    }

    /// Whether the elements lie in the file one after another, in the order of the shape.
    pub(super) fn is_contiguous(&self) -> bool {
        let mut expected = 1u64;
        let mut sides = self.shape.iter().zip(&self.strides).rev();
        self.shape.contains(&0)
            || sides.all(|(&side, &stride)| {
                let fits = side == 1 || stride == expected;
                expected = expected.saturating_mul(side);
                fits
            })
    }
}

impl Storage {
    /// From a persistent id: ("storage", class, key, device, number of elements).
    pub(super) fn named(heap: &[Object], id: Id) -> Option<Self> {
        let Object::Tuple(parts) = heap.get(id)? else {
            return None;
        };
        let &[word, class, key, _device, elements, ..] = parts.as_slice() else {
            return None;
        };
        match (heap.get(word)?, heap.get(class)?, heap.get(key)?) {
            (Object::Text(word), &Object::Global(Global::Storage(kind)), Object::Text(key))
                if &**word == "storage" =>
            {
                let elements = natural(heap, elements)?;
                Some(Self {
                    kind,
                    key: key.clone(),
                    elements,
                })
            }
            _ => None,
        }
    }
}

/// What a pickle does that makes no sense. Continues a sentence that the file's path begins.
pub(super) fn damaged(how: &str) -> String {
    format!("is damaged: its list of tensors {how}; download it again")
}

/// Part of a name that may be long or unprintable, for an error.
pub(super) fn excerpt(name: &str) -> String {
    name.chars()
        .take(60)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

fn natural(heap: &[Object], id: Id) -> Option<u64> {
    match heap.get(id)? {
        &Object::Number(n) => u64::try_from(n).ok(),
        _ => None,
    }
}

fn naturals(heap: &[Object], id: Id) -> Option<Vec<u64>> {
    match heap.get(id)? {
        Object::Tuple(items) if items.len() <= MOST_DIMENSIONS => {
            items.iter().map(|&item| natural(heap, item)).collect()
        }
        _ => None,
    }
}
