//! What file shall be made of a clip.

use crate::job::{Quality, Size};

/// The clip's own size, in percent.
pub(super) const OWN: u32 = 100;

/// The kinds of files to choose from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A video, encoded anew.
    #[default]
    Video,
    /// An animated GIF.
    Gif,
    /// A folder with a PNG for each frame.
    Pictures,
    /// The frame that is to be seen.
    Still,
}

/// What is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The kind of file.
    pub kind: Kind,
    /// How well a video is encoded.
    pub quality: Quality,
    /// The size, in percent of the clip's own.
    pub percent: u32,
    /// Whether all shots of its chain are joined.
    pub joined: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            kind: Kind::default(),
            quality: Quality::default(),
            percent: OWN,
            joined: true,
        }
    }
}

impl Choice {
    /// The size that is asked for of a clip of size `own`.
    pub fn size(self, own: Size) -> Size {
        // The colours of a video lie between pixels, two by two.
        let step = if self.kind == Kind::Video { 2 } else { 1 };
        let scale = |side: u32| side * self.percent / 100;
        own.within(Size::new(scale(own.width), scale(own.height)), step)
    }

    /// The same as a limit; none where it is the clip's own.
    pub fn within(self, own: Size) -> Option<Size> {
        (self.percent != OWN).then(|| self.size(own))
    }
}
