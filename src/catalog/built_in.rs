//! The *built-in* model is a small one that comes with the program, so that it works before
//! anything is downloaded.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::job::{Checkpoint, Plan, Problem};

/// Another folder to take as the built-in model.
const OVERRIDE: &str = "ZOETROPE_DEMO_MODEL";

/// The built-in model.
///
/// # Errors
/// It is not where the program looks for it, or it is damaged.
pub fn built_in() -> Result<Checkpoint> {
    let folder = built_in_folder().ok_or_else(|| Error::from(Problem::NoBuiltIn))?;
    super::open(&folder)
}

/// Takes the built-in model from where it is now, where a plan names it where it no longer is: the app was moved or replaced,
/// or the system runs it from another place each time, as it does until the app is moved out of Downloads.
pub fn find_built_in_again(plan: &mut Plan) {
    if plan.checkpoint.root.exists() {
        return;
    }
    if let Some(own) = built_in()
        .ok()
        .filter(|own| own.name == plan.checkpoint.name)
    {
        plan.checkpoint = own;
    }
}

/// Where the built-in model lies: in the app bundle, or in the source tree that the program was
/// built from.
pub fn built_in_folder() -> Option<PathBuf> {
    if let Some(folder) = env::var_os(OVERRIDE).filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    let program = env::current_exe()
        .and_then(|path| path.canonicalize())
        .unwrap_or_default();
    let bundle = program
        .ancestors()
        .nth(2)
        .map(|contents| contents.join("Resources/demo"));
    let source = program.ancestors().skip(1).map(Path::to_owned);
    let source = source.chain([PathBuf::from(env!("CARGO_MANIFEST_DIR"))]);
    bundle
        .into_iter()
        .chain(source.map(|folder| folder.join("assets/demo")))
        .find(|folder| folder.join("config.json").is_file())
}
