//! A mask that is *painted* over the first frame of the form's video.

use std::fs;
use std::path::PathBuf;

use egui::{Context, TextureHandle, TextureOptions};
use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};

use super::{App, thumbnail};
use crate::error::Error;
use crate::job::Size;
use crate::media::photo;
use crate::view::action::{Guide, PaintAction, Sheet};
use crate::view::paint;

/// The brush to begin with, in hundredths of the frame's width.
const BRUSH: u32 = 10;

/// Paint where there is some.
const PAINTED: u8 = 255;

/// What was painted so far.
pub struct Painting {
    paint: GrayImage,
    /// The size of the video's frames.
    size: Size,
    texture: TextureHandle,
    brush: u32,
    erases: bool,
    /// The video that it belongs to.
    video: PathBuf,
}

impl Painting {
    fn stroke(&mut self, from: [f32; 2], to: [f32; 2]) {
        let (width, height) = (self.paint.width() as f32, self.paint.height() as f32);
        let radius = (self.brush as f32 / 200.0 * width).max(0.5);
        let ends = [from, to].map(|[x, y]| [x * width, y * height]);
        let value = if self.erases { 0 } else { PAINTED };
        let reach = |axis: usize, most: u32| {
            let (a, b) = (ends[0][axis], ends[1][axis]);
            let least = (a.min(b) - radius).floor().max(0.0) as u32;
            least..((a.max(b) + radius).ceil().max(0.0) as u32).min(most)
        };
        let (columns, rows) = (reach(0, self.paint.width()), reach(1, self.paint.height()));
        for y in rows {
            for x in columns.clone() {
                let place = [x as f32 + 0.5, y as f32 + 0.5];
                if distance(place, ends) <= radius {
                    self.paint.put_pixel(x, y, Luma([value]));
                }
            }
        }
        self.refresh();
    }

    fn refresh(&mut self) {
        let (width, height) = self.paint.dimensions();
        let share = self.paint.as_raw().iter().copied();
        let pixels = thumbnail::paint(width, height, share);
        self.texture.set(pixels, TextureOptions::LINEAR);
    }

    fn is_empty(&self) -> bool {
        self.paint.as_raw().iter().all(|&value| value == 0)
    }

    /// White where paint is, at the size of the video's frames.
    fn mask(&self) -> Vec<u8> {
        let Size { width, height } = self.size;
        let mask = imageops::resize(&self.paint, width, height, FilterType::Triangle);
        let values = mask.into_raw().into_iter();
        values.flat_map(|value| [value; 3]).collect()
    }
}

/// How far a place is from the line between two others.
fn distance(place: [f32; 2], [from, to]: [[f32; 2]; 2]) -> f32 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let off = [place[0] - from[0], place[1] - from[1]];
    let length = along[0].powi(2) + along[1].powi(2);
    let at = if length > 0.0 {
        ((off[0] * along[0] + off[1] * along[1]) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (off[0] - at * along[0]).hypot(off[1] - at * along[1])
}

impl App {
    /// Opens the sheet on which the mask is painted, with what was painted before on the same video.
    pub(super) fn begin_painting(&mut self, ctx: &Context) {
        let guides = &self.form.request.guides;
        let glances = self.form.seen.glances(guides, None);
        let (Some(video), Some(photo)) = (&guides.video, glances.video) else {
            return;
        };
        if self
            .painting
            .as_ref()
            .is_none_or(|painting| painting.video != *video)
        {
            let [width, height] = photo.texture.size();
            let paint = GrayImage::new(width as u32, height as u32);
            let none = paint.as_raw().iter().copied();
            let pixels = thumbnail::paint(paint.width(), paint.height(), none);
            self.painting = Some(Painting {
                texture: ctx.load_texture("paint", pixels, TextureOptions::LINEAR),
                paint,
                size: photo.size,
                brush: BRUSH,
                erases: false,
                video: video.clone(),
            });
        }
        self.sheet = Some(Sheet::Paint);
    }

    /// What the sheet shows.
    pub(super) fn painting_view(&self) -> Option<paint::Painting<'_>> {
        let painting = self.painting.as_ref()?;
        let glances = self.form.seen.glances(&self.form.request.guides, None);
        Some(paint::Painting {
            photo: glances.video?,
            paint: &painting.texture,
            video: self.form.size(self.model()?),
            brush: painting.brush,
            erases: painting.erases,
            is_empty: painting.is_empty(),
        })
    }

    /// Does what was asked for on the sheet.
    pub(super) fn paint(&mut self, action: PaintAction) {
        let Some(painting) = &mut self.painting else {
            return;
        };
        match action {
            PaintAction::Stroke(from, to) => painting.stroke(from, to),
            PaintAction::Brush(brush) => painting.brush = brush,
            PaintAction::Erase(erases) => painting.erases = erases,
            PaintAction::Clear => {
                painting.paint.fill(0);
                painting.refresh();
            }
            PaintAction::Done => self.use_painting(),
        }
    }

    /// Writes the mask as a picture, and puts it into the form.
    fn use_painting(&mut self) {
        let Some(painting) = &self.painting else {
            return;
        };
        self.sheet = None;
        let (size, pixels) = (painting.size, painting.mask());
        let folder = self.library.places().data.join("masks");
        let write = move || {
            fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
            // A job may still need an earlier one.
            let mut places = (1_u32..).map(|number| folder.join(format!("Mask {number}.png")));
            let path = places.find(|place| !place.exists()).unwrap_or_default();
            photo::save(&path, size, &pixels)?;
            Ok(path)
        };
        self.files.ask(write, |app, _, path| match path {
            Ok(path) => app.use_guide(Guide::Mask, path),
            Err(error) => app.warn(&error),
        });
    }
}
