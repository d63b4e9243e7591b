//! The clipboard, which has one thing in several forms.

use std::path::PathBuf;

use objc2::ClassType as _;
use objc2::runtime::{AnyClass, AnyObject};
use objc2_app_kit::{
    NSPasteboard, NSPasteboardTypePNG, NSPasteboardTypeString, NSPasteboardTypeTIFF,
    NSPasteboardURLReadingFileURLsOnlyKey,
};
use objc2_foundation::{NSArray, NSDictionary, NSNumber, NSString, NSURL};

use super::super::clipboard::Offer;

/// What it offers.
#[expect(unsafe_code, reason = "AppKit is Objective-C")]
pub fn clipboard() -> Option<Offer> {
    let board = NSPasteboard::generalPasteboard();
    // SAFETY: the names are constants of AppKit's.
    let (png, tiff, text) = unsafe {
        (
            NSPasteboardTypePNG,
            NSPasteboardTypeTIFF,
            NSPasteboardTypeString,
        )
    };
    let picture = board
        .dataForType(png)
        .or_else(|| board.dataForType(tiff))
        .map(|data| data.to_vec());
    Some(Offer {
        files: files(&board),
        picture,
        text: board.stringForType(text).map(|text| text.to_string()),
    })
}

#[expect(unsafe_code, reason = "AppKit is Objective-C")]
fn files(board: &NSPasteboard) -> Vec<PathBuf> {
    let classes: [&AnyClass; 1] = [NSURL::class()];
    let classes = NSArray::from_slice(&classes);
    let yes = NSNumber::new_bool(true);
    // SAFETY: the key is a constant of AppKit's and wants a number; what is read is of the class that is asked for.
    let read = unsafe {
        let key: &NSString = NSPasteboardURLReadingFileURLsOnlyKey;
        let only = NSDictionary::from_slices(&[key], &[&*yes]);
        let only: &NSDictionary<NSString, AnyObject> = &*std::ptr::from_ref(&*only).cast();
        board.readObjectsForClasses_options(&classes, Some(only))
    };
    let Some(read) = read else {
        return Vec::new();
    };
    read.iter()
        .filter_map(|url| url.downcast_ref::<NSURL>()?.to_file_path())
        .collect()
}
