//! The fonts that come with the program. What they lack is looked for among the system's.

use std::io::{self, Read as _};
use std::sync::{Arc, LazyLock};

use egui::{FontData, FontDefinitions, FontFamily};
use ruzstd::decoding::StreamingDecoder;

/// The family for labels.
pub const MEDIUM: &str = "medium";
/// The family for headings.
pub const SEMIBOLD: &str = "semibold";
/// The family that [`super::icons`] names glyphs of.
pub const ICONS: &str = "icons";

/// Inter in three weights, with figures of one width; behind each the common Chinese characters, in two. They are packed: a
/// third of them is air.
const PACKED: [(&str, &[u8]); 6] = [
    (
        "regular",
        include_bytes!("../../assets/fonts/Inter-Regular.ttf.zst"),
    ),
    (
        MEDIUM,
        include_bytes!("../../assets/fonts/Inter-Medium.ttf.zst"),
    ),
    (
        SEMIBOLD,
        include_bytes!("../../assets/fonts/Inter-SemiBold.ttf.zst"),
    ),
    (
        CHINESE,
        include_bytes!("../../assets/fonts/NotoSansSC-Regular.otf.zst"),
    ),
    (
        CHINESE_BOLD,
        include_bytes!("../../assets/fonts/NotoSansSC-SemiBold.ttf.zst"),
    ),
    (ICONS, include_bytes!("../../assets/fonts/Phosphor.ttf.zst")),
];

/// The same unpacked, once for all windows.
static FILES: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let unpacked = PACKED.iter().filter_map(|(name, packed)| {
        let mut file = Vec::new();
        let read = StreamingDecoder::new(*packed)
            .map_err(io::Error::other)
            .and_then(|mut decoder| decoder.read_to_end(&mut file));
        // They come with the program: a damaged one would be a defect of its build, and others stand in for it.
        read.map_err(|error| log::error!("the font {name} is damaged: {error}"))
            .ok()?;
        Some((*name, file))
    });
    unpacked.collect()
});

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
    for (name, file) in &*FILES {
        let data = Arc::new(FontData::from_static(file));
        fonts.font_data.insert((*name).into(), data);
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
