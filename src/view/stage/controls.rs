//! The controls that lie on a clip.

use egui::{Align, Layout, RichText, Ui};

use super::Player;
use super::scrubber;
use crate::view::Action;
use crate::view::action::{PlayerAction, RecordAction, Sheet};
use crate::view::commands::{UiCommand, keys};
use crate::view::icons;
use crate::view::strings::{Words, words};
use crate::view::theme::{self, palette, space, text};
use crate::view::widget::{Button, IconButton, Kind, caption, menu, menu_item};

/// The height of all controls.
pub const HEIGHT: f32 = 92.0;

/// About how wide things are: what moves the clip, ...
const TRANSPORT: f32 = 176.0;
/// ... the time, the number of the frame, ...
const TIME: f32 = 120.0;
const FRAME: f32 = 96.0;
/// ... and what can be done with the clip: a button for each, or a few for all.
const USES: f32 = 292.0;
const FOLDED: f32 = 64.0;

const MENU: f32 = 240.0;

/// The speeds to choose from.
const SPEEDS: [f32; 4] = [0.25, 0.5, 1.0, 2.0];

/// Draws the scrubber and the buttons below it.
pub fn show(ui: &mut Ui, player: &Player) -> Option<Action> {
    ui.add_space(space::L);
    let scrubbed = scrubber::show(ui, player);
    let pressed = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let room = Room::of(ui.available_width());
        let left = transport(ui, player, room);
        let words = words(ui);
        let uses = [of_clip(words, player), of_video(words, player)];
        let draw = if room.folded { folded } else { buttons };
        let right = ui.with_layout(Layout::right_to_left(Align::Center), |ui| draw(ui, uses));
        left.map(Action::Player).or(right.inner)
    });
    scrubbed.map(Action::Player).or(pressed.inner)
}

/// What there is room for.
#[derive(Clone, Copy)]
struct Room {
    /// Whether there is too little for a button for each use.
    folded: bool,
    time: bool,
    frame: bool,
}

impl Room {
    fn of(width: f32) -> Self {
        let folded = width < TRANSPORT + TIME + USES;
        let rest = width - TRANSPORT - if folded { FOLDED } else { USES };
        Self {
            folded,
            time: rest >= TIME,
            frame: rest >= TIME + FRAME,
        }
    }
}

/// What moves the clip, and where it stands, as far as there is room for it.
fn transport(ui: &mut Ui, player: &Player, room: Room) -> Option<PlayerAction> {
    let words = words(ui);
    let mut asked = None;
    let mut button = |ui: &mut Ui, icon, name, command, on: Option<bool>, action| {
        let keys = keys(ui.ctx(), command);
        let mut button = IconButton::new(icon, name).keys(&keys);
        if let Some(on) = on {
            button = button.on(on);
        }
        if ui.add(button).clicked() {
            asked = Some(action);
        }
    };
    let [back, forward] = [-1, 1].map(PlayerAction::Step);
    let name = words.command;
    let command = UiCommand::StepBack;
    button(ui, icons::CARET_LEFT, name(command), command, None, back);
    let icon = if player.playing {
        icons::PAUSE_FILL
    } else {
        icons::PLAY_FILL
    };
    let command = UiCommand::Play;
    let play = (words.command_state)(command, player.playing);
    button(ui, icon, play, command, None, PlayerAction::Toggle);
    let command = UiCommand::StepForward;
    button(
        ui,
        icons::CARET_RIGHT,
        name(command),
        command,
        None,
        forward,
    );
    let command = UiCommand::Loop;
    let on = Some(player.looping);
    button(
        ui,
        icons::REPEAT,
        name(command),
        command,
        on,
        PlayerAction::Loop,
    );
    asked = speed(ui, player).or(asked);
    ui.add_space(space::S);
    let seconds = |frames: usize| frames as f64 / player.fps.max(1e-3);
    let time = (words.player.time)(seconds(player.frame), seconds(player.frames));
    let time = RichText::new(time).font(theme::regular(text::BODY));
    if room.time {
        ui.label(time.color(palette(ui).text));
    }
    if room.frame {
        caption(ui, &(words.player.frame)(player.frame + 1, player.frames));
    }
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

/// Something that can be done with the clip.
struct Use {
    icon: &'static str,
    name: &'static str,
    command: Option<UiCommand>,
    /// Whether it holds, where it is on or off.
    on: Option<bool>,
    action: Action,
}

/// What can be done with the clip and its frames.
fn of_clip(words: &Words, player: &Player) -> Vec<Use> {
    let one = |icon, name, command, action| Use {
        icon,
        name,
        command,
        on: None,
        action: Action::Player(action),
    };
    let icon = if player.actual_size {
        icons::ARROWS_IN
    } else {
        icons::ARROWS_OUT
    };
    let fit = (words.command_state)(UiCommand::Fit, !player.actual_size);
    let own = &words.player;
    let go_on = PlayerAction::ContinueFromEnd;
    let copy = PlayerAction::CopyFrame;
    let mut uses = vec![
        one(icons::FILM_STRIP, own.go_on, None, go_on),
        one(icons::IMAGE, own.use_frame, None, PlayerAction::UseFrame),
        one(
            icons::COPY,
            (words.command)(UiCommand::CopyFrame),
            Some(UiCommand::CopyFrame),
            copy,
        ),
        one(icon, fit, Some(UiCommand::Fit), PlayerAction::Fit),
    ];
    if !player.takes_pictures {
        uses.drain(..2);
    }
    uses
}

/// What can be done with the video as a whole.
fn of_video(words: &Words, player: &Player) -> Vec<Use> {
    let one = |icon, name, command, action| Use {
        icon,
        name,
        command,
        on: None,
        action: Action::Record(player.id.to_owned(), action),
    };
    let own = &words.player;
    let named = |icon, command, action| one(icon, (words.command)(command), Some(command), action);
    let (heart, like) = if player.favourite {
        (icons::HEART_FILL, own.dislike)
    } else {
        (icons::HEART, own.like)
    };
    let again = icons::ARROW_COUNTER_CLOCKWISE;
    let reveal = RecordAction::Reveal;
    vec![
        Use {
            on: Some(player.favourite),
            ..one(heart, like, None, RecordAction::Favourite)
        },
        one(again, own.restore, None, RecordAction::Restore),
        named(icons::FOLDER_OPEN, UiCommand::Reveal, reveal),
        named(icons::TRASH, UiCommand::Trash, RecordAction::Trash),
        Use {
            icon: icons::EXPORT,
            name: (words.command)(UiCommand::Export),
            command: Some(UiCommand::Export),
            on: None,
            action: Action::Open(Sheet::Export),
        },
    ]
}

/// A button for each, from the right.
fn buttons(ui: &mut Ui, groups: [Vec<Use>; 2]) -> Option<Action> {
    let mut asked = None;
    for group in groups.into_iter().rev() {
        for each in group.into_iter().rev() {
            let keys = each.command.map(|command| keys(ui.ctx(), command));
            let keys = keys.unwrap_or_default();
            let mut button = IconButton::new(each.icon, each.name).keys(&keys);
            if let Some(on) = each.on {
                button = button.on(on);
            }
            if ui.add(button).clicked() {
                asked = Some(each.action);
            }
        }
        ui.add_space(space::S);
    }
    asked
}

/// A menu for all but the last, where there is no room for more.
fn folded(ui: &mut Ui, mut groups: [Vec<Use>; 2]) -> Option<Action> {
    let last = groups[1].pop().into_iter().collect();
    let asked = buttons(ui, [Vec::new(), last]);
    let more = Button::new("…").named(words(ui).player.more);
    let button = ui.add(more.kind(Kind::Quiet));
    let chosen = menu(&button, MENU, |ui| {
        let clicked = groups.into_iter().flatten().filter_map(|each| {
            let line = menu_item(ui, each.name, "", each.on == Some(true));
            line.clicked().then_some(each.action)
        });
        clicked.collect::<Vec<_>>().pop()
    });
    chosen.flatten().or(asked)
}
