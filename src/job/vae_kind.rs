//! The two published autoencoders.

/// Which autoencoder a family has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaeKind {
    /// Wan2.1: 16 channels, one latent for 4 frames of 8 × 8 pixels.
    V21,
    /// Wan2.2: 48 channels, one latent for 4 frames of 16 × 16 pixels.
    V22,
}

impl VaeKind {
    /// How many frames, rows and columns of pixels one latent position covers: (time, height, width).
    pub fn stride(self) -> (u32, u32, u32) {
        match self {
            Self::V21 => (4, 8, 8),
            Self::V22 => (4, 16, 16),
        }
    }

    /// The channels of a latent.
    pub fn channels(self) -> u32 {
        match self {
            Self::V21 => 16,
            Self::V22 => 48,
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V21 => "Wan2.1 VAE",
            Self::V22 => "Wan2.2 VAE",
        }
    }
}
