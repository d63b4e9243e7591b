//! Design tokens: every colour, size and type style of the window has its name here, and nowhere
//! else.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where colours get their names"
)]

use egui::style::{ScrollStyle, Selection, WidgetVisuals};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle,
    Theme, Ui, Vec2, Visuals,
};

use serde::{Deserialize, Serialize};

use super::fonts;

/// Which palette the window wears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Appearance {
    /// As the system.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// The colours of one appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub ground: Color32,
    /// Side and bottom panels, sheets.
    pub panel: Color32,
    /// Controls that stand out of a panel.
    pub raised: Color32,
    /// The same under the pointer.
    pub lifted: Color32,
    /// Lines between regions.
    pub hairline: Color32,
    /// What is read first.
    pub text: Color32,
    /// Labels, explanations, placeholders.
    pub secondary: Color32,
    /// Ornament and what is switched off; never for text that must be read.
    pub faint: Color32,
    /// The lamp: the one accent, as a fill.
    pub accent: Color32,
    /// The same under the pointer.
    pub accent_lifted: Color32,
    /// The accent as text and icons.
    pub accent_text: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// What went well.
    pub good: Color32,
    /// What needs attention.
    pub warn: Color32,
    /// What went wrong.
    pub bad: Color32,
    /// Laid over everything behind a sheet.
    pub scrim: Color32,
}

/// The dark room.
pub const DARK: Palette = Palette {
    ground: rgb(0x0012_1214),
    panel: rgb(0x001a_1a1d),
    raised: rgb(0x0025_252a),
    lifted: rgb(0x0030_3036),
    hairline: Color32::from_rgba_premultiplied(20, 20, 20, 20),
    text: rgb(0x00f2_f1ee),
    secondary: rgb(0x00a6_a5ab),
    faint: rgb(0x006e_6d74),
    accent: rgb(0x00f2_a73b),
    accent_lifted: rgb(0x00ff_b950),
    accent_text: rgb(0x00f2_a73b),
    on_accent: rgb(0x001c_1204),
    good: rgb(0x0057_c08a),
    warn: rgb(0x00e8_b04b),
    bad: rgb(0x00f4_7a75),
    scrim: Color32::from_rgba_premultiplied(0, 0, 0, 150),
};

/// The same room by day.
pub const LIGHT: Palette = Palette {
    ground: rgb(0x00f4_f3f0),
    panel: rgb(0x00fc_fbf9),
    raised: rgb(0x00ec_eae5),
    lifted: rgb(0x00e2_dfd8),
    hairline: Color32::from_rgba_premultiplied(0, 0, 0, 23),
    text: rgb(0x001b_1a18),
    secondary: rgb(0x005b_5a57),
    faint: rgb(0x008a_8884),
    accent: rgb(0x00e0_921f),
    accent_lifted: rgb(0x00ee_a537),
    accent_text: rgb(0x008a_5200),
    on_accent: rgb(0x001c_1204),
    good: rgb(0x001d_6f46),
    warn: rgb(0x007d_5100),
    bad: rgb(0x00b3_261e),
    scrim: Color32::from_rgba_premultiplied(0, 0, 0, 90),
};

/// The dark room for those who want things to stand out.
const DARK_STRONG: Palette = Palette {
    hairline: Color32::from_rgba_premultiplied(110, 110, 110, 110),
    secondary: rgb(0x00d4_d3d8),
    faint: rgb(0x00a6_a5ab),
    ..DARK
};

/// The same by day.
const LIGHT_STRONG: Palette = Palette {
    hairline: Color32::from_rgba_premultiplied(0, 0, 0, 128),
    secondary: rgb(0x0038_3735),
    faint: rgb(0x005b_5a57),
    ..LIGHT
};

/// Behind pictures, by day too: pictures are judged on black.
pub const STAGE: Color32 = rgb(0x000b_0b0c);

/// Under controls that lie on a picture.
pub const SHADE: Color32 = Color32::from_rgba_premultiplied(13, 13, 15, 215);

/// A picture as it is.
pub const UNTINTED: Color32 = Color32::WHITE;

/// Spaces between things, on a grid of 4 and 8 points.
pub mod space {
    /// Between an icon and its text.
    pub const XS: f32 = 4.0;
    /// Between parts of one control group.
    pub const S: f32 = 8.0;
    /// Between a label and the next group.
    pub const M: f32 = 12.0;
    /// Around the content of a panel.
    pub const L: f32 = 16.0;
    /// Between sections.
    pub const XL: f32 = 24.0;
}

/// Corner radii.
pub mod radius {
    /// Buttons, fields, segments.
    pub const CONTROL: u8 = 6;
    /// Cards, sheets, popovers.
    pub const CARD: u8 = 10;
}

/// Sizes of regions and controls.
pub mod size {
    /// The bar at the top.
    pub const TITLE_BAR: f32 = 44.0;
    /// The form: least, usual and greatest width.
    pub const COMPOSE: [f32; 3] = [280.0, 320.0, 420.0];
    /// The strip at the bottom.
    pub const REEL: f32 = 120.0;
    /// The strip when it is folded.
    pub const REEL_FOLDED: f32 = 28.0;
    /// Below this width of the window the strip folds by itself.
    pub const NARROW: f32 = 1100.0;
    /// The smallest window.
    pub const WINDOW: [f32; 2] = [900.0, 600.0];
    /// An ordinary control.
    pub const CONTROL: f32 = 28.0;
    /// The button that starts it all.
    pub const PRIMARY: f32 = 48.0;
    /// A picture of the first or last frame.
    pub const WELL: f32 = 112.0;
    /// The widest sheet.
    pub const SHEET: f32 = 640.0;
    /// A column beside the stage: what is to be known of a clip, or the queue.
    pub const COLUMN: f32 = 288.0;
    /// Beside a column the stage is no narrower than this: in less room the column takes its place.
    pub const STAGE: f32 = 280.0;
    /// The widest explanation under the pointer.
    pub const HINT: f32 = 280.0;
    /// The icons' square.
    pub const ICON: f32 = 16.0;
    /// From the left edge to the window's own buttons, where they lie on the bar.
    pub const TRAFFIC_LIGHTS: f32 = 19.0;
    /// The ring around what the keyboard talks to.
    pub const FOCUS_RING: f32 = 2.0;
}

/// Durations, in seconds.
pub mod motion {
    /// Hover, folding, fading.
    pub const QUICK: f32 = 0.14;
    /// A picture that appears.
    pub const APPEAR: f32 = 0.4;
    /// The controls of the player go after this long without the pointer.
    pub const LINGER: f64 = 2.0;
}

/// The type scale.
pub mod text {
    /// Explanations, counts.
    pub const CAPTION: f32 = 11.0;
    /// Everything else.
    pub const BODY: f32 = 13.0;
    /// The prompt, headings of sheets.
    pub const LARGE: f32 = 15.0;
    /// What the stage says.
    pub const TITLE: f32 = 20.0;
}

/// Text of ordinary weight.
pub const fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Text that labels.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(fonts::MEDIUM.into()))
}

/// Text that leads.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(fonts::SEMIBOLD.into()))
}

/// Icons.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(fonts::ICONS.into()))
}

/// The colours that apply where `ui` draws.
pub fn palette(ui: &Ui) -> &'static Palette {
    let worn = ui.visuals();
    let is_strong = is_strong(worn);
    match (worn.dark_mode, is_strong) {
        (true, false) => &DARK,
        (true, true) => &DARK_STRONG,
        (false, false) => &LIGHT,
        (false, true) => &LIGHT_STRONG,
    }
}

/// Whether the lines are those of the palettes that stand out.
fn is_strong(worn: &Visuals) -> bool {
    [DARK_STRONG, LIGHT_STRONG]
        .iter()
        .any(|palette| palette.hairline == worn.window_stroke.color)
}

/// How long something moves that moves so many `seconds`: not at all for those who do not want it.
pub fn moves(ui: &Ui, seconds: f32) -> f32 {
    if is_still(ui) { 0.0 } else { seconds }
}

/// Whether nothing is to move that need not.
pub fn is_still(ui: &Ui) -> bool {
    ui.style().animation_time == 0.0
}

/// What lies behind everything: red, green and blue from 0 to 1. Where the appearance is the system's, as it is now.
pub fn ground(ctx: &Context, appearance: Appearance) -> [f64; 3] {
    let is_dark = match appearance {
        Appearance::System => ctx.system_theme() != Some(Theme::Light),
        Appearance::Dark => true,
        Appearance::Light => false,
    };
    let palette = if is_dark { DARK } else { LIGHT };
    let [red, green, blue, _] = palette.panel.to_array();
    [red, green, blue].map(|value| f64::from(value) / 255.0)
}

/// `color` seen through, 0 for not at all.
pub fn fade(color: Color32, opacity: f32) -> Color32 {
    color.gamma_multiply(opacity)
}

/// From `a` to `b`.
pub fn mix(a: Color32, b: Color32, t: f32) -> Color32 {
    a.lerp_to_gamma(b, t.clamp(0.0, 1.0))
}

/// Black from the top down, under controls that lie on a picture.
pub fn black(opacity: f32) -> Color32 {
    Color32::from_black_alpha((opacity.clamp(0.0, 1.0) * 255.0) as u8)
}

/// The pixels of a frame, (height, width, 3), for a texture.
pub fn picture([width, height]: [usize; 2], rgb: &[u8]) -> egui::ColorImage {
    egui::ColorImage::from_rgb([width, height], rgb)
}

/// Gives `ctx` the fonts and both appearances.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    heed(ctx, false, false);
}

/// Both appearances for those who want nothing to move that need not, or things to stand out.
pub fn heed(ctx: &Context, less_motion: bool, more_contrast: bool) {
    let (dark, light) = if more_contrast {
        (&DARK_STRONG, &LIGHT_STRONG)
    } else {
        (&DARK, &LIGHT)
    };
    for (theme, palette) in [(Theme::Dark, dark), (Theme::Light, light)] {
        let mut style = style(palette, theme == Theme::Dark);
        if less_motion {
            style.animation_time = 0.0;
        }
        ctx.set_style_of(theme, style);
    }
}

/// From here on `ui` draws as in the dark, whatever the appearance: for what lies on the stage.
pub fn darken(ui: &mut Ui) {
    let dark = if is_strong(ui.visuals()) {
        &DARK_STRONG
    } else {
        &DARK
    };
    let animation_time = ui.style().animation_time;
    ui.set_style(Style {
        animation_time,
        ..style(dark, true)
    });
}

/// egui's own widgets in these colours.
fn style(palette: &Palette, dark: bool) -> Style {
    let mut style = Style {
        animation_time: motion::QUICK,
        visuals: visuals(palette, dark),
        ..Style::default()
    };
    style.text_styles = [
        (TextStyle::Small, regular(text::CAPTION)),
        (TextStyle::Body, regular(text::BODY)),
        (TextStyle::Button, regular(text::BODY)),
        (TextStyle::Monospace, regular(text::BODY)),
        (TextStyle::Heading, semibold(text::TITLE)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(space::S);
    spacing.button_padding = Vec2::new(space::S, space::XS);
    spacing.interact_size = Vec2::new(size::CONTROL, size::CONTROL);
    spacing.menu_margin = Margin::same(space::XS as i8);
    // The brightest thing in the room is the picture, not a scroll bar under the pointer.
    spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        foreground_color: false,
        ..ScrollStyle::floating()
    };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.5;
    style
}

fn visuals(palette: &Palette, dark: bool) -> Visuals {
    let mut visuals = if dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = Stroke::new(1.0, palette.hairline);
    visuals.window_corner_radius = CornerRadius::same(radius::CARD);
    visuals.menu_corner_radius = CornerRadius::same(radius::CARD);
    visuals.window_shadow = shadow(24);
    visuals.popup_shadow = shadow(12);
    visuals.extreme_bg_color = palette.raised;
    visuals.text_edit_bg_color = Some(palette.raised);
    visuals.faint_bg_color = palette.raised;
    visuals.code_bg_color = palette.raised;
    visuals.hyperlink_color = palette.accent_text;
    visuals.warn_fg_color = palette.warn;
    visuals.error_fg_color = palette.bad;
    visuals.weak_text_color = Some(palette.secondary);
    visuals.selection = Selection {
        bg_fill: fade(palette.accent, 0.35),
        stroke: Stroke::new(1.0, palette.text),
    };
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.accent);
    let state = |fill: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::NONE,
        corner_radius: CornerRadius::same(radius::CONTROL),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let widgets = &mut visuals.widgets;
    widgets.noninteractive = WidgetVisuals {
        bg_stroke: Stroke::new(1.0, palette.hairline),
        ..state(palette.panel, palette.text)
    };
    widgets.inactive = state(palette.raised, palette.text);
    widgets.hovered = state(palette.lifted, palette.text);
    widgets.active = state(palette.lifted, palette.text);
    widgets.open = state(palette.lifted, palette.text);
    visuals
}

fn shadow(blur: u8) -> Shadow {
    Shadow {
        offset: [0, 4],
        blur,
        spread: 0,
        color: black(0.35),
    }
}

/// A colour as designers write it: `0x00RR_GGBB`.
const fn rgb(hex: u32) -> Color32 {
    let [_, red, green, blue] = hex.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}
