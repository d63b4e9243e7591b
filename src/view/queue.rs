//! The *queue* as a list: what is being made, what waits and what is not finished, with the time of each and of all. Lines can
//! be dragged by their grips, or moved with the arrow keys.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{
    Align2, CursorIcon, EventFilter, Frame, Key, Label, Margin, Panel, Rect, RichText, ScrollArea,
    Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};

use super::action::{Action, JobAction, Part, Shown, WhenAction};
use super::commands::UiCommand;
use super::icons;
use super::strings::words;
use super::theme::{self, palette, radius, size, space, text};
use super::widget::{
    Button, IconButton, Kind, caption, explanation, focus_ring, label, row, switch, trailing,
};
use crate::job::plain_text::one_line;

/// What the list shows.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that people see"
)]
pub struct Queue<'a> {
    /// The jobs, the one at work first.
    pub lines: Vec<Line<'a>>,
    /// How long all of it takes, where that is known of every line.
    pub time: Option<Duration>,
    /// Whether everything was told to wait.
    pub paused: bool,
    /// Why nothing goes on, if it is not for that.
    pub waits_for: Option<WhenAction>,
    /// Whether there is something to resume.
    pub has_unfinished: bool,
    /// Whether work goes on only while the machine is plugged in, ...
    pub on_power: bool,
    /// ... and only while nobody is at it.
    pub when_idle: bool,
}

/// A job.
#[derive(Debug)]
pub struct Line<'a> {
    /// Its handle.
    pub id: u64,
    /// What it is called.
    pub name: &'a str,
    /// How it stands, in words.
    pub state: String,
    /// How long it takes.
    pub time: Option<Duration>,
    /// Its place among those that wait, if it does.
    pub place: Option<usize>,
    /// Whether the stage shows it.
    pub chosen: bool,
}

/// The height of a line.
const LINE: f32 = 44.0;

/// Draws the column, so wide, at the right of what room there is.
pub fn show(ui: &mut Ui, queue: &Queue, width: f32) -> Option<Action> {
    let frame = Frame::new()
        .fill(palette(ui).panel)
        .inner_margin(Margin::same(space::L as i8));
    Panel::right("queue")
        .exact_size(width)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| content(ui, queue))
        .inner
}

fn content(ui: &mut Ui, queue: &Queue) -> Option<Action> {
    let all = words(ui);
    let words = &all.queue;
    let mut asked = None;
    ui.horizontal(|ui| {
        label(ui, words.title);
        trailing(ui, "queue", |ui| {
            let close = (all.command)(UiCommand::Close);
            if ui.add(IconButton::new(icons::X, close).small()).clicked() {
                asked = Some(Action::Fold(Part::Queue));
            }
        });
    });
    let total = (words.total)(queue.lines.len(), queue.time);
    caption(ui, &total);
    if let Some(why) = queue.waits_for {
        explanation(ui, (words.waits_for)(why));
    }
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        let (name, action) = if queue.paused {
            (words.resume_all, WhenAction::Pause(false))
        } else {
            (words.pause_all, WhenAction::Pause(true))
        };
        let is_alive = !queue.lines.is_empty() || queue.paused;
        if ui.add_enabled(is_alive, Button::new(name)).clicked() {
            asked = Some(Action::When(action));
        }
        let resume = Button::new(all.stage.resume_all).kind(Kind::Quiet);
        if queue.has_unfinished && !queue.paused && ui.add(resume).clicked() {
            asked = Some(Action::ResumeAll);
        }
    });
    let power = row(ui, words.on_power, |ui| {
        switch(ui, words.on_power, queue.on_power)
    });
    let idle = row(ui, words.when_idle, |ui| {
        switch(ui, words.when_idle, queue.when_idle)
    });
    let power = power.map(WhenAction::OnPower);
    let when = power.or(idle.map(WhenAction::WhenIdle));
    asked = when.map(Action::When).or(asked);
    ui.add_space(space::S);
    if queue.lines.is_empty() {
        explanation(ui, words.empty);
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for line in &queue.lines {
            asked = one(ui, line).or(asked.take());
        }
    });
    asked
}

fn one(ui: &mut Ui, line: &Line) -> Option<Action> {
    let all = words(ui);
    let wanted = vec2(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, line.chosen, line.name));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(&*line.state));
    let palette = palette(ui);
    let ground = if line.chosen || response.hovered() {
        palette.lifted
    } else {
        palette.raised
    };
    ui.painter().rect_filled(rect, radius::CONTROL, ground);
    focus_ring(ui, &response, rect, radius::CONTROL);
    let mut asked = None;
    let mut left = rect.left() + space::S;
    if let Some(place) = line.place {
        let grip = Rect::from_center_size(
            rect.left_center() + vec2(space::M, 0.0),
            Vec2::splat(size::ICON + 4.0),
        );
        asked = drag(ui, line, place, grip);
        left = grip.right() + space::XS;
    }
    let end = Rect::from_center_size(
        rect.right_center() - vec2(space::L, 0.0),
        Vec2::splat(size::ICON + 4.0),
    );
    let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(end).id_salt(line.id));
    let remove = format!("{}: {}", all.reel.remove, line.name);
    if corner
        .add(IconButton::new(icons::X, &remove).small())
        .clicked()
    {
        asked = Some(Action::Job(line.id, JobAction::Cancel));
    }
    let words = Rect::from_min_max(
        egui::pos2(left, rect.top() + 5.0),
        egui::pos2(end.left() - space::XS, rect.bottom()),
    );
    let mut inner = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(words)
            .id_salt((line.id, "words")),
    );
    inner.spacing_mut().item_spacing.y = 1.0;
    let name = RichText::new(one_line(line.name)).font(theme::medium(text::BODY));
    inner.add(Label::new(name.color(palette.text)).truncate());
    let told = match line.time {
        Some(time) => (all.queue.line)(&line.state, time),
        None => line.state.clone(),
    };
    let told = RichText::new(told).font(theme::regular(text::CAPTION));
    inner.add(Label::new(told.color(palette.secondary)).truncate());
    let shown = response.clicked();
    asked.or(shown.then_some(Action::Show(Shown::Job(line.id))))
}

/// The grip: dragged by as many lines as it is moved, or pushed by the arrow keys.
fn drag(ui: &Ui, line: &Line, place: usize, grip: Rect) -> Option<Action> {
    let id = ui.scope_id().with(("grip", line.id));
    let response = ui.interact(grip, id, Sense::click_and_drag());
    let name = (words(ui).queue.grip)(line.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let color = palette(ui).secondary;
    let font = theme::icon(size::ICON - 2.0);
    ui.painter().text(
        grip.center(),
        Align2::CENTER_CENTER,
        icons::GRIP,
        font,
        color,
    );
    focus_ring(ui, &response, grip, radius::CONTROL);
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
    let step = LINE + 2.0;
    if response.dragged() || response.drag_stopped() {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        let pointer = ui.input(|input| input.pointer.latest_pos())?;
        let lines = ((pointer.y - grip.center().y) / step).round();
        let to = (place as f32 + lines).max(0.0) as usize;
        if response.drag_stopped() {
            return (to != place).then_some(Action::MoveJob(line.id, to));
        }
        let edge = lines.signum() * (lines.abs() + 0.5);
        let stroke = Stroke::new(2.0, palette(ui).accent);
        let y = grip.center().y + edge * step;
        ui.painter().hline(ui.max_rect().x_range(), y, stroke);
    }
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter {
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let action = match (pressed(Key::ArrowUp), pressed(Key::ArrowDown)) {
        (true, false) => JobAction::Earlier,
        (false, true) => JobAction::Later,
        _ => return None,
    };
    Some(Action::Job(line.id, action))
}
