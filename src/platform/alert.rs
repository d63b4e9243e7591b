//! What is told where nobody sees standard error.

use std::io::{self, IsTerminal as _};

use super::native;

/// Shows a sentence on the screen and waits until it is closed, where the program was started from the desktop. Returns
/// whether it was shown.
pub fn alert(sentence: &str) -> bool {
    !io::stderr().is_terminal() && native::alert("Zoetrope", sentence)
}
