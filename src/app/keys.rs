//! From keys to actions.

use super::App;
use crate::platform::menu::Item;
use crate::view::action::{Action, JobAction, Part, PlayerAction, RecordAction, Sheet, Shown};
use crate::view::keys::Key;

/// The key that does the same as an item of the menu bar.
pub fn key_of(item: Item) -> Option<Key> {
    Some(match item {
        Item::Settings => Key::Settings,
        Item::Quit => Key::Quit,
        Item::New => Key::New,
        Item::Open => Key::Open,
        Item::Export => Key::Export,
        Item::Reveal => Key::Reveal,
        Item::Trash => Key::Trash,
        Item::Generate => Key::Generate,
        Item::Pause => Key::Pause,
        Item::StopAndKeep => Key::Keep,
        Item::Reel => Key::Reel,
        Item::AllClips => Key::Library,
        Item::Help => Key::Shortcuts,
        Item::ClearRecent => return None,
    })
}

impl App {
    /// What a key asks for as things stand.
    pub(super) fn action_of(&self, key: Key) -> Option<Action> {
        let player = |action| {
            let shows = matches!(self.shown, Shown::Record(_)) && self.sheet.is_none();
            shows.then_some(Action::Player(action))
        };
        let record = |action| {
            let id = self.player.as_ref()?.record.id.clone();
            self.sheet.is_none().then_some(Action::Record(id, action))
        };
        let sheet = |sheet| {
            Some(if self.sheet == Some(sheet) {
                Action::CloseSheet
            } else {
                Action::Open(sheet)
            })
        };
        match key {
            // What is in the field is not what is meant yet.
            Key::Generate | Key::New if self.incoming.is_composing() => None,
            // What is begun is to be seen.
            Key::Generate if self.sheet.is_some() => None,
            Key::Generate => Some(Action::Generate { count: 1 }),
            Key::New => Some(Action::New),
            Key::Open => Some(Action::OpenFile),
            Key::Library => sheet(Sheet::Library),
            Key::Export => self.player.as_ref().and(sheet(Sheet::Export)),
            Key::Models => sheet(Sheet::Models),
            Key::Settings => sheet(Sheet::Settings),
            Key::Shortcuts => sheet(Sheet::Shortcuts),
            Key::Reel => Some(Action::Fold(Part::Reel)),
            Key::Pause => self.pause_or_go_on(),
            Key::Keep => {
                let id = self.queue.at_work()?.handle.id;
                Some(Action::Job(id, JobAction::Keep))
            }
            Key::Larger => Some(Action::Zoom(1)),
            Key::Smaller => Some(Action::Zoom(-1)),
            Key::UsualSize => Some(Action::Zoom(0)),
            Key::Quit => Some(Action::Quit),
            Key::Close => self.close(),
            Key::Play => player(PlayerAction::Toggle),
            Key::StepBack => player(PlayerAction::Step(-1)),
            Key::StepForward => player(PlayerAction::Step(1)),
            Key::Loop => player(PlayerAction::Loop),
            Key::Fit => player(PlayerAction::Fit),
            Key::CopyFrame => player(PlayerAction::CopyFrame),
            Key::Reveal => record(RecordAction::Reveal),
            Key::Trash => record(RecordAction::Trash),
        }
    }

    /// What Esc takes away: what is looked for, then the sheet, then the notice.
    fn close(&self) -> Option<Action> {
        match self.sheet {
            Some(Sheet::Library) if !self.search.words.is_empty() => Some(Action::Search {
                words: String::new(),
                favourites: self.search.favourites,
            }),
            Some(_) => Some(Action::CloseSheet),
            None => self.notice.as_ref().map(|_| Action::Dismiss),
        }
    }

    fn pause_or_go_on(&self) -> Option<Action> {
        let handle = &self.queue.at_work()?.handle;
        let action = if handle.is_paused() {
            JobAction::Continue
        } else {
            JobAction::Pause
        };
        Some(Action::Job(handle.id, action))
    }
}
