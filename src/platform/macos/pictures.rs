//! Pictures that only the system reads, through ImageIO: what phones and cameras make.

use std::ffi::c_void;
use std::path::Path;
use std::ptr;

use objc2::rc::Retained;
use objc2::runtime::AnyObject;
use objc2_foundation::{NSDictionary, NSNumber, NSPoint, NSRect, NSSize, NSString, NSURL};

type Object = *const c_void;

#[link(name = "ImageIO", kind = "framework")]
#[expect(unsafe_code, reason = "ImageIO is C")]
unsafe extern "C" {
    static kCGImagePropertyPixelWidth: Object;
    static kCGImagePropertyPixelHeight: Object;
    static kCGImagePropertyOrientation: Object;
    static kCGImageSourceCreateThumbnailFromImageAlways: Object;
    static kCGImageSourceCreateThumbnailWithTransform: Object;
    static kCGImageSourceThumbnailMaxPixelSize: Object;
    fn CGImageSourceCreateWithURL(url: Object, options: Object) -> Object;
    fn CGImageSourceGetPrimaryImageIndex(source: Object) -> usize;
    fn CGImageSourceCopyPropertiesAtIndex(source: Object, index: usize, options: Object) -> Object;
    fn CGImageSourceCreateThumbnailAtIndex(source: Object, index: usize, options: Object)
    -> Object;
}

#[link(name = "CoreGraphics", kind = "framework")]
#[expect(unsafe_code, reason = "CoreGraphics is C")]
unsafe extern "C" {
    static kCGColorSpaceSRGB: Object;
    fn CGColorSpaceCreateWithName(name: Object) -> Object;
    fn CGBitmapContextCreate(
        data: *mut c_void,
        width: usize,
        height: usize,
        bits: usize,
        bytes_a_row: usize,
        space: Object,
        layout: u32,
    ) -> Object;
    fn CGContextDrawImage(context: Object, place: NSRect, image: Object);
    fn CGImageGetWidth(image: Object) -> usize;
    fn CGImageGetHeight(image: Object) -> usize;
}

#[link(name = "CoreFoundation", kind = "framework")]
#[expect(unsafe_code, reason = "CoreFoundation is C")]
unsafe extern "C" {
    fn CFRelease(object: Object);
}

/// `kCGImageAlphaNoneSkipLast`: red, green, blue and a byte that means nothing.
const OPAQUE: u32 = 5;

/// Something that is ours to let go of.
struct Owned(Object);

impl Owned {
    fn of(object: Object) -> Option<Self> {
        (!object.is_null()).then_some(Self(object))
    }
}

impl Drop for Owned {
    #[expect(unsafe_code, reason = "CoreFoundation is C")]
    fn drop(&mut self) {
        // SAFETY: it was given to us to keep, and is there.
        unsafe { CFRelease(self.0) };
    }
}

/// Its width and height as it is seen, upright, by its header.
#[expect(unsafe_code, reason = "ImageIO is C")]
pub fn picture_size(path: &Path) -> Option<(u32, u32)> {
    let source = source(path)?;
    // SAFETY: the source is alive; what it tells is a dictionary with texts for keys, which is one of Foundation's, too,
    // and ours.
    let told = unsafe {
        let index = CGImageSourceGetPrimaryImageIndex(source.0);
        let told = CGImageSourceCopyPropertiesAtIndex(source.0, index, ptr::null());
        Retained::from_raw(told.cast_mut().cast::<NSDictionary<NSString, AnyObject>>())?
    };
    let number = |key: Object| {
        // SAFETY: the keys are texts that live as long as the program.
        let key = unsafe { &*key.cast::<NSString>() };
        Some(told.objectForKey(key)?.downcast_ref::<NSNumber>()?.as_u32())
    };
    // SAFETY: they are constants of ImageIO's.
    let (width, height, orientation) = unsafe {
        (
            number(kCGImagePropertyPixelWidth)?,
            number(kCGImagePropertyPixelHeight)?,
            number(kCGImagePropertyOrientation).unwrap_or(1),
        )
    };
    // From the fifth on, they lie on a side.
    Some(if orientation >= 5 {
        (height, width)
    } else {
        (width, height)
    })
}

/// Its pixels, red, green and blue, upright, in sRGB on white, with its width and height.
#[expect(unsafe_code, reason = "ImageIO and CoreGraphics are C")]
pub fn picture(path: &Path) -> Option<(u32, u32, Vec<u8>)> {
    let source = source(path)?;
    let image = upright(&source, picture_size(path)?)?;
    // SAFETY: the picture is alive.
    let (width, height) = unsafe { (CGImageGetWidth(image.0), CGImageGetHeight(image.0)) };
    let mut pixels = vec![u8::MAX; 4 * width * height];
    // SAFETY: the buffer has four bytes for each pixel, and outlives the context, which is the only one to write to it.
    unsafe {
        let space = Owned::of(CGColorSpaceCreateWithName(kCGColorSpaceSRGB))?;
        let data = pixels.as_mut_ptr().cast();
        let context = CGBitmapContextCreate(data, width, height, 8, 4 * width, space.0, OPAQUE);
        let context = Owned::of(context)?;
        let size = NSSize::new(width as f64, height as f64);
        CGContextDrawImage(context.0, NSRect::new(NSPoint::ZERO, size), image.0);
    }
    let colours = pixels.as_chunks::<4>().0.iter();
    let colours = colours.flat_map(|&[red, green, blue, _]| [red, green, blue]);
    Some((
        u32::try_from(width).ok()?,
        u32::try_from(height).ok()?,
        colours.collect(),
    ))
}

#[expect(unsafe_code, reason = "ImageIO is C")]
fn source(path: &Path) -> Option<Owned> {
    let url = NSURL::from_file_path(path)?;
    // SAFETY: the address outlives the call and is CoreFoundation's, too.
    unsafe {
        Owned::of(CGImageSourceCreateWithURL(
            Retained::as_ptr(&url).cast(),
            ptr::null(),
        ))
    }
}

/// The whole picture, turned as it was meant: that is what "thumbnails" are for which nothing is made smaller.
#[expect(unsafe_code, reason = "ImageIO is C")]
fn upright(source: &Owned, (width, height): (u32, u32)) -> Option<Owned> {
    let yes = NSNumber::new_bool(true);
    let most = NSNumber::new_u32(width.max(height));
    // SAFETY: the keys are texts of ImageIO's, which want these numbers; the dictionary outlives the call.
    unsafe {
        let keys = [
            kCGImageSourceCreateThumbnailFromImageAlways,
            kCGImageSourceCreateThumbnailWithTransform,
            kCGImageSourceThumbnailMaxPixelSize,
        ]
        .map(|key| &*key.cast::<NSString>());
        let options = NSDictionary::from_slices(&keys, &[&*yes, &*yes, &*most]);
        let index = CGImageSourceGetPrimaryImageIndex(source.0);
        let options = Retained::as_ptr(&options).cast();
        Owned::of(CGImageSourceCreateThumbnailAtIndex(
            source.0, index, options,
        ))
    }
}
