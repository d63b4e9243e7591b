//! Packs Zoetrope.app from its parts, seals it, and holds the result against everything that can be said about
//! an app without a Mac. `cargo xtask bundle` builds the parts and calls it.

mod archive;
mod check;
mod icon;
mod layout;
mod seal;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
Usage: bundle pack REPOSITORY PROGRAM MLX14 MLX26 APP   lay out, seal and check the app
       bundle archive APP ZIP                           pack it for the download
       bundle check APP                                 look at a finished app
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["pack", repository, program, mlx_14, mlx_26, app] => {
            let parts = layout::Parts {
                repository: Path::new(repository),
                program: Path::new(program),
                mlx: [Path::new(mlx_14), Path::new(mlx_26)],
            };
            pack(&parts, Path::new(app))
        }
        ["archive", app, zip] => {
            archive::write(Path::new(app), Path::new(zip))?;
            check::archive(Path::new(zip))
        }
        ["check", app] => check::app(Path::new(app)),
        _ => bail!("{USAGE}"),
    }
}

fn pack(parts: &layout::Parts, app: &Path) -> Result<()> {
    layout::write(parts, app)?;
    seal::seal(app)?;
    check::app(app)?;
    eprintln!("{} is complete and sealed", app.display());
    Ok(())
}
