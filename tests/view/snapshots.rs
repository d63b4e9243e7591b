//! A few views pixel by pixel: colours, icons and type, which no name tells. Each breaks when what people see has changed;
//! if that was meant, `UPDATE_SNAPSHOTS=1 cargo xtask test snapshots` takes them anew.
//!
//! They are taken on Linux with Mesa's software renderer, and only compared where Vulkan is.

use std::{env, fs};

use egui::{Theme, Ui};
use egui_kittest::{SnapshotOptions, SnapshotResults};
use zoetrope::job::{Quality, Size};
use zoetrope::view::export::{self, Choice, Export, Kind};
use zoetrope::view::{Action, theme};

use super::{compose, stage};

/// Draws a view in both appearances, and compares it with how it looked before.
fn compare(name: &str, size: [f32; 2], show: impl Fn(&mut Ui) -> Option<Action> + Clone + 'static) {
    if !can_draw() {
        println!("not compared: there is no Vulkan here (Debian: mesa-vulkan-drivers)");
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, look) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let show = show.clone();
        let mut harness = egui_kittest::Harness::builder()
            .with_size(size)
            .with_theme(theme)
            .with_context_setup(theme::install)
            .build_ui(move |ui| {
                show(ui);
            });
        harness.run_steps(3);
        // Another renderer rounds a few pixels at the edges of curves otherwise: one in a thousand may differ.
        let pixels = (size[0] * size[1]) as usize;
        let options = SnapshotOptions::new()
            .output_path("tests/golden/view")
            .max_failed_pixels(pixels / 1000);
        harness.snapshot_options(format!("{name}_{look}"), &options);
        results.extend_harness(&mut harness);
    }
}

/// Whether there is a driver to draw with; where every change is checked, there has to be.
fn can_draw() -> bool {
    let drivers = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].map(fs::read_dir);
    let mut found = drivers.into_iter().flatten().flatten();
    env::var_os("CI").is_some() || found.next().is_some()
}

#[test]
fn the_form_with_everything_open() {
    compare("form", [320.0, 1200.0], compose::refused);
}

#[test]
fn a_job_at_work() {
    compare("working", [760.0, 480.0], stage::denoising);
}

#[test]
fn the_sheet_that_exports() {
    let export = Export {
        size: Size::new(832, 480),
        frame: 4,
        choice: Choice {
            kind: Kind::Video,
            percent: 100,
            quality: Quality::Standard,
            joined: true,
        },
        shots: 1,
        trim: None,
        state: export::State::Writing(12, 33),
    };
    compare("export", [640.0, 260.0], move |ui| {
        export::show(ui, &export)
    });
}
