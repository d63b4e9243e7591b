//! The menu bar and the window do the same.

use egui::Key as Stroke;
use zoetrope::app::keys::key_of;
use zoetrope::platform::menu::Item;
use zoetrope::view::keys::TABLE;
use zoetrope::view::strings::{CHINESE, ENGLISH};

/// Breaks when the menu bar takes a key for one thing, and the window shows it for another.
#[test]
fn an_item_of_the_menu_has_the_key_that_the_window_shows() {
    for item in Item::ALL {
        let (Some(menu), Some(key)) = (item.shortcut(), key_of(item)) else {
            continue;
        };
        let (_, window) = TABLE.iter().find(|(each, _)| *each == key).unwrap();
        assert_eq!(
            Stroke::from_name(menu.key),
            Some(window.logical_key),
            "{item:?}"
        );
        assert_eq!(menu.shift, window.modifiers.shift, "{item:?}");
        assert!(window.modifiers.command, "{item:?}");
    }
}

/// Breaks when an item stays English in a Chinese menu.
#[test]
fn every_item_is_translated() {
    for item in Item::ALL {
        assert_eq!((ENGLISH.menu)(item.title()), item.title());
        assert_ne!((CHINESE.menu)(item.title()), item.title());
    }
}
