//! Clips *compared*: two to four side by side, or two of them wiped, all at the same frame.

use egui::accesskit::Role;
use egui::{
    Align2, CursorIcon, Pos2, Rect, Sense, Stroke, StrokeKind, TextureHandle, Ui, UiBuilder, Vec2,
    WidgetInfo, pos2, vec2,
};

use crate::job::Size;
use crate::job::plain_text::one_line;
use crate::view::action::{Action, CompareAction};
use crate::view::commands::{UiCommand, keys};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, SHADE, UNTINTED, palette, radius, size, space, text};
use crate::view::widget::{
    Button, Face, IconButton, Kind, Segment, Slider, caption, fitted, focus_ring, segmented,
    trailing,
};

/// Clips that are looked at together.
pub struct Compare<'a> {
    /// From left to right, and then below.
    pub panes: Vec<Pane<'a>>,
    /// The one that a key is for.
    pub chosen: usize,
    /// Where the divider is, in parts of the width, where two are wiped.
    pub wipe: Option<f32>,
    /// Whether they play.
    pub playing: bool,
    /// The number of the frame.
    pub frame: usize,
    /// The frames of the longest.
    pub frames: usize,
    /// Frames a second.
    pub fps: f64,
    /// Whether there are more of their stack.
    pub has_next: bool,
}

/// One of the clips.
pub struct Pane<'a> {
    /// The frame that is to be seen; none while the file is being read.
    pub picture: Option<&'a TextureHandle>,
    /// The size of the video.
    pub size: Size,
    /// What it is called.
    pub name: &'a str,
    /// Its seed, and what sets it apart from the others.
    pub facts: String,
}

/// The height of what stands below the clips.
const FOOT: f32 = 92.0;
/// The height of what is said of one.
const FACTS: f32 = 24.0;
/// The width of the choice between both ways.
const WAYS: f32 = 190.0;
/// From this width on there is room for all buttons.
const WIDE: f32 = 760.0;
/// Below this one there is none for their names.
const TINY: f32 = 440.0;

pub fn show(ui: &mut Ui, compare: &Compare) -> Option<Action> {
    let room = ui.max_rect();
    let foot = Rect::from_min_max(room.left_bottom() - vec2(0.0, FOOT), room.max);
    let above = Rect::from_min_max(room.min, foot.right_top()).shrink(space::S);
    let asked = match (compare.wipe, &compare.panes[..]) {
        (Some(at), [left, right]) => wiped(ui, compare, [left, right], at, above),
        _ => side_by_side(ui, compare, above),
    };
    ui.painter().rect_filled(foot, 0.0, SHADE);
    let inner = foot.shrink2(vec2(space::L, 0.0));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner));
    let below = transport(&mut ui, compare);
    asked.or(below).map(Action::Compare)
}

/// The rooms of so many clips: in a row as long as they lie, otherwise in two.
fn rooms(count: usize, room: Rect) -> Vec<Rect> {
    let columns = match count {
        0..=3 => count.max(1),
        _ => 2,
    };
    let rows = count.div_ceil(columns).max(1);
    let gap = space::S;
    let width = (room.width() - gap * (columns - 1) as f32) / columns as f32;
    let height = (room.height() - gap * (rows - 1) as f32) / rows as f32;
    let place = |nth: usize| {
        let (column, row) = ((nth % columns) as f32, (nth / columns) as f32);
        let corner = room.min + vec2(column * (width + gap), row * (height + gap));
        Rect::from_min_size(corner, vec2(width, height))
    };
    (0..count).map(place).collect()
}

fn side_by_side(ui: &mut Ui, compare: &Compare, room: Rect) -> Option<CompareAction> {
    let mut asked = None;
    let rooms = rooms(compare.panes.len(), room);
    for (nth, (pane, room)) in compare.panes.iter().zip(rooms).enumerate() {
        let picture = Rect::from_min_max(room.min, room.max - vec2(0.0, FACTS));
        draw(ui, pane, picture, room);
        let response = handle(ui, compare, nth, room);
        if response.double_clicked() {
            asked = Some(CompareAction::Open);
        } else if response.clicked() {
            asked = Some(CompareAction::Choose(nth));
        }
        let facts = Rect::from_min_max(picture.left_bottom(), room.max);
        say(ui, facts, pane, compare.chosen == nth);
    }
    asked
}

/// What a screen reader says of a clip, and the frame around the one that is chosen.
fn handle(ui: &mut Ui, compare: &Compare, nth: usize, room: Rect) -> egui::Response {
    let pane = &compare.panes[nth];
    let id = ui.scope_id().with(("pane", nth));
    let response = ui.interact(room, id, Sense::click());
    let name = (words(ui).compare.pane)(nth + 1, pane.name);
    let chosen = compare.chosen == nth;
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &name));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(&*pane.facts));
    if chosen {
        let stroke = Stroke::new(2.0, palette(ui).accent);
        ui.painter()
            .rect_stroke(room, radius::CONTROL, stroke, StrokeKind::Inside);
    }
    focus_ring(ui, &response, room.shrink(3.0), radius::CONTROL);
    response
}

fn draw(ui: &Ui, pane: &Pane, room: Rect, clip: Rect) {
    let place = fitted(ui, room.shrink(4.0), pane.size);
    let painter = ui.painter().with_clip_rect(clip);
    match pane.picture {
        Some(texture) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), place, whole, UNTINTED);
        }
        None => {
            painter.rect_filled(place, 2.0, palette(ui).ground);
        }
    }
}

/// What is said of a clip, in one line.
fn say(ui: &Ui, room: Rect, pane: &Pane, chosen: bool) {
    let palette = palette(ui);
    let color = if chosen {
        palette.text
    } else {
        palette.secondary
    };
    let font = theme::regular(text::CAPTION);
    let words = one_line(&pane.facts).into_owned();
    let mut job = egui::text::LayoutJob::simple_singleline(words, font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.width() - 2.0 * space::S);
    let galley = ui.painter().layout_job(job);
    let place = room.center() - galley.size() / 2.0;
    ui.painter().galley(place, galley, color);
}

/// One clip over the other, up to a line that can be moved.
fn wiped(
    ui: &mut Ui,
    compare: &Compare,
    [left, right]: [&Pane; 2],
    at: f32,
    room: Rect,
) -> Option<CompareAction> {
    let picture = Rect::from_min_max(room.min, room.max - vec2(0.0, FACTS));
    let place = fitted(ui, picture, left.size);
    let x = place.left() + at.clamp(0.0, 1.0) * place.width();
    let halves = [
        Rect::from_min_max(place.min, pos2(x, place.bottom())),
        Rect::from_min_max(pos2(x, place.top()), place.max),
    ];
    for (nth, (pane, half)) in [left, right].into_iter().zip(halves).enumerate() {
        draw(ui, pane, picture, half);
        // They are told apart and chosen by their halves.
        let facts = half_of(Rect::from_min_max(picture.left_bottom(), room.max), nth);
        let id = ui.scope_id().with(("half", nth));
        let response = ui.interact(facts, id, Sense::click());
        let name = (words(ui).compare.pane)(nth + 1, pane.name);
        let chosen = compare.chosen == nth;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &name));
        focus_ring(ui, &response, facts, radius::CONTROL);
        say(ui, facts, pane, chosen);
        if response.clicked() {
            return Some(CompareAction::Choose(nth));
        }
    }
    divider(ui, place, x)
}

/// The left half of a room, or the right one.
fn half_of(room: Rect, nth: usize) -> Rect {
    let middle = room.center().x;
    if nth == 0 {
        Rect::from_min_max(room.min, pos2(middle, room.bottom()))
    } else {
        Rect::from_min_max(pos2(middle, room.top()), room.max)
    }
}

/// The line between both, with a knob.
fn divider(ui: &mut Ui, place: Rect, x: f32) -> Option<CompareAction> {
    let id = ui.scope_id().with("divider");
    let response = ui.interact(place, id, Sense::click_and_drag());
    let share = (x - place.left()) / place.width();
    let name = words(ui).compare.divider;
    response.widget_info(|| WidgetInfo::slider(true, f64::from(share), name));
    let painter = ui.painter().with_clip_rect(place);
    painter.vline(x, place.y_range(), Stroke::new(2.0, theme::DARK.text));
    let knob: Pos2 = pos2(x, place.center().y);
    painter.circle_filled(knob, 13.0, SHADE);
    let font = theme::icon(size::ICON - 2.0);
    for (side, glyph) in [(-6.0, icons::CARET_LEFT), (6.0, icons::CARET_RIGHT)] {
        let at = knob + Vec2::new(side, 0.0);
        painter.text(
            at,
            Align2::CENTER_CENTER,
            glyph,
            font.clone(),
            theme::DARK.text,
        );
    }
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    focus_ring(
        ui,
        &response,
        Rect::from_center_size(knob, Vec2::splat(26.0)),
        13,
    );
    let pointer = response.interact_pointer_pos()?;
    let share = ((pointer.x - place.left()) / place.width()).clamp(0.0, 1.0);
    Some(CompareAction::Wipe(Some(share)))
}

/// One bar for all: the time, how they lie, and what becomes of the one that is chosen.
fn transport(ui: &mut Ui, compare: &Compare) -> Option<CompareAction> {
    let all = words(ui);
    let mut asked = None;
    ui.add_space(space::M);
    let last = compare.frames.saturating_sub(1).max(1) as u32;
    let mut frame = (compare.frame as u32).min(last);
    let slider = Slider::new(&mut frame, 0..=last, 1, all.player.scrubber);
    if ui.add(slider).changed() {
        asked = Some(CompareAction::Seek(frame as usize));
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let is_wide = ui.available_width() >= WIDE;
        let icon = if compare.playing {
            icons::PAUSE_FILL
        } else {
            icons::PLAY_FILL
        };
        let name = (all.command_state)(UiCommand::Play, compare.playing);
        let play = keys(ui.ctx(), UiCommand::Play);
        if ui.add(IconButton::new(icon, name).keys(&play)).clicked() {
            asked = Some(CompareAction::Toggle);
        }
        if is_wide {
            let seconds = |frames: usize| frames as f64 / compare.fps.max(1e-3);
            let time = (all.player.time)(seconds(compare.frame), seconds(compare.frames));
            caption(ui, &time);
        }
        let is_tiny = ui.max_rect().width() < TINY;
        if compare.panes.len() == 2 {
            ui.add_space(space::S);
            let draw = if is_tiny { way } else { ways };
            asked = draw(ui, compare).or(asked);
        }
        asked = trailing(ui, "verdict", |ui| verdict(ui, compare, is_tiny)).or(asked);
    });
    asked
}

fn ways(ui: &mut Ui, compare: &Compare) -> Option<CompareAction> {
    let words = &words(ui).compare;
    let faces = [words.side_by_side, words.wipe];
    let segments = faces.map(|name| Segment {
        face: Face::Name,
        name,
    });
    let chosen = usize::from(compare.wipe.is_some());
    let taken = segmented(ui, &segments, Some(chosen), WAYS)?;
    Some(CompareAction::Wipe((taken == 1).then_some(0.5)))
}

/// The same where there is little room.
fn way(ui: &mut Ui, compare: &Compare) -> Option<CompareAction> {
    let is_wiped = compare.wipe.is_some();
    let button = IconButton::new(icons::COMPARE, words(ui).compare.wipe).on(is_wiped);
    let clicked = ui.add(button).clicked();
    clicked.then_some(CompareAction::Wipe((!is_wiped).then_some(0.5)))
}

fn verdict(ui: &mut Ui, compare: &Compare, is_tiny: bool) -> Option<CompareAction> {
    let all = words(ui);
    let words = &all.compare;
    let mut asked = None;
    let mut button = |ui: &mut Ui, icon, name: &str, key: &str, kind, action| {
        let response = if is_tiny {
            ui.add(IconButton::new(icon, name).keys(key))
        } else {
            ui.add(Button::new(name).kind(kind)).on_hover_text(key)
        };
        if response.clicked() {
            asked = Some(action);
        }
    };
    let trash = (all.command)(UiCommand::Trash);
    if compare.has_next {
        let action = CompareAction::Next;
        button(ui, icons::CARET_RIGHT, words.next, "N", Kind::Quiet, action);
    }
    let action = CompareAction::Trash;
    let trash_keys = keys(ui.ctx(), UiCommand::Trash);
    button(ui, icons::TRASH, trash, &trash_keys, Kind::Quiet, action);
    let action = CompareAction::Close;
    button(ui, icons::X, words.done, "Esc", Kind::Quiet, action);
    let action = CompareAction::Keep;
    button(ui, icons::CHECK, words.keep, "K", Kind::Primary, action);
    asked
}
