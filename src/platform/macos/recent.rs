//! The recent files that the dock shows.

use std::path::Path;

use objc2::MainThreadMarker;
use objc2_app_kit::NSDocumentController;
use objc2_foundation::NSURL;

pub fn note_recent(file: &Path) {
    if let (Some(main_thread), Some(url)) = (MainThreadMarker::new(), NSURL::from_file_path(file)) {
        NSDocumentController::sharedDocumentController(main_thread).noteNewRecentDocumentURL(&url);
    }
}

#[expect(unsafe_code, reason = "AppKit is Objective-C")]
pub fn forget_recent() {
    if let Some(main_thread) = MainThreadMarker::new() {
        // SAFETY: the sender may be nobody.
        unsafe {
            NSDocumentController::sharedDocumentController(main_thread).clearRecentDocuments(None);
        }
    }
}
