//! How soon the video is wanted: a word on the button's second line, which opens the three ways.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Color32, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{Compose, SpeedChoice};
use crate::job::{Speed, speed::LONG};
use crate::view::action::Action;
use crate::view::strings::words;
use crate::view::theme::{self, radius, text};
use crate::view::widget::{explanation, focus_ring, menu, menu_item};

/// The width of the three ways: a line each tells what they do.
const WAYS: f32 = 280.0;

/// Tells what the other ways would take, where the exact one takes long.
pub fn offer(ui: &mut Ui, form: &Compose) {
    let time = |speed: Speed| {
        let choice = form.speeds.iter().find(|choice| choice.speed == speed)?;
        choice.time
    };
    let Some(exact) = time(Speed::Exact).filter(|exact| *exact > LONG) else {
        return;
    };
    if form.speed != Speed::Exact || form.refusal.is_some() {
        return;
    }
    let others = form.speeds.iter().filter(|choice| !choice.ways.is_empty());
    let others = others.filter_map(|choice| Some((choice.speed, choice.time?)));
    let others: Vec<(Speed, Duration)> = others.filter(|(_, time)| *time < exact).collect();
    if !others.is_empty() {
        explanation(ui, &(words(ui).compose.sooner)(exact, &others));
    }
}

/// Draws the word with its left end at `left`, and tells where it ends and what was chosen.
pub fn word(ui: &mut Ui, form: &Compose, left: [f32; 2], color: Color32) -> (f32, Option<Action>) {
    let words = &words(ui).compose;
    let name = (words.speed)(form.speed);
    let font = theme::medium(text::CAPTION);
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, color);
    let [x, y] = left;
    let rect = Rect::from_min_size(pos2(x, y - galley.size().y / 2.0), galley.size());
    // A word is small for a finger.
    let reach = rect.expand2(vec2(4.0, 5.0));
    let response = ui.interact(reach, ui.scope_id().with("speed"), Sense::click());
    let label = (words.speed_is)(form.speed);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let painter = ui.painter();
    painter.galley(rect.min, galley, color);
    let strength = if response.hovered() { 1.0 } else { 0.5 };
    let stroke = Stroke::new(1.0, theme::fade(color, strength));
    painter.hline(rect.x_range(), rect.bottom(), stroke);
    focus_ring(ui, &response, reach, radius::CONTROL);
    (rect.right(), ways(form, &response))
}

fn ways(form: &Compose, word: &Response) -> Option<Action> {
    let choices = menu(word, WAYS, |ui| {
        let words = &words(ui).compose;
        let clicked = form.speeds.iter().map(|choice| {
            let SpeedChoice { speed, ways, time } = choice;
            let what = match speed {
                Speed::Exact => words.exact_why.to_owned(),
                _ => (words.ways)(ways),
            };
            let detail = (words.way)(&what, *time);
            let item = menu_item(ui, (words.speed)(*speed), &detail, *speed == form.speed);
            item.clicked().then_some(Action::ChooseSpeed(*speed))
        });
        let clicked: Vec<_> = clicked.collect();
        clicked.into_iter().flatten().next()
    });
    choices.flatten()
}
