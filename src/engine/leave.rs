//! The way out while MLX computes.

/// Ends the process at once with this exit code.
///
/// The handlers that C++ libraries have registered for the end do not run: they would take MLX apart under the
/// thread that computes with it. What is to be kept must be on the disk already.
#[expect(
    unsafe_code,
    reason = "the standard library knows no exit without handlers"
)]
pub fn leave(code: i32) -> ! {
    unsafe extern "C" {
        fn _exit(code: i32) -> !;
    }
    // SAFETY: POSIX has this function; it takes any number, touches no memory of ours and does not return.
    unsafe { _exit(code) }
}
