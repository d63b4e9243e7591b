//! How frames are *turned* before they are shown: a camera that is held upright writes them as they lie on its sensor.

use image::{RgbImage, imageops};

use super::boxes::{Body, Boxes};
use crate::Result;
use crate::job::Size;

/// Clockwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Not at all.
    None,
    /// A quarter.
    Quarter,
    /// Upside down.
    Half,
    /// Three quarters.
    ThreeQuarters,
}

impl Turn {
    /// Reads it from the header of a track. ISO/IEC 14496-12, `TrackHeaderBox`.
    pub(super) fn read(boxes: &Boxes, track: &Body) -> Result<Self> {
        let header = boxes.require(track.clone(), &[b"tkhd"])?;
        let [version] = boxes.field(&header, 0)?;
        let at = if version == 1 { 52 } else { 40 };
        let number = |index: u64| -> Result<i32> {
            let number: i32 = i32::from_be_bytes(boxes.field(&header, at + 4 * index)?);
            Ok(number.signum())
        };
        Ok(match [number(0)?, number(1)?, number(3)?, number(4)?] {
            [0, 1, -1, 0] => Self::Quarter,
            [-1, 0, 0, -1] => Self::Half,
            [0, -1, 1, 0] => Self::ThreeQuarters,
            _ => Self::None,
        })
    }

    /// The size of a frame once it is turned.
    pub(super) fn size(self, size: Size) -> Size {
        match self {
            Self::None | Self::Half => size,
            Self::Quarter | Self::ThreeQuarters => Size::new(size.height, size.width),
        }
    }

    /// Turns a frame of this size, (height, width, 3) bytes.
    pub(super) fn apply(self, size: Size, frame: Vec<u8>) -> Vec<u8> {
        if self == Self::None {
            return frame;
        }
        let Some(frame) = RgbImage::from_raw(size.width, size.height, frame) else {
            return Vec::new();
        };
        let turned = match self {
            Self::None => frame,
            Self::Quarter => imageops::rotate90(&frame),
            Self::Half => imageops::rotate180(&frame),
            Self::ThreeQuarters => imageops::rotate270(&frame),
        };
        turned.into_raw()
    }
}
