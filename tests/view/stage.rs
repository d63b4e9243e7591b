//! The stage.

use std::time::Duration;

use egui::Ui;
use egui_kittest::kittest::Queryable;
use zoetrope::job::{Progress, Size, Stage as Part};
use zoetrope::view::Action;
use zoetrope::view::action::{JobAction, PlayerAction, RecordAction, Sheet};
use zoetrope::view::stage::{self, Left, Message, Player, Stage, State, Working};

use super::{Harness, harness};

fn working(state: State, progress: Option<Progress>, left: Option<Left>) -> Harness {
    harness(move |ui| draw(ui, state, progress, left))
}

fn draw(
    ui: &mut Ui,
    state: State,
    progress: Option<Progress>,
    left: Option<Left>,
) -> Option<Action> {
    let working = Working {
        within: 0.0,
        id: 3,
        prompt: "A boat",
        size: Size::new(832, 480),
        reused: false,
        picture: None,
        state,
        progress,
        elapsed: Duration::from_secs(62),
        left,
        can_keep: progress.is_some(),
    };
    stage::show(ui, &Stage::Working(working))
}

/// A job that comes along.
pub(super) fn denoising(ui: &mut Ui) -> Option<Action> {
    let left = Left::OfJob(Duration::from_mins(3));
    draw(ui, State::Working, Some(denoised(12)), Some(left))
}

fn denoised(done: usize) -> Progress {
    Progress {
        stage: Part::Denoise,
        done,
        of: 40,
    }
}

/// Breaks when a button does not do what it says.
#[test]
fn every_button_of_a_job_asks_for_what_it_says() {
    for (state, name, action) in [
        (State::Working, "Pause", JobAction::Pause),
        (State::Paused, "Resume", JobAction::Continue),
        (State::Working, "Stop and keep", JobAction::Keep),
        (State::Working, "Cancel", JobAction::Cancel),
        (State::Waiting, "Cancel", JobAction::Cancel),
        (State::Waiting, "Move up in queue", JobAction::Earlier),
        (State::Waiting, "Move down in queue", JobAction::Later),
    ] {
        let mut stage = working(state, Some(denoised(12)), None);
        stage.get_by_label(name).click();
        stage.run_steps(3);
        assert_eq!(stage.state()[..], [Action::Job(3, action)], "{name}");
    }
}

/// Breaks when the time that is left is told before anybody can know it, or told of the wrong thing.
#[test]
fn the_time_that_is_left_is_told_of_what_it_is_known_of() {
    let minutes = Duration::from_mins(3);
    let sees = |left, words: &str| {
        let stage = working(State::Working, Some(denoised(12)), left);
        stage.query_by_label(words).is_some()
    };
    assert!(sees(Some(Left::OfJob(minutes)), "about 3 min left"));
    let denoising = Some(Left::OfDenoising(minutes));
    assert!(sees(denoising, "about 3 min, then decoding"));
    assert!(!sees(None, "about 3 min left") && sees(None, "1:02"));
}

fn player(favourite: bool) -> Harness {
    let mut texture = None;
    let mut stage = harness(move |ui| {
        let size = Size::new(64, 48);
        let texture = texture.get_or_insert_with(|| {
            let picture = egui::ColorImage::filled([64, 48], egui::Color32::BLACK);
            ui.ctx()
                .load_texture("clip", picture, egui::TextureOptions::default())
        });
        let player = Player {
            picture: Some(texture),
            size,
            id: "7",
            name: "A boat",
            frame: 4,
            frames: 9,
            fps: 8.0,
            playing: false,
            looping: true,
            speed: 1.0,
            actual_size: false,
            peek: None,
            favourite,
            takes_pictures: true,
            trim: None,
            shots: Vec::new(),
        };
        stage::show(ui, &Stage::Player(player))
    });
    // The controls come with the pointer.
    stage.hover_at(egui::pos2(200.0, 200.0));
    stage.run_steps(3);
    stage
}

/// Breaks when a control of the player does something else, or cannot be found.
#[test]
fn every_control_of_the_player_asks_for_what_it_says() {
    let record = |action| Action::Record("7".into(), action);
    let clip = Action::Player;
    for (name, is_in_menu, action) in [
        ("Play", false, clip(PlayerAction::Toggle)),
        ("Previous frame", false, clip(PlayerAction::Step(-1))),
        ("Next frame", false, clip(PlayerAction::Step(1))),
        ("Loop", false, clip(PlayerAction::Loop)),
        ("Actual size", true, clip(PlayerAction::Fit)),
        ("Copy frame", true, clip(PlayerAction::CopyFrame)),
        ("Use as first frame", true, clip(PlayerAction::UseFrame)),
        (
            "Continue from last frame",
            false,
            clip(PlayerAction::ContinueFromEnd),
        ),
        ("Export…", false, Action::Open(Sheet::Export)),
        ("Add to favorites", false, record(RecordAction::Favourite)),
        ("Reuse settings", true, record(RecordAction::Restore)),
        ("Show in Finder", true, record(RecordAction::Reveal)),
        ("Move to Trash", true, record(RecordAction::Trash)),
    ] {
        let mut stage = player(false);
        if is_in_menu {
            stage.get_by_label("More").click();
            stage.run_steps(6);
        }
        stage.get_by_label(name).click_accesskit();
        stage.run_steps(3);
        assert_eq!(stage.state()[..], [action], "{name}");
    }
}

/// Breaks when a narrow window leaves something out that can be done with a clip.
#[test]
fn in_a_narrow_window_a_menu_has_what_finds_no_room() {
    let mut stage = player(false);
    stage.set_size(egui::vec2(420.0, 600.0));
    stage.run_steps(3);
    assert!(stage.query_by_label("Copy frame").is_none());
    stage.get_by_label("Export…");
    assert!(stage.query_by_label("Add to favorites").is_none());
    stage.get_by_label("More").click();
    stage.run_steps(6);
    stage.get_by_label("Continue from last frame");
    stage.get_by_label("Add to favorites");
    stage.get_by_label("Move to Trash");
    stage.get_by_label("Copy frame").click();
    stage.run_steps(3);
    let copy = Action::Player(PlayerAction::CopyFrame);
    assert_eq!(stage.state()[..], [copy]);
}

/// Breaks when a message does not lead on.
#[test]
fn a_message_leads_on() {
    let mut stage = harness(|ui| {
        let message = Message {
            icon: "",
            is_bad: true,
            about: "A boat",
            title: "Couldn't make this video",
            body: "The disk is full",
            ways: vec![("Models…", Action::Open(Sheet::Models))],
        };
        stage::show(ui, &Stage::Message(message))
    });
    stage.get_by_label("The disk is full");
    stage.get_by_label("Models…").click();
    stage.run_steps(3);
    assert_eq!(stage.state()[..], [Action::Open(Sheet::Models)]);
}
