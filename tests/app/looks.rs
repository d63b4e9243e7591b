//! Every state of the window, in both appearances and languages, as small as it gets and at its usual
//! size: nothing without a name, nothing out of reach, nothing over something else.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect};
use egui_kittest::kittest::{NodeT, Queryable};
use zoetrope::app::Preferences;
use zoetrope::job::{
    CanvasRequest, Event, Problem, Progress, Request, SamplingRequest, Size, Stage, Variant,
};
use zoetrope::view::strings::Language;
use zoetrope::view::theme::{Appearance, size};

use super::{OPERABLE, Opening, Window};
use crate::job::checkpoint_of;

/// The smallest window with everything half as large again, the smallest window, and the usual one.
const SIZES: [[f32; 2]; 3] = [[600.0, 400.0], [900.0, 600.0], [1280.0, 800.0]];

/// Opens the window in every look and has `check` look at it.
fn in_every_look(request: &Request, variant: Variant, mut check: impl FnMut(&mut Window, &str)) {
    for size in SIZES {
        for (language, name) in Language::ALL {
            for appearance in [Appearance::Dark, Appearance::Light] {
                let preferences = Preferences {
                    language: Some(language),
                    appearance,
                    request: request.clone(),
                    ..Preferences::default()
                };
                let mut window = Opening {
                    models: vec![checkpoint_of(variant)],
                    preferences,
                    size,
                    ..Opening::default()
                }
                .open();
                check(&mut window, &format!("{name}, {appearance:?}, {size:?}"));
            }
        }
    }
}

fn with_prompt(prompt: &str) -> Request {
    Request {
        prompt: prompt.into(),
        ..Request::default()
    }
}

#[test]
fn empty() {
    for variant in [Variant::T2v, Variant::I2vA14b] {
        in_every_look(&Request::default(), variant, |window, look| {
            check(window, look);
        });
    }
}

#[test]
fn with_a_prompt_longer_than_the_window() {
    let long = "A boat in the rain, then 一只纸船, ".repeat(120);
    in_every_look(&with_prompt(&long), Variant::Ti2v, |window, look| {
        check(window, look);
        begin(window);
        check(window, look);
    });
}

#[test]
fn refused() {
    let request = Request {
        canvas: CanvasRequest {
            size: Some(Size::new(100, 100)),
            frames: Some(50),
            ..Default::default()
        },
        sampling: SamplingRequest {
            guidance: "0".parse().ok(),
            ..Default::default()
        },
        ..with_prompt("A boat")
    };
    in_every_look(&request, Variant::Ti2v, |window, look| {
        check(window, look);
        window.press(Modifiers::COMMAND, Key::Enter);
        assert!(window.command().is_none(), "{look}");
    });
}

#[test]
fn working_then_failed() {
    in_every_look(&with_prompt("A boat"), Variant::Ti2v, |window, look| {
        let id = begin(window);
        window.tell(Event::Progress {
            id,
            progress: Progress {
                stage: Stage::Denoise,
                done: 3,
                of: 50,
            },
            elapsed: Duration::from_mins(70),
        });
        check(window, look);
        window.tell(Event::Paused { id });
        check(window, look);
        window.tell(Event::Failed {
            id,
            problem: Problem::Other(
                "A sentence that says what happened, why, and what to do. ".repeat(6),
            ),
            kept: None,
        });
        check(window, look);
    });
}

#[test]
fn done() {
    in_every_look(&with_prompt("A boat"), Variant::Ti2v, |window, look| {
        window.press(Modifiers::COMMAND, Key::Enter);
        let (handle, plan) = window.next_job();
        window.finish(handle.id, &plan);
        window.until("the clip", |window| {
            let scrubber = window.harness.query_all_by_role(Role::Slider);
            scrubber.count() == 2
        });
        check(window, look);
        let models = (Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
        let sheets = [Key::L, Key::E, Key::Comma, Key::Slash].map(|key| (Modifiers::COMMAND, key));
        let shifted = Modifiers::COMMAND | Modifiers::SHIFT;
        let others = [Key::S, Key::Enter].map(|key| (shifted, key));
        for column in [(Modifiers::COMMAND, Key::I), (shifted, Key::J)] {
            window.press(column.0, column.1);
            check(window, look);
        }
        window.press(shifted, Key::J);
        for (modifiers, key) in sheets.into_iter().chain([models]).chain(others) {
            window.press(modifiers, key);
            named(window, look);
            window.press(Modifiers::NONE, Key::Escape);
        }
    });
}

/// Breaks when clips side by side, or what is said of them, find no room.
#[test]
fn side_by_side() {
    in_every_look(&with_prompt("A boat"), Variant::Ti2v, |window, look| {
        for _ in 0..2 {
            window.press(Modifiers::COMMAND, Key::Enter);
            let (handle, plan) = window.next_job();
            window.finish(handle.id, &plan);
            window.until("the clip", |window| {
                let scrubber = window.harness.query_all_by_role(Role::Slider);
                scrubber.count() == 2
            });
        }
        window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
        window.until("the clips", |window| {
            let sliders = window.harness.query_all_by_role(Role::Slider);
            sliders.count() == 2
        });
        check(window, look);
    });
}

/// Breaks when what is looked for lies over the title of the library and what closes it.
#[test]
fn the_library_has_its_search_below_its_title() {
    in_every_look(&Request::default(), Variant::Ti2v, |window, look| {
        window.press(Modifiers::COMMAND, Key::L);
        let search = window.harness.get_by_role(Role::TextInput).rect();
        let names = ["Close", "关闭"];
        let buttons = window.harness.query_all_by_role(Role::Button);
        let mut rects = buttons.filter_map(|button| {
            let name = button.accesskit_node().label()?;
            names.contains(&name.as_str()).then(|| button.rect())
        });
        let close = rects.next().unwrap();
        assert!(
            close.bottom() <= search.top(),
            "{look}: {search} lies over {close}"
        );
        assert!(search.height() < size::PRIMARY, "{look}: {search}");
    });
}

/// Has the job of the form begin, and tells its number.
fn begin(window: &mut Window) -> u64 {
    window.press(Modifiers::COMMAND, Key::Enter);
    let id = window.next_job().0.id;
    window.tell(Event::Started { id });
    id
}

/// What can be operated: its name and its place.
fn controls(window: &Window) -> Vec<(String, Rect)> {
    let found = OPERABLE.map(|role| {
        let nodes = window.harness.query_all_by_role(role);
        let control = nodes.map(|node| {
            let name = node.accesskit_node().label();
            (name.unwrap_or_default(), node.rect())
        });
        control.collect::<Vec<_>>()
    });
    found.into_iter().flatten().collect()
}

#[track_caller]
fn named(window: &Window, look: &str) {
    for (name, rect) in controls(window) {
        assert!(!name.is_empty(), "{look}: nothing names what is at {rect}");
    }
}

#[track_caller]
fn check(window: &Window, look: &str) {
    named(window, look);
    let screen = window.harness.ctx.content_rect();
    // The form scrolls, and so passes beneath Generate and the speed in it.
    let scrolls = |name: &str, rect: &Rect| {
        let [_, width, _] = size::COMPOSE;
        let is_speed = ["Speed: ", "速度："]
            .iter()
            .any(|speed| name.starts_with(speed));
        let is_fixed = is_speed || rect.height() == size::PRIMARY;
        rect.right() < width && rect.top() > size::TITLE_BAR && !is_fixed
    };
    let (form, fixed): (Vec<_>, Vec<_>) = controls(window)
        .into_iter()
        // A long text scrolls in its own box.
        .filter(|(_, rect)| rect.height() < screen.height())
        .partition(|(name, rect)| scrolls(name, rect));
    for (name, rect) in &fixed {
        assert!(
            screen.expand(0.5).contains_rect(*rect),
            "{look}: {name} at {rect} lies outside the window"
        );
    }
    for controls in [form, fixed] {
        for (place, (name, rect)) in controls.iter().enumerate() {
            for (other, other_rect) in &controls[..place] {
                let shared = rect.intersect(*other_rect);
                let within = shared == *rect || shared == *other_rect;
                assert!(
                    within || shared.width() < 1.0 || shared.height() < 1.0,
                    "{look}: {name} at {rect} lies over {other} at {other_rect}"
                );
            }
        }
    }
}
