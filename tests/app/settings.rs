//! What is set for all videos.

use egui::{Key, Modifiers};
use zoetrope::app::Preferences;
use zoetrope::app::dialogs::Question;
use zoetrope::job::Quality;

use super::Opening;

/// Breaks when a setting does not reach the next job, or is lost with the settings of a video.
#[test]
fn quality_memory_and_folder_reach_the_job() {
    let mut window = Opening::default().open();
    let elsewhere = window.path("elsewhere");
    *window.answer.borrow_mut() = Some(elsewhere.clone());
    window.press(Modifiers::COMMAND, Key::Comma);
    window.click("Best");
    window.click("Limit to");
    window.click("Choose another folder");
    assert_eq!(window.asked.borrow().last(), Some(&Question::Folder));
    window.until_seen("elsewhere");
    window.press(Modifiers::NONE, Key::Escape);

    window.write("Prompt", "A boat");
    window.press(Modifiers::COMMAND, Key::Enter);
    let (handle, plan) = window.next_job();
    let is_as_set = |plan: &zoetrope::job::Plan| {
        assert_eq!(plan.outputs.quality, Quality::Best);
        assert!(plan.limits.memory.is_some());
        assert_eq!(plan.output.parent(), Some(elsewhere.as_path()));
    };
    is_as_set(&plan);

    window.finish(handle.id, &plan);
    window.until_seen("More");
    window.click("More");
    window.click("Reuse settings");
    window.press(Modifiers::COMMAND, Key::Enter);
    is_as_set(&window.next_job().1);

    drop(window.harness);
    let preferences = Preferences::read(&window.folder.path().join("window.json"));
    assert_eq!(preferences.videos, [elsewhere]);
}
