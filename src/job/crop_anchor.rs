//! An *anchor* says which part of a picture stays when it is cropped.

use serde::{Deserialize, Serialize};

/// Where the kept part lies: 0 at the left or top, 1 at the right or bottom.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "[f32; 2]", from = "[f32; 2]")]
pub struct CropAnchor {
    /// From left to right.
    pub x: f32,
    /// From top to bottom.
    pub y: f32,
}

impl CropAnchor {
    /// The middle, as the official code crops.
    pub const CENTRE: Self = Self { x: 0.5, y: 0.5 };

    /// Whether it is the middle.
    pub fn is_centre(&self) -> bool {
        *self == Self::CENTRE
    }
}

impl Default for CropAnchor {
    fn default() -> Self {
        Self::CENTRE
    }
}

impl From<[f32; 2]> for CropAnchor {
    fn from([x, y]: [f32; 2]) -> Self {
        Self { x, y }
    }
}

impl From<CropAnchor> for [f32; 2] {
    fn from(anchor: CropAnchor) -> Self {
        [anchor.x, anchor.y]
    }
}
