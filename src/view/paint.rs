//! The sheet on which a mask is *painted*: the first frame of the form's video, and a brush.

use egui::accesskit::Role;
use egui::{
    Color32, CursorIcon, Pos2, Rect, Sense, Stroke, TextureHandle, Ui, WidgetInfo, pos2, vec2,
};

use super::action::{Action, PaintAction};
use super::compose::Photo;
use super::strings::words;
use super::theme::{self, UNTINTED, radius, space};
use super::widget::{Button, Kind, Slider, choice, explanation, fitted, row};
use crate::job::Size;

/// What the sheet shows.
#[derive(Clone, Copy)]
pub struct Painting<'a> {
    /// The first frame.
    pub photo: &'a Photo,
    /// What was painted, over all of the frame.
    pub paint: &'a TextureHandle,
    /// The size of the video that is made: what of the frame lies outside its shape is cut off.
    pub video: Size,
    /// The width of the brush in hundredths of the frame's.
    pub brush: u32,
    /// Whether it takes paint away.
    pub erases: bool,
    /// Whether nothing was painted yet.
    pub is_empty: bool,
}

/// The brushes that there are, in hundredths of the frame's width.
const BRUSHES: std::ops::RangeInclusive<u32> = 1..=30;

/// The frame leaves so much of the window's height for what stands around it, but is never lower than this.
const AROUND: f32 = 400.0;
const LOWEST: f32 = 140.0;

/// The width of choices and of the slider.
const CONTROL: f32 = 220.0;

/// Draws the frame and the brushes.
pub fn show(ui: &mut Ui, painting: &Painting) -> Option<Action> {
    let words = &words(ui).painting;
    explanation(ui, words.why);
    ui.add_space(space::S);
    let mut asked = canvas(ui, painting);
    ui.add_space(space::S);
    let tools = [(false, words.draw), (true, words.erase)];
    if let Some(erases) = choice(ui, words.tool, &tools, painting.erases, CONTROL) {
        asked = Some(PaintAction::Erase(erases));
    }
    let mut brush = painting.brush;
    row(ui, words.brush, |ui| {
        ui.set_width(CONTROL);
        ui.add(Slider::new(&mut brush, BRUSHES, 1, words.brush));
    });
    if brush != painting.brush {
        asked = Some(PaintAction::Brush(brush));
    }
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_enabled_ui(!painting.is_empty, |ui| {
                let done = Button::new(words.done).kind(Kind::Primary);
                if ui.add(done).clicked() {
                    asked = Some(PaintAction::Done);
                }
                if ui.add(Button::new(words.clear)).clicked() {
                    asked = Some(PaintAction::Clear);
                }
            });
        });
    });
    asked.map(Action::Paint)
}

/// The frame, to be painted on.
fn canvas(ui: &mut Ui, painting: &Painting) -> Option<PaintAction> {
    let highest = (ui.ctx().content_rect().height() - AROUND).max(LOWEST);
    let room = vec2(ui.available_width(), highest);
    let room = Rect::from_min_size(ui.cursor().min, room);
    let size = fitted(ui, room, painting.photo.size).size();
    let (room, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), size.y), Sense::click_and_drag());
    let frame = fitted(ui, room, painting.photo.size);
    let enabled = ui.is_enabled();
    let name = words(ui).painting.picture;
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, enabled, name));
    let painter = ui.painter().with_clip_rect(frame);
    let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(painting.photo.texture.id(), frame, all, UNTINTED);
    painter.image(painting.paint.id(), frame, all, UNTINTED);
    shape(&painter, frame, painting);
    let radius = painting.brush as f32 / 200.0 * frame.width();
    let pointer = response.hover_pos().or(response.interact_pointer_pos());
    if let Some(pointer) = pointer.filter(|pointer| frame.contains(*pointer)) {
        for (wider, color) in [(1.0, Color32::BLACK), (0.0, Color32::WHITE)] {
            painter.circle_stroke(pointer, radius + wider, Stroke::new(1.0, color));
        }
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
    let to = response.interact_pointer_pos()?;
    let pressed = response.is_pointer_button_down_on() || response.dragged();
    let part = |at: Pos2| {
        let place = (at - frame.min) / frame.size();
        [place.x, place.y]
    };
    let from = to - response.drag_delta();
    (pressed || response.clicked()).then(|| PaintAction::Stroke(part(from), part(to)))
}

/// A line around what stays of the frame, where some is cut off.
fn shape(painter: &egui::Painter, frame: Rect, painting: &Painting) {
    let (own, video) = (frame.aspect_ratio(), painting.video.aspect() as f32);
    let stays = if own > video {
        vec2(frame.height() * video, frame.height())
    } else {
        vec2(frame.width(), frame.width() / video)
    };
    let lost = frame.size() - stays;
    if lost.max_elem() > 1.0 {
        let stays = Rect::from_center_size(frame.center(), stays);
        let stroke = Stroke::new(1.0, theme::fade(UNTINTED, 0.6));
        painter.rect_stroke(stays, radius::CONTROL, stroke, egui::StrokeKind::Inside);
    }
}
