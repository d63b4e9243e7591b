//! From the state to what the views show, and from what they return to actions.

use std::time::Duration;

use egui::{Frame, Panel, Ui};

use super::App;
use super::moving::Moving;
use super::player::Player;
use super::work::{Phase, Work};
use crate::job::{Pictures, Record};
use crate::view::action::{Action, JobAction, Sheet, Shown};
use crate::view::cell::{Cell, Kind, Outcome};
use crate::view::compose::{self, Compose, Estimate};
use crate::view::library::{self, Library};
use crate::view::reel::{self, Reel};
use crate::view::stage::{self, Message, Peek, Stage, State, Welcome, Working};
use crate::view::theme::{palette, size};
use crate::view::title_bar::{self, TitleBar};
use crate::view::{drop_target, export, icons, models, notice, settings, sheet, shortcuts};

impl App {
    /// Draws the window, and does what was asked for in it.
    pub(super) fn draw(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.receive(&ctx);
        self.advance(ui);
        self.remember_window(ui);
        let keys = shortcuts::pressed(&ctx);
        let mut asked: Vec<Action> = keys
            .into_iter()
            .filter_map(|key| self.action_of(key))
            .collect();
        // Behind the lines between the panels.
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, palette(ui).panel);
        let mut outcome = Outcome::default();
        asked.extend(self.draw_parts(ui, &mut outcome));
        asked.extend(self.draw_over(ui, &mut outcome));
        self.see(&ctx, &outcome);
        for action in asked {
            self.act(&ctx, action);
            ctx.request_repaint();
        }
        self.watch_loras();
    }

    /// What lies side by side.
    fn draw_parts(&mut self, ui: &mut Ui, outcome: &mut Outcome) -> Vec<Action> {
        let mut asked = Vec::new();
        let memory = self.memory.at(self.now);
        let bar = TitleBar {
            models: &self.models,
            model: self.model(),
            memory,
            unified: cfg!(target_os = "macos"),
        };
        asked.extend(title_bar::show(ui, &bar));
        let ground = Frame::new().fill(palette(ui).panel);
        let [least, usual, most] = size::COMPOSE;
        let compose = Panel::left("compose")
            .default_size(usual)
            .size_range(least..=most)
            .resizable(true)
            .frame(ground);
        asked.extend(compose.show(ui, |ui| self.draw_compose(ui)).inner);
        let records = self
            .records
            .iter()
            .map(|record| self.cell_of_record(record));
        let cells: Vec<Cell> = self.cells_of_works().chain(records).collect();
        if !cells.is_empty() {
            let folded = self.is_reel_folded(ui.ctx());
            let reel = Reel { cells, folded };
            *outcome = reel::show(ui, &reel);
            asked.extend(outcome.asked.take());
        }
        asked.extend(self.draw_stage(ui));
        asked
    }

    fn draw_compose(&self, ui: &mut Ui) -> Option<Action> {
        let model = self.model()?;
        let draft = self.form.draft(model);
        let has_prompt = !self.form.request.prompt.trim().is_empty();
        let form = Compose {
            request: &self.form.request,
            model,
            first: self.form.first.as_ref(),
            last: self.form.last.as_ref(),
            size: self.form.size(model),
            refusal: draft.as_ref().err(),
            has_prompt,
            estimate: Estimate {
                time: draft.as_ref().ok().and_then(|plan| self.estimates.of(plan)),
                memory: None,
            },
            negative_open: self.saved.negative_open,
            advanced_open: self.saved.advanced_open,
            latest_seed: self.form.latest_seed,
            lora_fit: self.fitting.fit.as_ref(),
        };
        compose::show(ui, &form)
    }

    fn draw_stage(&self, ui: &mut Ui) -> Option<Action> {
        if self.model().is_none() {
            let words = &self.words().stage;
            let message = Message {
                icon: icons::WARNING,
                is_bad: false,
                title: words.no_model,
                body: words.no_model_why,
                ways: vec![(words.see_models, Action::Open(Sheet::Models))],
            };
            return stage::show(ui, &Stage::Message(message));
        }
        match &self.shown {
            Shown::Welcome => stage::show(ui, &self.welcome()),
            Shown::Job(id) => match self.works.iter().find(|work| work.ticket.id == *id) {
                Some(work) => self.draw_work(ui, work),
                None => stage::show(ui, &self.welcome()),
            },
            Shown::Record(_) => match &self.player {
                Some(player) => stage::show(ui, &Stage::Player(self.player_of(player))),
                None => stage::show(ui, &self.missing()),
            },
        }
    }

    fn welcome(&self) -> Stage<'_> {
        let model = self.model();
        Stage::Welcome(Welcome {
            examples: model.map_or(&[], |model| &model.examples),
            is_built_in: self.saved.model.is_none(),
        })
    }

    fn missing(&self) -> Stage<'_> {
        Stage::Message(Message {
            icon: icons::WARNING,
            is_bad: true,
            title: self.words().stage.missing_file,
            body: "",
            ways: Vec::new(),
        })
    }

    fn player_of<'a>(&'a self, player: &'a Player) -> stage::Player<'a> {
        let moving = player.moving.as_ref();
        let clip = moving.map(Moving::clip);
        stage::Player {
            picture: moving.map(Moving::texture),
            size: player.record.settings.size,
            id: &player.record.id,
            name: player.record.name(),
            favourite: self
                .record(&player.record.id)
                .is_some_and(|record| record.favourite),
            frame: moving.map_or(0, Moving::frame),
            frames: clip.map_or(0, |clip| clip.len()),
            fps: clip.map_or(1.0, |clip| clip.fps()),
            playing: player.playing,
            looping: self.saved.looping,
            speed: player.speed,
            actual_size: player.actual_size,
            peek: player.peek.as_ref().map(|(frame, picture)| Peek {
                frame: *frame,
                picture,
            }),
            takes_pictures: self
                .model()
                .is_some_and(|model| model.variant.pictures() != Pictures::None),
        }
    }

    fn draw_work(&self, ui: &mut Ui, work: &Work) -> Option<Action> {
        let words = &self.words().stage;
        let id = work.ticket.id;
        let state = match &work.phase {
            Phase::Waiting => State::Waiting,
            Phase::Working => State::Working,
            Phase::Paused => State::Paused,
            Phase::Ending => State::Ending,
            Phase::Interrupted(step) => {
                let body = (words.interrupted_at)(*step, work.plan.steps as usize);
                let message = Message {
                    icon: icons::PAUSE,
                    is_bad: false,
                    title: words.interrupted,
                    body: &body,
                    ways: vec![
                        (words.resume, Action::Job(id, JobAction::Continue)),
                        (words.discard, Action::Job(id, JobAction::Cancel)),
                    ],
                };
                return stage::show(ui, &Stage::Message(message));
            }
            Phase::Failed(sentence, kept) => {
                let resume = (words.resume, Action::Job(id, JobAction::Continue));
                let restore = (words.edit_again, Action::Job(id, JobAction::Restore));
                let discard = (words.discard, Action::Job(id, JobAction::Cancel));
                let message = Message {
                    icon: icons::WARNING,
                    is_bad: true,
                    title: words.failed,
                    body: sentence,
                    ways: kept
                        .map(|_| resume)
                        .into_iter()
                        .chain([restore, discard])
                        .collect(),
                };
                return stage::show(ui, &Stage::Message(message));
            }
        };
        let working = Working {
            id,
            prompt: &work.plan.prompt,
            size: work.plan.size,
            picture: work.picture.as_ref().map(Moving::texture),
            state,
            progress: work.progress,
            elapsed: work.elapsed,
            left: work.left,
            can_keep: work.can_keep(),
        };
        stage::show(ui, &Stage::Working(working))
    }

    /// What is being made and what waits.
    fn cells_of_works(&self) -> impl Iterator<Item = Cell<'_>> {
        self.works.iter().map(|work| {
            let shown = Shown::Job(work.ticket.id);
            Cell {
                name: &work.plan.prompt,
                picture: work.picture.as_ref().map(Moving::texture),
                size: work.plan.size,
                kind: match &work.phase {
                    Phase::Waiting => Kind::Waiting,
                    Phase::Working | Phase::Paused | Phase::Ending => Kind::Working(work.share()),
                    Phase::Interrupted(step) => Kind::Interrupted(*step, work.plan.steps as usize),
                    Phase::Failed(..) => Kind::Failed,
                },
                chosen: self.shown == shown,
                shown,
            }
        })
    }

    fn cell_of_record<'a>(&'a self, record: &'a Record) -> Cell<'a> {
        let glimpse = self.glimpse.as_ref();
        let glimpse = glimpse.filter(|glimpse| glimpse.record.id == record.id);
        let moving = glimpse.and_then(|glimpse| glimpse.moving.as_ref());
        Cell {
            shown: Shown::Record(record.id.clone()),
            name: record.name(),
            picture: moving
                .map(Moving::texture)
                .or_else(|| self.posters.get(&record.id)),
            size: record.settings.size,
            kind: Kind::Made {
                favourite: record.favourite,
            },
            chosen: matches!(&self.shown, Shown::Record(id) if *id == record.id),
        }
    }

    /// What lies over everything.
    fn draw_over(&mut self, ui: &mut Ui, outcome: &mut Outcome) -> Vec<Action> {
        let ctx = ui.ctx().clone();
        let mut asked = Vec::new();
        if let Some(sheet) = self.sheet {
            asked.extend(sheet::show(ui, sheet, |ui| {
                self.draw_sheet(ui, sheet, outcome)
            }));
        }
        if let Some(notice) = &self.notice {
            asked.extend(notice::show(&ctx, &notice.sentence, notice.is_bad));
        }
        drop_target::show(ui);
        asked
    }

    fn draw_sheet(&self, ui: &mut Ui, sheet: Sheet, outcome: &mut Outcome) -> Option<Action> {
        match sheet {
            Sheet::Shortcuts => {
                shortcuts::show(ui);
                None
            }
            Sheet::Settings => settings::show(ui, &self.saved_settings()),
            Sheet::Models => models::show(ui, &self.models_view()),
            Sheet::Export => export::show(ui, &self.exporting.view(self.player.as_ref()?)),
            Sheet::Shelf => {
                let found = self
                    .records
                    .iter()
                    .filter(|record| self.search.finds(record));
                let library = Library {
                    cells: found.map(|record| self.cell_of_record(record)).collect(),
                    search: &self.search.words,
                    favourites: self.search.favourites,
                };
                // What is beneath the sheet is not seen.
                *outcome = library::show(ui, &library);
                outcome.asked.take()
            }
        }
    }

    fn saved_settings(&self) -> settings::Settings<'_> {
        settings::Settings {
            appearance: self.saved.appearance,
            language: self.language(),
            zoom: self.saved.zoom,
            by_processor: self.saved.by_processor,
            preview: self.saved.preview,
            videos: &self.shelf.places().videos,
        }
    }

    /// Moves what moves, and asks to be drawn again when there will be something new.
    fn advance(&mut self, ui: &Ui) {
        let now = ui.input(|input| input.time);
        let passed = (now - self.now).clamp(0.0, 0.25);
        self.now = now;
        let looping = self.saved.looping;
        let mut next: Vec<Duration> = Vec::new();
        if let Some(player) = &mut self.player {
            next.extend(player.advance(passed, looping));
        }
        if let Some(glimpse) = &mut self.glimpse {
            next.extend(glimpse.advance(passed, true));
        }
        for work in &mut self.works {
            if work.phase == Phase::Paused {
                continue;
            }
            if let Some(moving) = work
                .picture
                .as_mut()
                .filter(|moving| moving.clip().len() > 1)
            {
                next.extend(moving.advance(passed, 1.0, true));
            }
        }
        if let Some(soonest) = next.into_iter().min() {
            ui.ctx().request_repaint_after(soonest);
        }
    }

    fn remember_window(&mut self, ui: &Ui) {
        if let Some(rect) = ui.input(|input| input.viewport().inner_rect) {
            self.saved.window = [rect.width(), rect.height()];
        }
    }
}
