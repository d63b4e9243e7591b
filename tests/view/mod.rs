//! What is drawn: found by the names that screen readers say, and a little of it pixel by pixel. What was asked for
//! comes back.

mod compose;
mod contrast;
mod models;
mod shortcuts;
#[cfg(target_os = "linux")]
mod snapshots;
mod stage;

use egui::Ui;
use zoetrope::view::{Action, theme};

/// A view, and what was asked for in it.
type Harness = egui_kittest::Harness<'static, Vec<Action>>;

/// Draws a view again and again.
fn harness(mut show: impl FnMut(&mut Ui) -> Option<Action> + 'static) -> Harness {
    let mut harness = egui_kittest::Harness::builder()
        .with_size([760.0, 1600.0])
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, asked: &mut Vec<Action>| asked.extend(show(ui)),
            Vec::new(),
        );
    harness.run_steps(3);
    harness
}
