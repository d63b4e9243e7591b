//! The menu bar of the app.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

use muda::accelerator::{Accelerator, CMD_OR_CTRL, Modifiers};
use muda::{IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};

use super::super::events::{Event, send};
use super::super::menu::Item;
use super::super::recent::Recent;
use super::{editing, typing, window};
use crate::error::{Error, Result};

/// Before the path in the name of a recent file's item.
const RECENT: &str = "recent:";

/// The bar. The system holds it as long as this lives.
pub struct Menus {
    bar: Menu,
    items: HashMap<Item, MenuItem>,
    recent: Submenu,
    files: RefCell<Vec<MenuItem>>,
    /// Those to which the system adds its own: the window's places, and a field to search the menus.
    windows: Submenu,
    help: Submenu,
}

impl Menus {
    pub fn new(translate: &dyn Fn(&'static str) -> String) -> Result<Self> {
        let bar = Self {
            bar: Menu::new(),
            items: Item::ALL
                .into_iter()
                .map(|item| (item, menu_item(item, translate)))
                .collect(),
            recent: Submenu::new(translate("Open Recent"), true),
            files: RefCell::default(),
            windows: Submenu::new(translate("Window"), true),
            help: Submenu::new(translate("Help"), true),
        };
        bar.fill(translate)
            .map_err(|error| Error::Other(format!("The menu bar cannot be made: {error}")))?;
        MenuEvent::set_event_handler(Some(|chosen: MenuEvent| chose(chosen.id.as_ref())));
        bar.bar.init_for_nsapp();
        // They are looked for in the bar that is shown.
        bar.windows.set_as_windows_menu_for_nsapp();
        bar.help.set_as_help_menu_for_nsapp();
        editing::teach_view();
        typing::teach_view();
        window::watch_clicks();
        Ok(bar)
    }

    pub fn enable(&self, item: Item, enabled: bool) {
        self.items[&item].set_enabled(enabled);
    }

    pub fn show_recent(&self, recent: &Recent) {
        let mut shown = self.files.borrow_mut();
        for file in shown.drain(..) {
            // It can only fail for an item that is not there.
            let _ = self.recent.remove(&file);
        }
        for (place, path) in recent.files().enumerate() {
            let name = path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy();
            let id = format!("{RECENT}{}", path.display());
            let file = MenuItem::with_id(id, name, true, None);
            if self.recent.insert(&file, place).is_ok() {
                shown.push(file);
            }
        }
        self.enable(Item::ClearRecent, !shown.is_empty());
    }

    /// Puts every item in its place, in the order of Apple's guidelines.
    fn fill(&self, translate: &dyn Fn(&'static str) -> String) -> muda::Result<()> {
        use PredefinedMenuItem as Standard;
        let line = Standard::separator;
        let menu = |title, entries: &[&dyn IsMenuItem]| -> muda::Result<Submenu> {
            let menu = Submenu::with_items(translate(title), true, entries)?;
            self.bar.append(&menu)?;
            Ok(menu)
        };
        let item = |item: Item| &self.items[&item];
        let text = |title| Some(translate(title));

        menu(
            "Zoetrope",
            &[
                &Standard::about(text("About Zoetrope").as_deref(), None),
                &line(),
                item(Item::Settings),
                &line(),
                &Standard::services(text("Services").as_deref()),
                &line(),
                &Standard::hide(text("Hide Zoetrope").as_deref()),
                &Standard::hide_others(text("Hide Others").as_deref()),
                &Standard::show_all(text("Show All").as_deref()),
                &line(),
                item(Item::Quit),
            ],
        )?;
        self.recent
            .append_items(&[&line(), item(Item::ClearRecent)])?;
        menu(
            "File",
            &[
                item(Item::New),
                item(Item::Open),
                &self.recent,
                &line(),
                &Standard::close_window(text("Close").as_deref()),
                &line(),
                item(Item::Export),
                item(Item::Reveal),
                item(Item::Trash),
            ],
        )?;
        menu(
            "Edit",
            &[
                &Standard::undo(text("Undo").as_deref()),
                &Standard::redo(text("Redo").as_deref()),
                &line(),
                &Standard::cut(text("Cut").as_deref()),
                &Standard::copy(text("Copy").as_deref()),
                &Standard::paste(text("Paste").as_deref()),
                &Standard::select_all(text("Select All").as_deref()),
            ],
        )?;
        menu(
            "Video",
            &[
                item(Item::Generate),
                &line(),
                item(Item::Pause),
                item(Item::StopAndKeep),
            ],
        )?;
        menu(
            "View",
            &[
                item(Item::Reel),
                item(Item::AllClips),
                &line(),
                &Standard::fullscreen(text("Enter Full Screen").as_deref()),
            ],
        )?;
        self.windows.append_items(&[
            &Standard::minimize(text("Minimize").as_deref()),
            &Standard::zoom(text("Zoom").as_deref()),
            &line(),
            &Standard::bring_all_to_front(text("Bring All to Front").as_deref()),
        ])?;
        self.help.append(item(Item::Help))?;
        self.bar.append_items(&[&self.windows, &self.help])
    }
}

/// An item whose id is its English title.
fn menu_item(item: Item, translate: &dyn Fn(&'static str) -> String) -> MenuItem {
    let keys = item.shortcut().and_then(|shortcut| {
        let shift = if shortcut.shift {
            Modifiers::SHIFT
        } else {
            Modifiers::empty()
        };
        let key: Accelerator = shortcut.key.parse().ok()?;
        Some(Accelerator::new(CMD_OR_CTRL | shift, key.key()))
    });
    MenuItem::with_id(item.title(), translate(item.title()), true, keys)
}

fn chose(id: &str) {
    if let Some(path) = id.strip_prefix(RECENT) {
        send(Event::Open(vec![PathBuf::from(path)]));
    } else if let Some(item) = Item::ALL.into_iter().find(|item| item.title() == id) {
        send(Event::Chose(item));
    }
}
