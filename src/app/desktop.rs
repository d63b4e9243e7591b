//! The desktop around the window: what it asks for, and what it is told.

use std::collections::HashMap;
use std::time::Duration;

use egui::{Context, ViewportCommand};

use super::App;
use super::commands::menu_items;
use super::incoming::{Asked, Incoming};
use crate::error::Result;
use crate::platform::{self, Awake, Event, Events, MenuBar};
use crate::view::action::Action;
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
    /// What came in and is still to be done, ...
    heard: Vec<Event>,
    /// ... and the items that were chosen, which are carried out once what was typed before is in its field.
    chosen: Vec<UiCommand>,
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
            heard: Vec::new(),
            chosen: Vec::new(),
        })
    }

    /// Takes what has come in. What belongs among the window's own events goes to `incoming`.
    pub fn listen(&mut self, incoming: &mut Incoming) {
        for event in self.events.drain() {
            match event {
                Event::Edit(edit) => incoming.ask(Asked::Edit(edit)),
                Event::Insert { text, instead_of } => {
                    incoming.ask(Asked::Insert { text, instead_of });
                }
                other => self.heard.push(other),
            }
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

/// Whether the window is drawn on the GPU that computes: not while it is minimised or covered. Where the system does not tell
/// it counts as seen.
pub fn may_be_seen(window: &egui::ViewportInfo) -> bool {
    window.visible() != Some(false)
}

/// While a dialog of the system is open, the menus of text and the end of the program are all that there is.
fn is_offered_beneath_a_dialog(command: UiCommand) -> bool {
    command == UiCommand::Quit
}

/// Whoever opens a file wants to see what comes of it.
fn come_to_front(ctx: &Context) {
    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
    ctx.send_viewport_cmd(ViewportCommand::Focus);
}

impl App {
    /// Does what the desktop asks for. What was chosen from the menu waits for [`do_chosen`](Self::do_chosen).
    pub(super) fn hear_desktop(&mut self, ctx: &Context) {
        let Some(desktop) = &mut self.desktop else {
            return;
        };
        desktop.listen(&mut self.incoming);
        for event in std::mem::take(&mut desktop.heard) {
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
                // Pictures of what is being made come again, and take the place of many frames.
                Event::ShortOfMemory => {
                    self.works.iter_mut().for_each(|work| work.picture = None);
                    self.free_memory();
                }
                Event::Quit => self.act(ctx, Action::Quit),
                Event::Chose(item) => self.choose_item(item),
                // They are among the window's own events.
                Event::Edit(_) | Event::Insert { .. } => {}
            }
        }
    }

    fn choose_item(&mut self, item: usize) {
        let Some(entry) = TABLE.get(item) else { return };
        // Beneath a dialog the window is not to be operated.
        let is_beneath = self.files.has_dialog() && !is_offered_beneath_a_dialog(entry.command);
        if let Some(desktop) = self.desktop.as_mut().filter(|_| !is_beneath) {
            desktop.chosen.push(entry.command);
        }
    }

    /// Does what was chosen from the menu bar.
    pub(super) fn do_chosen(&mut self, ctx: &Context) {
        let Some(desktop) = &mut self.desktop else {
            return;
        };
        for command in std::mem::take(&mut desktop.chosen) {
            if let Some(action) = self.action_of(command) {
                self.act(ctx, action);
            }
        }
    }

    /// Tells the desktop how things stand.
    pub(super) fn tell_desktop(&mut self, ctx: &Context) {
        let at_work = self.queue.at_work().map(|job| job.handle.clone());
        let works = at_work.as_ref().is_some_and(|handle| !handle.is_paused());
        let busy = works || self.downloading.is_some() || self.exporting.is_writing();
        let work = at_work.as_ref().and_then(|handle| {
            let works = &mut self.works.iter();
            works.find(|work| work.handle.id == handle.id)
        });
        let share = work.map(super::job_state::Work::share);
        let typing = ctx.egui_wants_keyboard_input();
        let beneath = self.files.has_dialog();
        let offered = TABLE.map(|entry| {
            let possible = match entry.command {
                command if beneath && !is_offered_beneath_a_dialog(command) => false,
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

    /// A job has lasted so long: its end may have to be told.
    pub(super) fn prepare_to_announce(&self, elapsed: Duration) {
        if self.desktop.is_some() && elapsed >= LONG {
            platform::ask_to_notify();
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

    /// Shows the recent files that are still there.
    pub(super) fn show_recent(&self) {
        let recent = self.preferences.recent.clone();
        let look = move || recent.that_are_there();
        self.files.scan(look, |app, _, recent| {
            if let Some(desktop) = &app.desktop {
                desktop.menu.show_recent(&recent);
            }
        });
    }
}
