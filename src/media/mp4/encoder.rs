//! From frames to H.264, with Cisco's `OpenH264`.

use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, EncodedBitStream, Encoder as OpenH264, EncoderConfig, FrameRate,
    FrameType, IntraFramePeriod, QpRange, RateControlMode, UsageType, VuiConfig,
};
use openh264::formats::YUVSlices;

use super::colour::Yuv;
use crate::job::{Quality, Size};
use crate::{Error, Result};

/// The quantiser of every macroblock, on `OpenH264`'s scale of 12 to 51 where 6 more are half as
/// fine. Constant, because a generated clip is short, and its size matters less than that no frame
/// falls behind the others; key frames get 2 more, which is `OpenH264`'s own doing.
fn quantiser(quality: Quality) -> u8 {
    match quality {
        Quality::Small => 25,
        Quality::Standard => 16,
        Quality::Best => 13,
    }
}

/// One encoded frame.
pub(super) struct Sample {
    /// Its NAL units, each behind its length in four bytes.
    pub(super) bytes: Vec<u8>,
    /// Whether a player may start here.
    pub(super) key: bool,
}

/// The sequence and picture parameter set, which every frame refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) sequence: Vec<u8>,
    pub(super) picture: Vec<u8>,
}

/// How much coarser a frame is tried that was too much for the encoder, and where that ends.
const COARSER: u8 = 6;
const COARSEST: u8 = 46;

/// Takes frames of one size, in order.
pub(super) struct Encoder {
    inner: OpenH264,
    size: Size,
    fps: u32,
    quantiser: u8,
    picture: Yuv,
    parameters: Option<Parameters>,
}

impl Encoder {
    /// An encoder for frames of `size`, `fps` of them a second.
    pub(super) fn new(size: Size, fps: u32, quality: Quality) -> Result<Self> {
        let quantiser = quantiser(quality);
        Ok(Self {
            inner: open(size, fps, quantiser)?,
            size,
            fps,
            quantiser,
            picture: Yuv::new(size),
            parameters: None,
        })
    }

    /// Encodes one frame of (height, width, 3) bytes.
    ///
    /// Noise can need more bits than `OpenH264` has room for, and after that it is of no more use: a
    /// new one goes on from here, with a key frame and a coarser quantiser.
    pub(super) fn encode(&mut self, rgb: &[u8]) -> Result<Sample> {
        self.picture.convert(rgb);
        loop {
            let attempt = self.attempt();
            if attempt.is_ok() || self.quantiser >= COARSEST {
                return attempt;
            }
            self.quantiser += COARSER;
            self.inner = open(self.size, self.fps, self.quantiser)?;
        }
    }

    fn attempt(&mut self) -> Result<Sample> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let strides = (width, width / 2, width / 2);
        let slices = YUVSlices::new(self.picture.planes(), (width, height), strides);
        let stream = self.inner.encode(&slices).map_err(stopped)?;
        let key = match stream.frame_type() {
            FrameType::IDR => true,
            FrameType::I | FrameType::P => false,
            other => return Err(stopped(format!("it made a frame of type {other:?}"))),
        };
        let (bytes, parameters) = sort(&stream);
        if let Some(parameters) = parameters
            && *self.parameters.get_or_insert_with(|| parameters.clone()) != parameters
        {
            return Err(stopped("it changed its parameters between frames"));
        }
        Ok(Sample { bytes, key })
    }

    /// The parameter sets; the first frame brings them.
    pub(super) fn parameters(&self) -> Result<&Parameters> {
        self.parameters
            .as_ref()
            .ok_or_else(|| stopped("it made no parameter sets"))
    }
}

fn open(size: Size, fps: u32, quantiser: u8) -> Result<OpenH264> {
    // Only the level is derived from the bit rate: the quantiser leaves nothing to control.
    let bits = (size.area() * u64::from(fps)).clamp(100_000, 100_000_000) as u32;
    let config = EncoderConfig::new()
        .usage_type(UsageType::CameraVideoRealTime)
        .rate_control_mode(RateControlMode::Bufferbased)
        .qp(QpRange::new(quantiser, quantiser))
        .bitrate(BitRate::from_bps(bits))
        .max_frame_rate(FrameRate::from_hz(fps as f32))
        .skip_frames(false)
        .adaptive_quantization(false)
        .background_detection(false)
        .complexity(Complexity::High)
        .intra_frame_period(IntraFramePeriod::from_num_frames(fps))
        .vui(VuiConfig::bt709());
    OpenH264::with_api_config(OpenH264API::from_source(), config).map_err(stopped)
}

/// Whether there can be frames of this size.
pub(super) fn refuse_impossible(size: Size) -> Result<()> {
    let short = size.width.min(size.height);
    if !size.width.is_multiple_of(2) || !size.height.is_multiple_of(2) || short < 16 {
        return Err(Error::Other(format!(
            "A video of {size} pixels cannot be written: both sides must be even, and 16 or more"
        )));
    }
    if !size.fits_video() {
        return Err(Error::Other(format!(
            "A video of {size} pixels cannot be written: {} is the most",
            Size::LARGEST_VIDEO
        )));
    }
    Ok(())
}

/// Parts the parameter sets, which go into the file's header, from the picture itself.
fn sort(stream: &EncodedBitStream<'_>) -> (Vec<u8>, Option<Parameters>) {
    const SEQUENCE: u8 = 7;
    const PICTURE: u8 = 8;
    let (mut bytes, mut sequence, mut picture) = (Vec::new(), None, None);
    let layers = (0..stream.num_layers()).filter_map(|index| stream.layer(index));
    for layer in layers {
        for nal in (0..layer.nal_count()).filter_map(|index| layer.nal_unit(index)) {
            let nal = without_start_code(nal);
            match nal.first().map(|header| header & 0x1f) {
                None => {}
                Some(SEQUENCE) => sequence = Some(nal.to_vec()),
                Some(PICTURE) => picture = Some(nal.to_vec()),
                Some(_) => {
                    bytes.extend_from_slice(&(nal.len() as u32).to_be_bytes());
                    bytes.extend_from_slice(nal);
                }
            }
        }
    }
    let parameters = sequence
        .zip(picture)
        .map(|(sequence, picture)| Parameters { sequence, picture });
    (bytes, parameters)
}

fn without_start_code(nal: &[u8]) -> &[u8] {
    let zeros = nal.iter().take_while(|&&byte| byte == 0).count();
    nal.get(zeros + 1..).unwrap_or_default()
}

fn stopped(why: impl std::fmt::Display) -> Error {
    Error::Other(format!("The video encoder stopped: {why}"))
}
