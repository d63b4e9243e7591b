//! Between pixels and latents: the causal video autoencoder.
