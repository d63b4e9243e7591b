//! The end of the program. MLX and its BLAS compute on threads of their own, and what C and C++ do when a program
//! returns from `main` takes away what those threads still use: it can hang or crash. So the program leaves without.

use std::io::{self, Write};

/// Ends the program with this exit code, once what was printed is out.
pub fn leave(code: u8) -> ! {
    // That nobody reads it any more is no reason to stay.
    let _ = io::stdout().flush();
    leave_at_once(code)
}

/// Ends the program with this exit code, whatever it is doing.
pub fn leave_at_once(code: u8) -> ! {
    signal_hook::low_level::exit(code.into())
}
