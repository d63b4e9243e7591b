//! What MLX knows about the device that it computes on.

use std::ffi::CStr;
use std::ptr;

use mlx_sys::mlx_device_info;

/// What a device says of itself, by key.
#[derive(Debug)]
pub struct DeviceInfo(mlx_device_info);

#[expect(
    unsafe_code,
    reason = "mlx-rs does not pass on what MLX knows about a device"
)]
impl DeviceInfo {
    /// Of the default device, if it says anything.
    pub fn current() -> Option<Self> {
        // SAFETY: both are fresh objects that MLX fills; the device is freed here, the information when it is dropped.
        unsafe {
            let mut device = mlx_sys::mlx_device_new();
            let mut info = Self(mlx_sys::mlx_device_info_new());
            let told = mlx_sys::mlx_get_default_device(&raw mut device) == 0
                && mlx_sys::mlx_device_info_get(&raw mut info.0, device) == 0;
            mlx_sys::mlx_device_free(device);
            told.then_some(info)
        }
    }

    /// A number of bytes, or of other things.
    pub fn size(&self, key: &CStr) -> Option<u64> {
        let mut size = 0;
        // SAFETY: `self` is alive, `key` ends with a zero, and the result is a plain number.
        let told = self.has(key)
            && unsafe { mlx_sys::mlx_device_info_get_size(&raw mut size, self.0, key.as_ptr()) }
                == 0;
        told.then_some(size as u64)
    }

    /// A name.
    pub fn text(&self, key: &CStr) -> Option<String> {
        let mut text = ptr::null();
        // SAFETY: `self` is alive, `key` ends with a zero, and the text belongs to `self`: it is copied before that is gone.
        unsafe {
            let told = self.has(key)
                && mlx_sys::mlx_device_info_get_string(&raw mut text, self.0, key.as_ptr()) == 0
                && !text.is_null();
            told.then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
        }
    }

    fn has(&self, key: &CStr) -> bool {
        let mut known = false;
        // SAFETY: `self` is alive, `key` ends with a zero, and the result is a plain truth value.
        let asked =
            unsafe { mlx_sys::mlx_device_info_has_key(&raw mut known, self.0, key.as_ptr()) };
        asked == 0 && known
    }
}

impl Drop for DeviceInfo {
    #[expect(
        unsafe_code,
        reason = "mlx-rs does not pass on what MLX knows about a device"
    )]
    fn drop(&mut self) {
        // SAFETY: it was made by MLX, and nobody uses it after this.
        unsafe {
            mlx_sys::mlx_device_info_free(self.0);
        }
    }
}
