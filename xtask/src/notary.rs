//! Notarisation: Apple looks at an app that a Developer ID has signed, and Gatekeeper trusts it then. Only a Mac
//! has the tools.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{bundle, cmd};

/// A key of App Store Connect (.p8), its number, and who has issued it.
const KEY: &str = "ZOETROPE_NOTARY_KEY";
const KEY_ID: &str = "ZOETROPE_NOTARY_KEY_ID";
const ISSUER: &str = "ZOETROPE_NOTARY_ISSUER";

/// Has the app in `folder` notarised if the environment names a key, and makes its archives anew with Apple's
/// answer inside.
pub fn staple(folder: &Path) -> Result<()> {
    let Some(key) = env::var_os(KEY) else {
        eprintln!(
            "{KEY} is not set: the app is not notarised, and people must allow it in System Settings"
        );
        return Ok(());
    };
    let variable = |name: &str| env::var(name).with_context(|| format!("{name} is not set"));
    let app = folder.join("Zoetrope.app");
    cmd::run(
        Command::new("xcrun")
            .args(["notarytool", "submit", "--wait", "--key"])
            .arg(key)
            .args([
                "--key-id",
                &variable(KEY_ID)?,
                "--issuer",
                &variable(ISSUER)?,
            ])
            .arg(folder.join("Zoetrope.zip")),
    )?;
    cmd::run(Command::new("xcrun").args(["stapler", "staple"]).arg(&app))?;
    bundle::archive()
}
