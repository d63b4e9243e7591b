//! The menu bar of the app.

use std::cell::RefCell;
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
/// Before the number of an item of the app.
const ITEM: &str = "item:";
/// What forgets the recent files.
const CLEAR: &str = "clear recent";

/// The parts that the app can divide its items of a menu into.
const PARTS: usize = 4;

/// The bar. The system holds it as long as this lives.
pub struct Menus {
    bar: Menu,
    items: Vec<(Item, MenuItem)>,
    recent: Submenu,
    clear: MenuItem,
    files: RefCell<Vec<MenuItem>>,
    /// Those to which the system adds its own: the window's places, and a field to search the menus.
    windows: Submenu,
    help: Submenu,
}

impl Menus {
    pub fn new(items: Vec<Item>, translate: &dyn Fn(&'static str) -> String) -> Result<Self> {
        let shown = |item: Item| {
            let shown = menu_item(&item);
            (item, shown)
        };
        let bar = Self {
            bar: Menu::new(),
            items: items.into_iter().map(shown).collect(),
            recent: Submenu::new(translate("Open Recent"), true),
            clear: MenuItem::with_id(CLEAR, translate("Clear Menu"), false, None),
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

    pub fn enable(&self, id: usize, enabled: bool) {
        let known = self.items.iter().find(|(item, _)| item.id == id);
        if let Some((_, shown)) = known {
            shown.set_enabled(enabled);
        }
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
        self.clear.set_enabled(!shown.is_empty());
    }

    /// Puts every item in its place, in the order of Apple's guidelines.
    fn fill(&self, translate: &dyn Fn(&'static str) -> String) -> muda::Result<()> {
        use PredefinedMenuItem as Standard;
        let text = |title| Some(translate(title));
        let menu = |title, parts: &[&[&dyn IsMenuItem]]| self.menu(translate(title), parts);
        self.recent
            .append_items(&[&Standard::separator(), &self.clear])?;

        let [settings, quit, ..] = self.parts("Zoetrope");
        menu(
            "Zoetrope",
            &[
                &[&Standard::about(text("About Zoetrope").as_deref(), None)],
                &settings,
                &[&Standard::services(text("Services").as_deref())],
                &[
                    &Standard::hide(text("Hide Zoetrope").as_deref()),
                    &Standard::hide_others(text("Hide Others").as_deref()),
                    &Standard::show_all(text("Show All").as_deref()),
                ],
                &quit,
            ],
        )?;
        let [mut open, clip, ..] = self.parts("File");
        open.push(&self.recent);
        let close = Standard::close_window(text("Close").as_deref());
        menu("File", &[&open, &[&close], &clip])?;
        menu(
            "Edit",
            &[
                &[
                    &Standard::undo(text("Undo").as_deref()),
                    &Standard::redo(text("Redo").as_deref()),
                ],
                &[
                    &Standard::cut(text("Cut").as_deref()),
                    &Standard::copy(text("Copy").as_deref()),
                    &Standard::paste(text("Paste").as_deref()),
                    &Standard::select_all(text("Select All").as_deref()),
                ],
            ],
        )?;
        let [first, second, third, fourth] = self.parts("Video");
        menu("Video", &[&first, &second, &third, &fourth])?;
        let [first, second, third, fourth] = self.parts("View");
        let whole = Standard::fullscreen(text("Enter Full Screen").as_deref());
        menu("View", &[&first, &second, &third, &fourth, &[&whole]])?;
        self.windows.append_items(&[
            &Standard::minimize(text("Minimize").as_deref()),
            &Standard::zoom(text("Zoom").as_deref()),
            &Standard::separator(),
            &Standard::bring_all_to_front(text("Bring All to Front").as_deref()),
        ])?;
        let [help, ..] = self.parts("Help");
        self.help.append_items(&help)?;
        self.bar.append_items(&[&self.windows, &self.help])
    }

    /// The app's items of a menu.
    fn parts(&self, menu: &str) -> [Vec<&dyn IsMenuItem>; PARTS] {
        std::array::from_fn(|part| {
            let items = self.items.iter();
            let here = items.filter(|(item, _)| item.menu == menu && item.part == part);
            here.map(|(_, shown)| -> &dyn IsMenuItem { shown })
                .collect()
        })
    }

    /// Adds a menu to the bar, with a line before each part but the first.
    fn menu(&self, title: String, parts: &[&[&dyn IsMenuItem]]) -> muda::Result<()> {
        let menu = Submenu::new(title, true);
        let filled = parts.iter().filter(|part| !part.is_empty());
        for (place, part) in filled.enumerate() {
            if place > 0 {
                menu.append(&PredefinedMenuItem::separator())?;
            }
            menu.append_items(part)?;
        }
        self.bar.append(&menu)
    }
}

fn menu_item(item: &Item) -> MenuItem {
    let keys = item.shortcut.and_then(|shortcut| {
        let shift = if shortcut.shift {
            Modifiers::SHIFT
        } else {
            Modifiers::empty()
        };
        // The only key here that the crate knows by another name.
        let name = match shortcut.key {
            "Plus" => "NumpadAdd",
            other => other,
        };
        // An item whose key it does not know at all is still there to be clicked.
        let key: Accelerator = name.parse().ok()?;
        Some(Accelerator::new(CMD_OR_CTRL | shift, key.key()))
    });
    MenuItem::with_id(format!("{ITEM}{}", item.id), &item.title, true, keys)
}

fn chose(id: &str) {
    if let Some(path) = id.strip_prefix(RECENT) {
        send(Event::Open(vec![PathBuf::from(path)]));
    } else if id == CLEAR {
        send(Event::ClearRecent);
    } else if let Some(Ok(item)) = id.strip_prefix(ITEM).map(str::parse) {
        send(Event::Chose(item));
    }
}
