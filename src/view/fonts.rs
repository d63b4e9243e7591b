//! The fonts that come with the program. What they lack is looked for among the system's.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

/// The family for labels.
pub const MEDIUM: &str = "medium";
/// The family for headings.
pub const SEMIBOLD: &str = "semibold";
/// The family that [`super::icons`] names glyphs of.
pub const ICONS: &str = "icons";

/// Inter in three weights, with figures of one width; behind each the common Chinese characters, in two.
const FILES: [(&str, &[u8]); 6] = [
    (
        "regular",
        include_bytes!("../../assets/fonts/Inter-Regular.ttf"),
    ),
    (
        MEDIUM,
        include_bytes!("../../assets/fonts/Inter-Medium.ttf"),
    ),
    (
        SEMIBOLD,
        include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"),
    ),
    (
        CHINESE,
        include_bytes!("../../assets/fonts/NotoSansSC-Regular.otf"),
    ),
    (
        CHINESE_BOLD,
        include_bytes!("../../assets/fonts/NotoSansSC-SemiBold.ttf"),
    ),
    (ICONS, include_bytes!("../../assets/fonts/Phosphor.ttf")),
];

const CHINESE: &str = "chinese";
/// What labels and headings are written in.
const CHINESE_BOLD: &str = "chinese bold";

/// Every family, each with what stands in for glyphs that it lacks.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let symbols: Vec<String> = fonts
        .families
        .remove(&FontFamily::Proportional)
        .unwrap_or_default();
    for (name, file) in FILES {
        let data = Arc::new(FontData::from_static(file));
        fonts.font_data.insert(name.into(), data);
    }
    let text = |first: &str| {
        let chinese = if first == "regular" {
            CHINESE
        } else {
            CHINESE_BOLD
        };
        // What the bold cut lacks, the other one has.
        let own = [first, chinese, CHINESE].map(ToOwned::to_owned);
        own.into_iter().chain(symbols.iter().cloned()).collect()
    };
    fonts.families.extend([
        (FontFamily::Proportional, text("regular")),
        (FontFamily::Monospace, text("regular")),
        (FontFamily::Name(MEDIUM.into()), text(MEDIUM)),
        (FontFamily::Name(SEMIBOLD.into()), text(SEMIBOLD)),
        (FontFamily::Name(ICONS.into()), vec![ICONS.to_owned()]),
    ]);
    fonts
}
