//! What the published VAEs compute, in the order in which it runs.

use super::{Conv, ConvPath, MOST_SCRATCH, Number, Op};

/// A published decoder, and the encoder that belongs to it, by what sets them apart.
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
    /// The width of each level of the encoder, that of the largest pictures first.
    encoder: [u64; 4],
    /// The side of the patches of pixels that come out as one.
    patch: u64,
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
        encoder: [96, 192, 384, 384],
        patch: 1,
        stride: 8,
    };
    /// Wan2.2's, on 2 × 2 patches of pixels.
    pub const V22: Self = Self {
        latent: 48,
        widths: [1024, 1024, 512, 256],
        halves_width: false,
        doubled_in_time: 2,
        outputs: 12,
        encoder: [160, 320, 640, 640],
        patch: 2,
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

    /// The convolutions of the encoder, for each latent frame.
    pub fn encoder_layers(self, (width, height): (u64, u64)) -> Vec<Layer> {
        const BLOCKS: usize = 2;
        let mut list = List {
            layers: Vec::new(),
            width: width / self.patch,
            height: height / self.patch,
            frames: 4,
        };
        let mut channels = self.encoder[0];
        list.push(3, 3, (self.outputs, channels));
        for (level, &wide) in self.encoder.iter().enumerate() {
            for block in 0..BLOCKS {
                let inputs = if block == 0 { channels } else { wide };
                list.push(3, 3, (inputs, wide));
                list.push(3, 3, (wide, wide));
            }
            channels = wide;
            if level + 1 == self.encoder.len() {
                continue;
            }
            list.push_strided(2, (wide, wide));
            list.width /= 2;
            list.height /= 2;
            if level > 0 {
                list.frames /= 2;
                list.push(3, 1, (wide, wide));
            }
        }
        for _ in 0..4 {
            list.push(3, 3, (channels, channels)); // two residual blocks around the attention
        }
        list.push(3, 3, (channels, 2 * self.latent));
        list.layers
    }

    /// What the decoder multiplies pixel by pixel, never cut, in float32: the products around its attention, and where the
    /// width changes. With how often for each latent frame.
    pub fn products(self, (width, height): (u64, u64)) -> Vec<(Op, u64)> {
        let product = |pixels: u64, inputs: u64, outputs: u64| {
            let bytes = Number::F32.bytes() * pixels * (inputs + outputs);
            Op::whole(pixels * inputs * outputs, bytes)
        };
        let mut pixels = (width / self.stride) * (height / self.stride);
        let widest = self.widths[0];
        let mut products = vec![
            (product(pixels, widest, 3 * widest), 1),
            (product(pixels, widest, widest), 1),
        ];
        let mut channels = widest;
        for (level, &wide) in self.widths.iter().enumerate() {
            if channels != wide {
                let frames = 1 << level.min(self.doubled_in_time);
                products.push((product(pixels, channels, wide), frames));
            }
            pixels *= 4;
            channels = if self.halves_width { wide / 2 } else { wide };
        }
        products
    }

    /// Attention among the pixels of a latent frame, in float32, cut by queries.
    pub fn attention(self, (width, height): (u64, u64)) -> Op {
        let pixels = (width / self.stride) * (height / self.stride);
        let query = 2 * pixels * self.widths[0];
        // The scores are written, read and written by the softmax, and read.
        let bytes = Number::F32.bytes() * 4 * pixels * (pixels + self.widths[0]);
        Op::cut(pixels * query, bytes, query)
    }

    /// What Winograd needs besides while pictures of this size are decoded, in bytes: two strips are in flight.
    pub fn scratch(self, size: (u64, u64)) -> u64 {
        let layers = self.layers(size).into_iter();
        let most = layers.filter_map(|layer| match layer.conv.path(Number::F32) {
            ConvPath::Winograd { scratch } => Some(scratch.min(MOST_SCRATCH)),
            _ => None,
        });
        2 * most.max().unwrap_or_default()
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
    fn push(&mut self, taps: u64, side: u64, channels: (u64, u64)) {
        self.push_any(taps, side, 1, channels);
    }

    /// A kernel of 3 × 3 within a picture.
    fn push_strided(&mut self, stride: u64, channels: (u64, u64)) {
        self.push_any(1, 3, stride, channels);
    }

    fn push_any(&mut self, taps: u64, side: u64, stride: u64, (inputs, outputs): (u64, u64)) {
        self.layers.push(Layer {
            conv: Conv {
                pictures: 1,
                height: self.height,
                width: self.width,
                inputs,
                outputs,
                side,
                stride,
            },
            times: self.frames * taps,
            taps,
        });
    }
}
