//! What is being made, what waits and what was made, as cells.

use crate::app::App;
use crate::app::job_state::Phase;
use crate::app::playback::Moving;
use crate::job::{Clock, Decode, Record};
use crate::view::action::Shown;
use crate::view::cell::{Cell, Kind, Stack};

impl App {
    pub(super) fn cells_of_works(&self) -> impl Iterator<Item = Cell<'_>> {
        self.works.iter().map(|work| {
            let shown = Shown::Job(work.handle.id);
            Cell {
                name: &work.name,
                picture: work.picture.as_ref().map(Moving::texture),
                size: work.size,
                kind: match &work.phase {
                    Phase::Waiting => Kind::Waiting,
                    Phase::Held => Kind::Held,
                    Phase::Working | Phase::Paused | Phase::Ending => Kind::Working(work.share()),
                    Phase::Interrupted(step) => Kind::Interrupted(*step, work.steps()),
                    Phase::Failed(..) => Kind::Failed,
                },
                chosen: self.shown == shown,
                shown,
                selected: None,
                stack: None,
                record: None,
            }
        })
    }

    pub(in crate::app) fn cell_of_record<'a>(
        &'a self,
        (record, stack): (&'a Record, Option<Stack>),
        clock: Clock,
    ) -> Cell<'a> {
        let glimpse = self.glimpse.as_ref();
        let glimpse = glimpse.filter(|glimpse| glimpse.record.id == record.id);
        let moving = glimpse.and_then(|glimpse| glimpse.moving.as_ref());
        Cell {
            shown: Shown::Record(record.id.clone()),
            name: record.name(),
            picture: moving
                .map(Moving::texture)
                .or_else(|| self.posters.get(&record.id)),
            size: record.settings.canvas.size,
            kind: Kind::Made {
                favourite: record.favourite,
                draft: record.settings.speedups.decode == Decode::Draft,
            },
            chosen: matches!(&self.shown, Shown::Record(id) if *id == record.id),
            selected: self
                .gallery
                .selected
                .contains(&record.id)
                .then_some(self.gallery.selected.len()),
            stack,
            record: Some((record, clock)),
        }
    }
}
