//! A *GPU fault* is work that the GPU did not finish, told apart by what MLX says of it: some of it is worth doing again.
//!
//! MLX 0.32.2 passes on what the driver says of a command buffer
//! ([`device.cpp`, `commit`](https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/metal/device.cpp#L520)):
//! a sentence and, in brackets, a code and its name, of which the names never change. They can be read in
//! [mlx#479](https://github.com/ml-explore/mlx/pull/479), [mlx#3302](https://github.com/ml-explore/mlx/issues/3302) and
//! [flutter#127151](https://github.com/flutter/flutter/issues/127151). Its own sentences about memory stand in
//! [`allocator.cpp`](https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/metal/allocator.cpp#L107).
//! On CUDA it names the call and says what `cudaGetErrorString` says
//! ([`utils.cpp`, `check_cuda_error`](https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/cuda/utils.cpp#L12)).

/// Why the GPU did not finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuFault {
    /// The system ended what kept the GPU for too long.
    TooLong,
    /// There was not enough memory.
    OutOfMemory,
    /// Something else was to blame, or nobody knows what: the same work may go well.
    Interrupted,
    /// The driver takes nothing from this process any more.
    Refused,
}

/// Parts of what MLX says, in lower case. The first that occurs decides.
const TEXTS: [(&str, GpuFault); 28] = [
    // Metal's codes, by their names.
    ("impactinginteractivity", GpuFault::TooLong),
    ("callbackerrortimeout", GpuFault::TooLong),
    ("callbackerrorhang", GpuFault::TooLong),
    ("callbackerroroutofmemory", GpuFault::OutOfMemory),
    ("callbackerrorinnocentvictim", GpuFault::Interrupted),
    ("callbackerrorpagefault", GpuFault::Interrupted),
    ("callbackerrorsubmissionsignored", GpuFault::Refused),
    ("callbackerroraccessrevoked", GpuFault::Refused),
    ("callbackerrorblacklisted", GpuFault::Refused),
    ("callbackerrordeviceremoved", GpuFault::Refused),
    // The sentences before these, for systems that leave the code out.
    ("impacting interactivity", GpuFault::TooLong),
    ("caused gpu timeout", GpuFault::TooLong),
    ("caused gpu hang", GpuFault::TooLong),
    ("insufficient memory", GpuFault::OutOfMemory),
    ("victim of gpu error", GpuFault::Interrupted),
    ("innocent victim", GpuFault::Interrupted),
    ("ignored (for causing", GpuFault::Refused),
    // MLX's own about memory.
    ("[malloc] unable to allocate", GpuFault::OutOfMemory),
    ("[metal::malloc] resource limit", GpuFault::OutOfMemory),
    ("maximum allowed buffer size", GpuFault::OutOfMemory),
    // CUDA.
    ("out of memory", GpuFault::OutOfMemory),
    ("launch timed out", GpuFault::TooLong),
    ("cache thrashing is happening", GpuFault::Interrupted), // its counter belongs to a thread
    // After these a process has no GPU any more.
    ("illegal memory access", GpuFault::Refused),
    ("unspecified launch failure", GpuFault::Refused),
    ("illegal instruction was encountered", GpuFault::Refused),
    ("uncorrectable ecc error", GpuFault::Refused),
    ("misaligned address", GpuFault::Refused),
];

/// What begins what MLX says of a command buffer whose code nobody has met.
const ANY_COMMAND_BUFFER: &str = "command buffer execution failed";

impl GpuFault {
    /// What MLX's words mean; nothing where the GPU is not to blame.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let known = TEXTS.iter().find(|(part, _)| text.contains(part));
        let unknown = text
            .contains(ANY_COMMAND_BUFFER)
            .then_some(Self::Interrupted);
        known.map(|&(_, fault)| fault).or(unknown)
    }

    /// Whether the same process can do the work again.
    pub fn is_worth_repeating(self) -> bool {
        self != Self::Refused
    }
}

/// Why a part of a job is done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The GPU did not finish.
    Gpu(GpuFault),
    /// Numbers became too large for float16; from here on products are computed in bf16.
    WiderProducts,
    /// Frames became too large for float16; they are decoded in float32.
    WiderFrames,
}
