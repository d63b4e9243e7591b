//! The *wells* hold the pictures that the video begins and ends with, cropped as they will be.

use egui::accesskit::Role;
use egui::{
    Align2, Context, CornerRadius, CursorIcon, EventFilter, Id, Key, Pos2, Rect, Response, Sense,
    TextureHandle, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::{Compose, fix};
use crate::job::{CropAnchor, Field, Request, Size};
use crate::view::action::{Action, End, Guide, Well};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, STAGE, UNTINTED, palette, radius, size, space, text};
use crate::view::widget::{Button, IconButton, Kind, fitted, focus_ring, warmth};

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
    let sources = &mut request.sources;
    if sources.image.is_some() && sources.last_image.is_some() {
        let swap = Button::new(words(ui).compose.swap)
            .kind(Kind::Quiet)
            .flush();
        if ui.add(swap).clicked() {
            asked = Some(Action::SwapPictures);
        }
    }
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

fn place_of(well: Well) -> Id {
    Id::unique(("well", well))
}

/// The well at a place of the window, if there is one.
pub fn at(ctx: &Context, place: Pos2) -> Option<Well> {
    /// No model is shown more references.
    const MOST: usize = 8;
    let is_there = |well: &Well| {
        let drawn: Option<Drawn> = ctx.data(|data| data.get_temp(place_of(*well)));
        let pass = ctx.cumulative_pass_nr();
        drawn.is_some_and(|drawn| drawn.pass + 1 >= pass && drawn.rect.contains(place))
    };
    let ends = [End::First, End::Last].into_iter().map(Well::End);
    let guides = Guide::ALL.into_iter();
    let guides = guides.flat_map(|guide| (0..MOST).map(move |nth| Well::Guide(guide, nth)));
    ends.chain(guides).find(is_there)
}

/// Room for a well, and where the pointer is in it.
pub(super) fn room(ui: &mut Ui, well: Well, name: &str, width: f32) -> (Rect, Response) {
    let wanted = vec2(width, size::WELL);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click_and_drag());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let drawn = Drawn {
        rect: rect.intersect(ui.clip_rect()),
        pass: ui.ctx().cumulative_pass_nr(),
    };
    ui.data_mut(|data| data.insert_temp(place_of(well), drawn));
    (rect, response)
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
    let words = &words(ui).compose;
    let (name, remove) = match end {
        End::First => (words.first_frame, words.remove_first),
        End::Last => (words.last_frame, words.remove_last),
    };
    let (rect, response) = room(ui, Well::End(end), name, width);
    match photo {
        Some(photo) if path.is_some() => {
            slide(ui, &response, rect, photo, form.size, anchor);
            if form.model.variant.inputs().last.is_possible() {
                named(ui, rect, name);
            }
            focus_ring(ui, &response, rect, radius::CONTROL);
            if corner(ui, rect, icons::X, remove) {
                return Some(Action::RemovePicture(end));
            }
        }
        _ => {
            invite(ui, &response, rect, [icons::IMAGE, name, words.well_hint]);
            focus_ring(ui, &response, rect, radius::CONTROL);
        }
    }
    response.clicked().then_some(Action::ChoosePicture(end))
}

/// Which of two a picture is.
fn named(ui: &Ui, rect: Rect, name: &str) {
    let font = theme::medium(text::CAPTION);
    let color = theme::DARK.text;
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, color);
    let room = galley.size() + vec2(2.0 * space::S, space::S);
    let corner = rect.left_bottom() + vec2(space::XS, -space::XS - room.y);
    let ground = Rect::from_min_size(corner, room);
    ui.painter()
        .rect_filled(ground, radius::CONTROL, theme::SHADE);
    let place = ground.min + vec2(space::S, space::S / 2.0);
    ui.painter().galley(place, galley, color);
}

/// An empty well says what it is for: an icon, its name and a hint.
pub(super) fn invite(ui: &Ui, response: &Response, rect: Rect, [glyph, name, hint]: [&str; 3]) {
    let palette = palette(ui);
    let warm = warmth(ui, response);
    let painter = ui.painter();
    let fill = theme::mix(palette.raised, palette.lifted, warm);
    painter.rect_filled(rect, radius::CONTROL, fill);
    let middle = rect.center();
    let dim = if ui.is_enabled() { 1.0 } else { 0.45 };
    let widest = rect.width() - space::M;
    let line = |dy: f32, words: &str, font, color| {
        let color = theme::fade(color, dim);
        let galley = painter.layout(words.into(), font, color, widest);
        let place = pos2(middle.x - galley.size().x / 2.0, middle.y + dy);
        painter.galley(place, galley, color);
    };
    let icon = theme::mix(palette.secondary, palette.accent_text, warm);
    let place = middle + vec2(0.0, -22.0);
    let icon = theme::fade(icon, dim);
    painter.text(place, Align2::CENTER_CENTER, glyph, theme::icon(22.0), icon);
    line(-2.0, name, theme::medium(text::BODY), palette.text);
    line(16.0, hint, theme::regular(text::CAPTION), palette.secondary);
}

/// The part of the picture that will be used, which can be slid.
fn slide(
    ui: &Ui,
    response: &Response,
    rect: Rect,
    photo: &Photo,
    video: Size,
    anchor: &mut CropAnchor,
) {
    let slack = slack(fitted(ui, rect, video), photo, video);
    let drag = response.drag_delta() + pushed(ui, response);
    let slid = |at: f32, drag: f32, slack: f32| match slack {
        slack if slack > 0.5 => (at - drag / slack).clamp(0.0, 1.0),
        _ => at,
    };
    *anchor = CropAnchor {
        x: slid(anchor.x, drag.x, slack.x),
        y: slid(anchor.y, drag.y, slack.y),
    };
    crop(ui, rect, photo, video, *anchor);
    if slack.max_elem() > 0.5 && response.hovered() {
        let cursor = if response.dragged() {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        };
        ui.ctx().set_cursor_icon(cursor);
        response.clone().on_hover_text(words(ui).compose.slide_why);
    }
}

/// How far the arrow keys push the picture of the well that has the focus.
fn pushed(ui: &Ui, response: &Response) -> Vec2 {
    const STEP: f32 = 4.0;
    if !response.has_focus() {
        return Vec2::ZERO;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input(|input| {
        let count = |key| f32::from(u8::from(input.key_pressed(key)));
        STEP * vec2(
            count(Key::ArrowRight) - count(Key::ArrowLeft),
            count(Key::ArrowDown) - count(Key::ArrowUp),
        )
    })
}

/// How much of the picture lies outside a frame of the video.
fn slack(frame: Rect, photo: &Photo, video: Size) -> Vec2 {
    let shown = share(photo.size, video);
    (Vec2::splat(1.0) - shown) * frame.size() / shown
}

/// Draws the part of the picture that will be used. What is cut off shows through, so that it can be seen where there is
/// something to slide.
pub(super) fn crop(ui: &Ui, rect: Rect, photo: &Photo, video: Size, anchor: CropAnchor) {
    let painter = ui.painter();
    painter.rect_filled(rect, radius::CONTROL, STAGE);
    let frame = fitted(ui, rect, video);
    let start = frame.min - slack(frame, photo, video) * vec2(anchor.x, anchor.y);
    let whole = Rect::from_min_size(start, frame.size() / share(photo.size, video));
    let dimmed = theme::fade(UNTINTED, 0.25);
    let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let clipped = painter.with_clip_rect(rect);
    clipped.image(photo.texture.id(), whole, all, dimmed);
    over(ui, rect, photo, video, anchor);
}

/// Draws the part of a picture that will be used over what is there.
pub(super) fn over(ui: &Ui, rect: Rect, photo: &Photo, video: Size, anchor: CropAnchor) {
    let frame = fitted(ui, rect, video);
    let shown = share(photo.size, video);
    let corner = (Vec2::splat(1.0) - shown) * vec2(anchor.x, anchor.y);
    let uv = Rect::from_min_size(corner.to_pos2(), shown);
    let corners = if frame.width() < rect.width() - 1.0 || frame.height() < rect.height() - 1.0 {
        CornerRadius::ZERO
    } else {
        CornerRadius::same(radius::CONTROL)
    };
    egui::Image::from_texture(&photo.texture)
        .uv(uv)
        .corner_radius(corners)
        .paint_at(ui, frame);
}

/// A small button over the corner of the well.
pub(super) fn corner(ui: &mut Ui, rect: Rect, icon: &str, name: &str) -> bool {
    let corner = rect.right_top() + vec2(-space::XS - size::CONTROL, space::XS);
    let place = Rect::from_min_size(corner, Vec2::splat(size::CONTROL));
    ui.painter()
        .rect_filled(place, radius::CONTROL, theme::SHADE);
    let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(place));
    theme::darken(&mut corner);
    corner.add(IconButton::new(icon, name)).clicked()
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
