//! From noise to latents, one step at a time.
