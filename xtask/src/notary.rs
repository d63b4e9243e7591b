//! Notarisation: Apple looks at an app that a Developer ID has signed, and Gatekeeper trusts it then. Only a Mac
//! has the tools.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

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
    let key = PathBuf::from(key);
    submit(&key, &folder.join("Zoetrope.zip"))?;
    let app = folder.join("Zoetrope.app");
    cmd::run(Command::new("xcrun").args(["stapler", "staple"]).arg(&app))?;
    bundle::archive()?;
    // The image holds the app with Apple's answer, and gets one of its own.
    submit(&key, &bundle::disk_image())?;
    cmd::run(
        Command::new("xcrun")
            .args(["stapler", "staple"])
            .arg(bundle::disk_image()),
    )
}

/// Has Apple look at `file`, and fails with its reasons unless it is accepted: the tool itself succeeds either way.
fn submit(key: &Path, file: &Path) -> Result<()> {
    let tool = |verb: &str| -> Result<Command> {
        let variable = |name: &str| env::var(name).with_context(|| format!("{name} is not set"));
        let mut tool = Command::new("xcrun");
        tool.args(["notarytool", verb, "--key"]).arg(key).args([
            "--key-id",
            &variable(KEY_ID)?,
            "--issuer",
            &variable(ISSUER)?,
        ]);
        Ok(tool)
    };
    let answer = cmd::read(
        tool("submit")?
            .args(["--wait", "--output-format", "json"])
            .arg(file),
    )?;
    let id = match accepted(&answer) {
        Ok(()) => return Ok(()),
        Err(id) => id.with_context(|| format!("notarytool answered: {answer}"))?,
    };
    let reasons = cmd::read(tool("log")?.arg(id))?;
    bail!("Apple has not accepted {}:\n{reasons}", file.display());
}

/// Whether the tool's answer says that Apple has accepted; otherwise by which number it knows why not.
fn accepted(answer: &str) -> Result<(), Option<String>> {
    let text = |key: &str| {
        let rest = answer.split_once(&format!("\"{key}\""))?.1;
        let rest = rest.trim_start().strip_prefix(':')?.trim_start();
        Some(rest.strip_prefix('"')?.split_once('"')?.0.to_owned())
    };
    if text("status").as_deref() == Some("Accepted") {
        Ok(())
    } else {
        Err(text("id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks when an app that Apple refused is stapled, which fails without a reason.
    #[test]
    fn only_what_apple_accepts_goes_on() {
        let answer = |status: &str| {
            format!(r#"{{"id":"2efe2717","message":"Processing complete","status":"{status}"}}"#)
        };
        assert_eq!(accepted(&answer("Accepted")), Ok(()));
        let refused = Err(Some("2efe2717".into()));
        assert_eq!(accepted(&answer("Invalid")), refused);
        assert_eq!(accepted(&answer("In Progress")), refused);
        assert_eq!(accepted("no JSON"), Err(None));
    }
}
