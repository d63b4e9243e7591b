//! A *cell* is one video among others: what is being made, what waits, or what was made.

use egui::accesskit::Role;
use egui::{
    Align2, Key, Rect, Response, Sense, Stroke, StrokeKind, TextureHandle, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::action::{Action, JobAction, RecordAction, Shown};
use super::commands::UiCommand;
use super::icons;
use super::strings::words;
use super::theme::{self, STAGE, UNTINTED, palette, radius, size, space, text};
use super::widget::{caption, explanation, fitted, focus_ring, follow_focus, menu_item, warmth};
use crate::job::{Clock, Record, Size};

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
    /// Whether it is selected, and how many are.
    pub selected: Option<usize>,
    /// The stack of variations that it belongs to, if it does.
    pub stack: Option<Stack>,
    /// What is known of it, and what time it is; nothing of what is not finished.
    pub record: Option<(&'a Record, Clock)>,
}

/// Variations that lie as one, or are fanned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Which stack it is.
    pub key: u64,
    /// How many there are.
    pub count: usize,
    /// Whether they are fanned out.
    pub is_open: bool,
    /// Whether this is the first of them.
    pub is_first: bool,
    /// Whether a click fans them out, rather than showing the first.
    pub fans: bool,
}

impl Cell<'_> {
    /// Whether it stands for others, too.
    fn is_stack(&self) -> bool {
        self.stack.is_some_and(|stack| !stack.is_open)
    }
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
    follow_choice(ui, cell, rect);
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
    if let Some(stack) = cell.stack.filter(|stack| stack.is_first) {
        let told = (words(ui).reel.variations)(stack.count);
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_description(&*told));
    }
    if let Some(action) = clicked(ui, &response, cell) {
        outcome.asked = Some(action);
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

/// What a click asks for, with keys held or without, and Space where the keyboard is.
fn clicked(ui: &Ui, response: &Response, cell: &Cell) -> Option<Action> {
    let record = match &cell.shown {
        Shown::Record(id) => Some(id),
        _ => None,
    };
    let is_free = !ui.ctx().egui_wants_keyboard_input();
    let is_here = response.has_focus() || response.hovered() && is_free;
    let looks = is_here && ui.input(|input| input.key_pressed(Key::Space));
    if let Some(id) = record.filter(|_| looks) {
        return Some(Action::QuickLook(Some(id.clone())));
    }
    if !response.clicked() {
        return None;
    }
    let modifiers = ui.input(|input| input.modifiers);
    match record {
        Some(_) if cell.is_stack() && cell.stack.is_some_and(|stack| stack.fans) => {
            cell.stack.map(|stack| Action::Fan(stack.key))
        }
        Some(id) if modifiers.command || modifiers.shift => Some(Action::Select {
            id: id.clone(),
            range: modifiers.shift,
        }),
        _ => Some(Action::Show(cell.shown.clone())),
    }
}

/// Brings what is shown on the stage into sight, once.
fn follow_choice(ui: &Ui, cell: &Cell, rect: Rect) {
    let id = ui.scope_id().with("chosen");
    if !cell.chosen {
        return;
    }
    let before: Option<Shown> = ui.data(|data| data.get_temp(id));
    if before.as_ref() != Some(&cell.shown) {
        ui.data_mut(|data| data.insert_temp(id, cell.shown.clone()));
        ui.scroll_to_rect(rect.expand(space::L), None);
    }
}

/// The whole name, and what is only hinted at on the picture.
fn hint(ui: &mut Ui, cell: &Cell) {
    ui.set_max_width(size::HINT);
    ui.label(shortened(cell.name));
    if let Kind::Interrupted(done, of) = cell.kind {
        caption(ui, &(words(ui).reel.paused_at)(done, of));
    }
    if let Some(stack) = cell.stack.filter(|_| cell.is_stack()) {
        caption(ui, &(words(ui).reel.variations)(stack.count));
    }
    if let Some((record, clock)) = cell.record {
        let facts = (words(ui).facts)(record, clock);
        let facts = facts.iter().map(|(name, value)| format!("{name} {value}"));
        // The file's name is the prompt again.
        let told: Vec<String> = facts.collect();
        let told = told
            .split_last()
            .map_or(String::new(), |(_, told)| told.join(" · "));
        explanation(ui, &told);
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
        let place = fitted(ui, rect, cell.size);
        // A picture with bars beside it has no corners of its own.
        let fills = place.width() > rect.width() - 2.0 && place.height() > rect.height() - 2.0;
        let corners = if fills { radius::CONTROL } else { 0 };
        egui::Image::from_texture(texture)
            .corner_radius(corners)
            .tint(tint)
            .paint_at(ui, place);
    }
    mark(ui, rect, cell);
    stacked(ui, rect, cell);
    if cell.selected.is_some() {
        let stroke = Stroke::new(3.0, palette.text);
        painter.rect_stroke(rect, radius::CONTROL, stroke, StrokeKind::Inside);
        let corner = rect.left_bottom() + vec2(space::M, -space::M);
        painter.circle_filled(corner, 8.0, theme::DARK.text);
        let font = theme::icon(size::ICON - 5.0);
        let check = (icons::CHECK, theme::STAGE);
        painter.text(corner, Align2::CENTER_CENTER, check.0, font, check.1);
    } else if cell.chosen {
        let stroke = Stroke::new(2.0, palette.accent);
        painter.rect_stroke(rect, radius::CONTROL, stroke, StrokeKind::Inside);
    } else if warmth(ui, response) > 0.0 {
        let color = theme::fade(palette.text, 0.5 * warmth(ui, response));
        let stroke = Stroke::new(1.0, color);
        painter.rect_stroke(rect, radius::CONTROL, stroke, StrokeKind::Inside);
    }
    focus_ring(ui, response, rect, radius::CONTROL);
}

/// That there are more beneath, or beside.
fn stacked(ui: &Ui, rect: Rect, cell: &Cell) {
    let Some(stack) = cell.stack else { return };
    let painter = ui.painter();
    if stack.is_open {
        let line = rect.x_range();
        let stroke = Stroke::new(2.0, theme::fade(theme::DARK.accent, 0.7));
        painter.hline(line, rect.bottom() + 2.0, stroke);
    }
    if !stack.is_first {
        return;
    }
    let font = theme::medium(text::CAPTION);
    let count = stack.count.to_string();
    let galley = painter.layout_no_wrap(count, font, theme::DARK.text);
    let room = galley.size() + vec2(size::ICON + space::S, 4.0);
    let corner = rect.min + vec2(space::XS, space::XS);
    let ground = Rect::from_min_size(corner, room);
    painter.rect_filled(ground, radius::CONTROL, theme::SHADE);
    let icon = pos2(ground.left() + space::XS, ground.center().y);
    let font = theme::icon(size::ICON - 4.0);
    painter.text(
        icon,
        Align2::LEFT_CENTER,
        icons::STACK,
        font,
        theme::DARK.text,
    );
    let place = pos2(
        ground.right() - space::XS - galley.size().x,
        ground.center().y - galley.size().y / 2.0,
    );
    painter.galley(place, galley, theme::DARK.text);
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
        Shown::Record(_) if cell.selected.is_some_and(|count| count > 1) => {
            let count = cell.selected.unwrap_or_default();
            let trash = (words.reel.trash_all)(count);
            let compare = menu_item(ui, words.reel.compare, "", false).clicked();
            let trashed = menu_item(ui, &trash, "", false).clicked();
            return compare
                .then_some(Action::CompareChosen)
                .or(trashed.then_some(Action::TrashSelected));
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
            let stack = cell.stack.map(|stack| {
                let compare = Action::CompareStack(id.clone());
                let fan = Action::Fan(stack.key);
                let name = (words.reel.fan)(stack.is_open);
                [(words.reel.compare_stack, compare), (name, fan)]
            });
            let own = real.into_iter().chain(own).map(record);
            let stack = stack.into_iter().flatten();
            stack.chain(own).collect()
        }
        Shown::Welcome | Shown::Compare => Vec::new(),
    };
    let clicked = lines
        .into_iter()
        .filter_map(|(name, action)| menu_item(ui, name, "", false).clicked().then_some(action));
    clicked.collect::<Vec<_>>().pop()
}
