//! Pictures and files that come into the window and leave it.

use std::path::{Path, PathBuf};
use std::{fs, mem};

use egui::{Context, Event};

use super::dialogs::Question;
use super::form::as_recommended;
use super::guides::existing;
use super::models::Change;
use super::notice::Undo;
use super::playback::{Moving, image};
use super::{App, thumbnail};
use crate::error::{Error, Result};
use crate::job::{GenerationInfo, Guides, Lora, Outputs, Request, Size, Sources, Speed};
use crate::media::{mp4, photo};
use crate::view::action::{End, Guide, Well};
use crate::view::compose;

/// Where nobody has said yet over which well a file was let go, the pointer tells within so many seconds.
const POINTER_COMES: f64 = 0.3;

/// What is no picture.
const OTHERS: [&str; 8] = [
    "mp4",
    "mov",
    "m4v",
    "mkv",
    "webm",
    "avi",
    "safetensors",
    "json",
];

impl App {
    /// Reads the pictures that the form names.
    pub(super) fn read_photos(&mut self) {
        self.form.first = None;
        self.form.last = None;
        self.read_missing_photos();
    }

    /// Reads those that are not there yet.
    pub(super) fn read_missing_photos(&mut self) {
        for (end, photo) in [(End::First, &self.form.first), (End::Last, &self.form.last)] {
            if let Some(path) = self.form.path(end).filter(|_| photo.is_none()) {
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
                    // Another one may have come meanwhile.
                    if app.form.path(end) == Some(&path) {
                        app.form.set_path(end, None);
                    }
                    app.warn(&error);
                }
            });
    }

    /// Has a picture chosen.
    pub(super) fn choose_picture(&self, end: End) {
        let kind = self.words().compose.pictures;
        let answer = (self.ask)(Question::Picture { kind });
        self.files
            .wait(answer, move |app, _, path| app.use_picture(end, path, None));
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

    /// Puts a picture into the form once it is read, and a prompt with it if one is given. One that cannot be read changes
    /// nothing.
    fn use_picture(&self, end: End, path: PathBuf, prompt: Option<String>) {
        let read = move || {
            let picture = thumbnail::picture(&path);
            (path, picture)
        };
        self.files
            .ask(read, move |app, ctx, (path, picture)| match picture {
                Ok((pixels, size)) => app.change_form(|app| {
                    if let Some(prompt) = prompt {
                        app.form.request.prompt = prompt;
                    }
                    app.form.set_path(end, Some(path.clone()));
                    app.form.take_photo(ctx, end, &path, pixels, size);
                }),
                Err(error) => app.warn(&error),
            });
    }

    /// Takes what was dropped on the window or pasted into it.
    pub(super) fn receive(&mut self, ctx: &Context) {
        let (dropped, now) = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            let files: Vec<PathBuf> = files.map(|file| file.path().to_owned()).collect();
            (files, input.time)
        });
        if !dropped.is_empty() {
            self.dropped.extend(dropped);
            self.dropped_at = now;
        }
        if !self.dropped.is_empty() {
            self.receive_dropped(ctx, now);
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
            let pixels = image.pixels.iter();
            let rgb = pixels.flat_map(|pixel| photo::on_white(pixel.to_srgba_unmultiplied()));
            let end = self.free_end(&[]);
            self.write_frame(None, size, rgb.collect(), end, None);
        }
    }

    /// A picture goes into the well that it was dropped on. Some desktops tell where the pointer is only after the drop.
    fn receive_dropped(&mut self, ctx: &Context, now: f64) {
        let pointer = ctx.input(|input| input.pointer.latest_pos());
        let left = self.dropped_at + POINTER_COMES - now;
        if self.takes_two() && pointer.is_none() && left > 0.0 {
            return ctx.request_repaint_after_secs(left as f32);
        }
        let well = pointer.and_then(|place| compose::well_at(ctx, place));
        let mut taken = Vec::new();
        for file in mem::take(&mut self.dropped) {
            if let Some(Well::Guide(guide, _)) = well {
                self.note_recent(&file);
                self.use_guide(guide, file);
                continue;
            }
            if !is_picture(&file) || self.shows_references() {
                self.receive_file(file);
                continue;
            }
            let end = match well {
                Some(Well::End(end)) if !taken.contains(&end) => Some(end),
                _ => None,
            };
            let end = match end {
                Some(end) => end,
                // There is a place for one only.
                None if !taken.is_empty() && !self.takes_two() => continue,
                None => self.free_end(&taken),
            };
            taken.push(end);
            self.note_recent(&file);
            self.use_picture(end, file, None);
        }
    }

    /// A picture goes where there is room for it, a video gives back its settings, a folder is looked
    /// through for models, and other weights are a LoRA.
    pub(super) fn receive_file(&mut self, path: PathBuf) {
        if path.is_dir() {
            return self.look_for_models(Change::Add(path));
        }
        if ends_with(&path, "safetensors") {
            return self.add_lora(path);
        }
        if ends_with(&path, "json") {
            return self.receive_style(path);
        }
        self.note_recent(&path);
        if is_picture(&path) && self.shows_references() {
            return self.use_guide(Guide::Reference, path);
        }
        if is_picture(&path) {
            return self.use_picture(self.free_end(&[]), path, None);
        }
        match self.records.iter().find(|record| record.file == path) {
            Some(record) => self.restore(Some(record.model.clone()), record.request()),
            None => self.read_settings(path),
        }
    }

    /// Whether pictures can only be references for the model.
    fn shows_references(&self) -> bool {
        self.model().is_some_and(|model| {
            let inputs = model.variant.inputs();
            !inputs.first.is_possible() && inputs.references > 0
        })
    }

    /// Whether the model is given a video.
    fn takes_video(&self) -> bool {
        self.model()
            .is_some_and(|model| model.variant.inputs().video.is_possible())
    }

    /// Whether the model takes a picture at both ends.
    fn takes_two(&self) -> bool {
        self.model()
            .is_some_and(|model| model.variant.inputs().last.is_possible())
    }

    /// Where the next picture goes if these ends are `taken` by others: to the first frame or, if that is there already
    /// and the model takes one, to the last.
    fn free_end(&self, taken: &[End]) -> End {
        if !self.takes_two() {
            return End::First;
        }
        let open = [End::First, End::Last].into_iter();
        let open: Vec<End> = open.filter(|end| !taken.contains(end)).collect();
        let free = open.iter().find(|end| self.form.path(**end).is_none());
        *free.or(open.first()).unwrap_or(&End::Last)
    }

    /// Fills the form with what made a video. Of files that are not where they were, or of which only the names are known,
    /// the names are told. The model in this folder is chosen, if it is there.
    pub(super) fn restore(&mut self, model: Option<PathBuf>, request: Request) {
        let mut missing = Vec::new();
        let request = Request {
            sources: self.own_files(request.sources, &mut missing),
            guides: self.own_guides(request.guides, &mut missing),
            // These belong to the machine, not to a video.
            outputs: Outputs {
                quality: self.form.request.outputs.quality,
                ..Outputs::default()
            },
            limits: self.form.request.limits,
            ..request
        };
        let is_here = |root: &PathBuf| self.models.iter().any(|model| model.root == *root);
        let model = model.filter(is_here);
        let used = model.as_ref().or(self.preferences.model.as_ref());
        let used = self.models.iter().find(|model| Some(&model.root) == used);
        let request = match used.or(self.model()) {
            Some(model) => as_recommended(request, &model.defaults),
            None => request,
        };
        self.change_form(|app| {
            app.form.request = request;
            // It says itself what made its video sooner.
            app.preferences.speed = Speed::Exact;
            app.preferences.model = model.or(app.preferences.model.take());
            app.read_photos();
        });
        let words = &self.words().notices;
        if missing.is_empty() {
            self.tell_with_undo(words.restored, Undo::Form);
        } else {
            self.tell_with_undo((words.restored_without)(&missing.join(", ")), Undo::Form);
        }
    }

    /// Those of the files that this window has given names to. A video may come from a stranger, who could name anything:
    /// nothing is opened for a name alone.
    fn own_files(&self, sources: Sources, missing: &mut Vec<String>) -> Sources {
        let data = &self.library.places().data;
        let mut picture = |path: Option<PathBuf>| {
            let path = path?;
            let is_own = path.starts_with(data) || self.is_in_a_job(&path);
            if is_own && path.is_file() {
                return Some(path);
            }
            missing.push(name(&path));
            None
        };
        let image = picture(sources.image);
        let last_image = picture(sources.last_image);
        missing.extend(sources.noise.as_deref().map(name));
        let loras = sources.loras.into_iter().filter_map(|lora| {
            let own = self.own_lora(&lora);
            if own.is_none() {
                missing.push(name(&lora.file));
            }
            own
        });
        Sources {
            loras: loras.collect(),
            image,
            last_image,
            noise: None,
            ..sources
        }
    }

    /// The same for videos, masks and references.
    fn own_guides(&self, guides: Guides, missing: &mut Vec<String>) -> Guides {
        let data = &self.library.places().data;
        let mut others = Vec::new();
        let is_own = |path: &Path| path.starts_with(data) || self.is_in_a_job(path);
        let guides = existing(guides, is_own, &mut others);
        missing.extend(others.iter().map(|path| name(path)));
        guides
    }

    /// Whether a job here has this picture or video.
    fn is_in_a_job(&self, path: &Path) -> bool {
        let mut plans = self.works.iter().filter_map(|work| work.plan.as_ref());
        plans.any(|plan| {
            let Sources {
                image, last_image, ..
            } = &plan.sources;
            let guides = &plan.guides;
            let files = [image, last_image, &guides.video, &guides.mask];
            let mut files = files.into_iter().flatten().chain(&guides.references);
            files.any(|file| file == path)
        })
    }

    /// The LoRA with the file of its name that is in the form or in a job.
    fn own_lora(&self, lora: &Lora) -> Option<Lora> {
        let jobs = self.works.iter().filter_map(|work| work.plan.as_ref());
        let of_jobs = jobs.flat_map(|plan| &plan.sources.loras);
        let mut known = self.form.request.sources.loras.iter().chain(of_jobs);
        let own = known.find(|known| known.file.file_name() == lora.file.file_name())?;
        Some(Lora {
            file: own.file.clone(),
            ..lora.clone()
        })
    }

    fn read_settings(&self, path: PathBuf) {
        let read = move || (settings(&path), path);
        self.files
            .ask(read, |app, _, (settings, path)| match settings {
                Ok(settings) => app.restore_settings(settings),
                // It is none of ours.
                Err(_) if app.takes_video() => app.use_guide(Guide::Video, path),
                Err(error) => app.warn(&error),
            });
    }

    /// The same from a file of which nobody knows where it comes from: of files it gives names alone.
    fn restore_settings(&mut self, info: GenerationInfo) {
        let model = self
            .models
            .iter()
            .find(|model| model.name == info.origin.model);
        let root = model.map(|model| model.root.clone());
        let mut request = Request::from(info);
        request.sources = request.sources.without_folders();
        self.restore(root, request);
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
        // What was left out at the end is not gone on from.
        let last = player.record.trim.map_or(last, |[_, to]| to.min(last));
        let index = frame.map_or(moving.frame(), |frame| frame.min(last));
        let Some(pixels) = moving.clip().frame(index).map(<[u8]>::to_vec) else {
            return;
        };
        let size = Moving::clip(moving).size();
        let name = format!("{} frame {}", player.record.id, index + 1);
        let prompt = frame.map(|_| player.record.settings.prompt.clone());
        self.write_frame(Some(name), size, pixels, End::First, prompt);
    }

    /// Writes a frame, (height, width, 3), as a picture, and puts it into the form, with a prompt if one is given. One
    /// without a name was pasted, and no other is like it.
    fn write_frame(
        &self,
        name: Option<String>,
        size: Size,
        rgb: Vec<u8>,
        end: End,
        prompt: Option<String>,
    ) {
        self.keep_frame(end, prompt, move |folder| {
            let path = match name {
                Some(name) => folder.join(format!("{name}.png")),
                None => free_place(folder, "png"),
            };
            photo::save(&path, size, &rgb)?;
            Ok(path)
        });
    }

    /// Keeps a picture that was pasted as the content of a file, and puts it into the form.
    pub(super) fn keep_pasted(&self, bytes: Vec<u8>) {
        self.keep_frame(self.free_end(&[]), None, move |folder| {
            let path = free_place(folder, photo::ending(&bytes));
            photo::keep(&path, &bytes)?;
            Ok(path)
        });
    }

    /// Has a picture kept in the folder for frames, and puts it into the form.
    fn keep_frame(
        &self,
        end: End,
        prompt: Option<String>,
        keep: impl FnOnce(&Path) -> Result<PathBuf> + Send + 'static,
    ) {
        let folder = self.library.places().data.join("frames");
        let write = move || {
            fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
            keep(&folder)
        };
        self.files.ask(write, move |app, _, path| match path {
            Ok(path) => app.use_picture(end, path, prompt),
            Err(error) => app.warn(&error),
        });
    }
}

/// A place for a pasted picture. An earlier one stays as it is: the form may go back to it.
fn free_place(folder: &Path, ending: &str) -> PathBuf {
    let name = |number: u32| match number {
        1 => format!("Pasted picture.{ending}"),
        number => format!("Pasted picture {number}.{ending}"),
    };
    let mut places = (1..).map(|number| folder.join(name(number)));
    places.find(|place| !place.exists()).unwrap_or_default()
}

fn ends_with(path: &Path, ending: &str) -> bool {
    let its = path.extension();
    its.is_some_and(|its| its.eq_ignore_ascii_case(ending))
}

/// Whether it is to be read as a picture: everything is that is nothing else.
fn is_picture(path: &Path) -> bool {
    let is_other = |ending| ends_with(path, ending);
    !path.is_dir() && !OTHERS.into_iter().any(is_other)
}

/// The name of a file as it can be shown, without what changes the words around it.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    name.chars()
        .filter(|&c| !c.is_control() && !turns(c))
        .collect()
}

/// What made a video, as its file tells.
fn settings(path: &Path) -> Result<GenerationInfo> {
    let none = || Error::content(path, "is not a video of Zoetrope, so it holds no settings");
    let json = mp4::settings(path)?.ok_or_else(none)?;
    GenerationInfo::from_json(&json).map_err(|_| none())
}
