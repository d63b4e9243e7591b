//! A *cell* is one video among others: what is being made, what waits, or what was made.

use egui::accesskit::Role;
use egui::{
    Align2, Rect, Response, Sense, Stroke, StrokeKind, TextureHandle, Ui, Vec2, WidgetInfo, pos2,
    vec2,
};

use super::action::{Action, JobAction, RecordAction, Shown};
use super::commands::UiCommand;
use super::icons;
use super::strings::words;
use super::theme::{self, STAGE, UNTINTED, palette, radius, size, space, text};
use super::widget::{caption, fitted, focus_ring, follow_focus, menu_item, warmth};
use crate::job::Size;

/// The width of the menu that belongs to a cell.
const MENU: f32 = 200.0;

/// One video among others.
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
    /// A job that waited at an earlier start.
    Held,
    /// A job that could not be done.
    Failed,
    /// A finished video, and whether its owner likes it.
    Made {
        /// Whether its owner likes it.
        favourite: bool,
        /// Whether a tiny VAE has decoded it.
        draft: bool,
    },
}

/// What came of drawing cells.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was asked for.
    pub asked: Option<Action>,
    /// The record under the pointer.
    pub hovered: Option<String>,
    /// Records that are in sight and have no picture yet.
    pub bare: Vec<String>,
}

/// Draws a cell of this size.
pub fn show(ui: &mut Ui, cell: &Cell, size: Vec2, outcome: &mut Outcome) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, cell.chosen, cell.name));
    follow_focus(ui, &response);
    if !ui.is_rect_visible(rect) {
        return;
    }
    draw(ui, &response, rect, cell);
    if let Shown::Record(id) = &cell.shown {
        if response.hovered() {
            outcome.hovered = Some(id.clone());
        }
        if cell.picture.is_none() {
            outcome.bare.push(id.clone());
        }
    }
    if response.clicked() {
        outcome.asked = Some(Action::Show(cell.shown.clone()));
    }
    response.context_menu(|ui| {
        ui.set_width(MENU);
        ui.spacing_mut().item_spacing.y = 2.0;
        if let Some(action) = choices(ui, cell) {
            outcome.asked = Some(action);
            ui.close();
        }
    });
    response.on_hover_ui(|ui| hint(ui, cell));
}

/// The whole name, and what is only hinted at on the picture.
fn hint(ui: &mut Ui, cell: &Cell) {
    ui.set_max_width(size::HINT);
    ui.label(shortened(cell.name));
    if let Kind::Interrupted(done, of) = cell.kind {
        caption(ui, &(words(ui).reel.paused_at)(done, of));
    }
}

/// A long prompt would fill the window.
fn shortened(name: &str) -> String {
    const MOST: usize = 240;
    match name.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.to_owned(),
    }
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
            .paint_at(ui, fitted(ui, rect, cell.size));
    }
    mark(ui, rect, cell);
    if cell.chosen {
        let stroke = Stroke::new(2.0, palette.accent);
        painter.rect_stroke(rect, radius::CONTROL, stroke, StrokeKind::Inside);
    } else if warmth(ui, response) > 0.0 {
        let color = theme::fade(palette.text, 0.5 * warmth(ui, response));
        let stroke = Stroke::new(1.0, color);
        painter.rect_stroke(rect, radius::CONTROL, stroke, StrokeKind::Inside);
    }
    focus_ring(ui, response, rect, radius::CONTROL);
}

/// What lies on the picture. It is dark there by day, too.
fn mark(ui: &Ui, rect: Rect, cell: &Cell) {
    let painter = ui.painter();
    let middle = |icon: &str, color| {
        let font = theme::icon(size::ICON + 2.0);
        painter.text(rect.center(), Align2::CENTER_CENTER, icon, font, color);
    };
    match cell.kind {
        Kind::Working(share) => {
            let line = rect.shrink2(vec2(space::S, 0.0));
            let y = rect.bottom() - space::S;
            painter.hline(line.x_range(), y, Stroke::new(3.0, theme::black(0.6)));
            let end = line.left() + share.clamp(0.0, 1.0) * line.width();
            let done = Stroke::new(3.0, theme::DARK.accent);
            painter.hline(line.left()..=end, y, done);
        }
        Kind::Waiting | Kind::Held => middle(icons::CLOCK, theme::DARK.secondary),
        Kind::Interrupted(done, of) => {
            middle(icons::PLAY_FILL, theme::DARK.accent);
            let words = format!("{done}/{of}");
            let place = pos2(rect.center().x, rect.bottom() - space::S);
            let font = theme::regular(text::CAPTION);
            let color = theme::DARK.text;
            painter.text(place, Align2::CENTER_BOTTOM, words, font, color);
        }
        Kind::Failed => middle(icons::WARNING, theme::DARK.bad),
        Kind::Made {
            favourite: true, ..
        } => {
            let corner = rect.right_top() + vec2(-space::S, space::S);
            let font = theme::icon(size::ICON - 4.0);
            let color = theme::DARK.accent;
            painter.text(corner, Align2::RIGHT_TOP, icons::HEART_FILL, font, color);
        }
        Kind::Made { .. } if cell.picture.is_none() => {
            middle(icons::FILM_STRIP, theme::DARK.faint);
        }
        Kind::Made { .. } => {}
    }
}

/// What else can be done with a cell.
fn choices(ui: &mut Ui, cell: &Cell) -> Option<Action> {
    let words = words(ui);
    let lines: Vec<(&str, Action)> = match &cell.shown {
        Shown::Job(id) => {
            let job = |(name, action)| (name, Action::Job(*id, action));
            let (reel, stage) = (&words.reel, &words.stage);
            let own: &[_] = match cell.kind {
                Kind::Waiting => &[
                    (reel.earlier, JobAction::Earlier),
                    (reel.later, JobAction::Later),
                    (reel.remove, JobAction::Cancel),
                ],
                Kind::Interrupted(..) | Kind::Held => &[
                    (stage.resume, JobAction::Continue),
                    (stage.discard, JobAction::Discard),
                ],
                Kind::Failed => &[(stage.discard, JobAction::Discard)],
                Kind::Working(_) | Kind::Made { .. } => &[(reel.cancel, JobAction::Cancel)],
            };
            own.iter().copied().map(job).collect()
        }
        Shown::Record(id) => {
            let record = |(name, action)| (name, Action::Record(id.clone(), action));
            let (name, player) = (words.command, &words.player);
            let like = match cell.kind {
                Kind::Made {
                    favourite: true, ..
                } => player.dislike,
                _ => player.like,
            };
            let is_draft = matches!(cell.kind, Kind::Made { draft: true, .. });
            let real = is_draft.then_some((player.make_real, RecordAction::MakeReal));
            let own = [
                (like, RecordAction::Favourite),
                (player.restore, RecordAction::Restore),
                (name(UiCommand::Reveal), RecordAction::Reveal),
                (name(UiCommand::Trash), RecordAction::Trash),
            ];
            real.into_iter().chain(own).map(record).collect()
        }
        Shown::Welcome => Vec::new(),
    };
    let clicked = lines
        .into_iter()
        .filter_map(|(name, action)| menu_item(ui, name, "", false).clicked().then_some(action));
    clicked.collect::<Vec<_>>().pop()
}
