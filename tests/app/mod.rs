//! The window, with the test at the other ends of its channels. Nothing is drawn to pixels: what is
//! there is found by the names that screen readers say.

mod advice;
mod anew;
mod batch;
mod chain;
mod commands;
mod compare;
mod files;
mod first_start;
mod guides;
mod incoming;
mod instance;
mod kept;
mod keyboard;
mod looks;
mod loras;
mod memory;
mod models;
mod notices;
mod outside;
mod preferences;
mod queue;
mod queue_list;
mod quit;
mod removal;
mod restart;
pub mod saving;
mod settings;
mod speed;
mod styles;
mod undo;
mod walk;
mod wells;
mod whole;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use tempfile::TempDir;
use zoetrope::app::dialogs::Question;
use zoetrope::app::memory_estimate::Fit;
use zoetrope::app::models::{Found, Look};
use zoetrope::app::{App, Preferences, Services, StartAnew};
use zoetrope::engine::Engine;
use zoetrope::error::Error;
use zoetrope::job::{Checkpoint, Command, Event, Installed, JobHandle, Plan, Record, Size};
use zoetrope::library::{Dirs, Library};
use zoetrope::media::mp4::{Mp4Writer, Quality};

use crate::job::checkpoint;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// The size of the videos that the test makes.
const SIZE: Size = Size::new(64, 48);
/// Their frames.
const FRAMES: usize = 9;

/// What everything is that can be operated.
const OPERABLE: [Role; 9] = [
    Role::Button,
    Role::RadioButton,
    Role::Slider,
    Role::Switch,
    Role::SpinButton,
    Role::TextInput,
    Role::MultilineTextInput,
    Role::DisclosureTriangle,
    Role::MenuItem,
];

/// A window and what is behind it.
struct Window {
    harness: Harness<'static, App>,
    /// What the window has asked the engine for.
    commands: Receiver<Command>,
    /// To tell the window what the engine did.
    events: Sender<Event>,
    /// What dialogs are answered with.
    answer: Rc<RefCell<Option<PathBuf>>>,
    /// What dialogs have asked for.
    asked: Rc<RefCell<Vec<Question>>>,
    /// What was taken to the Trash.
    trashed: Arc<Mutex<Vec<PathBuf>>>,
    folder: Rc<TempDir>,
}

/// How a window is opened.
struct Opening {
    models: Vec<Checkpoint>,
    /// What finds models; nothing but those above if there is none.
    look: Option<Look>,
    /// What makes plans fit; nobody who knows if there is none.
    fit: Option<Fit>,
    preferences: Preferences,
    /// A real engine instead of the test.
    engine: Option<Engine>,
    start_anew: Option<StartAnew>,
    goes_on: bool,
    folder: Rc<TempDir>,
    /// Where the settings are kept, if not in that folder.
    settings: Option<PathBuf>,
    size: [f32; 2],
    /// How long a frame lasts, in seconds.
    pace: f32,
    /// Whether there is a Trash.
    has_trash: bool,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            models: vec![checkpoint()],
            look: None,
            fit: None,
            preferences: Preferences::default(),
            engine: None,
            start_anew: None,
            goes_on: false,
            folder: Rc::new(TempDir::new().unwrap()),
            settings: None,
            size: [1280.0, 800.0],
            pace: 1.0 / 30.0,
            has_trash: true,
        }
    }
}

impl Opening {
    fn open(self) -> Window {
        let (commands, asked_for) = unbounded();
        let (events, told) = unbounded();
        let answer = Rc::new(RefCell::new(None));
        let asked = Rc::new(RefCell::new(Vec::new()));
        let trashed = Arc::new(Mutex::new(Vec::new()));
        let (answers, questions, trash) =
            (Rc::clone(&answer), Rc::clone(&asked), Arc::clone(&trashed));
        let engine = self.engine.as_ref();
        let has_trash = self.has_trash;
        let installed: Vec<Installed> = self.models.iter().map(installed).collect();
        let only: Look = Arc::new(move |_| {
            Ok(Found {
                installed: installed.clone(),
                ..Found::default()
            })
        });
        let unknown: Fit = Arc::new(|_| Err(Error::Other("No file is there".into())));
        let services = Services {
            commands: engine.map_or(commands, |engine| engine.commands.clone()),
            events: engine.map_or(told, |engine| engine.events.clone()),
            engine: self.engine,
            library: Library::new(places(&self.folder)),
            models: self.models,
            look: self.look.unwrap_or(only),
            fit: self.fit.unwrap_or(unknown),
            preferences: self.preferences,
            preferences_path: self
                .settings
                .or_else(|| Some(self.folder.path().join("window.json"))),
            locale: "en-GB".into(),
            desktop: None,
            ask: Box::new(move |question| {
                questions.borrow_mut().push(question);
                let answer: Option<PathBuf> = answers.borrow().clone();
                Box::pin(async move { answer })
            }),
            discard: Box::new(move |file| {
                if !has_trash {
                    return Err(Error::Other("There is no Trash here".into()));
                }
                trash.lock().unwrap().push(file.to_owned());
                if file.is_dir() {
                    std::fs::remove_dir_all(file).unwrap();
                } else {
                    std::fs::remove_file(file).unwrap();
                }
                Ok(())
            }),
            start_anew: self.start_anew,
            goes_on: self.goes_on,
        };
        let harness = Harness::builder()
            .with_size(self.size)
            .with_step_dt(self.pace)
            .build_eframe(|cc| App::new(&cc.egui_ctx, services).unwrap());
        let mut window = Window {
            harness,
            commands: asked_for,
            events,
            answer,
            asked,
            trashed,
            folder: self.folder,
        };
        window.settle();
        window
    }
}

/// Another start of the program, of which nothing is left but its files.
fn start_again(window: Window) -> Window {
    let folder = Rc::clone(&window.folder);
    drop(window);
    let preferences = Preferences::read(&folder.path().join("window.json"));
    Opening {
        preferences,
        folder,
        ..Opening::default()
    }
    .open()
}

/// A model as it is found.
fn installed(model: &Checkpoint) -> Installed {
    Installed {
        name: model.name.clone(),
        place: model.root.clone(),
        variant: Some(model.variant),
        bytes: 34_000_000_000,
        checkpoint: Ok(model.clone()),
        remarks: Vec::new(),
    }
}

fn places(folder: &TempDir) -> Dirs {
    Dirs {
        data: folder.path().join("data"),
        videos: folder.path().join("videos"),
        earlier: Vec::new(),
    }
}

impl Window {
    /// Draws until what was clicked has come through.
    fn settle(&mut self) {
        self.harness.run_steps(6);
    }

    /// Draws until `there`; the threads behind the window take their time. The pointer plays over the
    /// stage, so that the controls of the player stay.
    #[track_caller]
    fn until(&mut self, what: &str, mut there: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        let mut place = egui::pos2(640.0, 300.0);
        while !there(self) {
            let late = start.elapsed() > PATIENCE;
            assert!(!late, "{what} did not happen, but: {:?}", self.seen());
            place.x = 1281.0 - place.x;
            self.harness.hover_at(place);
            self.harness.step();
            thread::sleep(Duration::from_millis(5));
        }
        self.settle();
    }

    /// Draws until something is called `name`.
    #[track_caller]
    fn until_seen(&mut self, name: &str) {
        self.until(name, |window| window.sees(name));
    }

    /// Everything that a screen reader could say.
    fn seen(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        let said = nodes.filter_map(|node| {
            let node = node.accesskit_node();
            node.label().or(node.value())
        });
        said.collect()
    }

    fn sees(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    fn sees_part(&self, name: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(name);
        found.next().is_some()
    }

    /// The number of the frame that is to be seen.
    fn frame(&self) -> usize {
        let told = self.harness.get_by_label_contains(" of 9");
        let told = told.accesskit_node().value().unwrap();
        told.split(' ').nth(1).unwrap().parse().unwrap()
    }

    #[track_caller]
    fn click(&mut self, name: &str) {
        assert!(
            self.sees(name),
            "there is no {name}, but: {:?}",
            self.seen()
        );
        self.harness.get_by_label(name).click();
        self.settle();
    }

    /// Clicks what the sheet has, where the window beneath has something of that name too.
    #[track_caller]
    fn click_on_sheet(&mut self, name: &str) {
        let all: Vec<_> = self.harness.query_all_by_label(name).collect();
        all.last().expect("it is there").click();
        self.settle();
    }

    /// Turns a switch.
    #[track_caller]
    fn switch(&mut self, name: &str) {
        let found = self.harness.query_all_by_role_and_label(Role::Switch, name);
        found.last().expect("it is there").click();
        self.settle();
    }

    /// Takes a line of the menu that belongs to something.
    #[track_caller]
    fn choose(&mut self, name: &str, line: &str) {
        let cells = self.harness.query_all_by_role_and_label(Role::Button, name);
        cells.last().unwrap().click_secondary();
        self.settle();
        self.click(line);
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    #[track_caller]
    fn write(&mut self, name: &str, text: &str) {
        self.harness.get_by_label(name).focus();
        self.settle();
        self.harness.get_by_label(name).type_text(text);
        self.settle();
    }

    fn tell(&mut self, event: Event) {
        self.events.send(event).unwrap();
        self.settle();
    }

    /// What the engine is asked for next. By what to compute is told before every job.
    fn command(&mut self) -> Option<Command> {
        let mut commands = self.commands.try_iter();
        commands.find(|command| !matches!(command, Command::UseProcessor(_)))
    }

    /// The next job that the engine is asked to begin.
    #[track_caller]
    fn next_job(&mut self) -> (JobHandle, Box<Plan>) {
        let mut found = None;
        self.until("a job", |window| {
            found = window.command();
            found.is_some()
        });
        match found {
            Some(Command::Generate(handle, plan)) => (handle, plan),
            other => panic!("it was asked for {other:?}"),
        }
    }

    /// Does what the engine does at the end of a job.
    fn finish(&mut self, id: u64, plan: &Plan) {
        video(&plan.output, &plan.info().to_json());
        let record = Record::new(plan, plan.info());
        self.tell(Event::Finished {
            id,
            elapsed: Duration::from_secs(9),
            peak_memory: 1 << 30,
            record: Some(Box::new(record)),
        });
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A short video, as a job writes it.
fn video(path: &Path, settings: &str) {
    let mut video = Mp4Writer::create(path, SIZE, 8, Quality::Standard, settings).unwrap();
    for frame in 0..FRAMES {
        let grey = (frame * 24) as u8;
        video.write(&vec![grey; 3 * SIZE.area() as usize]).unwrap();
    }
    video.finish().unwrap();
}
