//! What a thread that computes asks of macOS.

/// Does `work` and lets go of what the system's own objects have put aside in it. MLX does so around each evaluation, not
/// around its events and small buffers; a job of hours would gather them.
#[cfg(target_os = "macos")]
pub fn pooled<T>(work: impl FnOnce() -> T) -> T {
    objc2::rc::autoreleasepool(|_| work())
}

/// Does `work`.
#[cfg(not(target_os = "macos"))]
pub fn pooled<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Has this thread run as what somebody waits for, so that reading weights and giving work to the GPU stays on the fast
/// cores.
#[cfg(target_os = "macos")]
#[expect(unsafe_code, reason = "the standard library has no word for it")]
pub fn hurry() {
    // SAFETY: it changes nothing but the class of this thread. That it may be refused is no reason not to work.
    unsafe {
        libc::pthread_set_qos_class_self_np(libc::qos_class_t::QOS_CLASS_USER_INITIATED, 0);
    }
}

/// Nothing, where threads have no such class.
#[cfg(not(target_os = "macos"))]
pub fn hurry() {}
