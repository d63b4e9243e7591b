//! *`QuickTime`* is what a Mac plays videos with: what it plays, HEVC and `ProRes` among it, can be read frame by frame.
//!
//! `AVFoundation` is loaded when it is wanted. It turns frames upright and knows every way of keeping colours.

use std::path::{Path, PathBuf};
use std::{ptr, slice};

use image::{ImageFormat, RgbImage};
use objc2::encode::{Encode, Encoding, RefEncode};
use objc2::msg_send;
use objc2::rc::{Allocated, Retained, autoreleasepool};
use objc2::runtime::{AnyClass, AnyObject};
use objc2_foundation::{NSString, NSURL};

use crate::job::Size;
use crate::{Error, Result};

const FRAMEWORK: &str = "/System/Library/Frameworks/AVFoundation.framework";

/// Ticks of a second: a multiple of every common number of frames a second.
const SCALE: i32 = 600_000;

/// What `NSBitmapImageFileTypePNG` is.
const PNG: usize = 4;

/// A moment, as Core Media counts it: `CMTime`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Time {
    value: i64,
    scale: i32,
    flags: u32,
    epoch: i64,
}

impl Time {
    const VALID: u32 = 1;

    fn new(value: i64) -> Self {
        Self {
            value,
            scale: SCALE,
            flags: Self::VALID,
            epoch: 0,
        }
    }

    fn seconds(self) -> f64 {
        self.value as f64 / f64::from(self.scale.max(1))
    }
}

// SAFETY: this is how `CMTime.h` declares it.
#[expect(unsafe_code, reason = "the compiler cannot read Apple's headers")]
unsafe impl Encode for Time {
    const ENCODING: Encoding = Encoding::Struct(
        "?",
        &[i64::ENCODING, i32::ENCODING, u32::ENCODING, i64::ENCODING],
    );
}

// SAFETY: a pointer to the same.
#[expect(unsafe_code, reason = "the compiler cannot read Apple's headers")]
unsafe impl RefEncode for Time {
    const ENCODING_REF: Encoding = Encoding::Pointer(&Self::ENCODING);
}

/// A picture of Core Graphics, of which nothing is known here.
#[repr(C)]
struct CgImage {
    _opaque: [u8; 0],
}

// SAFETY: `CGImageRef` points to such a structure.
#[expect(unsafe_code, reason = "the compiler cannot read Apple's headers")]
unsafe impl RefEncode for CgImage {
    const ENCODING_REF: Encoding = Encoding::Pointer(&Encoding::Struct("CGImage", &[]));
}

/// A video that this Mac plays.
pub(super) struct QuickTime {
    path: PathBuf,
    generator: Retained<AnyObject>,
    size: Size,
    fps: f64,
    frames: usize,
}

impl QuickTime {
    /// Looks at a video.
    ///
    /// # Errors
    /// This Mac does not play it.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let unknown = || {
            let problem = "is no video that this Mac plays: convert it to MP4 with H.264 first";
            Error::content(path, problem)
        };
        autoreleasepool(|_| {
            let (generator, fps, seconds) = generator(path).ok_or_else(unknown)?;
            let frames = (seconds * fps).round() as usize;
            let mut video = Self {
                path: path.to_owned(),
                generator,
                size: Size::new(0, 0),
                fps,
                frames,
            };
            let first = video.frame(0)?;
            video.size = Size::new(first.width(), first.height());
            Ok(video)
        })
    }

    /// Width and height of a frame as it is shown.
    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Frames a second.
    pub(super) fn fps(&self) -> f64 {
        self.fps
    }

    /// The number of frames.
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// Frame number `index`.
    ///
    /// # Errors
    /// The video is damaged there.
    pub(super) fn frame(&mut self, index: usize) -> Result<RgbImage> {
        // In the middle of the time in which it is shown.
        let seconds = (index as f64 + 0.5) / self.fps;
        let time = Time::new((seconds * f64::from(SCALE)) as i64);
        let png = autoreleasepool(|_| png(&self.generator, time));
        let picture = png.and_then(|png| {
            image::load_from_memory_with_format(&png, ImageFormat::Png)
                .ok()
                .map(image::DynamicImage::into_rgb8)
        });
        picture.ok_or_else(|| {
            let problem = format!(
                "is damaged or cut short: frame {} cannot be decoded",
                index + 1
            );
            Error::content(&self.path, problem)
        })
    }
}

/// What makes pictures of a video's moments, and the video's frames a second and seconds.
#[expect(unsafe_code, reason = "AVFoundation is Objective-C")]
fn generator(path: &Path) -> Option<(Retained<AnyObject>, f64, f64)> {
    let bundles = AnyClass::get(c"NSBundle")?;
    let framework = NSString::from_str(FRAMEWORK);
    let file = NSString::from_str(path.to_str()?);
    let url = NSURL::fileURLWithPath(&file);
    let pictures = NSString::from_str("vide"); // what `AVMediaTypeVideo` is
    // SAFETY: every message has the types that Apple's headers give it, and what comes back is looked at before it is used.
    unsafe {
        let bundle: Option<Retained<AnyObject>> = msg_send![bundles, bundleWithPath: &*framework];
        let is_loaded: bool = msg_send![&*bundle?, load];
        if !is_loaded {
            return None;
        }
        let assets = AnyClass::get(c"AVURLAsset")?;
        let asset: Option<Retained<AnyObject>> =
            msg_send![assets, URLAssetWithURL: &*url, options: None::<&AnyObject>];
        let asset = asset?;
        let tracks: Option<Retained<AnyObject>> =
            msg_send![&*asset, tracksWithMediaType: &*pictures];
        let track: Option<Retained<AnyObject>> = msg_send![&*tracks?, firstObject];
        let fps: f32 = msg_send![&*track?, nominalFrameRate];
        let duration: Time = msg_send![&*asset, duration];
        let generators = AnyClass::get(c"AVAssetImageGenerator")?;
        let generator: Option<Retained<AnyObject>> =
            msg_send![generators, assetImageGeneratorWithAsset: &*asset];
        let generator = generator?;
        let () = msg_send![&*generator, setAppliesPreferredTrackTransform: true];
        let () = msg_send![&*generator, setRequestedTimeToleranceBefore: Time::new(0)];
        let () = msg_send![&*generator, setRequestedTimeToleranceAfter: Time::new(0)];
        let (fps, seconds) = (f64::from(fps), duration.seconds());
        (fps > 0.0 && seconds > 0.0).then_some((generator, fps, seconds))
    }
}

/// The picture of a moment, as a PNG: in this form it has no surprises.
#[expect(unsafe_code, reason = "AVFoundation is Objective-C")]
fn png(generator: &AnyObject, time: Time) -> Option<Vec<u8>> {
    let dictionaries = AnyClass::get(c"NSDictionary")?;
    let bitmaps = AnyClass::get(c"NSBitmapImageRep")?;
    // SAFETY: every message has the types that Apple's headers give it. The picture is ours to release, and Core Graphics'
    // pictures are released like objects. The bytes are copied while their owner is there.
    unsafe {
        let picture: *mut CgImage = msg_send![
            generator,
            copyCGImageAtTime: time,
            actualTime: ptr::null_mut::<Time>(),
            error: ptr::null_mut::<*mut AnyObject>(),
        ];
        let owner: Retained<AnyObject> = Retained::from_raw(picture.cast())?;
        let bitmap: Allocated<AnyObject> = msg_send![bitmaps, alloc];
        let bitmap: Option<Retained<AnyObject>> = msg_send![bitmap, initWithCGImage: picture];
        drop(owner);
        let nothing: Retained<AnyObject> = msg_send![dictionaries, dictionary];
        let data: Option<Retained<AnyObject>> =
            msg_send![&*bitmap?, representationUsingType: PNG, properties: &*nothing];
        let data = data?;
        let bytes: *const std::ffi::c_void = msg_send![&*data, bytes];
        let length: usize = msg_send![&*data, length];
        (!bytes.is_null()).then(|| slice::from_raw_parts(bytes.cast::<u8>(), length).to_vec())
    }
}
