//! The window itself, where the window library does not do as the system's own programs do.

use std::cell::{Cell, RefCell};

use block2::RcBlock;
use objc2::MainThreadMarker;
use objc2::rc::Retained;
use objc2_app_kit::{NSApplication, NSColor, NSEvent, NSEventMask, NSWindow, NSWindowButton};
use objc2_foundation::{NSString, NSUserDefaults, ns_string};

use super::super::plain::is_plain;
use super::super::window::{DoubleClick, double_click};
use super::editing::VIEW;

/// The name under which the system remembers where the window was.
const PLACE: &str = "Zoetrope";

/// Windows are no tabs of each other: a bar with tabs would cover ours.
pub fn forbid_tabs() {
    if let Some(main_thread) = MainThreadMarker::new() {
        NSWindow::setAllowsAutomaticWindowTabbing(false, main_thread);
    }
}

/// The window library's window.
fn window() -> Option<Retained<NSWindow>> {
    let application = NSApplication::sharedApplication(MainThreadMarker::new()?);
    application.windows().iter().find(|window| {
        let view = window.contentView();
        view.is_some_and(|view| {
            let class = view.class();
            // A screen reader makes a class of its own of the view's.
            let above = class.superclass();
            let is_view = |name: &std::ffi::CStr| name == VIEW;
            is_view(class.name()) || above.is_some_and(|above| is_view(above.name()))
        })
    })
}

/// Shows nothing of the window until [`unveil`], but behind it this color, of red, green and blue from 0 to 1, and puts it
/// where it was the last time.
pub fn veil(ground: [f64; 3]) {
    let Some(window) = window().filter(|_| !is_plain()) else {
        return;
    };
    let [red, green, blue] = ground;
    let color = NSColor::colorWithSRGBRed_green_blue_alpha(red, green, blue, 1.0);
    window.setBackgroundColor(Some(&color));
    window.setAlphaValue(0.0);
    let name = NSString::from_str(PLACE);
    window.setFrameUsingName(&name);
    window.setFrameAutosaveName(&name);
}

/// Shows it.
pub fn unveil() {
    if let Some(window) = window() {
        window.setAlphaValue(1.0);
    }
}

/// Takes all windows off the screen at the end, while they still have their views.
pub fn order_out() {
    if let Some(main_thread) = MainThreadMarker::new() {
        for window in NSApplication::sharedApplication(main_thread)
            .windows()
            .iter()
        {
            window.orderOut(None);
        }
    }
}

/// Does what a double click on the title bar does in every window of this user.
pub fn double_click_on_bar() {
    let Some(window) = window() else {
        return;
    };
    let setting = NSUserDefaults::standardUserDefaults()
        .stringForKey(ns_string!("AppleActionOnDoubleClick"))
        .map(|setting| setting.to_string());
    match double_click(setting.as_deref()) {
        DoubleClick::Zoom => window.performZoom(None),
        DoubleClick::Minimize => window.performMiniaturize(None),
        DoubleClick::Nothing => {}
    }
}

/// How far the buttons of the window reach from its left edge, in the system's points, with as much room behind them as
/// before.
pub fn buttons_end() -> Option<f32> {
    let window = window()?;
    let close = window.standardWindowButton(NSWindowButton::CloseButton)?;
    let zoom = window.standardWindowButton(NSWindowButton::ZoomButton)?;
    let (close, zoom) = (close.frame(), zoom.frame());
    Some((zoom.origin.x + zoom.size.width + close.origin.x) as f32)
}

thread_local! {
    /// Where buttons of the pointer were pressed and let go since the last time, in the system's points from the upper left
    /// corner of the window's content.
    static CLICKS: RefCell<Vec<(f32, f32)>> = const { RefCell::new(Vec::new()) };
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
}

/// From now on [`clicks`] tells where the pointer was.
#[expect(unsafe_code, reason = "AppKit is Objective-C")]
pub fn watch_clicks() {
    if is_plain() || IS_WATCHED.replace(true) {
        return;
    }
    let mask = NSEventMask::LeftMouseDown
        | NSEventMask::LeftMouseUp
        | NSEventMask::RightMouseDown
        | NSEventMask::RightMouseUp
        | NSEventMask::OtherMouseDown
        | NSEventMask::OtherMouseUp;
    let hear = RcBlock::new(|event: std::ptr::NonNull<NSEvent>| {
        note_click();
        event.as_ptr()
    });
    // SAFETY: the block returns the event that it is given. Nobody takes the monitor away again.
    let monitor = unsafe { NSEvent::addLocalMonitorForEventsMatchingMask_handler(mask, &hear) };
    std::mem::forget(monitor);
}

fn note_click() {
    if let Some(window) = window()
        && let Some(view) = window.contentView()
    {
        let place = window.convertPointFromScreen(NSEvent::mouseLocation());
        let place = view.convertPoint_fromView(place, None);
        let height = view.frame().size.height;
        // The library's view counts from above, as we do.
        let y = if view.isFlipped() {
            place.y
        } else {
            height - place.y
        };
        CLICKS.with_borrow_mut(|clicks| clicks.push((place.x as f32, y as f32)));
    }
}

/// Where the buttons of the pointer were pressed and let go since the last time.
pub fn clicks() -> Vec<(f32, f32)> {
    CLICKS.take()
}

/// Whether the system is dark.
pub fn is_dark() -> Option<bool> {
    let application = NSApplication::sharedApplication(MainThreadMarker::new()?);
    let name = application.effectiveAppearance().name();
    Some(name.to_string().contains("Dark"))
}

/// Shows the program in front, if it runs already: this process is about to end.
pub fn show_other(identifier: &str) {
    use objc2_app_kit::{NSApplicationActivationOptions, NSRunningApplication};
    let Some(main_thread) = MainThreadMarker::new() else {
        return;
    };
    let own = NSRunningApplication::currentApplication();
    let named = NSString::from_str(identifier);
    for other in NSRunningApplication::runningApplicationsWithBundleIdentifier(&named).iter() {
        if other.processIdentifier() == own.processIdentifier() {
            continue;
        }
        NSApplication::sharedApplication(main_thread).yieldActivationToApplication(&other);
        other.activateWithOptions(NSApplicationActivationOptions::ActivateAllWindows);
    }
}
