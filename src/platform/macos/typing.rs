//! Text without a composition: what an input method, the emoji picker or dictation puts at the cursor.

use std::sync::OnceLock;

use objc2::runtime::{AnyClass, AnyObject, Imp, Sel};
use objc2::{MainThreadMarker, msg_send, sel};
use objc2_app_kit::{NSApplication, NSEventType};
use objc2_foundation::{
    NSAttributedString, NSDictionary, NSNumber, NSRange, NSString, NSUserDefaults, ns_string,
};

use super::super::events::{Event, send};
use super::super::typing::{Insertion, insertion};
use super::editing::VIEW;
use super::methods;

type Insert = extern "C-unwind" fn(&AnyObject, Sel, &AnyObject, NSRange);
type Selected = extern "C-unwind" fn(&AnyObject, Sel) -> NSRange;

/// The library's own methods.
static INSERT: OnceLock<Insert> = OnceLock::new();
static SELECTED: OnceLock<Selected> = OnceLock::new();

/// Keys that are held down repeat: the little menu with accents would need to know the text around the cursor.
#[expect(unsafe_code, reason = "Foundation is Objective-C")]
pub fn repeat_keys() {
    let no = NSNumber::new_bool(false);
    let defaults = NSDictionary::from_slices(&[ns_string!("ApplePressAndHoldEnabled")], &[&*no]);
    // SAFETY: a dictionary of any objects under texts is what is taken, and this one holds a number.
    unsafe {
        let defaults: &NSDictionary<NSString, AnyObject> = &*std::ptr::from_ref(&*defaults).cast();
        NSUserDefaults::standardUserDefaults().registerDefaults(defaults);
    }
}

/// Teaches the window's view to take such text. To be called on the main thread, once the view's class is there.
#[expect(unsafe_code, reason = "the Objective-C runtime is C")]
pub fn teach_view() {
    let Some(view) = AnyClass::get(VIEW) else {
        return;
    };
    if INSERT.get().is_some() {
        return;
    }
    // SAFETY: the types are those of `NSTextInputClient`, which say what both functions take after the receiver and the
    // selector; what is replaced is called with them alone.
    unsafe {
        let method = std::mem::transmute::<Insert, Imp>(insert);
        let name = sel!(insertText:replacementRange:);
        if let Some(own) = methods::replace(view, name, method, c"v@:@{_NSRange=QQ}") {
            // It was empty a moment ago, and this is the only thread that fills it.
            let _ = INSERT.set(std::mem::transmute::<Imp, Insert>(own));
        }
        let method = std::mem::transmute::<Selected, Imp>(selected);
        let name = sel!(selectedRange);
        if let Some(own) = methods::replace(view, name, method, c"{_NSRange=QQ}@:") {
            let _ = SELECTED.set(std::mem::transmute::<Imp, Selected>(own));
        }
    }
}

extern "C-unwind" fn insert(view: &AnyObject, name: Sel, string: &AnyObject, range: NSRange) {
    let text = text_of(string);
    match insertion(&text, is_composing(view), key_at_hand().as_deref()) {
        Insertion::Pass => {
            if let Some(own) = INSERT.get() {
                own(view, name, string, range);
            }
        }
        Insertion::Insert { instead_of } => send(Event::Insert { text, instead_of }),
    }
}

/// The system puts text only where something could be selected. What is selected here nobody but the window knows, and an
/// empty selection is enough to begin with.
extern "C-unwind" fn selected(view: &AnyObject, name: Sel) -> NSRange {
    match SELECTED.get() {
        Some(own) if is_composing(view) => own(view, name),
        _ => NSRange::new(0, 0),
    }
}

#[expect(unsafe_code, reason = "AppKit is Objective-C")]
fn is_composing(view: &AnyObject) -> bool {
    // SAFETY: the view is a text input client, which answers with a bool.
    unsafe { msg_send![view, hasMarkedText] }
}

/// Text comes with attributes or without.
fn text_of(string: &AnyObject) -> String {
    if let Some(attributed) = string.downcast_ref::<NSAttributedString>() {
        return attributed.string().to_string();
    }
    string
        .downcast_ref::<NSString>()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// What is on the key that is being pressed.
fn key_at_hand() -> Option<String> {
    let application = NSApplication::sharedApplication(MainThreadMarker::new()?);
    let event = application.currentEvent()?;
    if event.r#type() != NSEventType::KeyDown {
        return None;
    }
    Some(event.characters()?.to_string())
}
