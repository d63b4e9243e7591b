//! An *entry* is what a file's header says about one tensor: where it lies, its type and its shape.

use std::fmt;

use mlx_rs::Dtype;
/// The types of numbers that safetensors and PyTorch files hold, some of which MLX does not have.
pub(super) use safetensors::Dtype as Number;

use super::ggml::Block;
use super::quant_scheme::QuantScheme;
use super::{nvfp4, rotation};

/// How a tensor's numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    /// One after the other.
    Numbers(Number),
    /// In blocks that share a scale.
    Blocks(Block),
}

/// One tensor in one file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The file's index in the store.
    pub(super) file: usize,
    /// Offset of the first byte, from the beginning of the file.
    pub(super) start: u64,
    /// How many bytes there are.
    pub(super) bytes: u64,
    pub(super) stored: Stored,
    /// As the network wants it. Of packed numbers, the likeliest one: [`packing`](Self::packing) tells whether it is
    /// another.
    pub(super) shape: Vec<i32>,
    /// Whether the second axis, that of a convolution's inputs, comes last in the file.
    pub(super) channels_last: bool,
    pub(super) beside: QuantParams,
    /// What the header says in its place, of a tensor that is not there.
    pub(super) said: Option<String>,
}

/// What lies beside a tensor and is needed to read it.
#[derive(Debug, Clone)]
pub(super) enum QuantParams {
    Nothing,
    /// What all of it, or each row, is multiplied by.
    Scale(Box<Entry>),
    /// The same of numbers whose every group of so many neighbours in a row is [rotated](super::rotation).
    Rotated(Box<Entry>, usize),
    /// Of two numbers in each byte: a scale for each group of neighbours, and one for all. See [`nvfp4`].
    Nvfp4 {
        groups: Box<Entry>,
        all: Box<Entry>,
    },
    /// Nothing, where the file promises a scale.
    NoScale,
    /// A scale that is not 1, of numbers that need none.
    Stray,
    /// Something of a format that is not read here.
    Unread(&'static str),
    /// A scale and a bias for each group of neighbours in a row, whose numbers are packed into words of 32 bits.
    Groups {
        scales: Box<Entry>,
        biases: Box<Entry>,
    },
}

impl Entry {
    /// Checks that the tensor is one that can exist and lies within a file of `file_bytes`.
    /// The error continues the sentence "Tensor k …".
    pub(super) fn new(
        start: u64,
        stored: Stored,
        shape: &[u64],
        file_bytes: u64,
    ) -> Result<Self, String> {
        let too_large = || format!("claims the impossible shape {shape:?}");
        let bytes = stored.bytes(shape).ok_or_else(too_large)?;
        let shape = shape
            .iter()
            .map(|&n| i32::try_from(n))
            .collect::<Result<_, _>>()
            .map_err(|_| too_large())?;
        match start.checked_add(bytes) {
            Some(end) if end <= file_bytes => Ok(Self {
                file: 0,
                start,
                bytes,
                stored,
                shape,
                channels_last: false,
                beside: QuantParams::Nothing,
                said: None,
            }),
            _ => Err("lies beyond the end of the file".into()),
        }
    }

    /// No tensor, only what is said in the place of one.
    pub(super) fn nothing() -> Self {
        Self {
            file: 0,
            start: 0,
            bytes: 0,
            stored: Stored::Numbers(Number::U8),
            shape: vec![0],
            channels_last: false,
            beside: QuantParams::Nothing,
            said: None,
        }
    }

    /// Gives it what lies beside it.
    pub(super) fn set_beside(&mut self, beside: QuantParams) {
        if let QuantParams::Groups { scales, .. } = &beside
            && let (&[rows, words], &[_, groups]) = (self.shape.as_slice(), scales.shape.as_slice())
        {
            let columns = QuantScheme::likely_columns(words, groups);
            self.shape = vec![rows, columns.unwrap_or(words)];
        }
        if let (QuantParams::Nvfp4 { .. }, Some(columns)) = (&beside, self.shape.last_mut()) {
            *columns = columns.saturating_mul(2);
        }
        self.beside = beside;
    }

    /// The tensor, and what lies beside it.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Self> {
        let beside: [Option<&Self>; 2] = match &self.beside {
            QuantParams::Nothing
            | QuantParams::NoScale
            | QuantParams::Stray
            | QuantParams::Unread(_) => [None, None],
            QuantParams::Scale(scale) | QuantParams::Rotated(scale, _) => [Some(scale), None],
            QuantParams::Groups { scales, biases } => [Some(scales), Some(biases)],
            QuantParams::Nvfp4 { groups, all } => [Some(groups), Some(all)],
        };
        [Some(self)].into_iter().chain(beside).flatten()
    }

    /// How MLX packs the numbers of a matrix of this shape that is stored here, without loss; `None` if it cannot.
    pub(super) fn packing(&self, shape: &[i32]) -> Option<QuantScheme> {
        let &[rows, columns] = shape else {
            return None;
        };
        match (&self.beside, self.stored) {
            (QuantParams::Groups { scales, biases }, _) => {
                let alike = scales.shape == biases.shape && scales.stored == biases.stored;
                match scales.shape.as_slice() {
                    &[scaled, groups]
                        if alike && rows == scaled && self.shape.first() == Some(&rows) =>
                    {
                        QuantScheme::of(columns, self.words()?, groups)
                    }
                    _ => None,
                }
            }
            (_, Stored::Blocks(block)) => {
                QuantScheme::of_block(block).filter(|_| self.shape == shape)
            }
            (QuantParams::Scale(_), Stored::Numbers(Number::I8)) => {
                QuantScheme::of_bytes(columns).filter(|_| self.shape == shape)
            }
            _ => None,
        }
    }

    /// Whether the file holds few bits for each number in a form that MLX lacks.
    pub(super) fn is_packed_otherwise(&self) -> bool {
        matches!(self.stored, Stored::Blocks(_))
            || matches!(
                self.beside,
                QuantParams::Rotated(..) | QuantParams::Nvfp4 { .. }
            )
    }

    /// Whether it is a tensor of this shape, but for axes of length 1: formats and converters drop and add those.
    pub(super) fn is_of(&self, shape: &[i32]) -> bool {
        let sides = |shape: &[i32]| -> Vec<i32> {
            shape.iter().copied().filter(|&side| side != 1).collect()
        };
        match self.beside {
            QuantParams::Groups { .. } => self.packing(shape).is_some(),
            _ => self.shape == shape || sides(&self.shape) == sides(shape),
        }
    }

    /// What about it cannot be read, or beside it. Continues the sentence that its name begins.
    pub(super) fn flaw(&self) -> Option<String> {
        match &self.beside {
            QuantParams::NoScale => Some("has lost its scale".into()),
            QuantParams::Unread(format) => Some(format!("is in {format}")),
            QuantParams::Stray => {
                Some("has a scale that is not 1 beside it, and needs none".into())
            }
            _ if self.floating().is_none() => Some(format!("is of type {}", self.stored)),
            _ if !self.is_addressable() => Some("is too large".into()),
            _ if self.channels_last && self.plain().is_none() => {
                Some("has its channels last, as this version reads only plain numbers".into())
            }
            QuantParams::Scale(scale) | QuantParams::Rotated(scale, _)
                if !self.is_scaled_by(scale) =>
            {
                Some("is scaled in a way that this version does not know".into())
            }
            QuantParams::Nvfp4 { groups, all } if !self.has_groups(groups, all) => {
                Some("is in NVFP4 with scales of an unknown shape".into())
            }
            QuantParams::Rotated(_, group) if !rotation::suits(*group, self.shape.last()) => {
                Some(format!("is rotated in groups of {group}, which cannot be"))
            }
            _ => None,
        }
    }

    /// Whether there is one number for all, or one for each row: (rows) or (rows, 1).
    fn is_scaled_by(&self, scale: &Self) -> bool {
        let rows = self.shape.first().map_or(1, |rows| rows.unsigned_abs());
        let count = scale.elements();
        let is_one_a_row = count == u64::from(rows)
            && scale.shape.first().map(|rows| rows.unsigned_abs()) == Some(rows);
        let is_float = scale.stored == Stored::Numbers(Number::F64)
            || scale.plain().is_some_and(|dtype| dtype.is_float());
        is_float && (count == 1 || is_one_a_row)
    }

    /// Whether these are the scales of NVFP4 for a matrix of this size.
    fn has_groups(&self, groups: &Self, all: &Self) -> bool {
        let size: Vec<_> = self
            .shape
            .iter()
            .map(|side| side.unsigned_abs() as usize)
            .collect();
        let &[rows, columns] = size.as_slice() else {
            return false;
        };
        let count = nvfp4::scales_of(rows, columns).map(|count| count as u64);
        let are_bytes = matches!(groups.stored, Stored::Numbers(Number::F8_E4M3 | Number::U8));
        are_bytes
            && Some(groups.elements()) == count
            && all.elements() == 1
            && all.plain().is_some()
    }

    /// The shape in the file.
    pub(super) fn stored_shape(&self) -> Vec<i32> {
        let mut shape = self.shape.clone();
        if self.channels_last {
            shape[1..].rotate_left(1);
        }
        shape
    }

    /// The words of 32 bits in a row of packed numbers.
    pub(super) fn words(&self) -> Option<i32> {
        let rows = u64::from(self.shape.first()?.unsigned_abs());
        i32::try_from(self.bytes / 4 / rows.max(1)).ok()
    }

    /// The type in MLX, where it has one that holds exactly these numbers.
    pub(super) fn plain(&self) -> Option<Dtype> {
        let Stored::Numbers(number) = self.stored else {
            return None;
        };
        Some(match number {
            Number::F32 => Dtype::Float32,
            Number::F16 => Dtype::Float16,
            Number::BF16 => Dtype::Bfloat16,
            Number::I8 => Dtype::Int8,
            Number::I16 => Dtype::Int16,
            Number::I32 => Dtype::Int32,
            Number::I64 => Dtype::Int64,
            Number::U8 => Dtype::Uint8,
            Number::U16 => Dtype::Uint16,
            Number::U32 => Dtype::Uint32,
            Number::U64 => Dtype::Uint64,
            _ => return None,
        })
    }

    /// The type in MLX that a network computes with when it is not told another one: the file's own, or for packed
    /// numbers that of their scales.
    pub(super) fn floating(&self) -> Option<Dtype> {
        if let QuantParams::Groups { scales, .. } = &self.beside {
            return scales.floating();
        }
        match self.stored {
            Stored::Numbers(Number::F8_E4M3 | Number::F8_E5M2) => Some(Dtype::Bfloat16),
            Stored::Numbers(Number::F64) => Some(Dtype::Float32),
            Stored::Numbers(Number::I8) if self.is_scaled() => Some(Dtype::Bfloat16),
            Stored::Numbers(Number::U8) if matches!(self.beside, QuantParams::Nvfp4 { .. }) => {
                Some(Dtype::Bfloat16)
            }
            Stored::Blocks(_) => Some(Dtype::Float16),
            Stored::Numbers(_) => self.plain().filter(Dtype::is_float),
        }
    }

    fn is_scaled(&self) -> bool {
        matches!(
            self.beside,
            QuantParams::Scale(_) | QuantParams::Rotated(..)
        )
    }

    /// Whether MLX can address every element: it counts them in 32 bits.
    pub(super) fn is_addressable(&self) -> bool {
        i32::try_from(self.elements()).is_ok()
    }

    pub(super) fn elements(&self) -> u64 {
        self.shape.iter().fold(1u64, |product, &n| {
            product.saturating_mul(n.unsigned_abs().into())
        })
    }
}

/// What is said of a file with a tensor about which it cannot be right: continues a sentence that its path begins, and
/// the one of the tensor, which `problem` ends.
pub(super) fn damaged(key: &str, problem: &str) -> String {
    format!("is damaged: tensor {key} {problem}; download it again")
}

impl Stored {
    /// How many bytes a tensor of this shape takes; `None` if there can be no such tensor.
    pub(super) fn bytes(self, shape: &[u64]) -> Option<u64> {
        let elements = shape
            .iter()
            .try_fold(1u64, |product, &n| product.checked_mul(n))?;
        match self {
            Self::Numbers(number) => {
                let bits = elements.checked_mul(number.bitsize() as u64)?;
                Some(bits.div_ceil(8))
            }
            // A block never reaches over the end of a row.
            Self::Blocks(block) if shape.last()? % block.elements() == 0 => {
                (elements / block.elements()).checked_mul(block.bytes())
            }
            Self::Blocks(_) => None,
        }
    }
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbers(number) => write!(f, "{number:?}"),
            Self::Blocks(block) => write!(f, "{block:?}"),
        }
    }
}
