//! Copy, paste and their like.
//!
//! The Edit menu sends its messages to whatever has the focus: a field of the system's own panels, which
//! understands them, or the window's one view, which draws every field itself and has to be taught.

use objc2::runtime::{AnyClass, AnyObject, Imp, Sel};
use objc2::sel;

use super::super::events::{Event, send};
use super::super::menu::Edit;
use super::methods;

/// The class of the window's view.
pub const VIEW: &std::ffi::CStr = c"WinitView";

/// Makes an event of each message of the Edit menu that reaches the view.
#[expect(unsafe_code, reason = "the Objective-C runtime is C")]
pub fn teach_view() {
    let Some(view) = AnyClass::get(VIEW) else {
        return;
    };
    for (name, _) in messages() {
        // SAFETY: these messages carry their sender, which is what the types say and `edit` takes, after the
        // receiver and the selector.
        unsafe {
            let method = std::mem::transmute::<Message, Imp>(edit);
            methods::add(view, name, method, c"v@:@");
        }
    }
}

fn messages() -> [(Sel, Edit); 6] {
    [
        (sel!(undo:), Edit::Undo),
        (sel!(redo:), Edit::Redo),
        (sel!(cut:), Edit::Cut),
        (sel!(copy:), Edit::Copy),
        (sel!(paste:), Edit::Paste),
        (sel!(selectAll:), Edit::SelectAll),
    ]
}

type Message = extern "C-unwind" fn(&AnyObject, Sel, *mut AnyObject);

extern "C-unwind" fn edit(_: &AnyObject, name: Sel, _: *mut AnyObject) {
    if let Some((_, edit)) = messages().into_iter().find(|(message, _)| *message == name) {
        send(Event::Edit(edit));
    }
}
