//! From the state to what the views show, and from what they return to actions.

mod cells;
mod over;
mod stage;

use std::time::Duration;

use egui::{Context, Frame, Panel, Ui, UiBuilder};

use super::App;
use super::gallery::Cinema;
use super::job_state::Phase;
use super::outside::unasked;
use crate::job::{Estimate, Plan, Record, Span};
use crate::platform;
use crate::view::action::Action;
use crate::view::cell::{Cell, Outcome};
use crate::view::commands;
use crate::view::compose::{self, Compose, Glances};
use crate::view::info::{self, Info};
use crate::view::queue;
use crate::view::reel::{self, Reel};
use crate::view::theme::{palette, size};
use crate::view::title_bar::{self, TitleBar};

impl App {
    pub(super) fn draw(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.receive(&ctx);
        self.heed_full_screen(&ctx);
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
        self.watch_speed();
        self.watch_guides();
        self.watch_needs();
    }

    fn draw_parts(&mut self, ui: &mut Ui, outcome: &mut Outcome) -> Vec<Action> {
        let mut asked = Vec::new();
        let ctx = ui.ctx().clone();
        let memory = self.memory.at(self.now);
        let bar = TitleBar {
            models: &self.models,
            model: self.model(),
            memory,
            unified: ctx.os().is_mac(),
            buttons: window_buttons(&ctx),
        };
        if self.gallery.cinema != Cinema::Off {
            self.stage = ui.available_rect_before_wrap();
            return self.draw_stage(ui).into_iter().collect();
        }
        asked.extend(title_bar::show(ui, &bar));
        let ground = Frame::new().fill(palette(ui).panel);
        let faint = palette(ui).faint;
        let [least, usual, most] = size::COMPOSE;
        let compose = Panel::left("compose")
            .default_size(usual)
            .size_range(least..=most)
            .resizable(true)
            .frame(ground);
        // Its edge is no brighter than other lines, whatever the pointer does.
        let worn = ui.visuals().widgets.clone();
        let calm = &mut ui.visuals_mut().widgets;
        calm.hovered.fg_stroke.color = faint;
        calm.active.fg_stroke.color = faint;
        let form = compose.show(ui, |ui| {
            ui.visuals_mut().widgets = worn.clone();
            self.draw_compose(ui)
        });
        asked.extend(form.inner);
        ui.visuals_mut().widgets = worn;
        // The keyboard comes along its edge, too.
        let edge = ui.scope_id().with("compose").with("__resize");
        if ctx.memory(|memory| memory.has_focus(edge)) {
            let place = form.response.rect;
            let stroke = egui::Stroke::new(size::FOCUS_RING, palette(ui).accent);
            ui.painter().vline(place.right(), place.y_range(), stroke);
        }
        let all: Vec<&Record> = self.records.iter().collect();
        let clock = self.clock();
        let records = self.stacked(&all, false).into_iter();
        let records = records.map(|record| self.cell_of_record(record, clock));
        let cells: Vec<Cell> = self.cells_of_works().chain(records).collect();
        let folded = self.is_reel_folded(ui.ctx());
        let reel = (!cells.is_empty()).then_some(Reel { cells, folded });
        // The stage is read before the reel below it.
        let mut room = ui.available_rect_before_wrap();
        room.max.y -= reel.as_ref().map_or(0.0, Reel::height);
        let builder = UiBuilder::new().max_rect(room).id_salt("stage");
        let mut around = ui.new_child(builder);
        asked.extend(self.draw_column(&mut around));
        let stage = around.available_rect_before_wrap();
        if stage.width() > 1.0 {
            asked.extend(self.draw_stage(&mut around));
        }
        if let Some(reel) = reel {
            *outcome = reel::show(ui, &reel);
            asked.extend(outcome.asked.take());
        }
        self.stage = stage;
        asked
    }

    /// The queue, or what is to be known of the clip, beside the stage; in little room in its place.
    fn draw_column(&self, ui: &mut Ui) -> Option<Action> {
        let room = ui.available_width();
        let width = if room < size::COLUMN + size::STAGE {
            room
        } else {
            size::COLUMN
        };
        if self.preferences.queue_open {
            return queue::show(ui, &self.queue_view(), width);
        }
        info::show(ui, &self.info()?, width)
    }

    /// What is to be known of the clip on the stage, where somebody wants to.
    fn info(&self) -> Option<Info<'_>> {
        let player = self.player.as_ref();
        let player = player.filter(|_| self.preferences.info_open)?;
        let record = self.record(&player.record.id)?;
        Some(Info {
            prompt: &record.settings.prompt,
            facts: (self.words().facts)(record, self.clock()),
        })
    }

    fn draw_compose(&self, ui: &mut Ui) -> Option<Action> {
        let model = self.model()?;
        let draft = self.draft(model);
        let span = self.form.leading.span;
        let taken = |(span, plan): (Span, &Plan)| {
            let canvas = &plan.canvas;
            span.taken(canvas.size, canvas.frames, canvas.fps)
        };
        let speeds = self.speed_choices(model);
        let wanted = self.wanted();
        let styles = self.desk.styles.names();
        let form = Compose {
            request: &self.form.request,
            prompts: &self.preferences.prompts,
            styles: &styles,
            model,
            first: self.form.first.as_ref(),
            last: self.form.last.as_ref(),
            guides: Glances {
                taken: span.zip(draft.as_ref().ok()).map(taken),
                ..self.form.seen.glances(&self.form.request.guides, span)
            },
            size: self.form.size(model),
            refusal: draft.as_ref().err(),
            estimate: Estimate {
                time: draft.as_ref().ok().and_then(|plan| {
                    let plan = self.needs.plan().unwrap_or(plan);
                    self.time_of(plan)
                }),
                memory: self.needs.peak(),
            },
            savings: self.needs.savings(),
            negative_open: self.preferences.negative_open,
            advanced_open: self.preferences.advanced_open,
            latest_seed: self.form.latest_seed,
            lora_fits: self.fitting.fits(),
            few_steps: wanted.few_steps.as_ref().map(|found| found.preset),
            has_few_step_loras: wanted
                .few_steps
                .as_ref()
                .is_some_and(|found| !found.loras.is_empty()),
            speed: self.preferences.speed,
            speeds: &speeds,
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
        for other in [&mut self.glimpse, &mut self.gallery.quick]
            .into_iter()
            .flatten()
        {
            next.extend(other.advance(passed, true));
        }
        if let Some(comparing) = &mut self.gallery.comparing {
            next.extend(comparing.advance(passed));
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
                let frame = moving.advance(passed, 1.0, true);
                next.extend(frame.map(|wanted| unasked(true, wanted)));
            }
        }
        if let Some(soonest) = next.into_iter().min() {
            ui.ctx().request_repaint_after(soonest);
        }
    }

    fn remember_window(&mut self, ui: &Ui) {
        if ui.input(|input| input.viewport().fullscreen == Some(true)) {
            return;
        }
        if let Some(rect) = ui.input(|input| input.viewport().inner_rect) {
            // In the system's points, whatever the size of everything: it is opened before that is known.
            let zoom = ui.ctx().zoom_factor();
            self.preferences.window = [zoom * rect.width(), zoom * rect.height()];
        }
    }
}

/// How far the system's window buttons reach into our bar; in full screen they are elsewhere.
fn window_buttons(ctx: &Context) -> Option<f32> {
    let whole = ctx.input(|input| input.viewport().fullscreen == Some(true));
    let end = (!whole).then(platform::window::buttons_end).flatten()?;
    Some(end / ctx.zoom_factor())
}
