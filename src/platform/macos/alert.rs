//! A sentence where there is no window yet, or none any more.

use std::ffi::c_void;
use std::ptr;

use objc2::rc::Retained;
use objc2_foundation::NSString;

/// `CFOptionFlags`
type Flags = usize;

#[link(name = "CoreFoundation", kind = "framework")]
#[expect(unsafe_code, reason = "CoreFoundation is C")]
unsafe extern "C" {
    /// `CFUserNotification.h`.
    fn CFUserNotificationDisplayAlert(
        timeout: f64,
        flags: Flags,
        icon: *const c_void,
        sound: *const c_void,
        localization: *const c_void,
        header: *const NSString,
        message: *const NSString,
        default_button: *const NSString,
        alternate_button: *const NSString,
        other_button: *const NSString,
        response: *mut Flags,
    ) -> i32;
}

/// `kCFUserNotificationStopAlertLevel`
const STOP: Flags = 0;

/// Shows it and waits until it is closed. It needs neither a window nor AppKit.
#[expect(unsafe_code, reason = "CoreFoundation is C")]
pub fn alert(title: &str, sentence: &str) -> bool {
    let (title, sentence) = (NSString::from_str(title), NSString::from_str(sentence));
    let mut answer = 0;
    // SAFETY: the texts outlive the call, are CoreFoundation's texts, too, and what may be missing is null.
    let failed = unsafe {
        CFUserNotificationDisplayAlert(
            0.0,
            STOP,
            ptr::null(),
            ptr::null(),
            ptr::null(),
            Retained::as_ptr(&title),
            Retained::as_ptr(&sentence),
            ptr::null(),
            ptr::null(),
            ptr::null(),
            &raw mut answer,
        )
    };
    failed == 0
}
