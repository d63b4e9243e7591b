//! What MLX computes on.

mod metal;
