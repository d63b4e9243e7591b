//! A finished clip as the stage is given it.

use egui::TextureHandle;

use crate::job::Size;

/// A clip and where it stands.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that people see"
)]
pub struct Player<'a> {
    /// The frame that is to be seen now; none while the file is being read.
    pub picture: Option<&'a TextureHandle>,
    /// The size of the frames.
    pub size: Size,
    /// Its record.
    pub id: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// The number of the frame.
    pub frame: usize,
    /// How many there are.
    pub frames: usize,
    /// Frames a second.
    pub fps: f64,
    /// Whether it plays.
    pub playing: bool,
    /// Whether it begins again at its end.
    pub looping: bool,
    /// How many times as fast.
    pub speed: f32,
    /// Whether a pixel of it is a pixel of the screen.
    pub actual_size: bool,
    /// The frame under the pointer, while that is on the scrubber.
    pub peek: Option<Peek<'a>>,
    /// The first and the last frame that is wanted, if not all are.
    pub trim: Option<[usize; 2]>,
    /// The shots that it is one of, in their order; none if it is the only one.
    pub shots: Vec<Shot<'a>>,
    /// Whether its owner likes it.
    pub favourite: bool,
    /// Whether the model takes a picture to begin with.
    pub takes_pictures: bool,
}

/// A frame that is looked at without going there.
pub struct Peek<'a> {
    /// Its number.
    pub frame: usize,
    /// Its picture.
    pub picture: &'a TextureHandle,
}

/// One of the shots of a chain.
pub struct Shot<'a> {
    /// Its record.
    pub id: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// Its picture, once there is one.
    pub picture: Option<&'a TextureHandle>,
    /// Whether it is the one on the stage.
    pub chosen: bool,
}
