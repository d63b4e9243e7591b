//! The menu bar and the window do the same.

use std::collections::HashSet;

use zoetrope::app::commands::menu_items;
use zoetrope::platform::menu::MENUS;
use zoetrope::view::commands::TABLE;
use zoetrope::view::strings::{CHINESE, ENGLISH, Language};

/// Breaks when an item stands in a menu that there is not, where nobody would ever see it.
#[test]
fn every_item_stands_in_a_menu() {
    for item in menu_items(&ENGLISH) {
        assert!(MENUS.contains(&item.menu), "{item:?}");
        assert!(item.part < 4, "the bar has four parts a menu: {item:?}");
    }
}

/// Breaks when choosing an item of the menu does something else than its name says.
#[test]
fn the_number_of_an_item_leads_to_its_command() {
    for item in menu_items(&ENGLISH) {
        let command = TABLE[item.id].command;
        assert_eq!(item.title, command.title(Language::English));
        assert_eq!(command as usize, item.id);
    }
}

/// A shortcut that two items share would reach only one of them, and the system's own would reach neither.
#[test]
fn no_two_items_have_the_same_shortcut() {
    let systems = [("H", false), ("M", false), ("W", false), ("F", true)];
    let mut taken = HashSet::from(systems);
    for item in menu_items(&ENGLISH) {
        if let Some(shortcut) = item.shortcut {
            let fresh = taken.insert((shortcut.key, shortcut.shift));
            assert!(fresh, "{item:?} is taken");
        }
    }
}

/// Breaks when an item or a menu stays English in a Chinese menu bar, or an English one is not written as menus are.
#[test]
fn the_menu_bar_speaks_both_languages() {
    let pairs = menu_items(&ENGLISH).into_iter().zip(menu_items(&CHINESE));
    for (english, chinese) in pairs {
        assert_ne!(english.title, chinese.title);
    }
    let titles: Vec<String> = menu_items(&ENGLISH)
        .into_iter()
        .map(|item| item.title)
        .collect();
    for expected in ["New Video", "Stop and Keep", "Show in Finder", "Zoom In"] {
        assert!(titles.iter().any(|title| title == expected), "{titles:?}");
    }
    for menu in MENUS.iter().filter(|menu| **menu != "Zoetrope") {
        assert_eq!((ENGLISH.menu)(menu), *menu);
        assert_ne!((CHINESE.menu)(menu), *menu);
    }
}
