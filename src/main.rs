//! Arguments in, a headless command out.

use std::process::ExitCode;

fn main() -> ExitCode {
    zoetrope::cli::run()
}
