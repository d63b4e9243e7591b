//! What *holds* the work: everything was told to wait, the machine runs on its battery, or somebody is at it.

use std::time::{Duration, Instant};

use egui::{Context, RawInput};

use super::App;
use super::job_state::Phase;
use crate::platform::power;
use crate::view::action::WhenAction;
use crate::view::queue::{Line, Queue};

/// Nobody is at a machine that was not touched for so long.
const IDLE: Duration = Duration::from_mins(3);
/// How often the machine is looked at.
const OFTEN: Duration = Duration::from_secs(10);

/// What is known of it.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is true or not by itself"
)]
pub struct Hold {
    /// Whether everything was told to wait.
    paused: bool,
    /// Whether the job at work was paused for what is here.
    has_paused: bool,
    /// Whether something held the work when that was looked at last.
    has_held: bool,
    /// Whether somebody wants it to go on all the same, as long as that holds it.
    overruled: bool,
    on_battery: bool,
    /// For how long nobody was at the machine, where the system tells.
    idle: Option<Duration>,
    /// When somebody was at this window.
    touched: Instant,
    looked: Option<Instant>,
}

impl Default for Hold {
    fn default() -> Self {
        Self {
            paused: false,
            has_paused: false,
            has_held: false,
            overruled: false,
            on_battery: false,
            idle: None,
            touched: Instant::now(),
            looked: None,
        }
    }
}

impl Hold {
    /// Takes note of what reaches the window.
    pub fn note(&mut self, input: &RawInput) {
        let is_touch = |event: &egui::Event| {
            use egui::Event::{Key, MouseWheel, PointerButton, PointerMoved, Text};
            matches!(
                event,
                Key { .. } | Text(_) | PointerMoved(_) | PointerButton { .. } | MouseWheel { .. }
            )
        };
        if input.events.iter().any(is_touch) {
            self.touched = Instant::now();
        }
    }
}

impl App {
    /// Why nothing goes on, if something holds it.
    pub(super) fn held_for(&self) -> Option<WhenAction> {
        self.reason().filter(|_| !self.desk.hold.overruled)
    }

    fn reason(&self) -> Option<WhenAction> {
        let hold = &self.desk.hold;
        let idle = hold.idle.unwrap_or_else(|| hold.touched.elapsed());
        if hold.paused {
            Some(WhenAction::Pause(true))
        } else if self.preferences.on_power && hold.on_battery {
            Some(WhenAction::OnPower(true))
        } else if self.preferences.when_idle && idle < IDLE {
            Some(WhenAction::WhenIdle(true))
        } else {
            None
        }
    }

    /// Does what was asked for.
    pub(super) fn handle_when(&mut self, ctx: &Context, action: WhenAction) {
        match action {
            WhenAction::Pause(yes) => self.desk.hold.paused = yes,
            WhenAction::OnPower(yes) => self.preferences.on_power = yes,
            WhenAction::WhenIdle(yes) => self.preferences.when_idle = yes,
        }
        self.desk.hold.looked = None;
        self.watch_hold(ctx);
    }

    /// Looks at the machine now and then, and lets the work go on or wait.
    pub(super) fn watch_hold(&mut self, ctx: &Context) {
        let asks = self.preferences.on_power || self.preferences.when_idle;
        if asks && !self.works.is_empty() {
            let is_due = |looked: Instant| looked.elapsed() >= OFTEN;
            if self.desk.hold.looked.is_none_or(is_due) {
                self.desk.hold.looked = Some(Instant::now());
                let look = || (power::on_battery(), power::idle());
                self.files.ask_to_see(look, |app, ctx, (battery, idle)| {
                    app.desk.hold.on_battery = battery;
                    app.desk.hold.idle = idle;
                    app.heed_hold();
                    ctx.request_repaint();
                });
            }
            ctx.request_repaint_after(OFTEN);
        }
        self.heed_hold();
    }

    fn heed_hold(&mut self) {
        if self.reason().is_none() {
            self.desk.hold.overruled = false;
        }
        let is_held = self.held_for().is_some();
        let at_work = self.queue.at_work().map(|job| job.handle.clone());
        match at_work {
            Some(handle) if is_held && !handle.is_paused() && !self.desk.hold.has_paused => {
                handle.pause();
                self.desk.hold.has_paused = true;
            }
            Some(handle) if !is_held && self.desk.hold.has_paused => {
                handle.go_on();
                self.desk.hold.has_paused = false;
            }
            None => self.desk.hold.has_paused = false,
            Some(_) => {}
        }
        let had_held = std::mem::replace(&mut self.desk.hold.has_held, is_held);
        if had_held && !is_held {
            self.send_next();
        }
    }

    /// Somebody wants the job at work to go on, whatever holds it.
    pub(super) fn let_go_on(&mut self) {
        self.desk.hold.paused = false;
        self.desk.hold.has_paused = false;
        self.desk.hold.overruled = true;
    }

    /// The queue as a list.
    pub(super) fn queue_view(&self) -> Queue<'_> {
        let words = &self.words().stage;
        let waiting: Vec<u64> = self.queue.waiting().map(|job| job.handle.id).collect();
        let mut all = Some(Duration::ZERO);
        let mut lines = Vec::new();
        for work in &self.works {
            let state = match &work.phase {
                Phase::Waiting => words.waiting.to_owned(),
                Phase::Working => work.progress.map_or(words.starting.to_owned(), |progress| {
                    let of = (words.of)(progress.done, progress.of);
                    format!("{} {of}", (words.stage)(progress.stage))
                }),
                Phase::Paused => words.paused.to_owned(),
                Phase::Ending => words.ending.to_owned(),
                Phase::Interrupted(step) => (self.words().reel.paused_at)(*step, work.steps()),
                Phase::Held => words.interrupted.to_owned(),
                Phase::Failed(..) => words.failed.to_owned(),
            };
            let goes_on = !matches!(
                work.phase,
                Phase::Interrupted(_) | Phase::Held | Phase::Failed(..)
            );
            let time = match work.left {
                Some(crate::view::stage::Left::OfJob(left)) => Some(left),
                _ => work.plan.as_ref().and_then(|plan| self.time_of(plan)),
            };
            if goes_on {
                all = all.zip(time).map(|(all, time)| all + time);
            }
            let id = work.handle.id;
            lines.push(Line {
                id,
                name: &work.name,
                state,
                time: time.filter(|_| goes_on),
                place: waiting.iter().position(|other| *other == id),
                chosen: self.shown == crate::view::action::Shown::Job(id),
            });
        }
        Queue {
            has_unfinished: self.unfinished().next().is_some(),
            time: all.filter(|time| !time.is_zero()),
            lines,
            paused: self.desk.hold.paused,
            waits_for: self
                .held_for()
                .filter(|why| !matches!(why, WhenAction::Pause(_))),
            on_power: self.preferences.on_power,
            when_idle: self.preferences.when_idle,
        }
    }
}
