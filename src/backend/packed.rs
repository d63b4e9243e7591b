//! Whether products of packed weights unpack them first.
//!
//! MLX's kernels for packed weights unpack each tile again for every 32 rows
//! ([`quantized.cpp`](https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/metal/quantized.cpp#L1060)).
//! For as many rows as a video has that is a hundred times slower than unpacking once on the CPU and four times on CUDA; on
//! Metal it was reported to be 30 to 40 % slower on an M2 Pro, and no slower on an M3 Ultra.

use std::sync::atomic::{AtomicU8, Ordering};

use super::Backend;
use super::metal::Generation;

/// Below this the matrix is the larger part of the work.
const FEW_ROWS: u64 = 1024;

/// What was measured on this machine: not yet, packed is faster, unpacking is.
static MEASURED: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const PACKED: u8 = 1;
const UNPACKED: u8 = 2;

/// Tells what was measured: whether unpacking first is faster here.
pub fn set_measured(unpacking_is_faster: bool) {
    let measured = if unpacking_is_faster {
        UNPACKED
    } else {
        PACKED
    };
    MEASURED.store(measured, Ordering::Relaxed);
}

/// What [`set_measured`] was told last.
pub fn measured() -> Option<bool> {
    match MEASURED.load(Ordering::Relaxed) {
        PACKED => Some(false),
        UNPACKED => Some(true),
        _ => None,
    }
}

/// Whether to unpack for a product of so many rows, where this was `measured` and on this generation of Apple's chips.
pub fn unpacks(
    backend: Backend,
    measured: Option<bool>,
    generation: Option<Generation>,
    rows: u64,
) -> bool {
    match backend {
        Backend::Cpu | Backend::Cuda => true,
        Backend::Metal if rows < FEW_ROWS => false,
        Backend::Metal => {
            measured.unwrap_or_else(|| generation.is_some_and(|it| it <= Generation::M2))
        }
    }
}
