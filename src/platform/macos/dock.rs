//! A bar over the icon in the dock.

use objc2::rc::Retained;
use objc2::runtime::AnyObject;
use objc2::{MainThreadMarker, MainThreadOnly, msg_send};
use objc2_app_kit::{NSApplication, NSBox, NSBoxType, NSColor, NSImageView, NSTitlePosition};
use objc2_foundation::{NSPoint, NSRect, NSSize};

/// The bar within the tile, as parts of its size.
const LEFT: f64 = 0.1;
const BOTTOM: f64 = 0.12;
const WIDTH: f64 = 0.8;
const HEIGHT: f64 = 0.09;

/// As "Hide" in the application's menu does it.
#[expect(unsafe_code, reason = "AppKit is Objective-C")]
pub fn hide() {
    if let Some(main_thread) = MainThreadMarker::new() {
        let application = NSApplication::sharedApplication(main_thread);
        // SAFETY: `hide:` takes whoever asks, which may be nobody, and returns nothing.
        let () = unsafe { msg_send![&application, hide: None::<&AnyObject>] };
    }
}

pub fn show_progress(done: Option<f32>) {
    let Some(main_thread) = MainThreadMarker::new() else {
        return;
    };
    let application = NSApplication::sharedApplication(main_thread);
    let tile = application.dockTile();
    match (done, application.applicationIconImage()) {
        (Some(done), Some(icon)) => {
            let view = NSImageView::imageViewWithImage(&icon, main_thread);
            let size = tile.size();
            view.addSubview(&bar(main_thread, size, 1.0, &NSColor::blackColor()));
            let filled = bar(
                main_thread,
                size,
                done.into(),
                &NSColor::systemOrangeColor(),
            );
            view.addSubview(&filled);
            tile.setContentView(Some(&view));
        }
        _ => tile.setContentView(None),
    }
    tile.display();
}

/// A rounded bar, filled to `part` of its width.
fn bar(main_thread: MainThreadMarker, tile: NSSize, part: f64, color: &NSColor) -> Retained<NSBox> {
    let height = tile.height * HEIGHT;
    // Shorter than it is high it could not be round.
    let width = (tile.width * WIDTH * part).max(height);
    let frame = NSRect::new(
        NSPoint::new(tile.width * LEFT, tile.height * BOTTOM),
        NSSize::new(width, height),
    );
    let bar = NSBox::initWithFrame(NSBox::alloc(main_thread), frame);
    bar.setBoxType(NSBoxType::Custom);
    bar.setTitlePosition(NSTitlePosition::NoTitle);
    bar.setBorderWidth(0.0);
    bar.setCornerRadius(height / 2.0);
    bar.setFillColor(color);
    bar
}
