//! The *wells* hold the pictures that the video begins and ends with, cropped as they will be.

use egui::accesskit::Role;
use egui::{
    Align2, Context, CornerRadius, CursorIcon, Id, Pos2, Rect, Response, Sense, TextureHandle, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use super::{Compose, fix};
use crate::job::{CropAnchor, Field, Request, Size};
use crate::view::action::{Action, End};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, STAGE, UNTINTED, palette, radius, size, space, text};
use crate::view::widget::{IconButton, fitted, focus_ring, warmth};

/// A picture that was read: small enough to be drawn.
#[derive(Clone)]
pub struct Photo {
    /// Its pixels on the graphics processor.
    pub texture: TextureHandle,
    /// The size of the file's picture.
    pub size: Size,
}

/// Draws the wells that the model has, and those that hold something all the same.
pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let takes = form.model.variant.inputs();
    let first = takes.first.is_possible() || request.sources.image.is_some();
    let last = takes.last.is_possible() || request.sources.last_image.is_some();
    let ends: &[End] = match (first, last) {
        (true, true) => &[End::First, End::Last],
        (true, false) => &[End::First],
        (false, true) => &[End::Last],
        (false, false) => return None,
    };
    let mut asked = None;
    ui.horizontal(|ui| {
        let gaps = space::S * (ends.len() - 1) as f32;
        let width = (ui.available_width() - gaps) / ends.len() as f32;
        for &end in ends {
            asked = well(ui, form, request, end, width).or(asked.take());
        }
    });
    let first = fix::show(ui, form, Field::Image, request);
    let last = fix::show(ui, form, Field::LastImage, request);
    asked.or(first).or(last)
}

/// Where a well was drawn last.
#[derive(Clone, Copy)]
struct Drawn {
    rect: Rect,
    pass: u64,
}

fn place_of(end: End) -> Id {
    Id::unique(("well", end))
}

/// The well at a place of the window, if there is one.
pub fn at(ctx: &Context, place: Pos2) -> Option<End> {
    let is_there = |end: &End| {
        let drawn: Option<Drawn> = ctx.data(|data| data.get_temp(place_of(*end)));
        let pass = ctx.cumulative_pass_nr();
        drawn.is_some_and(|drawn| drawn.pass + 1 >= pass && drawn.rect.contains(place))
    };
    [End::First, End::Last].into_iter().find(is_there)
}

fn well(
    ui: &mut Ui,
    form: &Compose,
    request: &mut Request,
    end: End,
    width: f32,
) -> Option<Action> {
    let (path, photo, anchor) = match end {
        End::First => (
            &request.sources.image,
            form.first,
            &mut request.sources.anchor,
        ),
        End::Last => (
            &request.sources.last_image,
            form.last,
            &mut request.sources.last_anchor,
        ),
    };
    let wanted = vec2(width, size::WELL);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click_and_drag());
    let name = match end {
        End::First => words(ui).compose.first_frame,
        End::Last => words(ui).compose.last_frame,
    };
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let drawn = Drawn {
        rect: rect.intersect(ui.clip_rect()),
        pass: ui.ctx().cumulative_pass_nr(),
    };
    ui.data_mut(|data| data.insert_temp(place_of(end), drawn));
    match photo {
        Some(photo) if path.is_some() => {
            crop(ui, &response, rect, photo, form.size, anchor);
            focus_ring(ui, &response, rect, radius::CONTROL);
            if remove(ui, rect, end) {
                return Some(Action::RemovePicture(end));
            }
        }
        _ => {
            invite(ui, &response, rect, name);
            focus_ring(ui, &response, rect, radius::CONTROL);
        }
    }
    response.clicked().then_some(Action::ChoosePicture(end))
}

/// An empty well says what it is for.
fn invite(ui: &Ui, response: &Response, rect: Rect, name: &str) {
    let palette = palette(ui);
    let warm = warmth(ui, response);
    let painter = ui.painter();
    let fill = theme::mix(palette.raised, palette.lifted, warm);
    painter.rect_filled(rect, radius::CONTROL, fill);
    let middle = rect.center();
    let line = |dy: f32, words: &str, font, color| {
        painter.text(
            middle + vec2(0.0, dy),
            Align2::CENTER_CENTER,
            words,
            font,
            color,
        )
    };
    let icon = theme::mix(palette.secondary, palette.accent_text, warm);
    line(-22.0, icons::IMAGE, theme::icon(22.0), icon);
    line(6.0, name, theme::medium(text::BODY), palette.text);
    let hint = words(ui).compose.well_hint;
    let font = theme::regular(text::CAPTION);
    let hint = painter.layout(
        hint.into(),
        font,
        palette.secondary,
        rect.width() - space::L,
    );
    let place = pos2(middle.x - hint.size().x / 2.0, middle.y + 16.0);
    painter.galley(place, hint, palette.secondary);
}

/// The part of the picture that will be used, which can be slid.
fn crop(
    ui: &Ui,
    response: &Response,
    rect: Rect,
    photo: &Photo,
    video: Size,
    anchor: &mut CropAnchor,
) {
    let frame = fitted(ui, rect, video);
    let shown = share(photo.size, video);
    let hidden = Vec2::splat(1.0) - shown;
    let slack = hidden * frame.size() / shown;
    let drag = response.drag_delta();
    let slid = |at: f32, drag: f32, slack: f32| match slack {
        slack if slack > 0.5 => (at - drag / slack).clamp(0.0, 1.0),
        _ => at,
    };
    *anchor = CropAnchor {
        x: slid(anchor.x, drag.x, slack.x),
        y: slid(anchor.y, drag.y, slack.y),
    };
    let corner = hidden * vec2(anchor.x, anchor.y);
    let uv = Rect::from_min_size(corner.to_pos2(), shown);
    let painter = ui.painter();
    painter.rect_filled(rect, radius::CONTROL, STAGE);
    let corners = if frame.width() < rect.width() - 1.0 || frame.height() < rect.height() - 1.0 {
        CornerRadius::ZERO
    } else {
        CornerRadius::same(radius::CONTROL)
    };
    // What is cut off shows through, so that it can be seen where there is something to slide.
    let start = frame.min - slack * vec2(anchor.x, anchor.y);
    let whole = Rect::from_min_size(start, frame.size() / shown);
    let dimmed = theme::fade(UNTINTED, 0.25);
    let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let clipped = painter.with_clip_rect(rect);
    clipped.image(photo.texture.id(), whole, all, dimmed);
    egui::Image::from_texture(&photo.texture)
        .uv(uv)
        .corner_radius(corners)
        .paint_at(ui, frame);
    if slack.max_elem() > 0.5 && response.hovered() {
        let cursor = if response.dragged() {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        };
        ui.ctx().set_cursor_icon(cursor);
    }
}

/// A small button over the corner of the well.
fn remove(ui: &mut Ui, rect: Rect, end: End) -> bool {
    let words = &words(ui).compose;
    let name = match end {
        End::First => words.remove_first,
        End::Last => words.remove_last,
    };
    let corner = rect.right_top() + vec2(-space::XS - size::CONTROL, space::XS);
    let place = Rect::from_min_size(corner, Vec2::splat(size::CONTROL));
    ui.painter()
        .rect_filled(place, radius::CONTROL, theme::SHADE);
    let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(place));
    theme::darken(&mut corner);
    corner.add(IconButton::new(icons::X, name)).clicked()
}

/// How much of a picture's width and height a video of another shape shows.
fn share(picture: Size, video: Size) -> Vec2 {
    let (picture, video) = (picture.aspect() as f32, video.aspect() as f32);
    if picture > video {
        vec2(video / picture, 1.0)
    } else {
        vec2(1.0, picture / video)
    }
}
