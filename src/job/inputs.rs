//! What a family is given beside prompt and noise. This is told once, as data: the form, the plan, the memory
//! arithmetic, the catalogue and the pipeline read it here.

use super::VaeKind;

/// Which inputs a family takes, how they are brought to the size of the video, and where they enter the DiT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// The picture to begin with.
    pub first: Use,
    /// The picture to end with.
    pub last: Use,
    /// A video to be followed or changed.
    pub video: Use,
    /// Which parts of that are made anew.
    pub mask: Use,
    /// How many reference pictures it can be shown at most.
    pub references: usize,
    /// The rule by which a picture and the size of the video are brought together.
    pub rule: PictureRule,
    /// Whether the first frame's clean latent stands in the place of a noisy one, with a timestep of zero.
    pub in_place: bool,
    /// What the DiT sees on channels beside the noise, in this order.
    pub beside: &'static [Beside],
    /// How many pictures the image encoder reads, for cross-attention beside the text.
    pub seen: u32,
    /// Whether the tokens of a reference picture stand before those of the video.
    pub leads: bool,
    /// Whether a chain of blocks beside the main ones follows video, mask and references, these as frames before the
    /// video's own.
    pub chain: bool,
}

/// Whether a family is given something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It has no place for it.
    Never,
    /// It does without too.
    Optional,
    /// It does not do without.
    Required,
}

impl Use {
    /// Whether it may be given.
    pub fn is_possible(self) -> bool {
        self != Self::Never
    }
}

/// How the size of a video follows from a picture, and how the picture is brought to that size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureRule {
    /// The size nearest to the picture's aspect; Lanczos to cover it, then cropped.
    ///
    /// Wan2.2 `wan/textimage2video.py`, `WanTI2V.i2v`.
    Cover,
    /// Each side rounded down for itself; pulled to it by PyTorch's bicubic filter.
    ///
    /// Wan2.2 `wan/image2video.py`, `WanI2V.generate`.
    Stretch,
    /// The size nearest to the picture's aspect; pulled to it by Pillow's bicubic filter.
    ///
    /// VideoX-Fun `videox_fun/utils/utils.py`, `get_image_latent`.
    Pull,
    /// The size of the source video, or less if that fills more than the area.
    ///
    /// Wan2.1 `wan/utils/vace_processor.py`, `VaceVideoProcessor`.
    Source,
    /// The same, with references that Pillow's bicubic filter pulls to fit onto white.
    ///
    /// VideoX-Fun `videox_fun/utils/utils.py`, `padding_image`.
    Padded,
}

/// Channels beside the noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Which of the frames that a latent covers are given: a channel for each of them.
    Mask,
    /// The latents of a clip that has the given frames, and grey elsewhere.
    Frames,
    /// The latents of the video that is followed or changed.
    Video,
}

impl Inputs {
    /// Nothing but the prompt.
    pub const NONE: Self = Self {
        first: Use::Never,
        last: Use::Never,
        video: Use::Never,
        mask: Use::Never,
        references: 0,
        rule: PictureRule::Cover,
        in_place: false,
        beside: &[],
        seen: 0,
        leads: false,
        chain: false,
    };

    /// Whether what of a video is made anew is hidden from it, as grey, and a mask has no half tones, as VideoX-Fun prepares
    /// both.
    pub fn hides(&self) -> bool {
        self.rule == PictureRule::Padded
    }

    /// Whether there is anything to be encoded.
    pub fn takes_pictures(&self) -> bool {
        self.first.is_possible()
    }

    /// The channels that the chain of blocks beside the main ones follows: what stays, what is made anew, and the mask of
    /// every pixel that a latent covers.
    pub(super) fn chain_channels(&self, vae: VaeKind) -> u32 {
        let (_, height, width) = vae.stride();
        if self.chain {
            2 * vae.channels() + height * width
        } else {
            0
        }
    }

    /// The channels beside the noise.
    pub(super) fn channels(&self, vae: VaeKind) -> u32 {
        let channels = self.beside.iter().map(|beside| match beside {
            Beside::Mask => vae.stride().0,
            Beside::Frames | Beside::Video => vae.channels(),
        });
        channels.sum()
    }
}
