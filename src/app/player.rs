//! The state of the *player*: one clip at a time is decoded in memory.

use std::sync::Arc;
use std::time::Duration;

use egui::{Context, TextureHandle, TextureOptions};

use super::playback::{Moving, image};
use crate::error::Result;
use crate::job::{Clip, Record, Size};
use crate::media::{Task, mp4};

/// A clip that is being read or shown.
pub struct Player {
    /// What is known of it.
    pub record: Record,
    /// The clip, once it is read.
    pub moving: Option<Moving>,
    /// Whether it plays.
    pub playing: bool,
    /// How many times as fast.
    pub speed: f32,
    /// Whether a pixel of it is a pixel of the screen.
    pub actual_size: bool,
    /// The frame under the pointer.
    pub peek: Option<(usize, TextureHandle)>,
    reading: Option<Task<Clip>>,
}

impl Player {
    /// Begins to read the file of a record, with frames no larger than `within`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn open(ctx: &Context, record: Record, within: Option<Size>) -> Result<Self> {
        let (wake, file) = (ctx.clone(), record.file.clone());
        let reading = Task::start(
            "clip",
            move || wake.request_repaint(),
            move |step| mp4::clip(&file, within, step),
        )?;
        Ok(Self {
            record,
            moving: None,
            playing: true,
            speed: 1.0,
            actual_size: false,
            peek: None,
            reading: Some(reading),
        })
    }

    /// Takes the clip once it is read.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn poll(&mut self, ctx: &Context) -> Result<()> {
        if let Some(result) = self.reading.as_ref().and_then(Task::result) {
            self.reading = None;
            self.moving = Moving::new(ctx, Arc::new(result?));
        }
        Ok(())
    }

    /// Goes on by `time` seconds and tells when there will be something new.
    pub fn advance(&mut self, time: f64, looping: bool) -> Option<Duration> {
        let trim = self.record.trim;
        let moving = self.moving.as_mut().filter(|_| self.playing)?;
        let mut next = moving.advance(time, f64::from(self.speed), looping);
        if let Some([from, to]) = trim
            && !(from..=to).contains(&moving.frame())
        {
            // Around what is left of it, or to its end.
            let is_back = self.speed < 0.0;
            let [start, end] = if is_back { [to, from] } else { [from, to] };
            moving.seek(if looping { start } else { end } as f64);
            next = next.filter(|_| looping);
        }
        self.playing = next.is_some();
        next
    }

    /// Plays or pauses; from the end it begins again.
    pub fn toggle(&mut self) {
        self.playing = !self.playing;
        if let Some(moving) = self.moving.as_mut().filter(|_| self.playing)
            && moving.frame() + 1 == moving.clip().len()
        {
            moving.seek(0.0);
        }
    }

    /// Plays forwards (1) or backwards (-1), twice as fast each time as before; or stands still (0).
    pub fn shuttle(&mut self, way: i8) {
        const FASTEST: f32 = 8.0;
        let sign = f32::from(way);
        if way == 0 {
            self.playing = false;
            self.speed = 1.0;
            return;
        }
        let goes_on = self.playing && self.speed * sign > 0.0;
        self.speed = if goes_on {
            (2.0 * self.speed).clamp(-FASTEST, FASTEST)
        } else {
            sign
        };
        self.playing = true;
    }

    /// Goes to a frame and stays there.
    pub fn seek(&mut self, frame: usize) {
        self.playing = false;
        if let Some(moving) = &mut self.moving {
            moving.seek(frame as f64);
        }
    }

    /// So many frames on, around the ends.
    pub fn step(&mut self, frames: i32) {
        if let Some(moving) = &self.moving {
            let count = moving.clip().len() as i64;
            let at = (moving.frame() as i64 + i64::from(frames)).rem_euclid(count.max(1));
            self.seek(at as usize);
        }
    }

    /// Shows a frame without going there, or none.
    pub fn peek(&mut self, ctx: &Context, frame: Option<usize>) {
        let clip = self.moving.as_ref().map(Moving::clip);
        self.peek = frame.zip(clip).and_then(|(frame, clip)| {
            let pixels = image(clip, frame)?;
            let texture = match self.peek.take() {
                Some((_, mut texture)) => {
                    texture.set(pixels, TextureOptions::LINEAR);
                    texture
                }
                None => ctx.load_texture("peek", pixels, TextureOptions::LINEAR),
            };
            Some((frame, texture))
        });
    }
}
