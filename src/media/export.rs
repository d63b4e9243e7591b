//! From a finished video to other files: frame by frame, each under its final name once it is whole.

mod dither;
mod gif;
mod palette;
mod pictures;

use image::RgbImage;

use super::mp4::{self, Mp4Reader, Mp4Writer};
use super::photo;
use crate::disk::{Output, check_outputs, check_space, folder_of};
use crate::job::{Export, Format, Quality, Size};
use crate::{Error, Result};

/// Told how much of how much is done; ends the work with an error.
pub type Step<'a> = &'a mut dyn FnMut(usize, usize) -> Result<()>;

/// Makes the file of `export`.
///
/// # Errors
/// The video cannot be read, the file cannot be written, or `step` ended it.
pub fn export(export: &Export, step: Step) -> Result<()> {
    let frames = Frames::open(export)?;
    check_target(export, &frames)?;
    match export.format {
        Format::Mp4(quality) => video(export, frames, quality, step),
        Format::Gif => gif::write(&export.target, frames, step),
        Format::Pictures => pictures::sequence(&export.target, frames, step),
        Format::Still(index) => pictures::still(&export.target, frames, index, step),
    }
}

/// That there is room, and that nothing which is read is replaced. A folder must be new or empty, and so the video is not
/// in it.
fn check_target(export: &Export, frames: &Frames) -> Result<()> {
    check_space(folder_of(&export.target), least(export.format, frames))?;
    let output = Output {
        what: "the export",
        path: &export.target,
        bytes: 0,
    };
    if export.format == Format::Pictures {
        return Ok(());
    }
    let others = export.then.iter().map(|(file, _)| file.as_path());
    check_outputs(
        &[output],
        [export.source.as_path()].into_iter().chain(others),
    )
}

/// How many bytes an export takes: few take less.
fn least(format: Format, frames: &Frames) -> u64 {
    let (count, bytes_for_pixel) = match format {
        Format::Mp4(_) => (frames.len(), 1.0 / 64.0),
        Format::Gif => (frames.len(), 1.0 / 16.0),
        Format::Pictures => (frames.len(), 1.0 / 8.0),
        Format::Still(_) => (1, 1.0 / 8.0),
    };
    let pixels = frames.size.area() as f64 * count as f64;
    (pixels * bytes_for_pixel) as u64
}

fn video(export: &Export, mut frames: Frames, quality: Quality, step: Step) -> Result<()> {
    let fps = frames.fps().round().max(1.0) as u32;
    let settings = mp4::settings(&export.source)?.unwrap_or_default();
    let mut writer = Mp4Writer::create(&export.target, frames.size, fps, quality, &settings)?;
    for index in 0..frames.len() {
        step(index, frames.len())?;
        writer.write(&frames.get(index)?)?;
    }
    step(frames.len(), frames.len())?;
    writer.finish()
}

/// The frames of an export, at its size.
struct Frames {
    videos: Vec<Mp4Reader>,
    /// Which video each comes from, and its number there.
    places: Vec<(usize, usize)>,
    size: Size,
}

impl Frames {
    fn open(export: &Export) -> Result<Self> {
        let first = Mp4Reader::open(&export.source)?;
        let own = first.size();
        // The colours of an MP4 lie between pixels, two by two.
        let even = if matches!(export.format, Format::Mp4(_)) {
            2
        } else {
            1
        };
        let size = export.within.map_or(own, |limit| own.within(limit, even));
        let range = match export.format {
            Format::Still(_) => None,
            _ => export.range,
        };
        let mut places = places(0, &first, range);
        let mut videos = vec![first];
        for (file, range) in &export.then {
            let video = Mp4Reader::open(file)?;
            places.extend(self::places(videos.len(), &video, Some(*range)));
            videos.push(video);
        }
        Ok(Self {
            videos,
            places,
            size,
        })
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    fn fps(&self) -> f64 {
        self.videos[0].fps()
    }

    /// Frame number `index`, (height, width, 3).
    fn get(&mut self, index: usize) -> Result<Vec<u8>> {
        // Of one beyond the last the video itself says that it is not there.
        let (video, frame) = self.places.get(index).copied().unwrap_or((0, index));
        let video = &mut self.videos[video];
        let own = video.size();
        let pixels = video.frame(frame)?;
        if own == self.size {
            return Ok(pixels);
        }
        let picture = RgbImage::from_raw(own.width, own.height, pixels)
            .ok_or_else(|| Error::Other("A frame has the wrong size".into()))?;
        Ok(photo::resize(&picture, self.size).into_raw())
    }
}

/// The frames of a video that are wanted, as far as there are any.
fn places(nth: usize, video: &Mp4Reader, range: Option<[usize; 2]>) -> Vec<(usize, usize)> {
    let last = video.frames().saturating_sub(1);
    let [from, to] = range.unwrap_or([0, last]);
    let frames = from..=to.min(last);
    frames.map(|frame| (nth, frame)).collect()
}
