//! From a draft to the video that it stands for: of its latents, as long as they are kept, or else once more from noise.

use super::App;
use crate::engine::saved;
use crate::error::Error;
use crate::job::queue::Start;
use crate::job::{Decode, Flaw, Found, Plan, Record};
use crate::library::LibraryCommand;
use crate::media::{self, photo};
use crate::view::action::Shown;

impl App {
    /// Has the video of a draft decoded by the model's own VAE, in its place.
    pub(super) fn make_real(&mut self, record: Record) {
        let model = self.models.iter().find(|model| model.root == record.model);
        let Some(model) = model.cloned() else {
            let gone = Flaw::ModelGone(record.settings.origin.model);
            self.warn(&Error::content(&record.model, gone));
            return;
        };
        let ready = move || {
            let mut request = record.request();
            request.speedups.decode = Decode::Full;
            request.speedups.tiny_vae = None;
            let is_kept = saved::kept_latents(&record.file).is_file();
            if is_kept {
                // They have served, and nobody may know any more where they lie.
                request.sources.loras.clear();
                request.speedups.phases = None;
                request.speedups.preset = None;
            }
            let found = Found {
                picture: request
                    .sources
                    .image
                    .as_deref()
                    .map(photo::size)
                    .transpose()?,
                video: request
                    .guides
                    .video
                    .as_deref()
                    .map(media::span)
                    .transpose()?,
            };
            let seed = record.settings.sampling.seed;
            let plan = Plan::new(&request, model, found, seed, record.file.clone())?;
            if is_kept {
                saved::take_up_draft(&plan)?;
            }
            Ok::<_, Error>((Box::new(plan), is_kept))
        };
        self.files.ask(ready, |app, ctx, ready| match ready {
            Ok((plan, is_kept)) => {
                let start = if is_kept {
                    Start::WhereItWas
                } else {
                    Start::Anew
                };
                let id = app.line_up(plan, start);
                app.show(ctx, Shown::Job(id));
                app.send_next();
            }
            Err(error) => app.warn(&error),
        });
    }

    /// Takes a finished video into the record of the draft that it replaces, if it does.
    pub(super) fn replace_draft(&mut self, record: &Record) -> bool {
        let is_draft = |known: &&mut Record| {
            known.file == record.file && known.settings.speedups.decode == Decode::Draft
        };
        let Some(known) = self.records.iter_mut().find(is_draft) else {
            return false;
        };
        known.settings = record.settings.clone();
        known.seconds += record.seconds;
        let (id, known) = (known.id.clone(), Box::new(known.clone()));
        self.worker.ask(LibraryCommand::Save(known));
        let made = self
            .works
            .iter()
            .position(|work| work.output == record.file);
        if let Some(at) = made {
            let work = self.works.remove(at);
            if self.shown == Shown::Job(work.handle.id) {
                self.shown = Shown::Record(id);
            }
        }
        true
    }
}
