//! A *moving* picture: a clip, the frame of it that is to be seen, and that frame on the graphics
//! processor.

use std::sync::Arc;
use std::time::Duration;

use egui::{Context, TextureHandle, TextureOptions};

use crate::job::Clip;
use crate::view::theme;

/// A clip with a place in it. Only the frame at hand is on the graphics processor.
pub struct Moving {
    clip: Arc<Clip>,
    texture: TextureHandle,
    /// The frame in the texture.
    frame: usize,
    /// Where it stands, in frames.
    at: f64,
}

impl Moving {
    /// A clip at its first frame; none if it has no frames.
    pub fn new(ctx: &Context, clip: Arc<Clip>) -> Option<Self> {
        let pixels = image(&clip, 0)?;
        let texture = ctx.load_texture("clip", pixels, TextureOptions::LINEAR);
        Some(Self {
            clip,
            texture,
            frame: 0,
            at: 0.0,
        })
    }

    /// The same place in another clip, which shows the same: the texture is kept.
    pub fn replace(&mut self, clip: Arc<Clip>) {
        if clip.is_empty() {
            return;
        }
        let share = self.at / self.clip.len() as f64;
        self.clip = clip;
        self.seek(share * self.clip.len() as f64);
    }

    /// The clip.
    pub fn clip(&self) -> &Arc<Clip> {
        &self.clip
    }

    /// The frame that is to be seen.
    pub fn texture(&self) -> &TextureHandle {
        &self.texture
    }

    /// The number of that frame.
    pub fn frame(&self) -> usize {
        self.frame
    }

    /// Goes to a place, counted in frames.
    pub fn seek(&mut self, at: f64) {
        let last = self.clip.len().saturating_sub(1);
        self.at = at.clamp(0.0, last as f64 + 0.999);
        let frame = (self.at as usize).min(last);
        let changed = frame != self.frame || self.size_changed();
        if let Some(pixels) = image(&self.clip, frame).filter(|_| changed) {
            self.texture.set(pixels, TextureOptions::LINEAR);
            self.frame = frame;
        }
    }

    fn size_changed(&self) -> bool {
        let size = self.clip.size();
        self.texture.size() != [size.width as usize, size.height as usize]
    }

    /// Goes on for so long, `speed` times as fast, backwards where that is negative, and begins again at the end if `looping`. Tells
    /// how long the frame will be seen; nothing once the end is reached.
    pub fn advance(&mut self, time: f64, speed: f64, looping: bool) -> Option<Duration> {
        let frames = self.clip.len() as f64;
        let pace = (self.clip.fps() * speed.abs()).max(1e-3);
        let is_back = speed < 0.0;
        let at = self.at + time * if is_back { -pace } else { pace };
        if !looping && (at >= frames || at < 0.0) {
            self.seek(if is_back { 0.0 } else { frames - 1.0 });
            return None;
        }
        self.seek(at.rem_euclid(frames));
        let into = self.at - self.at.floor();
        let left = if is_back { into + 1e-3 } else { 1.0 - into };
        let rest = left / pace;
        Duration::try_from_secs_f64(rest).ok()
    }
}

/// A frame for a texture.
pub fn image(clip: &Clip, frame: usize) -> Option<egui::ColorImage> {
    let size = clip.size();
    let pixels = clip.frame(frame)?;
    Some(theme::picture(
        [size.width as usize, size.height as usize],
        pixels,
    ))
}
