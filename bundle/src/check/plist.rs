//! What the app says of itself.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use plist::{Dictionary, Value};

/// The parts that other checks need.
pub struct Info {
    pub executable: String,
    pub minimum_system: String,
    icon: String,
}

impl Info {
    pub fn icon_file(&self) -> String {
        format!("{}.icns", self.icon)
    }
}

/// Without these, Finder shows, opens or updates an app wrongly.
const NEEDED: [&str; 13] = [
    "CFBundleDevelopmentRegion",
    "CFBundleDisplayName",
    "CFBundleDocumentTypes",
    "CFBundleExecutable",
    "CFBundleIconFile",
    "CFBundleIdentifier",
    "CFBundleInfoDictionaryVersion",
    "CFBundleName",
    "CFBundleShortVersionString",
    "CFBundleVersion",
    "LSApplicationCategoryType",
    "LSMinimumSystemVersion",
    "NSHighResolutionCapable",
];

/// Reads and checks the `Info.plist` at `path`.
pub fn read(path: &Path) -> Result<Info> {
    let value = Value::from_file(path)
        .with_context(|| format!("{} is no property list", path.display()))?;
    let info = value
        .into_dictionary()
        .with_context(|| format!("{} is no dictionary", path.display()))?;
    check(&info).with_context(|| path.display().to_string())
}

fn check(info: &Dictionary) -> Result<Info> {
    for key in NEEDED {
        if !info.contains_key(key) {
            bail!("there is no {key}");
        }
    }
    let text = |key: &str| {
        let text = info.get(key).and_then(Value::as_string);
        text.map(ToOwned::to_owned)
            .with_context(|| format!("{key} is no text"))
    };
    if text("CFBundlePackageType")? != "APPL" {
        bail!("CFBundlePackageType is not APPL");
    }
    Ok(Info {
        executable: text("CFBundleExecutable")?,
        minimum_system: text("LSMinimumSystemVersion")?,
        icon: text("CFBundleIconFile")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_complete_and_an_incomplete_one_is_refused() {
        let path = Path::new("../Info.plist");
        let info = read(path).unwrap();
        assert_eq!(info.icon_file(), "Zoetrope.icns");
        for key in NEEDED {
            let mut damaged = Value::from_file(path).unwrap().into_dictionary().unwrap();
            damaged.remove(key);
            assert!(check(&damaged).is_err(), "{key}");
        }
    }
}
