//! The controls that lie on a clip.

use egui::accesskit::Role;
use egui::{RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::Player;
use super::scrubber;
use crate::view::Action;
use crate::view::action::{PlayerAction, RecordAction, Sheet, Shown};
use crate::view::commands::{UiCommand, keys};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, palette, radius, space, text};
use crate::view::widget::{
    Button, IconButton, Kind, caption, focus_ring, menu, menu_item, menu_line, trailing,
};

/// The height of all controls, and of the shots above them where there are several.
const HEIGHT: f32 = 92.0;
const SHOTS: f32 = 52.0;

/// How high the controls of a clip are.
pub fn height(player: &Player) -> f32 {
    if player.shots.is_empty() {
        HEIGHT
    } else {
        HEIGHT + SHOTS
    }
}

/// About how wide things are: what moves the clip, ...
const TRANSPORT: f32 = 176.0;
/// ... the time, the number of the frame, ...
const TIME: f32 = 120.0;
const FRAME: f32 = 96.0;
/// ... and what can be done with the clip: what people come for by its name, the rest in a menu.
const USES: f32 = 290.0;
const FOLDED: f32 = 140.0;

const MENU: f32 = 240.0;

/// The speeds to choose from.
const SPEEDS: [f32; 4] = [0.25, 0.5, 1.0, 2.0];

/// Draws the scrubber and the buttons below it.
pub fn show(ui: &mut Ui, player: &Player) -> Option<Action> {
    let shown = (!player.shots.is_empty())
        .then(|| shots(ui, player))
        .flatten();
    ui.add_space(space::L);
    let scrubbed = scrubber::show(ui, player);
    let pressed = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let room = Room::of(ui.available_width());
        let left = transport(ui, player, room);
        let right = trailing(ui, "uses", |ui| uses(ui, player, room));
        left.map(Action::Player).or(right)
    });
    let moved = scrubbed.map(Action::Player);
    shown.or(moved).or(pressed.inner)
}

/// The shots of the chain in a row: a click shows one.
fn shots(ui: &mut Ui, player: &Player) -> Option<Action> {
    let mut asked = None;
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (nth, shot) in player.shots.iter().enumerate() {
            let height = SHOTS - space::S;
            let wanted = vec2(height * player.size.aspect() as f32, height);
            let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
            let name = (words(ui).player.shot)(nth + 1, shot.name);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, shot.chosen, &name));
            ui.painter()
                .rect_filled(rect, radius::CONTROL, theme::STAGE);
            if let Some(texture) = shot.picture {
                let image = egui::Image::from_texture(texture);
                image.corner_radius(radius::CONTROL).paint_at(ui, rect);
            }
            if shot.chosen {
                let stroke = Stroke::new(2.0, palette(ui).accent);
                let kind = StrokeKind::Inside;
                ui.painter()
                    .rect_stroke(rect, radius::CONTROL, stroke, kind);
            }
            focus_ring(ui, &response, rect, radius::CONTROL);
            if response.on_hover_text(&name).clicked() {
                asked = Some(Action::Show(Shown::Record(shot.id.to_owned())));
            }
        }
    });
    asked
}

/// What there is room for.
#[derive(Clone, Copy)]
struct Room {
    /// Whether there is too little for what is not the export, ...
    folded: bool,
    /// ... and too little for its name.
    tiny: bool,
    /// What is left for where the clip stands.
    rest: f32,
}

impl Room {
    fn of(width: f32) -> Self {
        let folded = width < TRANSPORT + TIME + USES;
        Self {
            folded,
            tiny: width < TRANSPORT + FOLDED,
            rest: width - TRANSPORT - if folded { FOLDED } else { USES },
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
    if room.rest >= TIME {
        ui.label(time.color(palette(ui).text));
    }
    if room.rest >= TIME + FRAME {
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

/// What people come for, each by its name, and a menu of the rest before it.
fn uses(ui: &mut Ui, player: &Player, room: Room) -> Option<Action> {
    let words = words(ui);
    let own = &words.player;
    let mut asked = None;
    if !room.folded {
        let (heart, like) = if player.favourite {
            (icons::HEART_FILL, own.dislike)
        } else {
            (icons::HEART, own.like)
        };
        let like = IconButton::new(heart, like).on(player.favourite);
        if ui.add(like).clicked() {
            asked = Some(of_record(player, RecordAction::Favourite));
        }
    }
    let more = ui.add(IconButton::new(icons::DOTS, own.more));
    asked = menu(&more, MENU, |ui| rest(ui, player, room))
        .flatten()
        .or(asked);
    if !room.folded && player.takes_pictures {
        let go_on = Button::new(own.go_on_short).named(own.go_on);
        if ui.add(go_on.icon(icons::FILM_STRIP)).clicked() {
            asked = Some(Action::Player(PlayerAction::ContinueFromEnd));
        }
    }
    let keys = keys(ui.ctx(), UiCommand::Export);
    let name = (words.command)(UiCommand::Export);
    let exports = if room.tiny {
        ui.add(IconButton::new(icons::EXPORT, name).keys(&keys))
    } else {
        let export = Button::new(name).kind(Kind::Primary);
        ui.add(export).on_hover_text(keys)
    };
    if exports.clicked() {
        asked = Some(Action::Open(Sheet::Export));
    }
    asked
}

fn of_record(player: &Player, action: RecordAction) -> Action {
    Action::Record(player.id.to_owned(), action)
}

/// The lines of the menu.
fn rest(ui: &mut Ui, player: &Player, room: Room) -> Option<Action> {
    let words = words(ui);
    let own = &words.player;
    let clip = |name, action| Some((name, None, Action::Player(action)));
    let video = |name, action| Some((name, None, of_record(player, action)));
    let command = |command: UiCommand, action| {
        let name = (words.command)(command);
        Some((name, Some(command), action))
    };
    let fit = (words.command_state)(UiCommand::Fit, !player.actual_size);
    let like = if player.favourite {
        own.dislike
    } else {
        own.like
    };
    let lines = [
        clip(own.go_on, PlayerAction::ContinueFromEnd)
            .filter(|_| room.folded && player.takes_pictures),
        clip(own.use_frame, PlayerAction::UseFrame).filter(|_| player.takes_pictures),
        command(
            UiCommand::CopyFrame,
            Action::Player(PlayerAction::CopyFrame),
        ),
        Some((fit, Some(UiCommand::Fit), Action::Player(PlayerAction::Fit))),
        video(own.restore, RecordAction::Restore),
        video(like, RecordAction::Favourite).filter(|_| room.folded),
        command(UiCommand::TrimIn, Action::Player(PlayerAction::TrimIn)),
        command(UiCommand::TrimOut, Action::Player(PlayerAction::TrimOut)),
        clip(own.untrim, PlayerAction::Untrim).filter(|_| player.trim.is_some()),
        command(UiCommand::Reveal, of_record(player, RecordAction::Reveal)),
        command(UiCommand::Trash, of_record(player, RecordAction::Trash)),
    ];
    let clicked = lines
        .into_iter()
        .flatten()
        .filter_map(|(name, command, action)| {
            let keys = command.map(|command| keys(ui.ctx(), command));
            let line = menu_line(ui, name, "", &keys.unwrap_or_default(), false);
            line.clicked().then_some(action)
        });
    clicked.collect::<Vec<_>>().pop()
}
