//! A desktop *without* what is added to the window library at run time.

use std::env;

/// Turns all of it off, for whoever looks for the cause of a fault.
const SWITCH: &str = "ZOETROPE_PLAIN_DESKTOP";

/// Whether the window library is to be left as it is: `ZOETROPE_PLAIN_DESKTOP=1`. Then text without a composition, files
/// from Finder and what else is taught to the library's classes do not work.
pub fn is_plain() -> bool {
    env::var_os(SWITCH).is_some_and(|value| !value.is_empty() && value != "0")
}
