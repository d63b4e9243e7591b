//! Text can be read: every pair of a text colour and a ground that it may stand on.

use egui::Color32;
use zoetrope::view::theme::{DARK, LIGHT, Palette, SHADE, STAGE};

/// WCAG 2.2, success criterion 1.4.3, level AA for text of ordinary size.
const LEAST: f64 = 4.5;

/// Breaks when a colour is changed so that people with weak eyes, or in the sun, cannot read.
#[test]
fn every_text_can_be_read_on_every_ground_that_it_stands_on() {
    for (name, palette) in [("dark", &DARK), ("light", &LIGHT)] {
        let Palette {
            ground,
            panel,
            raised,
            lifted,
            text,
            secondary,
            accent,
            accent_lifted,
            accent_text,
            on_accent,
            good,
            warn,
            bad,
            ..
        } = *palette;
        for (what, color) in [("text", text), ("secondary", secondary)] {
            for ground in [ground, panel, raised, lifted] {
                check(&format!("{name} {what}"), color, ground);
            }
        }
        let signals = [
            ("accent", accent_text),
            ("good", good),
            ("warn", warn),
            ("bad", bad),
        ];
        for (what, color) in signals {
            for ground in [ground, panel, raised] {
                check(&format!("{name} {what}"), color, ground);
            }
        }
        for ground in [accent, accent_lifted] {
            check(&format!("{name} text on the accent"), on_accent, ground);
        }
    }
    let on_stage = [
        ("text", DARK.text),
        ("secondary", DARK.secondary),
        ("accent", DARK.accent_text),
        ("bad", DARK.bad),
    ];
    for (what, color) in on_stage {
        check(&format!("{what} on the stage"), color, STAGE);
    }
}

/// Breaks when the controls of the player cannot be read on a white clip.
#[test]
fn the_controls_of_the_player_can_be_read_on_any_clip() {
    for clip in [Color32::WHITE, Color32::BLACK] {
        let ground = clip.blend(SHADE);
        check("text", DARK.text, ground);
        check("secondary", DARK.secondary, ground);
        check("accent", DARK.accent_text, ground);
    }
}

/// The measure itself, against the two values that the guidelines state.
#[test]
fn contrast_is_that_of_the_guidelines() {
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
    assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 1e-9);
}

#[track_caller]
fn check(what: &str, color: Color32, ground: Color32) {
    let contrast = contrast(color, ground);
    assert!(
        contrast >= LEAST,
        "{what}: {color:?} on {ground:?} has a contrast of {contrast:.2}"
    );
}

fn contrast(a: Color32, b: Color32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// WCAG 2.2, relative luminance.
fn luminance(color: Color32) -> f64 {
    let [red, green, blue, _] = color.to_array().map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
