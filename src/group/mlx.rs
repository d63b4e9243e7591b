//! The safe face of MLX's `distributed.h`, which mlx-rs does not pass on.

use std::ffi::{CStr, c_int};

use mlx_rs::error::Exception;
use mlx_rs::transforms::async_eval;
use mlx_rs::{Array, Stream};
use mlx_sys::{mlx_array, mlx_distributed_group, mlx_stream};

use super::Group;
use crate::Result;
use crate::job::Transport;

/// A group that MLX connects.
#[derive(Debug)]
pub struct MlxGroup {
    handle: mlx_distributed_group,
    /// What exchanges run on: the processor, but for NVIDIA's GPUs.
    stream: Stream,
    rank: usize,
    size: usize,
}

/// An exchange of mlx-c.
type Exchange =
    unsafe extern "C" fn(*mut mlx_array, mlx_array, mlx_distributed_group, mlx_stream) -> c_int;

#[expect(unsafe_code, reason = "mlx-rs has no safe wrapper of `distributed.h`")]
impl MlxGroup {
    /// Connects this process with the others that the environment tells of. MLX waits for them.
    ///
    /// # Errors
    /// They cannot be reached, or the environment tells of none: there never is a silent group of one.
    pub fn connect(transport: Transport) -> Result<Self> {
        // mlx-rs's first operation has MLX hand errors over; before that they would end the process.
        Array::from_f32(0.0).add(Array::from_f32(0.0))?;
        // SAFETY: the handle is a fresh one that MLX fills, and the name ends with a zero.
        let handle = unsafe {
            let mut handle = mlx_sys::mlx_distributed_group_new();
            let name = name_of(transport).as_ptr();
            if mlx_sys::mlx_distributed_init(&raw mut handle, true, name) != 0 {
                return Err(failed(transport, "it could not connect").into());
            }
            handle
        };
        // SAFETY: `handle` is a group, and both results are plain numbers.
        let (rank, size) = unsafe {
            (
                mlx_sys::mlx_distributed_group_rank(handle),
                mlx_sys::mlx_distributed_group_size(handle),
            )
        };
        let stream = if transport == Transport::Nccl {
            Stream::gpu()
        } else {
            Stream::cpu()
        };
        let group = Self {
            handle,
            stream,
            rank: usize::try_from(rank).unwrap_or(0),
            size: usize::try_from(size).unwrap_or(0),
        };
        if group.size < 2 {
            return Err(failed(transport, "there is only one process").into());
        }
        Ok(group)
    }

    /// The sum of what each rank gives, of the same shape.
    ///
    /// # Errors
    /// MLX's, also where another rank is gone.
    pub fn sum(&self, x: &Array) -> Result<Array> {
        self.exchange(x, mlx_sys::mlx_distributed_all_sum)
    }

    /// Begins at once, so that the order of exchanges is that of the calls on every rank, whatever else is evaluated.
    fn exchange(&self, x: &Array, exchange: Exchange) -> Result<Array> {
        // SAFETY: the result is a fresh handle that MLX fills and `Array` frees; everything else is alive.
        let made = unsafe {
            let mut made = mlx_sys::mlx_array_new();
            let stream = self.stream.as_ptr();
            if exchange(&raw mut made, x.as_ptr(), self.handle, stream) != 0 {
                mlx_sys::mlx_array_free(made);
                return Err(Exception::custom("[distributed] an exchange was refused").into());
            }
            Array::from_ptr(made)
        };
        async_eval([&made])?;
        Ok(made)
    }
}

impl Group for MlxGroup {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn gather(&self, x: &Array) -> Result<Array> {
        self.exchange(x, mlx_sys::mlx_distributed_all_gather)
    }
}

impl Drop for MlxGroup {
    #[expect(unsafe_code, reason = "mlx-rs has no safe wrapper of `distributed.h`")]
    fn drop(&mut self) {
        // SAFETY: it was made by MLX, and nobody uses it after this.
        unsafe {
            mlx_sys::mlx_distributed_group_free(self.handle);
        }
    }
}

fn name_of(transport: Transport) -> &'static CStr {
    match transport {
        Transport::Ring => c"ring",
        Transport::Jaccl => c"jaccl",
        Transport::Nccl => c"nccl",
    }
}

fn failed(transport: Transport, why: &str) -> Exception {
    Exception::custom(format!("[{}] {why}", transport.name()))
}
