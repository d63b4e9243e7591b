//! The *guides* of the form: files that are chosen, what is seen of them, and how long the video among them is.

use std::path::{Path, PathBuf};

use egui::{ColorImage, Context, TextureOptions};

use super::App;
use super::dialogs::Question;
use super::thumbnail;
use crate::error::Result;
use crate::job::{Guides, Size, Span};
use crate::view::action::Guide;
use crate::view::compose::{Glances, Photo};

/// The video that leads, as the form knows it.
#[derive(Clone, Debug, Default)]
pub struct Leading {
    file: Option<PathBuf>,
    /// How large and long it is, once that is known.
    pub span: Option<Span>,
}

/// What is seen of the files.
#[derive(Clone, Default)]
pub struct Seen {
    /// Those that were asked for, and what came of it so far.
    known: Vec<(Guide, PathBuf, Option<Photo>)>,
}

impl Seen {
    fn photo(&self, guide: Guide, path: &Path) -> Option<&Photo> {
        let mut known = self.known.iter();
        let known = known.find(|(of, file, _)| *of == guide && file == path);
        known.and_then(|(_, _, photo)| photo.as_ref())
    }

    /// What the form shows of these.
    pub fn glances(&self, guides: &Guides, span: Option<Span>) -> Glances<'_> {
        let one = |guide, path: Option<&PathBuf>| path.and_then(|path| self.photo(guide, path));
        let references = guides.references.iter();
        Glances {
            video: one(Guide::Video, guides.video.as_ref()),
            span,
            taken: None,
            mask: one(Guide::Mask, guides.mask.as_ref()),
            references: references
                .map(|path| self.photo(Guide::Reference, path))
                .collect(),
        }
    }
}

/// All files, and what each is for.
fn files(guides: &Guides) -> Vec<(Guide, PathBuf)> {
    let Guides {
        video,
        mask,
        references,
        ..
    } = guides;
    let video = video.iter().map(|file| (Guide::Video, file));
    let mask = mask.iter().map(|file| (Guide::Mask, file));
    let references = references.iter().map(|file| (Guide::Reference, file));
    let all = video.chain(mask).chain(references);
    all.map(|(guide, file)| (guide, file.clone())).collect()
}

impl App {
    /// Has a file chosen.
    pub(super) fn choose_guide(&self, guide: Guide) {
        let words = &self.words().compose;
        let question = match guide {
            Guide::Reference => Question::Picture {
                kind: words.pictures,
            },
            Guide::Video | Guide::Mask => Question::File {
                pictures: words.pictures,
                videos: words.videos,
            },
        };
        let answer = (self.ask)(question);
        self.files
            .wait(answer, move |app, _, path| app.use_guide(guide, path));
    }

    /// Has a folder with frames chosen.
    pub(super) fn choose_frames(&self, guide: Guide) {
        let answer = (self.ask)(Question::Folder);
        self.files
            .wait(answer, move |app, _, path| app.use_guide(guide, path));
    }

    /// Puts a file into the form. Of references the last gives way where there is no room for another.
    pub(super) fn use_guide(&mut self, guide: Guide, path: PathBuf) {
        let most = self.model();
        let most = most.map_or(1, |model| model.variant.inputs().references);
        self.change_form(|app| {
            let guides = &mut app.form.request.guides;
            match guide {
                Guide::Video => guides.video = Some(path),
                Guide::Mask => guides.mask = Some(path).filter(|_| guides.video.is_some()),
                Guide::Reference => {
                    guides.references.truncate(most.saturating_sub(1));
                    guides.references.push(path);
                }
            }
        });
    }

    /// Takes one out of the form: a mask goes with its video.
    pub(super) fn remove_guide(&mut self, guide: Guide, nth: usize) {
        self.change_form(|app| {
            let guides = &mut app.form.request.guides;
            match guide {
                Guide::Video => {
                    guides.video = None;
                    guides.mask = None;
                }
                Guide::Mask => guides.mask = None,
                Guide::Reference if nth < guides.references.len() => {
                    drop(guides.references.remove(nth));
                }
                Guide::Reference => {}
            }
        });
    }

    /// Reads what has come into the form.
    pub(super) fn watch_guides(&mut self) {
        let guides = &self.form.request.guides;
        if self.form.leading.file != guides.video {
            self.form.leading = Leading {
                file: guides.video.clone(),
                span: None,
            };
            // How long it is, is told along with how it looks.
            self.form.seen.known.retain(|known| known.0 != Guide::Video);
        }
        let wanted = files(&self.form.request.guides);
        let known = &mut self.form.seen.known;
        known.retain(|(guide, file, _)| {
            wanted
                .iter()
                .any(|each| (each.0, &each.1) == (*guide, file))
        });
        for (guide, file) in wanted {
            if known.iter().any(|each| (each.0, &each.1) == (guide, &file)) {
                continue;
            }
            known.push((guide, file.clone(), None));
            let read = move || {
                let looks = thumbnail::guide(guide, &file);
                (file, looks)
            };
            self.files.ask(read, move |app, ctx, (file, looks)| {
                app.take_looks(ctx, guide, &file, looks);
            });
        }
    }

    /// Takes what was read, if it is still asked for.
    fn take_looks(
        &mut self,
        ctx: &Context,
        guide: Guide,
        file: &Path,
        looks: Result<(ColorImage, Size, Option<Span>)>,
    ) {
        let mut known = self.form.seen.known.iter_mut();
        let Some((.., photo)) = known.find(|each| each.0 == guide && each.1 == file) else {
            return;
        };
        match looks {
            Ok((pixels, size, span)) => {
                let texture = ctx.load_texture("guide", pixels, TextureOptions::LINEAR);
                *photo = Some(Photo { texture, size });
                if guide == Guide::Video {
                    self.form.leading.span = span;
                }
            }
            Err(error) => {
                let guides = &mut self.form.request.guides;
                match guide {
                    Guide::Video => {
                        guides.video = None;
                        guides.mask = None;
                    }
                    Guide::Mask => guides.mask = None,
                    Guide::Reference => guides.references.retain(|each| each != file),
                }
                self.warn(&error);
            }
        }
    }
}

/// Those whose files are there and which `is_own` allows to open, and the others in `missing`.
pub fn existing(
    guides: Guides,
    is_own: impl Fn(&Path) -> bool,
    missing: &mut Vec<PathBuf>,
) -> Guides {
    let mut found = |path: PathBuf| {
        if is_own(&path) && path.exists() {
            return Some(path);
        }
        missing.push(path);
        None
    };
    let video = guides.video.and_then(&mut found);
    let mask = guides.mask.and_then(&mut found);
    Guides {
        mask: mask.filter(|_| video.is_some()),
        video,
        references: guides.references.into_iter().filter_map(found).collect(),
        strength: guides.strength,
    }
}
