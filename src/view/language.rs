//! The *languages* of the window.

use serde::{Deserialize, Serialize};

/// A language of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// Every language, by its own name.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::English, "English"), (Self::Chinese, "简体中文")];

    /// The one for a locale as in "zh-Hans-CN".
    pub fn of_locale(locale: &str) -> Self {
        if locale.starts_with("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }
}
