//! The controls that lie on a clip.

use egui::{Align, Layout, RichText, Ui};

use super::Player;
use super::scrubber;
use crate::view::Action;
use crate::view::action::{PlayerAction, RecordAction, Sheet};
use crate::view::icons;
use crate::view::keys::{Key, keys};
use crate::view::strings::words;
use crate::view::theme::{self, palette, space, text};
use crate::view::widget::{Button, IconButton, Kind, menu, menu_item};

/// The height of all controls.
pub const HEIGHT: f32 = 92.0;

/// The speeds to choose from.
const SPEEDS: [f32; 4] = [0.25, 0.5, 1.0, 2.0];

/// Draws the scrubber and the buttons below it.
pub fn show(ui: &mut Ui, player: &Player) -> Option<Action> {
    ui.add_space(space::L);
    let scrubbed = scrubber::show(ui, player);
    let pressed = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let left = transport(ui, player);
        let right = ui.with_layout(Layout::right_to_left(Align::Center), |ui| uses(ui, player));
        left.map(Action::Player).or(right.inner)
    });
    scrubbed.map(Action::Player).or(pressed.inner)
}

/// What moves the clip, and where it stands.
fn transport(ui: &mut Ui, player: &Player) -> Option<PlayerAction> {
    let words = &words(ui).player;
    let mut asked = None;
    let mut button = |ui: &mut Ui, icon, name, key, on: Option<bool>, action| {
        let keys = keys(ui.ctx(), key);
        let mut button = IconButton::new(icon, name).keys(&keys);
        if let Some(on) = on {
            button = button.on(on);
        }
        if ui.add(button).clicked() {
            asked = Some(action);
        }
    };
    button(
        ui,
        icons::CARET_LEFT,
        words.back,
        Key::StepBack,
        None,
        PlayerAction::Step(-1),
    );
    let (icon, name) = if player.playing {
        (icons::PAUSE_FILL, words.pause)
    } else {
        (icons::PLAY_FILL, words.play)
    };
    button(ui, icon, name, Key::Play, None, PlayerAction::Toggle);
    button(
        ui,
        icons::CARET_RIGHT,
        words.forward,
        Key::StepForward,
        None,
        PlayerAction::Step(1),
    );
    button(
        ui,
        icons::REPEAT,
        words.looping,
        Key::Loop,
        Some(player.looping),
        PlayerAction::Loop,
    );
    asked = speed(ui, player).or(asked);
    ui.add_space(space::S);
    let seconds = |frames: usize| frames as f64 / player.fps.max(1e-3);
    let time = (words.time)(seconds(player.frame), seconds(player.frames));
    let time = RichText::new(time).font(theme::regular(text::BODY));
    ui.label(time.color(palette(ui).text));
    let count = (words.frame)(player.frame + 1, player.frames);
    let count = RichText::new(count).font(theme::regular(text::CAPTION));
    ui.label(count.color(palette(ui).secondary));
    asked
}

fn speed(ui: &mut Ui, player: &Player) -> Option<PlayerAction> {
    let words = &words(ui).player;
    let face = format!("{}×", player.speed);
    let button = ui.add(Button::new(&face).kind(Kind::Quiet));
    let button = button.on_hover_text(words.speed);
    let taken = menu(&button, 96.0, |ui| {
        let clicked = SPEEDS.map(|speed| {
            let chosen = (speed - player.speed).abs() < 1e-3;
            let name = format!("{speed}×");
            menu_item(ui, &name, "", chosen).clicked().then_some(speed)
        });
        clicked.into_iter().flatten().next()
    });
    taken.flatten().map(PlayerAction::Speed)
}

/// What can be done with the clip and its frames; from the right.
fn uses(ui: &mut Ui, player: &Player) -> Option<Action> {
    let words = &words(ui).player;
    let mut asked = None;
    let export_keys = keys(ui.ctx(), Key::Export);
    let export = IconButton::new(icons::EXPORT, words.export).keys(&export_keys);
    if ui.add(export).clicked() {
        asked = Some(Action::Open(Sheet::Export));
    }
    asked = file(ui, player).or(asked);
    ui.add_space(space::S);
    let mut button = |ui: &mut Ui, icon, name, action| {
        if ui.add(IconButton::new(icon, name)).clicked() {
            asked = Some(Action::Player(action));
        }
    };
    let (icon, name) = if player.actual_size {
        (icons::ARROWS_IN, words.fit)
    } else {
        (icons::ARROWS_OUT, words.actual)
    };
    button(ui, icon, name, PlayerAction::Fit);
    button(ui, icons::COPY, words.copy, PlayerAction::CopyFrame);
    if player.takes_pictures {
        button(ui, icons::IMAGE, words.use_frame, PlayerAction::UseFrame);
        button(
            ui,
            icons::FILM_STRIP,
            words.go_on,
            PlayerAction::ContinueFromEnd,
        );
    }
    asked
}

/// What can be done with the video as a whole; from the right.
fn file(ui: &mut Ui, player: &Player) -> Option<Action> {
    let words = &words(ui).player;
    let (heart, like) = if player.favourite {
        (icons::HEART_FILL, words.dislike)
    } else {
        (icons::HEART, words.like)
    };
    let restore = icons::ARROW_COUNTER_CLOCKWISE;
    let buttons = [
        (icons::TRASH, words.trash, RecordAction::Trash),
        (icons::FOLDER_OPEN, words.reveal, RecordAction::Reveal),
        (restore, words.restore, RecordAction::Restore),
        (heart, like, RecordAction::Favourite),
    ];
    let pressed = buttons.map(|(icon, name, action)| {
        let mut button = IconButton::new(icon, name);
        if action == RecordAction::Favourite {
            button = button.on(player.favourite);
        }
        ui.add(button).clicked().then_some(action)
    });
    let action = pressed.into_iter().flatten().next()?;
    Some(Action::Record(player.id.to_owned(), action))
}
