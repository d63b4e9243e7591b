//! What the commands of the window do as things stand, and those that the menu bar has.

use super::App;
use super::gallery::Cinema;
use crate::platform::menu::{Item, Shortcut};
use crate::view::action::{
    Action, CompareAction, JobAction, Part, PlayerAction, RecordAction, Sheet, Shown,
};
use crate::view::commands::{Entry, TABLE, UiCommand};
use crate::view::strings::Words;

/// The commands that stand in the menu bar. The number of an item is the place of its command in the table.
pub fn menu_items(words: &Words) -> Vec<Item> {
    let item = |entry: &Entry| {
        let (menu, part) = entry.menu?;
        let keys = entry.keys;
        Some(Item {
            id: entry.command as usize,
            title: (words.command_title)(entry.command),
            menu,
            part,
            // The bar would take a plain key away from whoever types.
            shortcut: keys.modifiers.command.then(|| Shortcut {
                key: keys.logical_key.name(),
                shift: keys.modifiers.shift,
            }),
        })
    };
    TABLE.iter().filter_map(item).collect()
}

impl App {
    /// What a command asks for as things stand.
    pub(super) fn action_of(&self, command: UiCommand) -> Option<Action> {
        if let Some(action) = self.action_in_comparison(command) {
            return Some(Action::Compare(action));
        }
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
        match command {
            // What is in the field is not what is meant yet.
            UiCommand::Generate | UiCommand::New if self.incoming.is_composing() => None,
            // What is begun is to be seen.
            UiCommand::Generate if self.sheet.is_some() => None,
            UiCommand::Generate => Some(Action::Generate { count: 1 }),
            UiCommand::New => Some(Action::New),
            UiCommand::Open => Some(Action::OpenFile),
            UiCommand::Library => sheet(Sheet::Library),
            UiCommand::Export => self.player.as_ref().and(sheet(Sheet::Export)),
            UiCommand::Models => sheet(Sheet::Models),
            UiCommand::Settings => sheet(Sheet::Settings),
            UiCommand::Shortcuts => sheet(Sheet::Shortcuts),
            UiCommand::Reel => Some(Action::Fold(Part::Reel)),
            UiCommand::Pause => self.pause_or_go_on(),
            UiCommand::Keep => {
                let id = self.queue.at_work()?.handle.id;
                Some(Action::Job(id, JobAction::Keep))
            }
            UiCommand::ZoomIn => Some(Action::Zoom(1)),
            UiCommand::ZoomOut => Some(Action::Zoom(-1)),
            UiCommand::ActualSize => Some(Action::Zoom(0)),
            UiCommand::Quit => Some(Action::Quit),
            UiCommand::Close => self.close(),
            UiCommand::Play if self.gallery.quick.is_some() => Some(Action::QuickLook(None)),
            UiCommand::Info => {
                let shows = self.player.is_some() && self.sheet.is_none();
                shows.then_some(Action::Fold(Part::Info))
            }
            UiCommand::Find => Some(Action::Open(Sheet::Library)),
            UiCommand::Compare => {
                let can = self.to_compare().len() > 1;
                can.then_some(Action::CompareChosen)
            }
            UiCommand::Newer | UiCommand::Older => {
                let by = if command == UiCommand::Newer { -1 } else { 1 };
                let free = self.sheet.is_none() && !self.records.is_empty();
                free.then_some(Action::Neighbour(by))
            }
            UiCommand::Queue => Some(Action::Fold(Part::Queue)),
            UiCommand::Batch => sheet(Sheet::Batch),
            UiCommand::Contact => match self.sheet {
                Some(Sheet::Contact) => Some(Action::CloseSheet),
                _ => self.has_contact_sheet().then_some(Action::ContactSheet),
            },
            UiCommand::Styles => sheet(Sheet::Styles),
            UiCommand::FullScreen => self.sheet.is_none().then_some(Action::FullScreen),
            UiCommand::Reveal => record(RecordAction::Reveal),
            UiCommand::Trash if !self.gallery.selected.is_empty() => Some(Action::TrashSelected),
            UiCommand::Trash => record(RecordAction::Trash),
            _ => of_clip(command).and_then(player),
        }
    }

    /// What the keys of the player mean while clips are compared.
    fn action_in_comparison(&self, command: UiCommand) -> Option<CompareAction> {
        if self.gallery.comparing.is_none() || self.sheet.is_some() {
            return None;
        }
        Some(match command {
            UiCommand::Play => CompareAction::Toggle,
            UiCommand::StepBack => CompareAction::Step(-1),
            UiCommand::StepForward => CompareAction::Step(1),
            UiCommand::Stop => CompareAction::Keep,
            UiCommand::Trash => CompareAction::Trash,
            UiCommand::Next => CompareAction::Next,
            UiCommand::Start => CompareAction::Seek(0),
            UiCommand::Close => CompareAction::Close,
            _ => return None,
        })
    }

    /// What Esc takes away: a quick look, what is looked for, then the sheet, the full screen, the notice, the selection.
    fn close(&self) -> Option<Action> {
        if self.gallery.quick.is_some() {
            return Some(Action::QuickLook(None));
        }
        match self.sheet {
            Some(Sheet::Library) if !self.search.words.is_empty() => Some(Action::Search {
                words: String::new(),
                favourites: self.search.favourites,
            }),
            Some(_) => Some(Action::CloseSheet),
            None if self.gallery.cinema != Cinema::Off => Some(Action::FullScreen),
            None if self.notice.is_some() => Some(Action::Dismiss),
            None => (!self.gallery.selected.is_empty()).then_some(Action::SelectNone),
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

/// What a command does with the clip on the stage, if it is about that.
fn of_clip(command: UiCommand) -> Option<PlayerAction> {
    Some(match command {
        UiCommand::Play => PlayerAction::Toggle,
        UiCommand::Backwards => PlayerAction::Shuttle(-1),
        UiCommand::Stop => PlayerAction::Shuttle(0),
        UiCommand::Forwards => PlayerAction::Shuttle(1),
        UiCommand::TrimIn => PlayerAction::TrimIn,
        UiCommand::TrimOut => PlayerAction::TrimOut,
        UiCommand::Start => PlayerAction::Seek(0),
        UiCommand::End => PlayerAction::Seek(usize::MAX),
        UiCommand::StepBack => PlayerAction::Step(-1),
        UiCommand::StepForward => PlayerAction::Step(1),
        UiCommand::Loop => PlayerAction::Loop,
        UiCommand::Fit => PlayerAction::Fit,
        UiCommand::CopyFrame => PlayerAction::CopyFrame,
        _ => return None,
    })
}
