//! Pictures and files that come into the window and leave it.

use std::fs;
use std::path::{Path, PathBuf};

use egui::{Context, Event};

use super::dialogs::Question;
use super::guides::existing;
use super::models::Change;
use super::playback::{Moving, image};
use super::{App, thumbnail};
use crate::error::{Error, Result};
use crate::job::{GenerationInfo, Outputs, Request, Size, Sources};
use crate::media::{mp4, photo};
use crate::view::action::End;

impl App {
    /// Reads the pictures that the form names.
    pub(super) fn read_photos(&mut self) {
        for end in [End::First, End::Last] {
            if let Some(path) = self.form.path(end) {
                self.read_photo(end, path.to_owned());
            }
        }
    }

    fn read_photo(&self, end: End, path: PathBuf) {
        let read = move || {
            let picture = thumbnail::picture(&path);
            (path, picture)
        };
        self.files
            .ask(read, move |app, ctx, (path, picture)| match picture {
                Ok((pixels, size)) => app.form.take_photo(ctx, end, &path, pixels, size),
                Err(error) => {
                    app.form.set_path(end, None);
                    app.warn(&error);
                }
            });
    }

    /// Has a picture chosen.
    pub(super) fn choose_picture(&self, end: End) {
        let kind = self.words().compose.pictures;
        let answer = (self.ask)(Question::Picture { kind });
        self.files
            .wait(answer, move |app, _, path| app.use_picture(end, path));
    }

    /// Has a picture or a video chosen.
    pub(super) fn open_file(&self) {
        let words = &self.words().compose;
        let question = Question::File {
            pictures: words.pictures,
            videos: words.videos,
        };
        let answer = (self.ask)(question);
        self.files
            .wait(answer, |app, _, path| app.receive_file(path));
    }

    /// Puts a picture into the form.
    fn use_picture(&mut self, end: End, path: PathBuf) {
        self.form.set_path(end, Some(path.clone()));
        self.read_photo(end, path);
    }

    /// Takes what was dropped on the window or pasted into it.
    pub(super) fn receive(&mut self, ctx: &Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        for file in dropped {
            self.receive_file(file.path().to_owned());
        }
        let pasted = ctx.input(|input| {
            let image = |event: &Event| match event {
                Event::PasteImage(image) => Some(image.clone()),
                _ => None,
            };
            input.events.iter().find_map(image)
        });
        if let Some(image) = pasted {
            let size = Size::new(image.size[0] as u32, image.size[1] as u32);
            let rgb = image.pixels.iter().flat_map(|pixel| {
                let [red, green, blue, _] = pixel.to_array();
                [red, green, blue]
            });
            self.write_frame("Pasted picture", size, rgb.collect());
        }
    }

    /// A picture goes where there is room for it, a video gives back its settings, a folder is looked
    /// through for models, and other weights are a LoRA.
    pub(super) fn receive_file(&mut self, path: PathBuf) {
        let ends_with = |ending: &str| {
            path.extension()
                .is_some_and(|its| its.eq_ignore_ascii_case(ending))
        };
        if path.is_dir() {
            return self.look_for_models(Change::Add(path));
        }
        if ends_with("safetensors") {
            return self.add_lora(path);
        }
        self.note_recent(&path);
        if !ends_with("mp4") {
            return self.use_picture(self.free_end(), path);
        }
        match self.records.iter().find(|record| record.file == path) {
            Some(record) => self.restore(record.request()),
            None => self.read_settings(path),
        }
    }

    /// The last frame, if the model takes one and the first is there already.
    fn free_end(&self) -> End {
        let takes_two = self
            .model()
            .is_some_and(|model| model.variant.inputs().last.is_possible());
        let is_free = |end| self.form.path(end).is_none();
        if takes_two && !is_free(End::First) && is_free(End::Last) {
            End::Last
        } else {
            End::First
        }
    }

    /// Fills the form with what made a video.
    pub(super) fn restore(&mut self, request: Request) {
        let exists = |path: &PathBuf| path.is_file();
        self.form.request = Request {
            sources: Sources {
                image: request.sources.image.filter(exists),
                last_image: request.sources.last_image.filter(exists),
                ..request.sources
            },
            guides: existing(request.guides),
            // These belong to the machine, not to a video.
            outputs: Outputs {
                quality: self.form.request.outputs.quality,
                ..request.outputs
            },
            limits: self.form.request.limits,
            ..request
        };
        self.form.first = None;
        self.form.last = None;
        self.read_photos();
        self.tell(self.words().notices.restored, false);
    }

    fn read_settings(&self, path: PathBuf) {
        let read = move || settings(&path);
        self.files.ask(read, |app, _, settings| match settings {
            Ok(settings) => app.restore_settings(settings),
            Err(error) => app.warn(&error),
        });
    }

    /// The same from a file: it names its pictures without their folders.
    fn restore_settings(&mut self, info: GenerationInfo) {
        let model = self
            .models
            .iter()
            .find(|model| model.name == info.origin.model);
        if let Some(root) = model.map(|model| model.root.clone()) {
            self.preferences.model = Some(root);
        }
        self.restore(info.into());
    }

    /// Puts the frame on the stage on the clipboard.
    pub(super) fn copy_frame(&mut self, ctx: &Context) {
        let moving = self
            .player
            .as_ref()
            .and_then(|player| player.moving.as_ref());
        if let Some(pixels) = moving.and_then(|moving| image(moving.clip(), moving.frame())) {
            ctx.copy_image(pixels);
            self.tell(self.words().notices.copied, false);
        }
    }

    /// Begins with a frame of the clip on the stage, the one at hand if none is given. One beyond the
    /// end is the last, and brings its prompt.
    pub(super) fn use_frame(&mut self, frame: Option<usize>) {
        let Some(player) = &self.player else {
            return;
        };
        let Some(moving) = &player.moving else {
            return;
        };
        let last = moving.clip().len().saturating_sub(1);
        let index = frame.map_or(moving.frame(), |frame| frame.min(last));
        let Some(pixels) = moving.clip().frame(index).map(<[u8]>::to_vec) else {
            return;
        };
        let size = Moving::clip(moving).size();
        let name = format!("{} frame {}", player.record.id, index + 1);
        if frame.is_some() {
            self.form.request.prompt = player.record.settings.prompt.clone();
        }
        self.write_frame(&name, size, pixels);
    }

    /// Writes a frame, (height, width, 3), as a picture, and begins with it.
    fn write_frame(&self, name: &str, size: Size, rgb: Vec<u8>) {
        let folder = self.library.places().data.join("frames");
        let path = folder.join(format!("{name}.png"));
        let write = move || {
            fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
            photo::save(&path, size, &rgb)?;
            Ok(path)
        };
        self.files.ask(write, |app, _, path| match path {
            Ok(path) => app.use_picture(End::First, path),
            Err(error) => app.warn(&error),
        });
    }
}

/// What made a video, as its file tells.
fn settings(path: &Path) -> Result<GenerationInfo> {
    let none = || Error::content(path, "is not a video of Zoetrope, so it holds no settings");
    let json = mp4::settings(path)?.ok_or_else(none)?;
    GenerationInfo::from_json(&json).map_err(|_| none())
}
