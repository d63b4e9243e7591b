//! The *stage* is where the picture is: the invitation, the work in progress, the finished clip, or
//! what went wrong. It is black by day, too.

mod controls;
mod drum;
mod message;
mod player;
mod scrubber;
mod welcome;
mod working;

use egui::{CentralPanel, Frame, Rect, Ui, vec2};

use super::Action;
use super::theme::{self, STAGE};
use crate::job::Size;

pub use message::Message;
pub use player::{Peek, Player};
pub use welcome::Welcome;
pub use working::{State, Working, share};

/// What the stage shows.
pub enum Stage<'a> {
    /// Nothing was made yet.
    Welcome(Welcome<'a>),
    /// A job, waiting or at work.
    Working(Working<'a>),
    /// A finished clip.
    Player(Player<'a>),
    /// Something that could not be done.
    Message(Message<'a>),
}

/// Draws the stage in what room is left.
pub fn show(ui: &mut Ui, stage: &Stage) -> Option<Action> {
    let frame = Frame::new().fill(STAGE);
    let shown = CentralPanel::default().frame(frame).show(ui, |ui| {
        theme::darken(ui);
        match stage {
            Stage::Welcome(welcome) => welcome::show(ui, welcome),
            Stage::Working(working) => working::show(ui, working),
            Stage::Player(player) => player::show(ui, player),
            Stage::Message(message) => message::show(ui, message),
        }
    });
    shown.inner
}

/// The largest rectangle of a picture's shape in `room`, in whole pixels.
fn fitted(ui: &Ui, room: Rect, size: Size) -> Rect {
    let aspect = size.aspect() as f32;
    let width = room.width().min(room.height() * aspect).max(1.0);
    let rect = Rect::from_center_size(room.center(), vec2(width, width / aspect));
    let point = ui.pixels_per_point();
    let round = |at: f32| (at * point).round() / point;
    let corner = egui::pos2(round(rect.left()), round(rect.top()));
    Rect::from_min_size(corner, vec2(round(rect.width()), round(rect.height())))
}
