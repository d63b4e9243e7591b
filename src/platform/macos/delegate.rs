//! Files that Finder or the dock want opened.
//!
//! The system hands them to the application's delegate, which is the window library's and does not take
//! them. It is taught to between its birth and the end of launching, before which the first files come.

use std::path::PathBuf;
use std::ptr::NonNull;

use block2::RcBlock;
use objc2::runtime::{AnyObject, Imp, Sel};
use objc2::{MainThreadMarker, sel};
use objc2_app_kit::{NSApplication, NSApplicationWillFinishLaunchingNotification};
use objc2_foundation::{NSArray, NSNotification, NSNotificationCenter, NSURL};

use super::super::events::{Event, send};
use super::methods;

/// Listens from the moment when the application is about to be launched.
#[expect(unsafe_code, reason = "AppKit is Objective-C")]
pub fn listen() {
    let teach = RcBlock::new(|_: NonNull<NSNotification>| teach_delegate());
    // SAFETY: the block outlives this call, for the centre copies it, and captures nothing.
    unsafe {
        NSNotificationCenter::defaultCenter().addObserverForName_object_queue_usingBlock(
            Some(NSApplicationWillFinishLaunchingNotification),
            None,
            None,
            &teach,
        );
    }
}

#[expect(unsafe_code, reason = "AppKit is Objective-C")]
fn teach_delegate() {
    let Some(main_thread) = MainThreadMarker::new() else {
        return;
    };
    let application = NSApplication::sharedApplication(main_thread);
    let Some(delegate) = application.delegate() else {
        return;
    };
    // SAFETY: `application:openURLs:` is called with two objects, which is what the types say and `open_urls`
    // takes, after the receiver and the selector.
    unsafe {
        let method = std::mem::transmute::<OpenUrls, Imp>(open_urls);
        let class = AsRef::<AnyObject>::as_ref(&*delegate).class();
        methods::add(class, sel!(application:openURLs:), method, c"v@:@@");
    }
    // AppKit asks a delegate what it can do when it is set.
    application.setDelegate(Some(&delegate));
}

type OpenUrls = extern "C-unwind" fn(&AnyObject, Sel, &NSApplication, &NSArray<NSURL>);

extern "C-unwind" fn open_urls(_: &AnyObject, _: Sel, _: &NSApplication, urls: &NSArray<NSURL>) {
    let files: Vec<PathBuf> = urls.iter().filter_map(|url| url.to_file_path()).collect();
    if !files.is_empty() {
        send(Event::Open(files));
    }
}
