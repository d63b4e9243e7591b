//! The seal of the whole app: the program vouches for `Info.plist` and for the list of resources, and the list
//! for every other file.
//!
//! Apple's own check runs on a Mac only, and the signer's own refuses every signature without a certificate.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use plist::{Dictionary, Value};

use super::layout;
use super::signature::{INFO_PLIST, RESOURCES, Signature, sha256};

const LIST: &str = "_CodeSignature/CodeResources";

/// Checks the seal of `app`, whose main program has this name.
pub fn check(app: &Path, executable: &str) -> Result<()> {
    let contents = app.join("Contents");
    let program = format!("MacOS/{executable}");
    let bytes = fs::read(contents.join(&program))?;
    let list = fs::read(contents.join(LIST)).context("the app has no list of resources")?;
    check_program(&bytes, &fs::read(contents.join("Info.plist"))?, &list)
        .context(program.clone())?;

    let list: Dictionary = plist::from_bytes(&list).context("the list of resources is none")?;
    let entries = list
        .get("files2")
        .and_then(Value::as_dictionary)
        .context("the list of resources has no files2")?;
    let mut unsealed: BTreeSet<String> = layout::files(&contents)?
        .iter()
        .map(|file| file.to_string_lossy().into_owned())
        .collect();
    // The program vouches for these, or they say nothing.
    for file in [program.as_str(), LIST, layout::STAPLED, "Info.plist", "PkgInfo"] {
        unsealed.remove(file);
    }
    for (file, entry) in entries {
        check_entry(&contents.join(file), entry).with_context(|| file.clone())?;
        unsealed.remove(file);
    }
    match unsealed.first() {
        Some(file) => bail!("{file} is not sealed"),
        None => Ok(()),
    }
}

fn check_program(bytes: &[u8], info: &[u8], list: &[u8]) -> Result<()> {
    let signature = Signature::read(bytes)?;
    signature.check()?;
    signature.check_part(INFO_PLIST, info)?;
    signature.check_part(RESOURCES, list)
}

/// A file is sealed by its hash, a link by where it leads, code by the hash of its own signature.
fn check_entry(path: &Path, entry: &Value) -> Result<()> {
    let entry = entry
        .as_dictionary()
        .context("its entry is no dictionary")?;
    if let Some(target) = entry.get("symlink").and_then(Value::as_string) {
        if fs::read_link(path)? != Path::new(target) {
            bail!("it does not lead to {target}");
        }
        return Ok(());
    }
    let bytes = fs::read(path)?;
    let data = |key: &str| entry.get(key).and_then(Value::as_data);
    if let Some(name) = data("cdhash") {
        let signature = Signature::read(&bytes)?;
        signature.check()?;
        if signature.name()? != name {
            bail!("it has another signature than the sealed one");
        }
        return Ok(());
    }
    if data("hash2").context("its entry has no hash")? != sha256(&bytes) {
        bail!("it was changed after it was sealed");
    }
    Ok(())
}
