//! What MLX is allowed to hold while a job is carried out.

use super::Machine;

/// Limits for MLX, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Beyond this MLX waits for what is under way before it begins anything new; none where its own limit is right.
    pub limit: Option<u64>,
    /// Buffers that it keeps for reuse instead of returning them to the system.
    pub cache: u64,
}

/// Enough for the small arrays of a step.
const USUAL_CACHE: u64 = 1 << 30;
/// Where memory is short.
const LEAST_CACHE: u64 = 256 << 20;
/// All arrays of a block of the largest network.
const MOST_CACHE: u64 = 8 << 30;

impl Allowance {
    /// For a job that will need `peak` bytes at once and was `asked` to take no more than so many, if it was.
    ///
    /// Where GPU and programs share their memory, as on Macs, MLX by itself waits only once nearly all of it is taken, and by
    /// then the system is swapping; and what it returns it has to get again, filled with zeros, many times a step. So its limit
    /// is what the job may take, and it keeps what the job leaves of what is free. No memory is ever wired: that is what
    /// stops macOS itself ([mlx#3186](https://github.com/ml-explore/mlx/issues/3186)).
    pub fn of(peak: u64, machine: &Machine, asked: Option<u64>, is_shared: bool) -> Self {
        let most = machine.most(asked);
        if !is_shared {
            return Self {
                limit: asked,
                cache: USUAL_CACHE,
            };
        }
        let comfortable = most.min(machine.available);
        // What is told is not exact, and a job that waits at every step would not end.
        let enough = peak.saturating_add(peak / 8);
        Self {
            limit: Some(comfortable.max(enough).min(most)),
            cache: comfortable
                .saturating_sub(peak)
                .clamp(LEAST_CACHE, MOST_CACHE),
        }
    }
}

/// What other programs leave of `total` memory where they hold `used` of it, their own pages and those of the system, not what
/// is kept of files.
///
/// Of macOS this is asked in its place: what counts as available there holds the live memory of every other program,
/// which the system would have to write to the disk first
/// ([`memorystatus_notify.md`](https://github.com/apple-oss-distributions/xnu/blob/main/doc/vm/memorystatus_notify.md)).
pub fn unused(total: u64, used: u64) -> u64 {
    total.saturating_sub(used)
}
