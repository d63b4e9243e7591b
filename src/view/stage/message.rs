//! Something that could not be done: what, why, and what to do.

use egui::{Align, Label, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, vec2};

use crate::job::plain_text::one_line;
use crate::view::Action;
use crate::view::theme::{self, palette, size, space, text};
use crate::view::widget::{Button, Kind};

/// A sentence or two, and buttons that lead on.
#[derive(Debug)]
pub struct Message<'a> {
    /// The icon above.
    pub icon: &'a str,
    /// Whether it is bad news.
    pub is_bad: bool,
    /// The video that it is about, if it is about one.
    pub about: &'a str,
    /// What happened.
    pub title: &'a str,
    /// Why, and what to do.
    pub body: &'a str,
    /// What leads on: the first is the one to take.
    pub ways: Vec<(&'a str, Action)>,
}

const WIDTH: f32 = 440.0;
const HEIGHT: f32 = 224.0;

pub fn show(ui: &mut Ui, message: &Message) -> Option<Action> {
    let room = ui.max_rect();
    let place = Rect::from_center_size(room.center(), vec2(WIDTH.min(room.width()), HEIGHT));
    let layout = Layout::top_down(Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
    let palette = palette(&ui);
    let color = if message.is_bad {
        palette.bad
    } else {
        palette.secondary
    };
    ui.label(
        RichText::new(message.icon)
            .font(theme::icon(28.0))
            .color(color),
    );
    ui.add_space(space::XS);
    if !message.about.is_empty() {
        let about = RichText::new(one_line(message.about)).font(theme::regular(text::BODY));
        ui.add(Label::new(about.color(palette.secondary)).truncate());
    }
    let title = RichText::new(one_line(message.title)).font(theme::semibold(text::TITLE));
    ui.add(Label::new(title.color(palette.text)).wrap());
    let ways = message.ways.len() as f32 * (size::CONTROL + space::S);
    let left = room.bottom() - ui.cursor().top() - ways - space::XL;
    let body = RichText::new(one_line(message.body)).font(theme::regular(text::BODY));
    // A long sentence scrolls, so that the ways on stay in sight.
    let scroll = ScrollArea::vertical().max_height(left.max(size::CONTROL));
    scroll.show(&mut ui, |ui| {
        let body = Label::new(body.color(palette.secondary));
        ui.add(body.wrap().selectable(true));
    });
    ui.add_space(space::S);
    let mut asked = None;
    for (place, (name, action)) in message.ways.iter().enumerate() {
        let kind = if place == 0 {
            Kind::Primary
        } else {
            Kind::Quiet
        };
        if ui.add(Button::new(name).kind(kind)).clicked() {
            asked = Some(action.clone());
        }
    }
    asked
}
