//! Teaching the window library's Objective-C classes what it has no use for itself, and doing otherwise what it does for
//! everybody.

use std::ffi::CStr;

use objc2::ffi;
use objc2::runtime::{AnyClass, Imp, Sel};

use super::super::encoding::are_alike;
use super::super::plain::is_plain;

/// Gives the class a method. A class that has such a method of its own keeps it.
///
/// # Safety
/// `method` must be the function behind the signature that `types` encodes, and the one with which the
/// system calls `name`.
#[expect(unsafe_code, reason = "the Objective-C runtime is C")]
pub unsafe fn add(class: &AnyClass, name: Sel, method: Imp, types: &CStr) {
    if is_plain() {
        return;
    }
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

/// Puts `method` in the place of the one that the class itself has under this name, and returns that one. Where the class
/// has none, or one of another signature, it is not what was read when `method` was written, and stays as it is.
///
/// # Safety
/// As [`add`]. The method that is returned may be called with the same signature only.
#[expect(unsafe_code, reason = "the Objective-C runtime is C")]
pub unsafe fn replace(class: &AnyClass, name: Sel, method: Imp, types: &CStr) -> Option<Imp> {
    if is_plain() {
        return None;
    }
    let found = own_method(class, name, types)?;
    // SAFETY: the method is that of a registered class, and the caller answers for what takes its place.
    unsafe { ffi::method_setImplementation(found, method) }
}

/// The class's own method of this name and signature.
#[expect(unsafe_code, reason = "the Objective-C runtime is C")]
fn own_method(class: &AnyClass, name: Sel, types: &CStr) -> Option<*const objc2::runtime::Method> {
    let found = class.instance_method(name);
    let inherited = class
        .superclass()
        .and_then(|above| above.instance_method(name));
    let is_own = match (found, inherited) {
        (Some(found), Some(inherited)) => !std::ptr::eq(found, inherited),
        (found, _) => found.is_some(),
    };
    let method = std::ptr::from_ref(found?);
    // SAFETY: the method is alive, and its encoding, if it has one, is a C string that lives as long.
    let encoding = unsafe {
        let encoding = ffi::method_getTypeEncoding(method);
        (!encoding.is_null()).then(|| CStr::from_ptr(encoding))
    };
    let encoding = encoding?.to_string_lossy();
    let is_known = are_alike(&encoding, &types.to_string_lossy());
    if is_own && is_known {
        return Some(method);
    }
    log::warn!(
        "{} {}: {encoding} instead of {}; it is left as it is",
        class.name().to_string_lossy(),
        name.name().to_string_lossy(),
        types.to_string_lossy()
    );
    None
}
