//! The clip on the stage as a file of another kind.

use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::Context;

use super::App;
use super::dialogs::Question;
use super::playback::Moving;
use super::player::Player;
use crate::error::{Error, Result};
use crate::job::{Export, Format};
use crate::media::{self, Task};
use crate::view::action::{ExportAction, Sheet};
use crate::view::export::{self, Choice, Kind, State};

/// What the sheet for exports knows.
#[derive(Default)]
pub struct Exporting {
    choice: Choice,
    stage: Stage,
}

#[derive(Default)]
enum Stage {
    #[default]
    Ready,
    Writing(Task<()>, PathBuf),
    Written(PathBuf),
    Failed(String),
}

impl Exporting {
    /// What came of an earlier export is no news any more.
    pub fn begin(&mut self) {
        if !matches!(self.stage, Stage::Writing(..)) {
            self.stage = Stage::Ready;
        }
    }

    /// What the sheet shows for this clip.
    pub fn view(&self, player: &Player, shots: usize) -> export::Export<'_> {
        export::Export {
            size: player.record.settings.canvas.size,
            frame: player.moving.as_ref().map_or(0, Moving::frame),
            choice: self.choice,
            shots,
            trim: player.record.trim,
            state: match &self.stage {
                Stage::Ready => State::Ready,
                Stage::Writing(task, _) => {
                    let (done, of) = task.pace().progress();
                    State::Writing(done, of)
                }
                Stage::Written(path) => State::Written(name(path)),
                Stage::Failed(sentence) => State::Failed(sentence),
            },
        }
    }

    /// Whether a file is being written.
    pub fn is_writing(&self) -> bool {
        matches!(self.stage, Stage::Writing(..))
    }

    fn write(&mut self, ctx: &Context, export: Export) {
        let (wake, target) = (ctx.clone(), export.target.clone());
        let work =
            move |step: &mut dyn FnMut(usize, usize) -> Result<()>| media::export(&export, step);
        let task = Task::start("export", move || wake.request_repaint(), work);
        self.stage = match task {
            Ok(task) => Stage::Writing(task, target),
            Err(error) => Stage::Failed(error.to_string()),
        };
    }

    /// Has an export that is being written end soon.
    pub fn cancel(&self) {
        if let Stage::Writing(task, _) = &self.stage {
            task.pace().cancel();
        }
    }

    /// Ends an export that is being written, and waits so long until nothing is left of it.
    pub fn stop(&self, patience: Duration) {
        if let Stage::Writing(task, _) = &self.stage {
            task.stop(patience);
        }
    }

    /// Takes note of its end, and tells the file if it is whole.
    fn poll(&mut self) -> Option<PathBuf> {
        let Stage::Writing(task, target) = &self.stage else {
            return None;
        };
        let result = task.result()?;
        let target = target.clone();
        self.stage = match result {
            Ok(()) => Stage::Written(target.clone()),
            Err(Error::Cancelled) => Stage::Ready,
            Err(error) => Stage::Failed(error.to_string()),
        };
        matches!(self.stage, Stage::Written(_)).then_some(target)
    }
}

impl App {
    pub(super) fn handle_export(&mut self, action: ExportAction) {
        match action {
            ExportAction::Choose(choice) => {
                self.exporting.choice = choice;
                self.exporting.begin();
            }
            ExportAction::Save => self.ask_for_place(),
            ExportAction::Cancel => self.exporting.cancel(),
            ExportAction::Reveal => {
                if let Stage::Written(path) = &self.exporting.stage {
                    let path = path.clone();
                    self.reveal(&path);
                }
            }
        }
    }

    fn ask_for_place(&mut self) {
        let Some(player) = &self.player else {
            return;
        };
        let stem = player.record.file.file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy();
        let choice = self.exporting.choice;
        let size = choice.size(player.record.settings.canvas.size);
        let frame = player.moving.as_ref().map_or(0, Moving::frame);
        let (name, ending, format) = match choice.kind {
            Kind::Video => {
                let name = format!("{stem}, {size}");
                (name, Some("mp4"), Format::Mp4(choice.quality))
            }
            Kind::Gif => (stem.into_owned(), Some("gif"), Format::Gif),
            Kind::Pictures => (stem.into_owned(), None, Format::Pictures),
            Kind::Still => {
                let name = (self.words().export.frame_name)(&stem, frame + 1);
                (name, Some("png"), Format::Still(frame))
            }
        };
        let (source, range, then) = self.wanted_of(&player.record.id, choice.joined);
        let export = Export {
            source,
            range,
            then,
            format,
            within: choice.within(player.record.settings.canvas.size),
            target: PathBuf::new(),
        };
        let answer = (self.ask)(Question::Place { name, ending });
        self.files.wait(answer, move |app, ctx, place| {
            let target = with_ending(place, ending);
            app.exporting.write(ctx, Export { target, ..export });
        });
    }

    /// Where the sheet was closed meanwhile, the end is told over the stage.
    pub(super) fn poll_export(&mut self) {
        let written = self.exporting.poll();
        if self.sheet == Some(Sheet::Export) {
            return;
        }
        if let Some(path) = written {
            self.tell((self.words().export.written)(name(&path)), false);
        } else if let Stage::Failed(sentence) = &self.exporting.stage {
            let sentence = sentence.clone();
            self.exporting.begin();
            self.tell(sentence, true);
        }
    }
}

/// Some dialogs leave the ending to us.
fn with_ending(place: PathBuf, ending: Option<&str>) -> PathBuf {
    let is_known = place.extension().is_some_and(|own| {
        let known = ["mp4", "gif", "png", "jpg", "jpeg"];
        known.iter().any(|known| own.eq_ignore_ascii_case(known))
    });
    match ending {
        Some(ending) if !is_known => place.with_added_extension(ending),
        _ => place,
    }
}

fn name(path: &Path) -> &str {
    let name = path.file_name().and_then(|name| name.to_str());
    name.unwrap_or_default()
}
