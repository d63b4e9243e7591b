//! The *guides* of the form: files that are chosen, and how long the video among them is.

use std::path::{Path, PathBuf};

use super::App;
use super::dialogs::Question;
use crate::job::{Guides, Span};
use crate::media;
use crate::view::action::Guide;

/// The video that leads, as the form knows it.
#[derive(Clone, Debug, Default)]
pub struct Leading {
    file: Option<PathBuf>,
    /// How large and long it is, once that is known.
    pub span: Option<Span>,
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
        self.files.wait(answer, move |app, _, path| {
            let guides = &mut app.form.request.guides;
            match guide {
                Guide::Video => guides.video = Some(path),
                Guide::Mask => guides.mask = Some(path),
                Guide::Reference => guides.references.push(path),
            }
        });
    }

    /// Looks how long the video is, when it has changed.
    pub(super) fn watch_guides(&mut self) {
        let file = self.form.request.guides.video.clone();
        if self.form.leading.file == file {
            return;
        }
        self.form.leading = Leading {
            file: file.clone(),
            span: None,
        };
        let Some(path) = file else { return };
        let read = move || {
            let span = media::span(&path);
            (path, span)
        };
        self.files.ask(read, |app, _, (path, span)| {
            // Another one may be in the form by now.
            if app.form.leading.file.as_ref() != Some(&path) {
                return;
            }
            match span {
                Ok(span) => app.form.leading.span = Some(span),
                Err(error) => {
                    app.form.request.guides.video = None;
                    app.form.request.guides.mask = None;
                    app.warn(&error);
                }
            }
        });
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
