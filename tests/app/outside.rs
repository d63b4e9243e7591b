//! The window among others.

use std::time::Duration;

use eframe::App as _;
use egui::os::OperatingSystem;
use egui::{Event, ImeEvent, Key, Modifiers, RawInput, ViewportCommand};
use zoetrope::app::dialogs::pictures;
use zoetrope::app::outside::{Closing, Outside, UNASKED, closing, unasked};
use zoetrope::app::{Preferences, viewport};
use zoetrope::platform::power::Slowed;
use zoetrope::view::theme;

use super::{Opening, Window};

/// Breaks when the system paints its own bar over ours, or a name into it.
#[test]
fn the_bar_is_ours_alone() {
    let window = viewport(&Preferences::default());
    assert_eq!(window.fullsize_content_view, Some(true));
    assert_eq!(window.titlebar_shown, Some(false));
    assert_eq!(window.title_shown, Some(false));
}

/// Breaks when ⌘W on a Mac ends a job, ⌘Q does not end the program, or another system's window does not close.
#[test]
fn closing_ends_the_program_but_on_a_mac_that_works() {
    use Closing::{End, Hide};
    for (is_mac, works, quits, expected) in [
        (true, true, false, Hide),
        (true, true, true, End),
        (true, false, false, End),
        (false, true, false, End),
    ] {
        assert_eq!(
            closing(is_mac, works, quits),
            expected,
            "{is_mac} {works} {quits}"
        );
    }
}

/// What the window asks of the system when it is told to close.
fn told_to_close(window: &mut Window) -> Vec<ViewportCommand> {
    let viewport = window
        .harness
        .input_mut()
        .viewports
        .entry(egui::ViewportId::ROOT);
    viewport
        .or_default()
        .events
        .push(egui::ViewportEvent::Close);
    window.harness.step();
    let output = window.harness.output();
    output.viewport_output[&egui::ViewportId::ROOT]
        .commands
        .clone()
}

/// Breaks when the red button on a Mac ends the program that makes a video.
#[test]
fn a_window_that_works_is_hidden_on_a_mac() {
    for (system, stays) in [(OperatingSystem::Mac, true), (OperatingSystem::Nix, false)] {
        let mut window = Opening::default().open();
        window.harness.ctx.set_os(system);
        window.write("Prompt", "A paper boat");
        window.click("Generate");
        window.next_job();
        let commands = told_to_close(&mut window);
        let is_cancelled = commands.contains(&ViewportCommand::CancelClose);
        assert_eq!(is_cancelled, stays, "{commands:?}");
    }
}

/// Breaks when what moves by itself takes more than every fourth frame from a job, or a clip that plays is slowed down.
#[test]
fn what_nobody_asked_for_is_drawn_rarely_beside_a_job() {
    let often = Duration::from_millis(16);
    assert_eq!(unasked(true, often), UNASKED);
    assert_eq!(unasked(false, often), often);
    let seldom = Duration::from_secs(1);
    assert_eq!(unasked(true, seldom), seldom);
    assert!(1.0 / UNASKED.as_secs_f64() <= 15.0);
}

fn hook(window: &mut Window, events: Vec<Event>) {
    let ctx = window.harness.ctx.clone();
    let mut input = RawInput {
        events,
        ..RawInput::default()
    };
    window.harness.state_mut().raw_input_hook(&ctx, &mut input);
}

/// Breaks when ⌘↩ or ⌘N is taken while an input method is in the middle of a word.
#[test]
fn no_video_is_made_of_half_a_composition() {
    let mut window = Opening::default().open();
    window.write("Prompt", "A paper boat");
    let preedit = |text: &str| {
        vec![Event::Ime(ImeEvent::Preedit {
            text: text.into(),
            active_range_chars: None,
        })]
    };
    hook(&mut window, preedit("ni hao"));
    window.press(Modifiers::COMMAND, Key::Enter);
    window.press(Modifiers::COMMAND, Key::N);
    assert!(window.command().is_none());
    hook(&mut window, preedit(""));
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(window.next_job().1.prompt, "A paper boat");
}

/// Breaks when nothing but what our decoders read can be chosen on a Mac, or what nobody reads elsewhere.
#[test]
fn photos_of_phones_can_be_chosen_where_they_are_read() {
    for photo in ["heic", "avif", "dng"] {
        assert!(pictures(true).contains(&photo), "{photo}");
        assert!(!pictures(false).contains(&photo), "{photo}");
    }
    assert!(pictures(false).contains(&"png"));
}

/// Breaks when somebody who wants less motion or more contrast gets neither.
#[test]
fn the_looks_follow_what_the_user_has_told_the_system() {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let looks = || {
        let style = ctx.style_of(egui::Theme::Dark);
        (style.animation_time, style.visuals.window_stroke.color)
    };
    let (moves, line) = looks();
    theme::heed(&ctx, true, true);
    let (still, strong) = looks();
    assert!(moves > 0.0);
    assert_eq!(still, 0.0);
    assert!(strong.a() > 2 * line.a(), "{strong:?} {line:?}");
    theme::heed(&ctx, false, false);
    assert_eq!(looks(), (moves, line));
}

/// Breaks when what a hot machine or one in Low Power Mode took is learnt from, be it slowed down at either end of a job;
/// or when one such job keeps the next from being learnt from.
#[test]
fn a_job_that_was_slowed_down_says_so_once() {
    for notes in [[Some(Slowed::Hot), None], [None, Some(Slowed::LowPower)]] {
        let mut outside = Outside::default();
        for note in notes {
            outside.note_slowness(note);
        }
        assert!(outside.forget_slowness().is_some(), "{notes:?}");
        assert_eq!(outside.forget_slowness(), None);
    }
}
