//! The *app* is the hinge: all state of the window lives here, and here what people ask for meets what
//! the engine and the library have to tell.

mod act;
mod advice;
mod autosave;
mod background;
mod batch;
mod chain;
pub mod commands;
mod compare;
mod desk;
pub mod desktop;
pub mod dialogs;
mod download;
mod drafts;
mod draw;
mod events;
mod export;
mod form;
mod gallery;
mod guides;
mod history;
mod hold;
pub mod incoming;
pub mod instance;
mod job_state;
mod jobs;
pub mod kept;
mod library;
mod loras;
mod memory;
pub mod memory_estimate;
pub mod models;
mod notice;
pub mod outside;
mod painting;
mod pictures;
mod playback;
mod player;
mod posters;
mod preferences;
mod restart;
mod selection;
mod speed;
mod stacks;
mod start;
mod styles;
mod thumbnail;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use egui::{Context, Rangef, Rect, Ui};

use crate::catalog::hub::offers;
use crate::engine::{Engine, exit};
use crate::error::Result;
use crate::job::{
    Checkpoint, Clip, Command, Estimates, Event, ModelDownload, Plan, Queue, Record, Refusal,
};
use crate::library::{Library, LibraryCommand, LibraryWorker, Search};
use crate::platform::{self, Events};
use crate::view::action::{Sheet, Shown};
use crate::view::strings::{self, Language, Words};
use crate::view::theme::{self, Appearance, size};
use autosave::Autosave;
use background::Files;
use desk::Desk;
use desktop::Desktop;
use dialogs::Ask;
use download::Downloading;
use export::Exporting;
use form::Form;
use gallery::Gallery;
use history::History;
use incoming::Incoming;
use job_state::Work;
use loras::Fitting;
use memory::Memory;
use memory_estimate::{Fit, Needs};
use models::{Change, Found, Look};
use notice::{Notice, Removed};
use outside::Outside;
use player::Player;
use posters::Posters;
use speed::Offers;

pub use preferences::Preferences;
use restart::Restart;
pub use start::{run, viewport};

/// Takes a file away, to where it can be got back from.
pub type Discard = Box<dyn Fn(&Path) -> Result<()> + Send>;

/// Starts the program anew, beside this one, which is about to end.
pub type StartAnew = Box<dyn Fn() -> Result<()>>;

/// What the window works with. A test gives it channels whose other ends it holds.
pub struct Services {
    /// To the engine.
    pub commands: Sender<Command>,
    /// From the engine.
    pub events: Receiver<Event>,
    /// The engine itself, where it is a real one: it ends with the window.
    pub engine: Option<Engine>,
    /// The library.
    pub library: Library,
    /// The models that are known so far, the one that comes with the program first.
    pub models: Vec<Checkpoint>,
    /// What finds the others.
    pub look: Look,
    /// What makes plans fit into memory.
    pub fit: Fit,
    /// What was saved.
    pub preferences: Preferences,
    /// Where to save it; nowhere in tests.
    pub preferences_path: Option<PathBuf>,
    /// The language of the system.
    pub locale: String,
    /// What the desktop asks for; a test does without.
    pub desktop: Option<Events>,
    /// What opens dialogs for files.
    pub ask: Ask,
    /// What takes a file to where it can be got back from.
    pub discard: Discard,
    /// What starts the program anew where the driver refuses this process; not where it was started so already.
    pub start_anew: Option<StartAnew>,
    /// Whether what waits is gone on with at once, since the program was started anew for that.
    pub goes_on: bool,
}

/// The state of the window.
pub struct App {
    commands: Sender<Command>,
    events: Receiver<Event>,
    library: Library,
    worker: LibraryWorker,
    files: Files,
    desktop: Option<Desktop>,
    ask: Ask,
    /// Those that can be used.
    models: Vec<Checkpoint>,
    /// All that were found, also those that are not whole.
    found: Found,
    look: Look,
    fit: Fit,
    /// What can be downloaded.
    offers: Vec<ModelDownload>,
    downloading: Option<Downloading>,
    preferences: Preferences,
    preferences_path: Option<PathBuf>,
    keep: Autosave,
    locale: String,
    form: Form,
    /// What it held before.
    history: History,
    /// Files that were dropped, until it is known where, ...
    dropped: Vec<PathBuf>,
    /// ... and when that was, in egui's time.
    dropped_at: f64,
    /// Whether its LoRAs fit its model.
    fitting: Fitting,
    /// What memory its video needs.
    needs: Needs,
    /// What would make it sooner.
    speeds: Offers,
    queue: Queue,
    /// Everything that is not finished, in the order of its cells: what is at work first.
    works: Vec<Work>,
    /// What was taken away last, as long as it can be wanted back.
    removed: Option<Removed>,
    /// The numbers and run folders of jobs that were given up, until the engine has left them.
    leaving: Vec<(u64, PathBuf)>,
    /// Whether the engine's thread has ended by itself.
    engine_is_gone: bool,
    restart: Restart,
    /// Whether a preview is being enlarged, ...
    makes_preview: bool,
    /// ... and the one that comes next.
    next_preview: Option<(u64, Arc<Clip>)>,
    /// Everything that was made, newest first.
    records: Vec<Record>,
    posters: Posters,
    estimates: Estimates,
    shown: Shown,
    player: Option<Player>,
    /// The clip under the pointer.
    glimpse: Option<Player>,
    /// What else is looked at.
    gallery: Gallery,
    /// What lies beside the form.
    desk: Desk,
    /// What is looked for in the library.
    search: Search,
    exporting: Exporting,
    /// Whether the strip was unfolded in a window so narrow that it folds by itself.
    reel_open_in_narrow: bool,
    sheet: Option<Sheet>,
    /// The mask that is painted.
    painting: Option<painting::Painting>,
    notice: Option<Notice>,
    memory: Memory,
    /// What the engine keeps for the next job, in bytes.
    kept: u64,
    /// What came beside the window's own events.
    incoming: Incoming,
    outside: Outside,
    /// When the state was last brought up to date, in egui's time.
    now: f64,
    /// Where the stage was drawn last.
    stage: Rect,
    /// The last of the fields: the engine ends after everything that talks to it.
    engine: Option<Engine>,
}

/// At the end, MLX has so long to finish the step at hand, ...
const STEP_ENDS: Duration = Duration::from_millis(1200);
/// ... pictures that a job begins with to be kept and an export to take away what it has not finished until then, ...
const WORK_ENDS: Duration = Duration::from_millis(2200);
/// ... and everything together: a disk that does not answer keeps nobody from logging out.
const ALL_ENDS: Duration = Duration::from_secs(3);

/// Whether everything that is to be kept is on the disk.
static IS_KEPT: AtomicBool = AtomicBool::new(false);

impl App {
    /// The window's state at the start.
    ///
    /// # Errors
    /// The system has no threads to spare.
    pub fn new(ctx: &Context, services: Services) -> Result<Self> {
        let Services {
            commands,
            events,
            engine,
            library,
            models,
            look,
            fit,
            preferences,
            preferences_path,
            locale,
            desktop,
            ask,
            discard,
            start_anew,
            goes_on,
        } = services;
        let wake = ctx.clone();
        let wake = move || wake.request_repaint();
        let worker = LibraryWorker::start(library.clone(), discard, wake)?;
        let mut app = Self {
            estimates: library.estimates(),
            files: Files::start(ctx)?,
            desktop: None,
            ask,
            fitting: Fitting::default(),
            needs: Needs::default(),
            offers: offers(),
            speeds: Offers::default(),
            downloading: None,
            form: Form::of(preferences.request.clone()),
            history: History::default(),
            dropped: Vec::new(),
            dropped_at: 0.0,
            keep: Autosave::new(preferences.clone(), preferences_path.as_deref()),
            queue: Queue::default(),
            works: Vec::new(),
            removed: None,
            leaving: Vec::new(),
            engine_is_gone: false,
            restart: Restart::new(start_anew, goes_on),
            makes_preview: false,
            next_preview: None,
            records: Vec::new(),
            posters: Posters::default(),
            shown: Shown::Welcome,
            player: None,
            glimpse: None,
            gallery: Gallery::default(),
            desk: Desk::default(),
            search: Search::default(),
            exporting: Exporting::default(),
            reel_open_in_narrow: false,
            sheet: None,
            painting: None,
            notice: None,
            memory: Memory::default(),
            kept: 0,
            incoming: Incoming::default(),
            outside: Outside::default(),
            now: 0.0,
            stage: Rect::ZERO,
            commands,
            events,
            library,
            worker,
            models,
            found: Found::default(),
            look,
            fit,
            preferences,
            preferences_path,
            locale,
            engine,
        };
        app.begin(ctx, desktop)?;
        Ok(app)
    }

    fn begin(&mut self, ctx: &Context, desktop: Option<Events>) -> Result<()> {
        theme::install(ctx);
        self.worker.ask(LibraryCommand::Read);
        self.read_photos();
        self.read_styles();
        self.look_for_models(Change::None);
        self.dress(ctx);
        self.heed_tastes(ctx);
        if let Some(events) = desktop {
            self.desktop = Some(Desktop::new(ctx, events, self.words())?);
            self.show_recent();
        }
        Ok(())
    }

    /// Puts on the chosen appearance, size and language.
    fn dress(&self, ctx: &Context) {
        ctx.set_theme(match self.preferences.appearance {
            Appearance::System => egui::ThemePreference::System,
            Appearance::Dark => egui::ThemePreference::Dark,
            Appearance::Light => egui::ThemePreference::Light,
        });
        ctx.set_zoom_factor(self.preferences.zoom);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        strings::speak(ctx, self.language());
    }

    fn language(&self) -> Language {
        let system = || Language::of_locale(&self.locale);
        self.preferences.language.unwrap_or_else(system)
    }

    fn words(&self) -> &'static Words {
        self.language().words()
    }

    /// The chosen model, or the first there is.
    fn model(&self) -> Option<&Checkpoint> {
        let chosen = self.preferences.model.as_deref();
        let found = chosen.and_then(|root| self.models.iter().find(|model| model.root == root));
        found.or(self.models.first())
    }

    /// The form's plan, with a prompt or without; or what stands in its way.
    fn draft(&self, model: &Checkpoint) -> Result<Plan, Refusal> {
        let plan = self.wanted().draft(model)?;
        let known = self.fitting.refusal().or(self.needs.refusal());
        known.map_or(Ok(plan), |refusal| Err(refusal.clone()))
    }

    fn work(&mut self, id: u64) -> Option<&mut Work> {
        self.works.iter_mut().find(|work| work.handle.id == id)
    }

    fn record(&self, id: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id)
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.hear(ctx);
        self.hear_desktop(ctx);
        if self.has_no_pass() {
            self.do_chosen(ctx);
        }
        self.tell_desktop(ctx);
        self.watch_hold(ctx);
        self.keep(ctx);
        if ctx.input(|input| input.viewport().close_requested()) {
            self.close_window(ctx);
        }
    }

    fn raw_input_hook(&mut self, ctx: &Context, input: &mut egui::RawInput) {
        self.arrange_input(ctx, input);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        // The system puts them back whenever it lays out the window anew.
        let bar = Rangef::new(0.0, size::TITLE_BAR);
        frame.set_traffic_lights_position(ui.ctx(), bar, size::TRAFFIC_LIGHTS);
        self.draw(ui);
        self.do_chosen(&ui.ctx().clone());
        self.end_pass(ui.ctx());
    }

    /// Every way out comes through here: a closed window, the menu, a signal and the end of the session. On some of them
    /// nothing is run afterwards, so everything is on the disk when this returns.
    fn on_exit(&mut self) {
        let is_program = self.desktop.is_some();
        let start = Instant::now();
        let left = |until: Duration| until.saturating_sub(start.elapsed());
        if is_program {
            platform::hide();
            platform::window::order_out();
            leave_after(ALL_ENDS);
        }
        self.stop_download();
        self.exporting.cancel();
        let engine = self.engine.as_ref();
        let has_ended = engine.is_none_or(|engine| engine.stop(STEP_ENDS));
        self.hear_last();
        let ctx = self.files.context();
        for then in self.files.last(left(WORK_ENDS)) {
            // A job that was asked for a moment ago waits for the next start.
            then(self, &ctx);
        }
        self.exporting.stop(left(WORK_ENDS));
        self.say_goodbye();
        IS_KEPT.store(true, Ordering::Relaxed);
        if is_program && !has_ended {
            // MLX is in the middle of a step, and the finished ones are kept.
            exit::leave_at_once(0);
        }
    }
}

impl App {
    /// Keeps everything that is known here and nowhere else.
    fn say_goodbye(&mut self) {
        self.let_go();
        for (_, folder) in self.leaving.drain(..) {
            self.worker.ask(LibraryCommand::Discard {
                folder,
                in_use: true,
            });
        }
        self.keep_waiting();
        self.save();
        self.worker.close();
    }
}

/// What was taken away does not come back because nobody has said goodbye.
impl Drop for App {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// Sees to it that the process ends.
fn leave_after(patience: Duration) {
    let thread = thread::Builder::new().name("end".into());
    // Without a thread to spare it ends when it can.
    let _ = thread.spawn(move || {
        thread::sleep(patience);
        // What hangs after that is the system's.
        let failed = !IS_KEPT.load(Ordering::Relaxed);
        exit::leave_at_once(failed.into());
    });
}
