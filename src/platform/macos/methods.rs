//! Teaching the window library's Objective-C classes methods that it has no use for itself.

use std::ffi::CStr;

use objc2::ffi;
use objc2::runtime::{AnyClass, Imp, Sel};

/// Gives the class a method that returns nothing. A class that has such a method of its own keeps it.
///
/// # Safety
/// `method` must be the function behind the signature that `types` encodes, and the one with which the
/// system calls `name`.
#[expect(unsafe_code, reason = "the Objective-C runtime is C")]
pub unsafe fn add(class: &AnyClass, name: Sel, method: Imp, types: &CStr) {
    // SAFETY: the class is registered, and the caller answers for the method.
    unsafe {
        ffi::class_addMethod(
            std::ptr::from_ref(class).cast_mut(),
            name,
            method,
            types.as_ptr(),
        );
    }
}
