//! How the window is opened, and what it is given.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eframe::NativeOptions;
use egui::{Context, IconData, Vec2, ViewportBuilder, ViewportCommand};

use super::instance::Instance;
use super::outside::UNASKED;
use super::{ALL_ENDS, App, Preferences, Services, StartAnew, dialogs, leave_after, models};
use crate::catalog;
use crate::dirs;
use crate::engine::{self, Engine, exit};
use crate::error::{Error, Result};
use crate::job::Problem;
use crate::library::{Dirs, Library};
use crate::logging;
use crate::platform::{self, Events};
use crate::view::theme::{self, size};

/// How long a window that is open already may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the window, in it `files`, and stays until it is closed.
///
/// # Errors
/// There is no home folder, or no screen that could be drawn on.
pub fn run(files: Vec<PathBuf>) -> Result<()> {
    logging::start(false);
    let no_home = || Error::from(Problem::NoHome);
    let mut places = Dirs::of_user().ok_or_else(no_home)?;
    let goes_on = engine::metal::was_started_anew();
    let succeeded = goes_on.then(|| Instance::succeed(&places.data, ALL_ENDS + PATIENCE));
    let instance = match succeeded.flatten() {
        Some(instance) => Some(instance),
        None => Instance::claim(&places.data, &files, PATIENCE)?,
    };
    let Some(instance) = instance else {
        platform::window::show_other();
        return Ok(()); // the window that is open already shows them
    };
    // Before the window opens, so that no file is missed that it was opened with.
    let desktop = Events::listen(files);
    instance.listen(platform::open)?;
    let preferences_path = dirs::config().map(|folder| folder.join("window.json"));
    let preferences = preferences_path
        .as_deref()
        .map(Preferences::read)
        .unwrap_or_default();
    for folder in &preferences.videos {
        places.move_videos(folder);
    }
    let options = NativeOptions {
        viewport: viewport(&preferences),
        ..NativeOptions::default()
    };
    let creator: eframe::AppCreator = Box::new(move |cc| {
        close_on_signals(&cc.egui_ctx)?;
        platform::window::veil(theme::ground(&cc.egui_ctx, preferences.appearance));
        let ctx = cc.egui_ctx.clone();
        // What a job tells nobody has asked for.
        let engine = Engine::start(move || ctx.request_repaint_after(UNASKED))?;
        let services = Services {
            commands: engine.commands.clone(),
            events: engine.events.clone(),
            engine: Some(engine),
            library: Library::new(places),
            models: known(&preferences),
            look: Arc::new(models::of_user),
            fit: Arc::new(engine::memory::fit),
            preferences,
            preferences_path,
            locale: platform::locale().unwrap_or_default(),
            desktop: Some(desktop),
            ask: Box::new(dialogs::system),
            discard: Box::new(|path| platform::files::trash(path).map(drop)),
            start_anew: (!goes_on).then(|| Box::new(engine::metal::start_anew) as StartAnew),
            goes_on,
        };
        Ok(Box::new(App::new(&cc.egui_ctx, services)?))
    });
    let result = eframe::run_native("Zoetrope", options, creator);
    // Nobody else may work in the folder before everything is kept.
    drop(instance);
    result.map_err(|error| Error::Other(format!("The window cannot be opened: {error}")))
}

/// Ctrl-C in the terminal and a request to end close the window as a click does; the second one does not wait.
fn close_on_signals(ctx: &Context) -> Result<()> {
    let ctx = ctx.clone();
    platform::on_end(move |is_first| {
        if !is_first {
            exit::leave_at_once(130);
        }
        platform::quit();
        ctx.send_viewport_cmd(ViewportCommand::Close);
        ctx.request_repaint();
        // A window that is hidden or hangs may not hear of it.
        leave_after(ALL_ENDS);
    })
}

/// What the window is like when it is opened.
pub fn viewport(preferences: &Preferences) -> ViewportBuilder {
    ViewportBuilder::default()
        .with_title("Zoetrope")
        .with_app_id(platform::ID)
        // The bundle and the desktop file say which icon it is; eframe would put its own in its place.
        .with_icon(IconData::default())
        .with_inner_size(Vec2::from(preferences.window))
        .with_min_inner_size(Vec2::from(size::WINDOW))
        .with_fullsize_content_view(true)
        .with_title_shown(false)
        // Otherwise the system paints its own over ours.
        .with_titlebar_shown(false)
        .with_drag_and_drop(true)
}

/// The models that need not be looked for: the built-in one and the one that was used last.
fn known(preferences: &Preferences) -> Vec<crate::job::Checkpoint> {
    let built_in = catalog::built_in()
        .inspect_err(|error| log::warn!("The built-in model is not used: {error}"))
        .ok();
    let last = preferences.model.as_deref().and_then(|root| {
        catalog::open(root)
            .inspect_err(|error| log::warn!("The chosen model is not used: {error}"))
            .ok()
    });
    let mut models: Vec<_> = built_in.into_iter().chain(last).collect();
    models.dedup_by(|a, b| a.root == b.root);
    models
}
