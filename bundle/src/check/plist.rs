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
const NEEDED: [&str; 22] = [
    "CFBundleAllowMixedLocalizations",
    "CFBundleDevelopmentRegion",
    "CFBundleDisplayName",
    "CFBundleDocumentTypes",
    "CFBundleExecutable",
    "CFBundleIconFile",
    "CFBundleIdentifier",
    "CFBundleInfoDictionaryVersion",
    "CFBundleLocalizations",
    "CFBundleName",
    "CFBundleShortVersionString",
    "CFBundleVersion",
    "LSApplicationCategoryType",
    "LSMinimumSystemVersion",
    "NSDesktopFolderUsageDescription",
    "NSDocumentsFolderUsageDescription",
    "NSDownloadsFolderUsageDescription",
    "NSHighResolutionCapable",
    "NSLocalNetworkUsageDescription",
    "NSNetworkVolumesUsageDescription",
    "NSRemovableVolumesUsageDescription",
    "UTImportedTypeDeclarations",
];

/// The languages of the window. In those that are not named here the system's own panels stay English, and the system
/// offers no choice.
const LANGUAGES: [&str; 2] = ["en", "zh-Hans"];

/// What the dock gives us when it is dropped on the icon.
const TYPES: [&str; 6] = [
    "app.zoetrope.safetensors",
    "public.folder",
    "public.heic",
    "public.mpeg-4",
    "public.png",
    "public.camera-raw-image",
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
    if let Some(language) = lacks(info.get("CFBundleLocalizations"), &LANGUAGES) {
        bail!("CFBundleLocalizations does not name {language}");
    }
    let taken = info.get("CFBundleDocumentTypes").map(types);
    if let Some(kind) = lacks(taken.as_ref(), &TYPES) {
        bail!("CFBundleDocumentTypes does not name {kind}");
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

/// The first of these texts that the list does not hold.
fn lacks<'a>(list: Option<&Value>, texts: &[&'a str]) -> Option<&'a str> {
    let list = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let has = |text: &str| list.iter().any(|value| value.as_string() == Some(text));
    texts.iter().find(|text| !has(text)).copied()
}

/// Every type of content that some kind of document has.
fn types(documents: &Value) -> Value {
    let kinds = documents.as_array().into_iter().flatten();
    let types = kinds.filter_map(|kind| {
        let kind = kind.as_dictionary()?;
        kind.get("LSItemContentTypes")?.as_array().cloned()
    });
    Value::Array(types.flatten().collect())
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

    /// Breaks when the system's panels become English under a Chinese menu bar, or the dock refuses what we open.
    #[test]
    fn a_language_or_a_type_that_is_lost_is_found() {
        let path = Path::new("../Info.plist");
        let ours = || Value::from_file(path).unwrap().into_dictionary().unwrap();
        for (key, lost) in [
            ("CFBundleLocalizations", "zh-Hans"),
            ("CFBundleLocalizations", "en"),
        ] {
            let mut info = ours();
            let list = info.get_mut(key).and_then(Value::as_array_mut).unwrap();
            list.retain(|value| value.as_string() != Some(lost));
            let complaint = check(&info).err().map(|error| error.to_string());
            assert_eq!(complaint.unwrap(), format!("{key} does not name {lost}"));
        }
        for lost in TYPES {
            let mut info = ours();
            let kinds = info.get_mut("CFBundleDocumentTypes").unwrap();
            for kind in kinds.as_array_mut().unwrap() {
                let kind = kind.as_dictionary_mut().unwrap();
                let types = kind.get_mut("LSItemContentTypes").unwrap();
                let types = types.as_array_mut().unwrap();
                types.retain(|value| value.as_string() != Some(lost));
            }
            let complaint = check(&info).err().map(|error| error.to_string());
            let expected = format!("CFBundleDocumentTypes does not name {lost}");
            assert_eq!(complaint.unwrap(), expected);
        }
    }
}
