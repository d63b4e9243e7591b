//! What is done when somebody asks for it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;

use egui::{Context, ViewportCommand};

use super::dialogs::Question;
use super::files::Done;
use super::work::{Phase, Work};
use super::{App, Player};
use crate::job::{Command, Plan, Request, Start};
use crate::shelf::Search;
use crate::view::action::{Action, End, JobAction, Part, PlayerAction, Setting, Sheet, Shown};
use crate::view::theme::size;

/// Everything grows and shrinks by this, within these bounds.
const ZOOM_STEP: f32 = 0.1;
const ZOOM: [f32; 2] = [0.7, 2.0];

impl App {
    /// Does what was asked for.
    pub(super) fn act(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Edit(request) => self.form.request = *request,
            Action::Generate { count } => self.generate(count),
            Action::UseExample(prompt) => self.form.request.prompt = prompt,
            Action::New => self.begin_anew(ctx),
            Action::OpenFile => self.open_file(),
            Action::ChoosePicture(end) => self.choose_picture(end),
            Action::RemovePicture(end) => self.form.set_path(end, None),
            Action::RollSeed => self.form.request.seed = Some(new_seed()),
            Action::UseModel(root) => self.saved.model = Some(root),
            Action::AddLora => self.choose_lora(),
            Action::ChooseVideos => self.choose_videos(),
            Action::Reveal(place) => self.reveal(&place),
            Action::Models(action) => self.handle_models(ctx, action),
            Action::Fold(part) => self.fold(ctx, part),
            Action::Job(id, action) => self.handle_job(id, action),
            Action::Record(id, action) => self.handle_record(&id, action),
            Action::Search { words, favourites } => self.search = Search { words, favourites },
            Action::Show(shown) => {
                self.sheet = None;
                self.show(ctx, shown);
            }
            Action::Player(action) => self.handle_player(ctx, action),
            Action::Export(action) => self.handle_export(action),
            Action::Open(sheet) => self.open(sheet),
            Action::CloseSheet => self.sheet = None,
            Action::Dismiss => self.notice = None,
            Action::Zoom(steps) => self.zoom(ctx, steps),
            Action::Set(setting) => self.set(ctx, setting),
            Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    /// Empties the form, but for how videos are made.
    fn begin_anew(&mut self, ctx: &Context) {
        self.form.request.prompt.clear();
        for end in [End::First, End::Last] {
            self.form.set_path(end, None);
        }
        self.sheet = None;
        self.show(ctx, Shown::Welcome);
    }

    fn open(&mut self, sheet: Sheet) {
        if sheet == Sheet::Export {
            self.exporting.begin();
        }
        self.sheet = Some(sheet);
    }

    fn set(&mut self, ctx: &Context, setting: Setting) {
        match setting {
            Setting::Appearance(appearance) => self.saved.appearance = appearance,
            Setting::Language(language) => {
                self.saved.language = Some(language);
                self.translate_menu();
            }
            Setting::Zoom(zoom) => self.saved.zoom = zoom,
            Setting::ByProcessor(yes) => self.saved.by_processor = yes,
            Setting::Quality(quality) => self.form.request.quality = quality,
            Setting::MemoryLimit(limit) => self.form.request.memory_limit = limit,
            Setting::Preview(yes) => {
                self.saved.preview = yes;
                for work in &self.works {
                    work.ticket.show(yes);
                }
            }
        }
        self.dress(ctx);
    }

    /// Has another folder for the videos chosen.
    fn choose_videos(&self) {
        let chosen = |folder: Option<PathBuf>| Some(Done::Videos(folder?));
        self.files.wait((self.ask)(Question::Folder), chosen);
    }

    /// From here on videos go to `folder`.
    pub(super) fn move_videos(&mut self, folder: PathBuf) {
        self.shelf.move_videos(&folder);
        self.saved.videos.retain(|earlier| *earlier != folder);
        self.saved.videos.push(folder);
        self.save();
    }

    fn fold(&mut self, ctx: &Context, part: Part) {
        let open = match part {
            Part::Negative => &mut self.saved.negative_open,
            Part::Advanced => &mut self.saved.advanced_open,
            Part::Reel if is_narrow(ctx) => &mut self.reel_open_in_narrow,
            Part::Reel => &mut self.saved.reel_folded,
        };
        *open = !*open;
    }

    /// In a narrow window the strip folds by itself, until somebody unfolds it.
    pub(super) fn is_reel_folded(&self, ctx: &Context) -> bool {
        if is_narrow(ctx) {
            !self.reel_open_in_narrow
        } else {
            self.saved.reel_folded
        }
    }

    fn zoom(&mut self, ctx: &Context, steps: i8) {
        let [least, most] = ZOOM;
        self.saved.zoom = match steps {
            0 => 1.0,
            steps => (self.saved.zoom + f32::from(steps) * ZOOM_STEP).clamp(least, most),
        };
        self.dress(ctx);
    }

    /// Puts the form's video, and variations of it with the next seeds, into the queue.
    fn generate(&mut self, count: u32) {
        let Some(model) = self.model() else {
            return;
        };
        let first = self.form.request.seed.unwrap_or_else(new_seed);
        let draft = self.draft(model);
        let Ok(plan) = draft.and_then(|_| self.form.plan(model, first, "draft.mp4".into())) else {
            return; // the form shows why
        };
        for variation in 0..u64::from(count) {
            let seed = first.wrapping_add(variation);
            self.form.latest_seed = Some(seed);
            let plan = Plan {
                seed,
                ..plan.clone()
            };
            // Pictures are kept before their job can begin; what follows must not overtake it.
            self.files.plan(&self.shelf, Box::new(plan));
        }
        self.save();
    }

    /// Takes a plan into the queue, and shows it if nothing else is being made.
    pub(super) fn enqueue(&mut self, ctx: &Context, mut plan: Plan, start: Start) {
        if start == Start::Anew {
            let taken =
                |path: &std::path::Path| self.works.iter().any(|work| work.plan.output == path);
            plan.output = self.shelf.place_for(&plan.prompt, taken);
        }
        let id = self.queue.add(plan, start);
        let Some(job) = self.queue.jobs().find(|job| job.ticket.id == id) else {
            return;
        };
        job.ticket.show(self.saved.preview);
        self.works.push(Work::new(
            job.ticket.clone(),
            job.plan.clone(),
            &self.estimates,
        ));
        let idle = self.queue.at_work().is_none();
        if idle {
            self.show(ctx, Shown::Job(id));
        }
        self.send_next();
    }

    /// Gives the engine its next job, if it has none.
    pub(super) fn send_next(&mut self) {
        let Some(job) = self.queue.begin_next() else {
            return;
        };
        let by = Command::UseProcessor(self.saved.by_processor);
        if [by, job]
            .into_iter()
            .any(|command| self.commands.send(command).is_err())
        {
            self.tell(self.words().notices.engine_ended, true);
        }
    }

    fn handle_job(&mut self, id: u64, action: JobAction) {
        let Some(at) = self.works.iter().position(|work| work.ticket.id == id) else {
            return;
        };
        let work = &mut self.works[at];
        match (action, &work.phase) {
            (JobAction::Pause, Phase::Working) => work.ticket.pause(),
            (JobAction::Continue, Phase::Paused) => work.ticket.go_on(),
            (JobAction::Continue, Phase::Interrupted(_) | Phase::Failed(_, Some(_))) => {
                self.resume(at);
            }
            (JobAction::Keep, Phase::Working | Phase::Paused) => {
                work.ticket.keep();
                work.phase = Phase::Ending;
            }
            (JobAction::Cancel, Phase::Working | Phase::Paused) => {
                self.queue.cancel(id);
                work.phase = Phase::Ending;
            }
            (JobAction::Cancel, Phase::Waiting | Phase::Failed(..) | Phase::Interrupted(_)) => {
                self.queue.cancel(id);
                let work = self.works.remove(at);
                self.forget(&work);
            }
            (JobAction::Restore, _) => {
                let plan = &work.plan;
                let request = Request {
                    image: plan.picture.as_ref().map(|picture| picture.path.clone()),
                    last_image: plan.last_picture.clone(),
                    ..plan.settings().into_request()
                };
                self.restore(request);
            }
            (JobAction::Earlier, Phase::Waiting) => self.move_job(id, -1),
            (JobAction::Later, Phase::Waiting) => self.move_job(id, 1),
            _ => {}
        }
    }

    /// Goes on with what was interrupted.
    fn resume(&mut self, at: usize) {
        let work = self.works.remove(at);
        let id = self.queue.add(*work.plan, Start::WhereItWas);
        if let Some(job) = self.queue.jobs().find(|job| job.ticket.id == id) {
            job.ticket.show(self.saved.preview);
            let resumed = Work::new(job.ticket.clone(), job.plan.clone(), &self.estimates);
            self.works.push(resumed);
        }
        if self.shown == Shown::Job(work.ticket.id) {
            self.shown = Shown::Job(id);
        }
        self.send_next();
    }

    fn move_job(&mut self, id: u64, by: isize) {
        let place = self.queue.waiting().position(|job| job.ticket.id == id);
        if let Some(place) = place.and_then(|place| place.checked_add_signed(by)) {
            self.queue.move_to(id, place);
        }
        let order: Vec<u64> = self.queue.jobs().map(|job| job.ticket.id).collect();
        let place = |work: &Work| order.iter().position(|&id| id == work.ticket.id);
        self.works
            .sort_by_key(|work| place(work).unwrap_or(usize::MAX));
    }

    /// A work is gone: the stage shows something else.
    pub(super) fn forget(&mut self, work: &Work) {
        if self.shown == Shown::Job(work.ticket.id) {
            let next = self.works.first().map(|work| work.ticket.id);
            self.shown = next.map_or(Shown::Welcome, Shown::Job);
        }
    }

    /// Shows this on the stage.
    pub(super) fn show(&mut self, ctx: &Context, shown: Shown) {
        self.player = None;
        if let Shown::Record(id) = &shown
            && let Some(record) = self.record(id).cloned()
        {
            match Player::open(ctx, record, None) {
                Ok(player) => self.player = Some(player),
                Err(error) => self.tell(error.to_string(), true),
            }
        }
        self.shown = shown;
    }

    fn handle_player(&mut self, ctx: &Context, action: PlayerAction) {
        let looping = &mut self.saved.looping;
        let Some(player) = &mut self.player else {
            return;
        };
        match action {
            PlayerAction::Toggle => player.toggle(),
            PlayerAction::Seek(frame) => player.seek(frame),
            PlayerAction::Step(frames) => player.step(frames),
            PlayerAction::Peek(frame) => player.peek(ctx, frame),
            PlayerAction::Loop => *looping = !*looping,
            PlayerAction::Speed(speed) => player.speed = speed,
            PlayerAction::Fit => player.actual_size = !player.actual_size,
            PlayerAction::CopyFrame => self.copy_frame(ctx),
            PlayerAction::UseFrame => self.use_frame(None),
            PlayerAction::ContinueFromEnd => self.use_frame(Some(usize::MAX)),
        }
    }
}

fn is_narrow(ctx: &Context) -> bool {
    ctx.content_rect().width() < size::NARROW
}

/// A seed that is short enough to be typed again.
pub(super) fn new_seed() -> u64 {
    // The standard library draws the keys of its hash maps at random.
    RandomState::new().build_hasher().finish() >> 32
}
