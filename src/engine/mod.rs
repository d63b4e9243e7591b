//! The thread that owns MLX.
