//! The arithmetic of the VAE: it works on whole pictures, and remembers some of those before.

use super::arrays::{MOST_SCORES, SCORE_ARRAYS};
use super::{HalfSizes, Need, Saving, VaeSizes};
use crate::job::{Decoding, Plan, Size, Stage, VaeKind, VaePrecision};

/// More tiles than these overlap so much that they save nothing.
pub(super) const MOST_TILES: u32 = 2;

/// What of a video decides how much memory its decoding takes.
#[derive(Clone, Copy)]
pub(super) struct Frames {
    kind: VaeKind,
    size: Size,
    /// The type in which they are computed.
    pub(super) precision: VaePrecision,
    /// Into how many tiles each side is cut.
    pub(super) tiles: u32,
}

impl From<&Plan> for Frames {
    fn from(plan: &Plan) -> Self {
        Self {
            kind: plan.checkpoint.variant.vae(),
            size: plan.canvas.size,
            precision: plan.compute.vae_precision,
            tiles: plan.thrift.tiles,
        }
    }
}

impl From<&Decoding> for Frames {
    fn from(decoding: &Decoding) -> Self {
        Self {
            kind: decoding.checkpoint.variant.vae(),
            size: decoding.canvas.size,
            precision: decoding.precision,
            tiles: decoding.tiles,
        }
    }
}

impl Frames {
    /// The next thing that saves memory, that which costs least first. Not everything saves everywhere:
    /// tiles of small pictures are little but overlap, and half precision is slow on a processor, and wide.
    pub(super) fn thriftier(self, vae: &VaeSizes) -> Option<(Self, Saving)> {
        let tiled = Self {
            tiles: MOST_TILES,
            ..self
        };
        let halved = Self {
            precision: vae.half,
            ..self
        };
        let half = match vae.half {
            VaePrecision::F16 => Saving::F16Frames,
            VaePrecision::Bf16 | VaePrecision::F32 => Saving::HalfFrames,
        };
        let now = decode(self, vae).bytes();
        let saves = |(frames, _): &(Self, Saving)| decode(*frames, vae).bytes() < now;
        let ways = [(tiled, Saving::Tiles), (halved, half)];
        ways.into_iter().find(saves)
    }
}

/// What a half of a VAE holds, in numbers for each pixel of a picture: whatever the widths, and for each
/// channel of its narrowest layers.
struct Chain {
    /// Of the frames that causal convolutions remember, two for each. They are counted from the widths.
    remembered: [f64; 2],
    /// Of what is at work in the largest layers, for each frame that passes through them at once.
    working: [f64; 2],
}

/// That of a half which is at work in a stage.
fn chain(kind: VaeKind, stage: Stage, fused: bool) -> Chain {
    let (remembered, fused_working, stepwise_working) = match (kind, stage) {
        (VaeKind::V22, Stage::Image) => ([6.0, 3.64], [0.0, 2.5], [16.0, 4.3]),
        (VaeKind::V22, _) => ([0.4, 6.97], [12.0, 4.0], [27.0, 8.9]),
        (VaeKind::V21, Stage::Image) => ([6.0, 14.56], [0.0, 9.0], [21.0, 21.1]),
        (VaeKind::V21, _) => ([0.5, 24.63], [12.0, 8.5], [12.0, 21.5]),
    };
    Chain {
        remembered,
        working: if fused {
            fused_working
        } else {
            stepwise_working
        },
    }
}

/// Encoding the pictures of `plan`.
pub(super) fn encode(plan: &Plan, vae: &VaeSizes) -> Need {
    let whole = Frames {
        precision: VaePrecision::F32,
        tiles: 1,
        ..plan.into()
    };
    let need = whole.need(Stage::Image, &vae.encoder, vae);
    Need {
        work: need.work + vae.scratch,
        ..need
    }
}

/// The most bytes of decoded frames that wait until they are encoded.
pub const FRAMES_WAITING: u64 = 128 << 20;

/// Decoding frames.
pub(super) fn decode(frames: Frames, vae: &VaeSizes) -> Need {
    let need = frames.need(Stage::Decode, &vae.decoder, vae);
    Need {
        work: need.work + vae.scratch,
        ..need
    }
}

impl Frames {
    fn need(self, stage: Stage, half: &HalfSizes, vae: &VaeSizes) -> Need {
        let bytes = self.precision.bytes() as f64;
        // On a processor the softmax is float32, and convolutions of halves copy every input for each weight.
        let (exact, widest) = match self.precision {
            _ if vae.fused => (bytes, bytes),
            VaePrecision::F32 => (4.0, 4.0),
            VaePrecision::Bf16 | VaePrecision::F16 => (4.0, 8.0),
        };
        let at_once = if self.tiles == 1 { vae.frames } else { 1 } as f64;
        let (pixels, width) = (self.size.area() as f64, half.width as f64);
        let seen = pixels * self.overlap();
        let Chain {
            remembered,
            working,
        } = chain(self.kind, stage, vae.fused);

        let kept = bytes * seen * (remembered[0] + remembered[1] * width);
        let tile = seen / f64::from(self.tiles.pow(2));
        let working = bytes * working[0] * pixels + widest * working[1] * width * tile;
        let tokens = pixels / self.stride();
        let scores = (at_once * tokens * tokens).min(MOST_SCORES as f64);
        let attending = exact * scores * SCORE_ARRAYS.of(vae.fused) as f64;
        let work = (kept + (at_once * working).max(attending)) as u64;
        Need::new(stage, self.precision.bytes() * half.weights, work)
    }

    /// How much larger all tiles together are than the picture, since they overlap.
    fn overlap(self) -> f64 {
        /// How far the largest layers see, in the pixels that they are given.
        const REACH: f64 = 10.0;
        // By how much they enlarge these, and the patches of the 2.2 VAE besides.
        let scale = match self.kind {
            VaeKind::V22 => 4.0,
            VaeKind::V21 => 2.0,
        };
        let cuts = f64::from(self.tiles - 1);
        let side = |length: u32| 1.0 + 2.0 * REACH * cuts * scale / f64::from(length);
        side(self.size.width) * side(self.size.height)
    }

    /// The pixels of a picture that are one for attention.
    fn stride(self) -> f64 {
        let (_, height, width) = self.kind.stride();
        f64::from(height * width)
    }
}

impl VaePrecision {
    fn bytes(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::Bf16 | Self::F16 => 2,
        }
    }
}
