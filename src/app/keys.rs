//! From keys to actions.

use super::App;
use crate::view::action::{Action, End, JobAction, Part, PlayerAction, Sheet, Shown};
use crate::view::shortcuts::Key;

impl App {
    /// What a key asks for as things stand.
    pub(super) fn action_of(&self, key: Key) -> Option<Action> {
        let player = |action| {
            let shows = matches!(self.shown, Shown::Record(_)) && self.sheet.is_none();
            shows.then_some(Action::Player(action))
        };
        let sheet = |sheet| {
            Some(if self.sheet == Some(sheet) {
                Action::CloseSheet
            } else {
                Action::Open(sheet)
            })
        };
        match key {
            Key::Generate => Some(Action::Generate { count: 1 }),
            Key::Picture => Some(Action::ChoosePicture(End::First)),
            Key::Shelf => sheet(Sheet::Shelf),
            Key::Export => self.player.as_ref().and(sheet(Sheet::Export)),
            Key::Models => sheet(Sheet::Models),
            Key::Settings => sheet(Sheet::Settings),
            Key::Shortcuts => sheet(Sheet::Shortcuts),
            Key::Reel => Some(Action::Fold(Part::Reel)),
            Key::Pause => self.pause_or_go_on(),
            Key::Cancel => {
                let id = self.queue.at_work()?.ticket.id;
                Some(Action::Job(id, JobAction::Cancel))
            }
            Key::Larger => Some(Action::Zoom(1)),
            Key::Smaller => Some(Action::Zoom(-1)),
            Key::UsualSize => Some(Action::Zoom(0)),
            Key::Quit => Some(Action::Quit),
            Key::Close => self.sheet.map(|_| Action::CloseSheet),
            Key::Play => player(PlayerAction::Toggle),
            Key::StepBack => player(PlayerAction::Step(-1)),
            Key::StepForward => player(PlayerAction::Step(1)),
            Key::Loop => player(PlayerAction::Loop),
            Key::Fit => player(PlayerAction::Fit),
            Key::CopyFrame => player(PlayerAction::CopyFrame),
        }
    }

    fn pause_or_go_on(&self) -> Option<Action> {
        let ticket = &self.queue.at_work()?.ticket;
        let action = if ticket.is_paused() {
            JobAction::Continue
        } else {
            JobAction::Pause
        };
        Some(Action::Job(ticket.id, action))
    }
}
