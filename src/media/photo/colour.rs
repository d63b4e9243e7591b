//! The colours of a picture, made those that the networks know: sRGB, on white where it is transparent.

use std::sync::Arc;

use image::{DynamicImage, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

/// A colour with its opacity, as it looks on white.
///
/// The official code drops the opacity instead and films what tools leave under it, which nobody has ever seen. White is
/// what other programs lay below when they save such a picture as a JPEG.
pub fn on_white([red, green, blue, opacity]: [u8; 4]) -> [u8; 3] {
    if opacity == u8::MAX {
        return [red, green, blue];
    }
    let opacity = u32::from(opacity);
    [red, green, blue].map(|value| {
        let sum = u32::from(value) * opacity + 255 * (255 - opacity);
        ((sum + 127) / 255) as u8
    })
}

/// The way from the colours of a profile to sRGB.
pub(super) struct Conversion {
    executor: Arc<Transform8BitExecutor>,
    /// Whether it begins with one value of grey instead of three colours.
    is_grey: bool,
}

impl Conversion {
    /// That of an ICC profile; `None` where nothing would change, or where the profile is damaged, or of other colours than
    /// the picture: then it is shown as sRGB, as it is without one.
    pub(super) fn of(profile: &[u8], has_colour: bool) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        let (from, is_grey) = match profile.color_space {
            DataColorSpace::Rgb => (Layout::Rgb, false),
            DataColorSpace::Gray if !has_colour => (Layout::Gray, true),
            _ => return None,
        };
        let executor = profile
            .create_transform_8bit(
                from,
                &ColorProfile::new_srgb(),
                Layout::Rgb,
                TransformOptions::default(),
            )
            .ok()?;
        let conversion = Self { executor, is_grey };
        conversion.changes_something().then_some(conversion)
    }

    /// The many profiles that mean sRGB must not move a picture by a rounding.
    fn changes_something(&self) -> bool {
        const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];
        let greys = (0..=u8::MAX).map(|grey| [grey; 3]);
        let colours = STEPS.iter().flat_map(|&red| {
            STEPS
                .iter()
                .flat_map(move |&green| STEPS.map(|blue| [red, green, blue]))
        });
        let samples: Vec<[u8; 3]> = if self.is_grey {
            greys.collect()
        } else {
            greys.chain(colours).collect()
        };
        let mut converted = samples.clone();
        if self.convert(&mut converted).is_none() {
            return false;
        }
        let differ = |(before, after): (&u8, &u8)| before.abs_diff(*after) > 1;
        samples
            .as_flattened()
            .iter()
            .zip(converted.as_flattened())
            .any(differ)
    }

    /// Converts these colours in their places; `None` if it cannot.
    fn convert(&self, colours: &mut [[u8; 3]]) -> Option<()> {
        let source: Vec<u8> = if self.is_grey {
            colours.iter().map(|[grey, ..]| *grey).collect()
        } else {
            colours.as_flattened().to_vec()
        };
        self.executor
            .transform(&source, colours.as_flattened_mut())
            .ok()
    }
}

/// A picture in 8 bits of sRGB on white. What is deeper or transparent is converted a row at a time, so that there is never
/// more than the picture and what it becomes.
pub(super) fn opaque(picture: DynamicImage, conversion: Option<&Conversion>) -> RgbImage {
    let picture = match (picture, conversion) {
        (DynamicImage::ImageRgb8(picture), None) => return picture,
        (picture, _) => picture,
    };
    let (width, height) = (picture.width(), picture.height());
    let has_alpha = picture.color().has_alpha();
    let mut opaque = RgbImage::new(width, height);
    for (y, target) in (0..height).zip(opaque.chunks_exact_mut(3 * width.max(1) as usize)) {
        let row = picture.crop_imm(0, y, width, 1);
        if has_alpha {
            let row = row.into_rgba8();
            let row = row.as_chunks::<4>().0;
            let target = target.as_chunks_mut::<3>().0;
            for (colour, &[red, green, blue, _]) in target.iter_mut().zip(row) {
                *colour = [red, green, blue];
            }
            convert(conversion, target);
            for (colour, &[.., opacity]) in target.iter_mut().zip(row) {
                let [red, green, blue] = *colour;
                *colour = on_white([red, green, blue, opacity]);
            }
        } else {
            target.copy_from_slice(row.into_rgb8().as_raw());
            convert(conversion, target.as_chunks_mut::<3>().0);
        }
    }
    opaque
}

/// Converts a row. The conversion was tried before, on other colours.
fn convert(conversion: Option<&Conversion>, row: &mut [[u8; 3]]) {
    if let Some(conversion) = conversion {
        // If it fails all the same, the colors stay as they are.
        let _ = conversion.convert(row);
    }
}
