//! The *stage* is where the picture is: the invitation, the work in progress, the finished clip, or
//! what went wrong. It is black by day, too.

mod clip;
mod compare;
mod controls;
mod drum;
mod message;
mod player;
mod scrubber;
mod welcome;
mod working;

use egui::{CentralPanel, Frame, Ui};

use super::Action;
use super::theme::{self, STAGE};

pub use clip::{Peek, Player, Shot};
pub use compare::{Compare, Pane};
pub use message::Message;
pub use welcome::Welcome;
pub use working::{Left, State, Working, share};

/// What the stage shows.
pub enum Stage<'a> {
    /// Nothing was made yet.
    Welcome(Welcome<'a>),
    /// A job, waiting or at work.
    Working(Working<'a>),
    /// A finished clip.
    Player(Player<'a>),
    /// Several finished clips.
    Compare(Compare<'a>),
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
            Stage::Compare(compare) => compare::show(ui, compare),
            Stage::Message(message) => message::show(ui, message),
        }
    });
    shown.inner
}
