//! Every crate must come from crates.io, under a licence that `deny.toml` allows.
//!
//! cargo-deny reads the same file and checks more, but takes many minutes to install; this is the part that
//! every change needs.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::{cmd, places};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Fails with the list of crates that may not be used.
pub fn check() -> Result<()> {
    let rules: toml::Table = fs::read_to_string(places::root().join("deny.toml"))?.parse()?;
    let targets = strings(&rules, "graph", "targets").context("deny.toml names no targets")?;
    let allowed = strings(&rules, "licenses", "allow").context("deny.toml allows no licences")?;

    let mut complaints = BTreeSet::new();
    for target in targets {
        let metadata = cmd::read(cmd::cargo().args([
            "metadata",
            "--format-version=1",
            "--filter-platform",
            target,
        ]))?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let packages = metadata["packages"]
            .as_array()
            .context("cargo metadata lists no packages")?;
        // Our own crates have no source.
        let foreign = packages
            .iter()
            .filter(|package| !package["source"].is_null());
        complaints.extend(foreign.filter_map(|package| complaint(package, &allowed)));
    }
    if complaints.is_empty() {
        return Ok(());
    }
    bail!(
        "deny.toml does not allow\n  {}",
        complaints.into_iter().collect::<Vec<_>>().join("\n  ")
    )
}

fn strings<'a>(rules: &'a toml::Table, section: &str, key: &str) -> Option<Vec<&'a str>> {
    rules
        .get(section)?
        .get(key)?
        .as_array()?
        .iter()
        .map(toml::Value::as_str)
        .collect()
}

/// What is wrong with a package of `cargo metadata`.
fn complaint(package: &Value, allowed: &[&str]) -> Option<String> {
    let name = format!(
        "{} {}",
        package["name"].as_str()?,
        package["version"].as_str()?
    );
    if package["source"] != CRATES_IO {
        return Some(format!("{name}: from {}", package["source"]));
    }
    match package["license"].as_str() {
        None => Some(format!("{name}: names no licence")),
        Some(licence) if !allows(allowed, licence) => Some(format!("{name}: {licence}")),
        Some(_) => None,
    }
}

fn allows(allowed: &[&str], licence: &str) -> bool {
    // Old crates write MIT/Apache-2.0 for MIT OR Apache-2.0, which the lax mode reads.
    Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|licence| {
        licence.evaluate(|wanted| allowed.contains(&wanted.to_string().as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_allowed_choice_is_enough_and_every_part_of_a_sum_is_needed() {
        let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"];
        for licence in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ] {
            assert!(allows(&allowed, licence), "{licence}");
        }
        assert!(allows(&allowed, "Apache-2.0 WITH LLVM-exception"));
        for licence in ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "words"] {
            assert!(!allows(&allowed, licence), "{licence}");
        }
    }

    #[test]
    fn a_crate_from_elsewhere_is_named() {
        let package = serde_json::json!({
            "name": "thing", "version": "1.0.0", "license": "MIT", "source": "git+https://example.org/thing",
        });
        let complaint = complaint(&package, &["MIT"]).expect("git is not crates.io");
        assert!(complaint.starts_with("thing 1.0.0: from"), "{complaint}");
    }
}
