//! The desktop around the window: what it asks for, and what it is told.

use std::collections::HashMap;
use std::time::Duration;

use egui::{Context, Key, Modifiers, RawInput, ViewportCommand};

use super::App;
use super::commands::menu_items;
use crate::error::Result;
use crate::platform::menu::Edit;
use crate::platform::{self, Awake, Event, Events, MenuBar};
use crate::view::commands::{TABLE, UiCommand};
use crate::view::strings::Words;

/// A job that took less is told of by the window alone.
const LONG: Duration = Duration::from_secs(10);

/// What is known of the desktop. A test does without.
pub struct Desktop {
    events: Events,
    menu: MenuBar,
    /// What the menu offers, as it was told last.
    offered: HashMap<UiCommand, bool>,
    /// While it is there, the machine stays awake.
    awake: Option<Awake>,
    /// The share of the work that was told last, in percent.
    percent: Option<u32>,
    /// What the menu wants of the text field that has the focus.
    edits: Vec<Edit>,
}

impl Desktop {
    /// Shows the menu bar, and has `ctx` woken when the desktop asks for something.
    ///
    /// # Errors
    /// The system does not take the menu bar.
    pub fn new(ctx: &Context, events: Events, words: &'static Words) -> Result<Self> {
        let woken = ctx.clone();
        events.wake_with(move || woken.request_repaint());
        Ok(Self {
            events,
            menu: menu(words)?,
            offered: HashMap::new(),
            awake: None,
            percent: None,
            edits: Vec::new(),
        })
    }

    /// Puts what the menu wants of a text field where text fields look for it.
    pub fn edit(&mut self, input: &mut RawInput) {
        for edit in self.edits.drain(..) {
            let (key, shift) = match edit {
                Edit::Undo => (Key::Z, Modifiers::NONE),
                Edit::Redo => (Key::Z, Modifiers::SHIFT),
                Edit::SelectAll => (Key::A, Modifiers::NONE),
                Edit::Cut | Edit::Copy | Edit::Paste => continue,
            };
            input.events.push(egui::Event::Key {
                key,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::COMMAND | shift,
            });
        }
    }

    fn offer(&mut self, command: UiCommand, offered: bool) {
        if self.offered.insert(command, offered) != Some(offered) {
            self.menu.enable(command as usize, offered);
        }
    }

    /// Shows how much of the work is done, where there is work.
    fn show(&mut self, ctx: &Context, share: Option<f32>) {
        let percent = share.map(|share| (share * 100.0) as u32);
        if self.percent == percent {
            return;
        }
        self.percent = percent;
        platform::show_progress(share);
        let title = match percent {
            Some(percent) => format!("{percent} % – Zoetrope"),
            None => "Zoetrope".into(),
        };
        ctx.send_viewport_cmd(ViewportCommand::Title(title));
    }
}

fn menu(words: &'static Words) -> Result<MenuBar> {
    MenuBar::show(menu_items(words), &|title| (words.menu)(title).to_owned())
}

/// Whoever opens a file wants to see what comes of it.
fn come_to_front(ctx: &Context) {
    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
    ctx.send_viewport_cmd(ViewportCommand::Focus);
}

impl App {
    /// Does what the desktop asks for.
    pub(super) fn hear_desktop(&mut self, ctx: &Context) {
        let Some(desktop) = &mut self.desktop else {
            return;
        };
        let events: Vec<Event> = desktop.events.drain().collect();
        for event in events {
            match event {
                Event::Open(files) => {
                    come_to_front(ctx);
                    for file in files {
                        self.receive_file(file);
                    }
                }
                Event::ClearRecent => {
                    self.preferences.recent.clear();
                    self.show_recent();
                }
                Event::Chose(item) => {
                    let entry = TABLE.get(item);
                    let asked = entry.and_then(|entry| self.action_of(entry.command));
                    if let Some(action) = asked {
                        self.act(ctx, action);
                    }
                }
                Event::Edit(edit) => self.hear_edit(ctx, edit),
            }
        }
    }

    fn hear_edit(&mut self, ctx: &Context, edit: Edit) {
        match edit {
            Edit::Cut => ctx.send_viewport_cmd(ViewportCommand::RequestCut),
            Edit::Copy => ctx.send_viewport_cmd(ViewportCommand::RequestCopy),
            Edit::Paste => ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
            Edit::Undo | Edit::Redo | Edit::SelectAll => {
                if let Some(desktop) = &mut self.desktop {
                    desktop.edits.push(edit);
                    ctx.request_repaint();
                }
            }
        }
    }

    /// Tells the desktop how things stand.
    pub(super) fn tell_desktop(&mut self, ctx: &Context) {
        let at_work = self.queue.at_work().map(|job| job.handle.clone());
        let busy = at_work.as_ref().is_some_and(|handle| !handle.is_paused());
        let work = at_work.as_ref().and_then(|handle| {
            let works = &mut self.works.iter();
            works.find(|work| work.handle.id == handle.id)
        });
        let share = work.map(super::job_state::Work::share);
        let typing = ctx.egui_wants_keyboard_input();
        let offered = TABLE.map(|entry| {
            let possible = match entry.command {
                // In a text field the key deletes a line.
                UiCommand::Trash if typing => false,
                command => self.action_of(command).is_some(),
            };
            (entry.command, possible)
        });
        let reason = self.words().notices.awake;
        let Some(desktop) = &mut self.desktop else {
            return;
        };
        for (command, possible) in offered {
            desktop.offer(command, possible);
        }
        desktop.show(ctx, share);
        if busy != desktop.awake.is_some() {
            desktop.awake = busy.then(|| Awake::start(reason));
        }
    }

    /// Tells of the end of a job whoever has gone to another window meanwhile.
    pub(super) fn announce(&self, ctx: &Context, elapsed: Duration, title: &str, body: &str) {
        let away = !ctx.input(|input| input.raw.focused);
        if self.desktop.is_some() && away && elapsed >= LONG {
            platform::notify(title, body);
        }
    }

    /// Puts the menu into the language of the window.
    pub(super) fn translate_menu(&mut self) {
        let words = self.words();
        let Some(desktop) = &mut self.desktop else {
            return;
        };
        match menu(words) {
            Ok(menu) => {
                desktop.menu = menu;
                desktop.offered.clear();
                self.show_recent();
            }
            Err(error) => self.warn(&error),
        }
    }

    /// Takes note of a file that was opened.
    pub(super) fn note_recent(&mut self, file: &std::path::Path) {
        if self.desktop.is_some() {
            self.preferences.recent.add(file);
            self.show_recent();
        }
    }

    pub(super) fn show_recent(&self) {
        if let Some(desktop) = &self.desktop {
            desktop.menu.show_recent(&self.preferences.recent);
        }
    }
}
