//! The button that starts it all.

use egui::accesskit::Role;
use egui::{Align2, Color32, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Compose, fix, preset, speed};
use crate::job::plain_text::is_blank;
use crate::job::{Field, Request};
use crate::view::action::{Action, Sheet};
use crate::view::commands::{UiCommand, keys};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, palette, radius, size, space, text};
use crate::view::widget::{IconButton, explanation, focus_ring, menu, menu_item, warmth};

/// How many variations are offered at once.
const COUNTS: [u32; 4] = [2, 3, 5, 10];

/// Draws the button, beside it what starts several jobs, and above it what memory does to them.
pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let alive = form.refusal.is_none() && !is_blank(&form.request.prompt);
    if !form.savings.is_empty() {
        explanation(ui, &(words.to_fit)(form.savings));
    }
    speed::offer(ui, form);
    preset::show(ui, form, request);
    let mended = fix::show(ui, form, Field::Memory, request);
    let asked = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let width = ui.available_width() - size::CONTROL - space::XS;
        let (main, second) = ui.add_enabled_ui(alive, |ui| button(ui, form, width)).inner;
        let main = match why_not(ui, form) {
            Some(why) => {
                ui.ctx()
                    .accesskit_node_builder(main.id, |node| node.set_description(&*why));
                main.on_disabled_hover_text(why)
            }
            None => main,
        };
        let chosen = second_line(ui, form, second);
        let more = ui.add_enabled_ui(alive, |ui| {
            let button = IconButton::new(icons::STACK, words.variations);
            ui.add_sized(vec2(size::CONTROL, size::PRIMARY), button)
        });
        let picked = menu(&more.inner, 180.0, |ui| {
            let clicked = COUNTS.map(|count| {
                let name = (words.variations_of)(count);
                menu_item(ui, &name, "", false).clicked().then_some(count)
            });
            let count = clicked.into_iter().flatten().next();
            let name = (self::words(ui).command)(UiCommand::Batch);
            let many = menu_item(ui, name, "", false).clicked();
            many.then_some(Action::Open(Sheet::Batch))
                .or(count.map(|count| Action::Generate { count }))
        });
        let begun = main.clicked().then_some(Action::Generate { count: 1 });
        picked.flatten().or(chosen).or(begun)
    });
    asked.inner.or(mended)
}

/// Why nothing can be made as it stands.
fn why_not(ui: &Ui, form: &Compose) -> Option<String> {
    let words = words(ui);
    match form.refusal {
        Some(refusal) => Some((words.refusal)(refusal)),
        None => is_blank(&form.request.prompt).then(|| words.compose.no_prompt.to_owned()),
    }
}

/// Where the second line begins, and in which colour it is written.
type SecondLine = ([f32; 2], Color32);

/// The word for how soon it is wanted, which can be clicked also where the button cannot, and the estimate.
fn second_line(ui: &mut Ui, form: &Compose, (left, color): SecondLine) -> Option<Action> {
    let (right, chosen) = speed::word(ui, form, left, color);
    let estimate = (words(ui).estimate)(form.estimate);
    if !estimate.is_empty() {
        let font = theme::regular(text::CAPTION);
        let rest = format!(" · {estimate}");
        let place = pos2(right, left[1]);
        ui.painter()
            .text(place, Align2::LEFT_CENTER, rest, font, color);
    }
    chosen
}

fn button(ui: &mut Ui, form: &Compose, width: f32) -> (Response, SecondLine) {
    let words = words(ui);
    let name = (words.command)(UiCommand::Generate);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::PRIMARY), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let palette = palette(ui);
    let [ground, color] = if enabled {
        let warm = warmth(ui, &response);
        let ground = theme::mix(palette.accent, palette.accent_lifted, warm);
        [ground, palette.on_accent]
    } else {
        [palette.raised, palette.secondary]
    };
    ui.painter().rect_filled(rect, radius::CONTROL + 2, ground);
    let estimate = (words.estimate)(form.estimate);
    let second = faces(ui, rect, name, color);
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(estimate));
    focus_ring(ui, &response, rect, radius::CONTROL + 2);
    (response, (second, color))
}

/// The name and the keys at the end; where the second line begins below the name.
fn faces(ui: &Ui, rect: Rect, name: &str, color: Color32) -> [f32; 2] {
    let painter = ui.painter();
    let left = rect.left() + space::L;
    let middle = rect.center().y;
    let place = pos2(left, middle - 8.0);
    let font = theme::semibold(text::LARGE);
    painter.text(place, Align2::LEFT_CENTER, name, font, color);
    let place = pos2(rect.right() - space::L, middle);
    let font = theme::medium(text::BODY);
    let keys = keys(ui.ctx(), UiCommand::Generate);
    painter.text(place, Align2::RIGHT_CENTER, keys, font, color);
    [left, middle + 11.0]
}
