//! An *entry* is what a file's header says about one tensor: where it lies, its type and its shape.

use mlx_rs::Dtype;
/// The type of a tensor's numbers as a file stores them, which may be one that MLX does not have.
pub(super) use safetensors::Dtype as Stored;

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
    /// As the network wants it.
    pub(super) shape: Vec<i32>,
    /// Whether the second axis, that of a convolution's inputs, comes last in the file.
    pub(super) channels_last: bool,
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
        let bits = shape
            .iter()
            .try_fold(stored.bitsize() as u64, |product, &n| {
                product.checked_mul(n)
            })
            .ok_or_else(too_large)?;
        let shape = shape
            .iter()
            .map(|&n| i32::try_from(n))
            .collect::<Result<_, _>>()
            .map_err(|_| too_large())?;
        let bytes = bits.div_ceil(8);
        match start.checked_add(bytes) {
            Some(end) if end <= file_bytes => Ok(Self {
                file: 0,
                start,
                bytes,
                stored,
                shape,
                channels_last: false,
            }),
            _ => Err("lies beyond the end of the file".into()),
        }
    }

    /// The shape in the file.
    pub(super) fn stored_shape(&self) -> Vec<i32> {
        let mut shape = self.shape.clone();
        if self.channels_last {
            shape[1..].rotate_left(1);
        }
        shape
    }

    /// The type in MLX, where it has one that holds these numbers.
    pub(super) fn dtype(&self) -> Option<Dtype> {
        Some(match self.stored {
            Stored::F32 => Dtype::Float32,
            Stored::F16 => Dtype::Float16,
            Stored::BF16 => Dtype::Bfloat16,
            Stored::I8 => Dtype::Int8,
            Stored::I16 => Dtype::Int16,
            Stored::I32 => Dtype::Int32,
            Stored::I64 => Dtype::Int64,
            Stored::U8 => Dtype::Uint8,
            Stored::U16 => Dtype::Uint16,
            Stored::U32 => Dtype::Uint32,
            Stored::U64 => Dtype::Uint64,
            _ => return None,
        })
    }

    /// The type in MLX, if it is a floating one: the only kind that a network computes with.
    pub(super) fn floating(&self) -> Option<Dtype> {
        self.dtype().filter(Dtype::is_float)
    }

    /// Whether MLX can address every element: it counts them in 32 bits.
    pub(super) fn is_addressable(&self) -> bool {
        let elements = self.shape.iter().fold(1u64, |product, &n| {
            product.saturating_mul(n.unsigned_abs().into())
        });
        i32::try_from(elements).is_ok()
    }
}
