//! The invitation: one sentence and three prompts to begin with.

use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, Sense, Ui, UiBuilder, Vec2, WidgetInfo, vec2};

use super::drum;
use crate::view::action::{Action, Sheet};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, palette, radius, size, space, text};
use crate::view::widget::{Button, Kind, focus_ring, warmth};

/// What the invitation offers.
#[derive(Debug)]
pub struct Welcome<'a> {
    /// Prompts that the model does well.
    pub examples: &'a [String],
    /// Whether the model is the one that comes with the program.
    pub is_built_in: bool,
    /// How many videos were begun and wait to be resumed.
    pub unfinished: usize,
    /// Whether a video is being made: then nothing turns for ornament.
    pub is_computing: bool,
}

const WIDTH: f32 = 420.0;
const DRUM: f32 = 220.0;
const SMALLEST: f32 = 90.0;
/// The height of what is said, without the examples.
const WORDS: f32 = 136.0;
/// What is said in a narrow room takes a line more.
const LINE: f32 = 20.0;
/// The height of an example, and the space below it.
const ROW: f32 = size::CONTROL + space::M + space::S;
const SHOWN: usize = 3;

pub fn show(ui: &mut Ui, welcome: &Welcome) -> Option<Action> {
    let words = &words(ui).stage;
    let room = ui.max_rect();
    let wrapped = if room.width() < WIDTH { LINE } else { 0.0 };
    let unfinished = if welcome.unfinished > 0 { ROW } else { 0.0 };
    let said = WORDS + wrapped + unfinished;
    let fitting = ((room.height() - said) / ROW).max(0.0) as usize;
    let examples = &welcome.examples[..welcome.examples.len().min(SHOWN).min(fitting)];
    let words_and_rows = said + examples.len() as f32 * ROW;
    let drum = (room.height() - words_and_rows).clamp(0.0, DRUM);
    // A smaller one is a toy that nobody makes out.
    let drum = if drum < SMALLEST { 0.0 } else { drum };
    let height = (drum + words_and_rows).min(room.height());
    let width = WIDTH.min(room.width() - 2.0 * space::L);
    let column = Rect::from_center_size(room.center(), vec2(width, height));
    let layout = Layout::top_down(Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(column).layout(layout));
    if drum > 0.0 {
        drum::show(&mut ui, vec2(column.width(), drum), !welcome.is_computing);
        ui.add_space(space::L);
    }
    let line = |ui: &mut Ui, words: &str, font, color| {
        let words = egui::RichText::new(words).font(font).color(color);
        ui.add(egui::Label::new(words).wrap())
    };
    let palette = palette(&ui);
    line(
        &mut ui,
        words.invitation,
        theme::semibold(text::TITLE),
        palette.text,
    );
    line(
        &mut ui,
        if welcome.examples.is_empty() {
            words.try_yourself
        } else {
            words.try_one
        },
        theme::regular(text::BODY),
        palette.secondary,
    );
    ui.add_space(space::S);
    let mut asked = None;
    if welcome.unfinished > 0 && resume(&mut ui, welcome.unfinished) {
        asked = Some(Action::ResumeAll);
    }
    for prompt in examples {
        if example(&mut ui, prompt) {
            asked = Some(Action::UseExample(prompt.clone()));
        }
    }
    if welcome.is_built_in {
        ui.add_space(space::S);
        let more = Button::new(words.real_models).kind(Kind::Quiet);
        if ui.add(more).clicked() {
            asked = Some(Action::Open(Sheet::Models));
        }
    }
    asked
}

/// What an earlier start has left, on a card of its own; whether it is to be resumed.
fn resume(ui: &mut Ui, unfinished: usize) -> bool {
    let words = &words(ui).stage;
    let wanted = vec2(ui.available_width(), size::CONTROL + space::M);
    let (rect, _) = ui.allocate_exact_size(wanted, Sense::hover());
    let palette = palette(ui);
    ui.painter().rect_filled(rect, radius::CARD, palette.raised);
    let inner = rect.shrink2(vec2(space::L, 0.0));
    let layout = Layout::right_to_left(Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(layout));
    let clicked = ui
        .add(Button::new(words.resume_all).kind(Kind::Primary))
        .clicked();
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let told = egui::RichText::new((words.unfinished)(unfinished));
        ui.label(told.font(theme::medium(text::BODY)).color(palette.text));
    });
    clicked
}

/// A prompt that goes into the box with one click.
fn example(ui: &mut Ui, prompt: &str) -> bool {
    let wanted = vec2(ui.available_width(), size::CONTROL + space::M);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, prompt));
    let palette = palette(ui);
    let warm = warmth(ui, &response);
    let painter = ui.painter();
    let fill = theme::mix(palette.panel, palette.raised, warm);
    painter.rect_filled(rect, radius::CARD, fill);
    let font = theme::regular(text::BODY);
    let mut job = egui::text::LayoutJob::simple_singleline(prompt.to_owned(), font, palette.text);
    let room = rect.width() - 2.0 * space::L - size::ICON;
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let galley = painter.layout_job(job);
    let place = rect.left_center() + vec2(space::L, -galley.size().y / 2.0);
    painter.galley(place, galley, palette.text);
    let color = theme::mix(palette.faint, palette.accent_text, warm);
    painter.text(
        rect.right_center() - Vec2::new(space::L, 0.0),
        Align2::RIGHT_CENTER,
        icons::ARROW_RIGHT,
        theme::icon(size::ICON - 2.0),
        color,
    );
    focus_ring(ui, &response, rect, radius::CARD);
    response.clicked()
}
