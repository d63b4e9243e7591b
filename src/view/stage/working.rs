//! A job at work: what the video will be, as far as it can be told, and how far it is.

use std::time::Duration;

use egui::text::LayoutJob;
use egui::{Align, Layout, Rect, RichText, TextureHandle, Ui, UiBuilder, vec2};

use crate::job::{Progress, Size, Stage};
use crate::view::action::{Action, JobAction};
use crate::view::commands::UiCommand;
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, SHADE, UNTINTED, motion, palette, radius, space, text};
use crate::view::widget::{Button, IconButton, Kind, fitted, progress};

/// What a job does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for its turn.
    Waiting,
    /// It works.
    Working,
    /// It waits until it is told to go on.
    Paused,
    /// It was told to make the video of what there is, and will as soon as it can.
    Ending,
}

/// How long something will still take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The whole job.
    OfJob(Duration),
    /// Denoising, of a job of which nobody knows how long decoding will take.
    OfDenoising(Duration),
}

/// A job that is not finished.
pub struct Working<'a> {
    /// Its handle.
    pub id: u64,
    /// What the video should show.
    pub prompt: &'a str,
    /// The size of the video.
    pub size: Size,
    /// The frame of the moving preview that is to be seen now.
    pub picture: Option<&'a TextureHandle>,
    /// Whether the last step was taken over from an earlier one.
    pub reused: bool,
    /// What it does.
    pub state: State,
    /// How far it is.
    pub progress: Option<Progress>,
    /// How much of the unit at hand is done, from 0 to 1.
    pub within: f32,
    /// How long it has worked.
    pub elapsed: Duration,
    /// How long it will still take, where that can honestly be said.
    pub left: Option<Left>,
    /// Whether there is something to keep.
    pub can_keep: bool,
}

/// The height of what is said below the picture.
const FOOT: f32 = 92.0;
/// From these widths on there is room for the time that is left, ...
const LEFT: f32 = 200.0;
/// ... for the time that has passed, ...
const ELAPSED: f32 = 56.0;
/// ... and for the names of the buttons.
const WITH_NAMES: f32 = 400.0;

pub fn show(ui: &mut Ui, working: &Working) -> Option<Action> {
    let room = ui.max_rect();
    let foot = Rect::from_min_max(room.left_bottom() - vec2(0.0, FOOT), room.max);
    // Where the finished clip will be, so that nothing jumps when it is there.
    picture(ui, working, room);
    ui.painter().rect_filled(foot, 0.0, SHADE);
    let inner = foot.shrink2(vec2(space::L, 0.0));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner));
    ui.add_space(space::S);
    news(&mut ui, working);
    let share = share(working.progress, working.within);
    let name = words(&ui).stage.progress;
    let width = ui.available_width();
    progress(&mut ui, share, width, name);
    buttons(&mut ui, working)
}

/// The preview fades in over a dark frame of the video's shape.
fn picture(ui: &Ui, working: &Working, room: Rect) {
    let rect = fitted(ui, room, working.size);
    let palette = palette(ui);
    ui.painter().rect_filled(rect, 2.0, palette.ground);
    let id = ui.scope_id().with(("preview", working.id));
    let shown = working.picture.is_some();
    let takes = theme::moves(ui, motion::APPEAR);
    let opacity = ui.ctx().animate_bool_with_time(id, shown, takes);
    if let Some(texture) = working.picture {
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        let tint = theme::fade(UNTINTED, opacity);
        ui.painter().image(texture.id(), rect, whole, tint);
        if working.reused {
            reused(ui, rect);
        }
    } else {
        let font = theme::regular(text::LARGE);
        let room = rect.width() - 4.0 * space::XL;
        let row = ui.fonts_mut(|fonts| fonts.row_height(&font));
        let mut job = LayoutJob::simple(
            working.prompt.to_owned(),
            font,
            palette.secondary,
            room.max(80.0),
        );
        // Whole lines, and an ellipsis where there are more.
        job.wrap.max_rows = ((rect.height() - 2.0 * space::L) / row).max(1.0) as usize;
        let galley = ui.painter().layout_job(job);
        let corner = rect.center() - galley.size() / 2.0;
        let clipped = ui.painter().with_clip_rect(rect);
        clipped.galley(corner, galley, palette.secondary);
    }
}

/// A step that was taken over shows almost the picture before: that is meant.
fn reused(ui: &Ui, picture: Rect) {
    let name = words(ui).stage.reused;
    let color = theme::fade(theme::DARK.text, 0.8);
    let font = theme::regular(text::CAPTION);
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, color);
    let size = galley.size() + vec2(2.0 * space::S, space::S);
    let corner = picture.right_top() + vec2(-space::S - size.x, space::S);
    let ground = Rect::from_min_size(corner, size);
    let dark = theme::fade(theme::STAGE, 0.6);
    ui.painter().rect_filled(ground, radius::CONTROL, dark);
    let place = ground.min + vec2(space::S, space::S / 2.0);
    ui.painter().galley(place, galley, color);
    let id = ui.scope_id().with("reused");
    let mark = ui.interact(ground, id, egui::Sense::hover());
    mark.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, name));
}

/// What is done at the moment, how far it is, and how long it will take.
fn news(ui: &mut Ui, working: &Working) {
    let words = &words(ui).stage;
    let palette = palette(ui);
    let body = |words: &str, color| {
        let text = RichText::new(words).font(theme::regular(text::BODY));
        text.color(color)
    };
    ui.horizontal(|ui| {
        // The steps that would have been left are not done.
        let ends_soon = working.state == State::Ending
            && !matches!(working.progress, Some(progress) if progress.stage == Stage::Decode);
        let stage = match (working.state, working.progress) {
            (State::Waiting, _) => words.waiting,
            (State::Paused, _) => words.paused,
            (State::Ending, Some(progress)) if progress.stage == Stage::Decode => {
                (words.stage)(progress.stage)
            }
            (State::Ending, _) => words.ending,
            (State::Working, None) => words.starting,
            (State::Working, Some(progress)) => (words.stage)(progress.stage),
        };
        let name = RichText::new(stage).font(theme::medium(text::BODY));
        ui.label(name.color(palette.text));
        if let Some(progress) = working.progress {
            let count = (words.of)(progress.done, progress.of);
            ui.label(body(&count, palette.secondary));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(left) = working.left.filter(|_| !ends_soon)
                && ui.available_width() >= LEFT
            {
                let left = match left {
                    Left::OfJob(time) => (words.left)(time),
                    Left::OfDenoising(time) => (words.left_of_denoising)(time),
                };
                ui.label(body(&left, palette.text));
            }
            if working.state != State::Waiting && ui.available_width() >= ELAPSED {
                ui.label(body(&(words.elapsed)(working.elapsed), palette.secondary));
            }
        });
    });
}

fn buttons(ui: &mut Ui, working: &Working) -> Option<Action> {
    let reel = &words(ui).reel;
    let name = words(ui).command_state;
    let words = &words(ui).stage;
    let mut asked = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        // What is seen of them ends where the bar above ends.
        ui.add_space(-space::S);
        let is_narrow = ui.available_width() < WITH_NAMES;
        let mut button = |icon, name, alive: bool, action| {
            let response = if is_narrow {
                ui.add_enabled(alive, IconButton::new(icon, name))
            } else {
                let button = Button::new(name).icon(icon).kind(Kind::Quiet);
                ui.add_enabled(alive, button)
            };
            if response.clicked() {
                asked = Some(Action::Job(working.id, action));
            }
        };
        let ending = working.state == State::Ending;
        button(icons::X, words.cancel, true, JobAction::Cancel);
        if working.state == State::Waiting {
            button(icons::CARET_RIGHT, reel.later, true, JobAction::Later);
            button(icons::CARET_LEFT, reel.earlier, true, JobAction::Earlier);
            return;
        }
        let keep = working.can_keep && !ending;
        button(
            icons::CHECK,
            name(UiCommand::Keep, false),
            keep,
            JobAction::Keep,
        );
        let is_paused = working.state == State::Paused;
        let pause = name(UiCommand::Pause, is_paused);
        if is_paused {
            button(icons::PLAY, pause, true, JobAction::Continue);
        } else {
            button(icons::PAUSE, pause, !ending, JobAction::Pause);
        }
    });
    asked
}

/// How much of the whole job is done, each stage having its usual share of it.
pub fn share(progress: Option<Progress>, within: f32) -> f32 {
    const SHARES: [(Stage, f32); 5] = [
        (Stage::Text, 0.05),
        (Stage::Image, 0.03),
        (Stage::Load, 0.04),
        (Stage::Denoise, 0.7),
        (Stage::Decode, 0.18),
    ];
    let Some(progress) = progress else {
        return 0.0;
    };
    let before = SHARES
        .iter()
        .take_while(|(stage, _)| *stage != progress.stage);
    let own = SHARES[progress.stage as usize].1;
    let done = (progress.done as f32 + within) / progress.of.max(1) as f32;
    before.map(|(_, share)| share).sum::<f32>() + own * done
}
