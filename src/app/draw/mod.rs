//! From the state to what the views show, and from what they return to actions.

mod cells;
mod over;
mod stage;

use std::time::Duration;

use egui::{Frame, Panel, Ui};

use super::App;
use super::job_state::Phase;
use crate::job::Estimate;
use crate::job::plain_text::is_blank;
use crate::view::action::Action;
use crate::view::cell::{Cell, Outcome};
use crate::view::commands;
use crate::view::compose::{self, Compose};
use crate::view::reel::{self, Reel};
use crate::view::theme::{palette, size};
use crate::view::title_bar::{self, TitleBar};

impl App {
    pub(super) fn draw(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.receive(&ctx);
        self.advance(ui);
        self.remember_window(ui);
        let typed = ctx.egui_wants_keyboard_input();
        let undo = commands::undo_pressed(&ctx, self.can_undo(typed), self.can_redo_form());
        let pressed = commands::pressed(&ctx).into_iter();
        let mut asked: Vec<Action> = undo
            .into_iter()
            .chain(pressed.filter_map(|key| self.action_of(key)))
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
        self.watch_guides();
        self.watch_needs();
    }

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
        self.stage = ui.available_rect_before_wrap();
        asked.extend(self.draw_stage(ui));
        asked
    }

    fn draw_compose(&self, ui: &mut Ui) -> Option<Action> {
        let model = self.model()?;
        let draft = self.draft(model);
        let has_prompt = !is_blank(&self.form.request.prompt);
        let form = Compose {
            request: &self.form.request,
            model,
            first: self.form.first.as_ref(),
            last: self.form.last.as_ref(),
            size: self.form.size(model),
            refusal: draft.as_ref().err(),
            has_prompt,
            estimate: Estimate {
                time: draft.as_ref().ok().and_then(|plan| {
                    let plan = self.needs.plan().unwrap_or(plan);
                    self.estimates.of(plan, self.preferences.by_processor)
                }),
                memory: self.needs.peak(),
            },
            savings: self.needs.savings(),
            negative_open: self.preferences.negative_open,
            advanced_open: self.preferences.advanced_open,
            latest_seed: self.form.latest_seed,
            lora_fits: self.fitting.fits(),
            few_steps: self.form.few_steps.as_ref().map(|(preset, _)| *preset),
        };
        compose::show(ui, &form)
    }

    fn advance(&mut self, ui: &Ui) {
        let now = ui.input(|input| input.time);
        let passed = (now - self.now).clamp(0.0, 0.25);
        self.now = now;
        let looping = self.preferences.looping;
        let mut next: Vec<Duration> = Vec::new();
        if let Some(player) = &mut self.player {
            next.extend(player.advance(passed, looping));
        }
        if let Some(glimpse) = &mut self.glimpse {
            next.extend(glimpse.advance(passed, true));
        }
        next.extend(self.expire());
        let ticking = self.works.iter().filter(|work| work.is_ticking());
        next.extend(ticking.map(|work| {
            let fraction = work.elapsed(now).subsec_nanos();
            Duration::from_nanos(1_000_000_000 - u64::from(fraction))
        }));
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
            // In the system's points, whatever the size of everything: it is opened before that is known.
            let zoom = ui.ctx().zoom_factor();
            self.preferences.window = [zoom * rect.width(), zoom * rect.height()];
        }
    }
}
