//! A *segmented* control offers a few choices side by side, one of which may be taken.

use egui::accesskit::Role;
use egui::{
    Align2, Color32, CornerRadius, Key, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::{focus_ring, warmth};
use crate::view::theme::{self, palette, radius, size, space, text};

/// One of the choices.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// What is seen.
    pub face: Face<'a>,
    /// What it is called.
    pub name: &'a str,
}

impl<'a> Segment<'a> {
    /// A choice whose name is seen.
    pub fn named(name: &'a str) -> Self {
        let face = Face::Name;
        Self { face, name }
    }
}

/// What is seen of a choice.
#[derive(Clone, Copy, Debug)]
pub enum Face<'a> {
    /// Its name.
    Name,
    /// The glyph of an icon.
    Icon(&'a str),
    /// The outline of a picture with this aspect.
    Outline(f32),
}

/// The longer side of an outline.
const OUTLINE: f32 = 14.0;

/// Draws the choices in `width` and tells which one was taken just now.
pub fn segmented(
    ui: &mut Ui,
    segments: &[Segment],
    chosen: Option<usize>,
    width: f32,
) -> Option<usize> {
    let (rect, _) = ui.allocate_exact_size(vec2(width, size::CONTROL), Sense::empty());
    let ground = palette(ui).raised;
    ui.painter().rect_filled(rect, radius::CONTROL, ground);
    let step = rect.width() / segments.len().max(1) as f32;
    let mut taken = None;
    for (place, segment) in segments.iter().enumerate() {
        let corner = pos2(rect.left() + step * place as f32, rect.top());
        let cell = Rect::from_min_size(corner, vec2(step, rect.height()));
        let response = one(ui, cell, segment, chosen == Some(place));
        if response.clicked() {
            taken = Some(place);
        }
        if response.has_focus() {
            taken = neighbour(ui, place, segments.len()).or(taken);
        }
    }
    taken.filter(|&place| chosen != Some(place))
}

fn one(ui: &mut Ui, cell: Rect, segment: &Segment, chosen: bool) -> Response {
    let id = ui.next_auto_id().with(segment.name);
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(cell, id, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, chosen, segment.name));
    let palette = palette(ui);
    let warmth = warmth(ui, &response);
    let inner = cell.shrink(2.0);
    let corners = CornerRadius::same(radius::CONTROL - 2);
    if chosen {
        ui.painter().rect_filled(inner, corners, palette.lifted);
    }
    let color = if chosen {
        palette.text
    } else {
        theme::mix(palette.secondary, palette.text, warmth)
    };
    face(ui, cell, segment, color);
    if chosen {
        let y = inner.bottom() - 1.0;
        let half = space::S;
        let line = Stroke::new(2.0, palette.accent);
        ui.painter()
            .hline(cell.center().x - half..=cell.center().x + half, y, line);
    }
    focus_ring(ui, &response, inner, radius::CONTROL - 2);
    match segment.face {
        Face::Name => response,
        Face::Icon(_) | Face::Outline(_) => response.on_hover_text(segment.name),
    }
}

fn face(ui: &Ui, cell: Rect, segment: &Segment, color: Color32) {
    let text = |words: &str, font| {
        let align = Align2::CENTER_CENTER;
        ui.painter().text(cell.center(), align, words, font, color);
    };
    match segment.face {
        Face::Name => text(segment.name, theme::medium(text::BODY - 1.0)),
        Face::Icon(glyph) => text(glyph, theme::icon(size::ICON)),
        Face::Outline(aspect) => {
            let width = OUTLINE * aspect.min(1.0);
            let outline = Rect::from_center_size(cell.center(), vec2(width, width / aspect));
            let stroke = Stroke::new(1.5, color);
            ui.painter()
                .rect_stroke(outline, 2.0, stroke, StrokeKind::Inside);
        }
    }
}

/// The choice that an arrow key leads to.
fn neighbour(ui: &Ui, place: usize, count: usize) -> Option<usize> {
    let (left, right) = ui.input(|input| {
        (
            input.key_pressed(Key::ArrowLeft),
            input.key_pressed(Key::ArrowRight),
        )
    });
    match (left, right) {
        (true, false) => place.checked_sub(1),
        (false, true) => Some(place + 1).filter(|&next| next < count),
        _ => None,
    }
}
