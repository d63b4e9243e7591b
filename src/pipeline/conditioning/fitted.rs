//! Pictures and videos brought to the size of the video that is made.

use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use image::RgbImage;
use mlx_rs::Array;
use mlx_rs::ops::{concatenate, zeros};

use crate::job::{CropAnchor, PictureRule, Plan, Problem, Size, Variant};
use crate::media::{self, Footage, photo};
use crate::pipeline::Reporter;
use crate::{Error, Result};

/// A picture at the size of the video.
pub(super) struct Fitted {
    /// As a frame, (1, height, width, 3), in [-1, 1].
    pub(super) frame: Array,
    /// The part of the picture that is in the frame.
    pub(super) picture: RgbImage,
}

/// A picture brought to the size of the video by the family's rule.
pub(super) fn fit(
    path: &Path,
    anchor: CropAnchor,
    plan: &Plan,
    reporter: &Reporter,
) -> Result<Fitted> {
    let fitting = Fitting {
        variant: plan.checkpoint.variant,
        size: plan.canvas.size,
        area: plan.sources.max_area,
        anchor,
    };
    let path = path.to_owned();
    let (values, picture) = aside(reporter, move || fitting.of(&path))?;
    Ok(Fitted {
        frame: planes(&values, plan.canvas.size)?,
        picture,
    })
}

/// How a picture is brought to the size of the video: plain data, for whatever thread.
struct Fitting {
    variant: Variant,
    size: Size,
    /// The area in pixels that a picture's own aspect fills, where it gives the video's size.
    area: Option<u64>,
    anchor: CropAnchor,
}

impl Fitting {
    /// Planes of colour, (3, height, width), and the part of the picture that is in them. A picture is pulled to the size
    /// only where its own aspect leads to about the video's, and cropped elsewhere.
    fn of(&self, path: &Path) -> Result<(Vec<f32>, RgbImage)> {
        let picture = photo::open(path)?;
        let own = Size::new(picture.width(), picture.height());
        let has_own_aspect = |area| self.variant.size_for(own, area) == self.size;
        let values = match self.variant.inputs().rule {
            PictureRule::Stretch if self.area.is_some_and(has_own_aspect) => {
                photo::stretch(&picture, self.size)
            }
            PictureRule::Pull if has_own_aspect(self.area.unwrap_or(self.size.area())) => {
                photo::floats(&photo::pull(&picture, self.size))
            }
            _ => {
                let picture = photo::cover(&picture, self.size, self.anchor)?;
                return Ok((photo::floats(&picture), picture));
            }
        };
        Ok((values, picture))
    }
}

/// A reference picture by the family's rule, as a frame (1, height, width, 3) in [-1, 1].
pub(super) fn reference(path: &Path, plan: &Plan, reporter: &Reporter) -> Result<Array> {
    let path = path.to_owned();
    let picture = aside(reporter, move || photo::open(&path))?;
    match plan.checkpoint.variant.inputs().rule {
        PictureRule::Source => planes(
            &photo::on_canvas(&picture, plan.canvas.size),
            plan.canvas.size,
        ),
        PictureRule::Padded => pixels(&photo::padded(&picture, plan.canvas.size)),
        _ => pixels(&photo::pull(&picture, plan.canvas.size)),
    }
}

/// Reads a picture on a thread of its own: a large one takes seconds, in which decoders hear nothing of a job that is
/// stopped. What is left of them then goes by itself.
fn aside<T: Send + 'static>(
    reporter: &Reporter,
    read: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    const LOOK: Duration = Duration::from_millis(20);
    let (send, receive) = mpsc::channel();
    thread::Builder::new()
        .name("picture".into())
        .spawn(move || drop(send.send(read())))
        .map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
    loop {
        match receive.recv_timeout(LOOK) {
            Ok(read) => return read,
            Err(RecvTimeoutError::Timeout) => reporter.check()?,
            Err(RecvTimeoutError::Disconnected) => {
                let message =
                    "The picture could not be read: its decoder stopped; save it in another format";
                return Err(Error::Other(message.into()));
            }
        }
    }
}

/// Planes of colour (3, height, width) → pixels in [-1, 1] (1, height, width, 3)
pub(in crate::pipeline) fn planes(planes: &[f32], size: Size) -> Result<Array> {
    let (height, width) = (size.height as i32, size.width as i32);
    let planes = Array::from_slice(planes, &[3, 1, height, width]);
    Ok(planes.transpose_axes(&[1, 2, 3, 0])?.contiguous()?)
}

/// A picture as pixels in [-1, 1] (1, height, width, 3).
fn pixels(picture: &RgbImage) -> Result<Array> {
    let size = Size::new(picture.width(), picture.height());
    planes(&photo::floats(picture), size)
}

/// A video that leads, or its mask, frame by frame.
pub(super) struct Leader {
    footage: Footage,
    /// Which of its frames are taken; beyond them there is nothing.
    picks: Vec<usize>,
    size: Size,
}

impl Leader {
    /// Which frames are taken is told by the video's own length.
    pub(super) fn open(path: &Path, plan: &Plan) -> Result<Self> {
        let span = media::span(path)?;
        Ok(Self {
            footage: Footage::open(path)?,
            picks: span.pick(plan.canvas.frames, plan.canvas.fps),
            size: plan.canvas.size,
        })
    }

    /// The mask of a video: as many frames as that, or one for all of them.
    pub(super) fn mask(path: &Path, plan: &Plan, video: &Self) -> Result<Self> {
        let mask = Self::open(path, plan)?;
        let last = mask.footage.len().saturating_sub(1);
        // The official code takes the same frames of both.
        let picks = video.picks.iter().map(|&pick| pick.min(last));
        Ok(Self {
            picks: picks.collect(),
            ..mask
        })
    }

    /// How many frames it has for the video.
    pub(super) fn len(&self) -> i32 {
        i32::try_from(self.picks.len()).unwrap_or(i32::MAX)
    }

    /// Frames in [-1, 1], (frames, height, width, 3); mid grey where there are none.
    pub(super) fn read(&mut self, range: Range<i32>) -> Result<Array> {
        let frames = range
            .map(|index| self.frame(index))
            .collect::<Result<Vec<_>>>()?;
        Ok(concatenate(&frames, 0)?)
    }

    fn frame(&mut self, index: i32) -> Result<Array> {
        const MIDDLE: f32 = 127.5;
        let (height, width) = (self.size.height as i32, self.size.width as i32);
        let pick = usize::try_from(index)
            .ok()
            .and_then(|index| self.picks.get(index));
        let Some(&pick) = pick else {
            return Ok(zeros::<f32>(&[1, height, width, 3])?);
        };
        let frame = self.footage.frame(pick)?;
        let fitted = photo::cover_smoothly(&frame, self.size)?;
        let values = fitted.as_raw().iter();
        let values: Vec<f32> = values
            // In the order of the official code: the other one rounds some of the bytes to another number.
            .map(|&byte| f32::from(byte) / MIDDLE - 1.0)
            .collect();
        Ok(Array::from_slice(&values, &[1, height, width, 3]))
    }
}
