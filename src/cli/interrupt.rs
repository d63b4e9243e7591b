//! Ctrl-C, for work on files that ends at the next opportunity and leaves nothing behind.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Set by the first Ctrl-C; the second one ends the program.
pub fn cancelled_on_ctrl_c() -> Result<Arc<AtomicBool>> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancelled);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            process::exit(130);
        }
    })
    .map_err(|error| Error::Other(format!("Ctrl-C cannot be watched: {error}")))?;
    Ok(cancelled)
}
