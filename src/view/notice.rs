//! A *notice* is a sentence that lies over the lower part of the stage.

use egui::{Align2, Area, Context, Frame, Id, Margin, Order, Rect, RichText, Stroke, vec2};

use super::action::Action;
use super::commands::UiCommand;
use super::icons;
use super::strings::words;
use super::theme::{self, palette, radius, size, space, text};
use super::widget::{Button, IconButton, Kind, icon};
use crate::job::plain_text::one_line;

const WIDTH: f32 = 420.0;
/// The room that the button for taking back needs.
const UNDO: f32 = 72.0;

/// As high as what stands at the foot of the stage: the controls of the player, and the buttons of a job.
const FOOT: f32 = 104.0;

/// What a notice says.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// The sentence.
    pub sentence: &'a str,
    /// Whether it is bad news.
    pub is_bad: bool,
    /// Whether there is something to take back.
    pub can_undo: bool,
    /// What would mend it, by its name.
    pub way: Option<&'a (&'static str, Action)>,
}

/// Draws it over the stage, in its middle and above what stands at its foot.
pub fn show(ctx: &Context, stage: Rect, notice: Notice) -> Option<Action> {
    let Notice {
        sentence,
        is_bad,
        can_undo,
        way,
    } = notice;
    let place = stage.center_bottom() - vec2(0.0, FOOT);
    let area = Area::new(Id::unique("notice"))
        // Over sheets, too.
        .order(Order::Tooltip)
        .pivot(Align2::CENTER_BOTTOM)
        .constrain(true)
        .fixed_pos(place);
    let shown = area.show(ctx, |ui| {
        let palette = palette(ui);
        let frame = Frame::new()
            .fill(palette.raised)
            .stroke(Stroke::new(1.0, palette.hairline))
            .shadow(ui.visuals().popup_shadow)
            .corner_radius(radius::CARD)
            .inner_margin(Margin::symmetric(space::M as i8, space::S as i8));
        let shown = frame.show(ui, |ui| {
            ui.set_max_width(WIDTH);
            ui.horizontal(|ui| {
                let (glyph, color) = if is_bad {
                    (icons::WARNING, palette.bad)
                } else {
                    (icons::CHECK, palette.good)
                };
                icon(ui, glyph, color);
                let sentence = RichText::new(one_line(sentence)).font(theme::regular(text::BODY));
                let has_button = can_undo || way.is_some();
                let undo = if has_button { UNDO } else { 0.0 };
                let room = WIDTH - 2.0 * size::CONTROL - space::XL - undo;
                ui.scope(|ui| {
                    ui.set_max_width(room);
                    ui.add(egui::Label::new(sentence.color(palette.text)).wrap());
                });
                let taken_back = can_undo && {
                    let button = Button::new(words(ui).notices.undo).kind(Kind::Quiet);
                    ui.add(button).clicked()
                };
                let mended = way.and_then(|(name, action)| {
                    let button = Button::new(name).kind(Kind::Quiet);
                    ui.add(button).clicked().then(|| action.clone())
                });
                let close = (words(ui).command)(UiCommand::Close);
                let close = IconButton::new(icons::X, close).small();
                let closed = ui.add(close).clicked();
                let undo = taken_back.then_some(Action::Undo);
                undo.or(mended).or(closed.then_some(Action::Dismiss))
            })
            .inner
        });
        shown.inner
    });
    shown.inner
}
