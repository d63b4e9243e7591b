//! Which MLX this is.

use std::ffi::CStr;

/// What MLX says of its version.
#[expect(unsafe_code, reason = "mlx-rs does not pass on MLX's version")]
pub fn mlx_version() -> Option<String> {
    // SAFETY: `text` is a fresh string that MLX fills; it is copied before it is freed, once.
    unsafe {
        let mut text = mlx_sys::mlx_string_new();
        let told = mlx_sys::mlx_version(&raw mut text) == 0;
        let data = mlx_sys::mlx_string_data(text);
        let version =
            (told && !data.is_null()).then(|| CStr::from_ptr(data).to_string_lossy().into_owned());
        mlx_sys::mlx_string_free(text);
        version
    }
}
