//! What is *selected* among the finished videos, besides the one on the stage, and what is done with all of it.

use egui::Context;

use super::App;
use super::notice::{Removed, Undo};
use crate::job::Record;
use crate::view::action::Shown;

impl App {
    /// The records as the reel or the library lays them out now.
    fn laid_out(&self) -> Vec<String> {
        let in_library = self.sheet == Some(crate::view::action::Sheet::Library);
        let cells = if in_library {
            self.library_order()
        } else {
            let all: Vec<&Record> = self.records.iter().collect();
            self.stacked(&all, false)
        };
        let ids = cells.into_iter().map(|(record, _)| record.id.clone());
        ids.collect()
    }

    /// Selects one besides others, or with all between it and the last one, or lets go of it.
    pub(super) fn select(&mut self, id: String, range: bool) {
        // What is looked at counts, too.
        if self.gallery.selected.is_empty()
            && self.sheet.is_none()
            && let Shown::Record(shown) = &self.shown
            && *shown != id
        {
            self.gallery.selected.push(shown.clone());
        }
        let order = self.laid_out();
        let place = |id: &String| order.iter().position(|other| other == id);
        let last = self.gallery.selected.last().and_then(place);
        if let (true, Some(from), Some(to)) = (range, last, place(&id)) {
            for between in &order[from.min(to)..=from.max(to)] {
                if !self.gallery.selected.contains(between) {
                    self.gallery.selected.push(between.clone());
                }
            }
        } else if self.gallery.selected.contains(&id) {
            self.gallery.selected.retain(|other| *other != id);
        } else {
            self.gallery.selected.push(id);
        }
    }

    /// Takes everything that is selected out of sight.
    pub(super) fn trash_selected(&mut self, ctx: &Context) {
        let ids = std::mem::take(&mut self.gallery.selected);
        self.remove_clips(ctx, &ids);
    }

    /// Takes clips out of sight. Their files go to the Trash as soon as nobody can want them back any more.
    pub(super) fn remove_clips(&mut self, ctx: &Context, ids: &[String]) {
        let is_one = |record: &Record| ids.contains(&record.id);
        let Some(first) = self.records.iter().position(is_one) else {
            return;
        };
        let shown = match &self.shown {
            Shown::Record(id) => ids.contains(id),
            _ => false,
        };
        let place = self
            .records
            .iter()
            .position(|record| matches!(&self.shown, Shown::Record(id) if *id == record.id));
        let (removed, left): (Vec<Record>, Vec<Record>) = std::mem::take(&mut self.records)
            .into_iter()
            .partition(is_one);
        self.records = left;
        self.gallery.selected.retain(|id| !ids.contains(id));
        let words = &self.words().notices;
        match removed.len() {
            1 => self.tell_with_undo(words.trashed, Undo::Removal),
            count => self.tell_with_undo((words.trashed_all)(count), Undo::Removal),
        }
        self.removed = Some(Removed::Clips(removed));
        for id in ids {
            self.leave_comparison(ctx, id);
        }
        if shown {
            // Whoever sorts clips goes on with the neighbour.
            let at = place
                .unwrap_or(first)
                .min(self.records.len().saturating_sub(1));
            let next = self.records.get(at).map(|record| record.id.clone());
            self.show(ctx, next.map_or(Shown::Welcome, Shown::Record));
        }
    }

    /// Shows the newer or the older of what was made.
    pub(super) fn show_neighbour(&mut self, ctx: &Context, by: i32) {
        let order: Vec<&String> = self.records.iter().map(|record| &record.id).collect();
        let at = order
            .iter()
            .position(|id| matches!(&self.shown, Shown::Record(shown) if shown == *id));
        let to = match at {
            Some(at) => at.checked_add_signed(by as isize),
            None => Some(0),
        };
        let next = to.and_then(|to| order.get(to)).map(|id| (*id).clone());
        if let Some(id) = next {
            self.show(ctx, Shown::Record(id));
        }
    }
}
