//! The convolutions of the published decoders, in the order in which they run.

use super::Conv;

/// A published decoder, by what sets it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecoderShape {
    /// Channels of a latent.
    latent: u64,
    /// The width of each level, the first one first.
    widths: [u64; 4],
    /// Whether doubling halves the width.
    halves_width: bool,
    /// How many levels double time as well.
    doubled_in_time: usize,
    /// Channels that come out.
    outputs: u64,
    /// Pixels that a latent covers in each direction.
    pub stride: u64,
}

/// One convolution, and how often it runs for each latent frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Of one picture.
    pub conv: Conv,
    /// Pictures for each latent frame, times the frames that its kernel sees.
    pub times: u64,
    /// The frames that its kernel sees.
    pub taps: u64,
}

impl DecoderShape {
    /// Wan2.1's.
    pub const V21: Self = Self {
        latent: 16,
        widths: [384, 384, 192, 96],
        halves_width: true,
        doubled_in_time: 2,
        outputs: 3,
        stride: 8,
    };
    /// Wan2.2's, on 2 × 2 patches of pixels.
    pub const V22: Self = Self {
        latent: 48,
        widths: [1024, 1024, 512, 256],
        halves_width: false,
        doubled_in_time: 2,
        outputs: 12,
        stride: 16,
    };

    /// Its convolutions for a picture of `width` × `height` pixels.
    pub fn layers(self, (width, height): (u64, u64)) -> Vec<Layer> {
        const BLOCKS: usize = 3;
        let mut list = List {
            layers: Vec::new(),
            width: width / self.stride,
            height: height / self.stride,
            frames: 1,
        };
        let widest = self.widths[0];
        list.push(3, 3, (self.latent, widest));
        for _ in 0..4 {
            list.push(3, 3, (widest, widest)); // two residual blocks around the attention
        }
        let mut channels = widest;
        for (level, &wide) in self.widths.iter().enumerate() {
            for block in 0..BLOCKS {
                let inputs = if block == 0 { channels } else { wide };
                list.push(3, 3, (inputs, wide));
                list.push(3, 3, (wide, wide));
            }
            channels = wide;
            if level + 1 == self.widths.len() {
                continue;
            }
            if level < self.doubled_in_time {
                list.push(3, 1, (wide, 2 * wide));
                list.frames *= 2;
            }
            list.width *= 2;
            list.height *= 2;
            let made = if self.halves_width { wide / 2 } else { wide };
            list.push(1, 3, (wide, made));
            channels = made;
        }
        list.push(3, 3, (channels, self.outputs));
        list.layers
    }
}

/// Layers that are being counted.
struct List {
    layers: Vec<Layer>,
    width: u64,
    height: u64,
    frames: u64,
}

impl List {
    fn push(&mut self, taps: u64, side: u64, (inputs, outputs): (u64, u64)) {
        self.layers.push(Layer {
            conv: Conv {
                pictures: 1,
                height: self.height,
                width: self.width,
                inputs,
                outputs,
                side,
                stride: 1,
            },
            times: self.frames * taps,
            taps,
        });
    }
}
