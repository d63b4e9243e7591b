//! The *reel*: what is being made, what waits, and everything made, newest first, in one strip.

use egui::accesskit::Role;
use egui::{
    Align, Align2, Frame, Layout, Margin, Panel, Rect, Response, ScrollArea, Sense, TextureHandle,
    Ui, WidgetInfo, pos2, vec2,
};

use super::action::{Action, JobAction, Part, Shown};
use super::icons;
use super::shortcuts::{Key, keys};
use super::strings::words;
use super::theme::{self, STAGE, UNTINTED, palette, radius, size, space, text};
use super::widget::{IconButton, caption, focus_ring, menu_item, warmth};
use crate::job::Size;

/// What the reel shows.
pub struct Reel<'a> {
    /// From left to right.
    pub cells: Vec<Cell<'a>>,
    /// Whether it is folded.
    pub folded: bool,
}

/// One cell of the strip.
pub struct Cell<'a> {
    /// What is shown on the stage when it is clicked.
    pub shown: Shown,
    /// What it is called.
    pub name: &'a str,
    /// Its picture, once there is one.
    pub picture: Option<&'a TextureHandle>,
    /// The size of the video.
    pub size: Size,
    /// What it is about.
    pub kind: Kind,
    /// Whether it is what the stage shows.
    pub chosen: bool,
}

/// What a cell is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A job at work, by the share that is done.
    Working(f32),
    /// A job that waits for its turn.
    Waiting,
    /// A job that was interrupted, by its finished steps and all.
    Interrupted(usize, usize),
    /// A job that could not be done.
    Failed,
    /// A finished video, and whether its owner likes it.
    Made {
        /// Whether its owner likes it.
        favourite: bool,
    },
}

/// Draws the strip at the bottom.
pub fn show(ui: &mut Ui, reel: &Reel) -> Option<Action> {
    let height = if reel.folded {
        size::REEL_FOLDED
    } else {
        size::REEL
    };
    let frame = Frame::new()
        .fill(palette(ui).panel)
        .inner_margin(Margin::symmetric(space::M as i8, 0));
    Panel::bottom("reel")
        .exact_size(height)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            let folded = fold(ui, reel);
            let asked = if reel.folded { None } else { strip(ui, reel) };
            folded.or(asked)
        })
        .inner
}

/// The line above the strip: how much there is, and the button that folds it.
fn fold(ui: &mut Ui, reel: &Reel) -> Option<Action> {
    let words = &words(ui).reel;
    let line = vec2(ui.available_width(), size::REEL_FOLDED);
    let layout = Layout::right_to_left(Align::Center);
    ui.allocate_ui_with_layout(line, layout, |ui| {
        let (icon, name) = if reel.folded {
            (icons::CARET_UP, words.unfold)
        } else {
            (icons::CARET_DOWN, words.fold)
        };
        let keys = keys(ui.ctx(), Key::Reel);
        let button = IconButton::new(icon, name).keys(&keys).small();
        let asked = ui.add(button).clicked();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let waiting = |cell: &&Cell| matches!(cell.kind, Kind::Working(_) | Kind::Waiting);
            let made = |cell: &&Cell| matches!(cell.kind, Kind::Made { .. });
            let count = |which: &dyn Fn(&&Cell) -> bool| reel.cells.iter().filter(which).count();
            caption(ui, &(words.counts)(count(&waiting), count(&made)));
        });
        asked.then_some(Action::Fold(Part::Reel))
    })
    .inner
}

fn strip(ui: &mut Ui, reel: &Reel) -> Option<Action> {
    ScrollArea::horizontal()
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let asked = reel.cells.iter().map(|cell| one(ui, cell));
                asked.collect::<Vec<_>>().into_iter().flatten().next()
            })
            .inner
        })
        .inner
}

fn one(ui: &mut Ui, cell: &Cell) -> Option<Action> {
    let height = ui.available_height() - space::M;
    let aspect = (cell.size.aspect() as f32).clamp(0.5, 2.0);
    let wanted = vec2(height * aspect, height);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, cell.chosen, cell.name));
    if ui.is_rect_visible(rect) {
        draw(ui, &response, rect, cell);
    }
    let mut chosen = None;
    response.context_menu(|ui| chosen = choices(ui, cell));
    let clicked = response.clicked().then(|| Action::Show(cell.shown.clone()));
    response.on_hover_text(cell.name);
    chosen.or(clicked)
}

fn draw(ui: &Ui, response: &Response, rect: Rect, cell: &Cell) {
    let palette = palette(ui);
    let painter = ui.painter();
    painter.rect_filled(rect, radius::CONTROL, STAGE);
    if let Some(texture) = cell.picture {
        let tint = match cell.kind {
            Kind::Made { .. } | Kind::Working(_) => UNTINTED,
            _ => theme::fade(UNTINTED, 0.5),
        };
        egui::Image::from_texture(texture)
            .corner_radius(radius::CONTROL)
            .tint(tint)
            .paint_at(ui, cover(ui, rect));
    }
    let middle = rect.center();
    let mark = |icon: &str, color| {
        let font = theme::icon(size::ICON + 2.0);
        painter.text(middle, Align2::CENTER_CENTER, icon, font, color);
    };
    match cell.kind {
        Kind::Working(share) => {
            let line = rect.shrink2(vec2(space::S, 0.0));
            let y = rect.bottom() - space::S;
            let ground = egui::Stroke::new(3.0, theme::black(0.6));
            painter.hline(line.x_range(), y, ground);
            let end = line.left() + share.clamp(0.0, 1.0) * line.width();
            let done = egui::Stroke::new(3.0, palette.accent);
            painter.hline(line.left()..=end, y, done);
        }
        Kind::Waiting => mark(icons::CLOCK, theme::DARK.secondary),
        Kind::Interrupted(..) => mark(icons::PLAY_FILL, theme::DARK.accent),
        Kind::Failed => mark(icons::WARNING, theme::DARK.bad),
        Kind::Made { favourite: true } => {
            let corner = rect.right_top() + vec2(-space::S, space::S);
            let font = theme::icon(size::ICON - 4.0);
            let color = theme::DARK.accent;
            painter.text(corner, Align2::RIGHT_TOP, icons::HEART_FILL, font, color);
        }
        Kind::Made { favourite: false } => {}
    }
    if let Kind::Interrupted(done, of) = cell.kind {
        let words = (words(ui).reel.paused_at)(done, of);
        let font = theme::regular(text::CAPTION);
        let place = pos2(middle.x, rect.bottom() - space::S);
        let color = theme::DARK.text;
        painter.text(place, Align2::CENTER_BOTTOM, words, font, color);
    }
    if cell.chosen {
        let stroke = egui::Stroke::new(2.0, palette.accent);
        painter.rect_stroke(rect, radius::CONTROL, stroke, egui::StrokeKind::Inside);
    } else if warmth(ui, response) > 0.0 {
        let color = theme::fade(palette.text, 0.5 * warmth(ui, response));
        let stroke = egui::Stroke::new(1.0, color);
        painter.rect_stroke(rect, radius::CONTROL, stroke, egui::StrokeKind::Inside);
    }
    focus_ring(ui, response, rect, radius::CONTROL);
}

/// Pictures fill their cell.
fn cover(_: &Ui, rect: Rect) -> Rect {
    rect
}

/// What else can be done with a cell.
fn choices(ui: &mut Ui, cell: &Cell) -> Option<Action> {
    let words = &words(ui).reel;
    let mut asked = None;
    let Shown::Job(id) = cell.shown else {
        return None;
    };
    let mut line = |ui: &mut Ui, name, action| {
        if menu_item(ui, name, "", false).clicked() {
            asked = Some(Action::Job(id, action));
            ui.close();
        }
    };
    match cell.kind {
        Kind::Waiting => {
            line(ui, words.earlier, JobAction::Earlier);
            line(ui, words.later, JobAction::Later);
        }
        Kind::Interrupted(..) => line(ui, words.resume, JobAction::Continue),
        Kind::Working(_) | Kind::Failed | Kind::Made { .. } => {}
    }
    line(ui, words.cancel, JobAction::Cancel);
    asked
}
