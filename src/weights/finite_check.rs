//! Whether weights can be computed with: what was damaged often holds something that is no number.

use mlx_rs::Array;
use mlx_rs::ops::{is_inf, is_nan};

use super::cursor::Weights;
use crate::{Error, Result};

impl Weights {
    /// The names of all tensors that hold anything but finite numbers. Each is read, one after another; `tell` hears how
    /// many bytes that were, and an error of its ends the work.
    ///
    /// # Errors
    /// One cannot be read, or `tell` wants no more.
    pub fn unsound(&self, tell: &mut dyn FnMut(u64) -> Result<()>) -> Result<Vec<String>> {
        let mut unsound = Vec::new();
        for (name, entry) in &self.store.entries {
            if entry.floating().is_none() {
                continue;
            }
            if !is_finite(&self.require(name, &entry.shape)?)? {
                unsound.push(name.clone());
            }
            tell(entry.bytes)?;
        }
        Ok(unsound)
    }
}

fn is_finite(tensor: &Array) -> Result<bool> {
    let is_other = is_nan(tensor)?.logical_or(is_inf(tensor)?)?;
    let is_any = is_other.any(None)?.try_item_exact::<bool>();
    Ok(!is_any.map_err(|error| Error::Other(error.to_string()))?)
}
