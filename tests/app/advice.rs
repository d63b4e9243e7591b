//! Models before they are downloaded, and those that can go.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::{Opening, Window};

const MODELS: (Modifiers, Key) = (Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::M);

fn models() -> Window {
    let mut window = Opening::default().open();
    window.press(MODELS.0, MODELS.1);
    window.until("advice", |window| {
        window.sees_part("Best for this Mac: ") || window.sees_part("; this Mac can give ")
    });
    window
}

/// Breaks when somebody downloads 60 GB to learn that they do not fit, or that they may not be used.
#[test]
fn a_model_tells_whether_it_runs_here_before_it_is_downloaded() {
    let mut window = models();
    assert!(
        window.sees_part("Non-commercial"),
        "Lucy-Edit is not free for all"
    );
    window.click("Download Wan2.2 TI2V 5B");
    let each = window.harness.query_all_by_label_contains(" GB");
    assert!(each.count() > 3);
}
