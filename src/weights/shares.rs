//! Large buffers are filled by several threads, each a share of its own.

use std::panic::resume_unwind;
use std::thread;

use crate::Result;

/// Less is not worth a thread.
const SMALLEST_SHARE: usize = 4 << 20;
/// More only wait for memory.
const MOST_THREADS: usize = 8;

/// Fills `target` in shares of whole units of `unit` bytes (the last may be shorter): `fill` gets the index of the first
/// unit of a share, and its bytes. What it returns comes in the order of the shares.
///
/// # Errors
/// The first of them in that order.
pub(super) fn each<T: Send>(
    target: &mut [u8],
    unit: usize,
    fill: impl Fn(usize, &mut [u8]) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let unit = unit.max(1);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let shares = threads
        .min(MOST_THREADS)
        .min(target.len() / SMALLEST_SHARE)
        .max(1);
    if shares == 1 {
        return Ok(vec![fill(0, target)?]);
    }
    let units = target.len().div_ceil(unit).div_ceil(shares);
    let fill = &fill;
    thread::scope(|scope| {
        let shares = target.chunks_mut(units * unit).enumerate();
        let threads: Vec<_> = shares
            .map(|(index, share)| scope.spawn(move || fill(index * units, share)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}
