//! How far the clocks here are ahead of Greenwich.

use std::mem::MaybeUninit;

/// By so many seconds, at a time given in seconds since 1970; none where the system cannot tell.
#[expect(unsafe_code, reason = "the C library knows the time zone")]
pub fn ahead(seconds: i64) -> i64 {
    let time: libc::time_t = seconds;
    let mut told = MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are to values that live here, and the second is written where the call tells so.
    let known = unsafe { !libc::localtime_r(&raw const time, told.as_mut_ptr()).is_null() };
    if !known {
        return 0;
    }
    // SAFETY: the call has filled it in.
    let told = unsafe { told.assume_init() };
    told.tm_gmtoff
}
