//! A *chain*: videos of which each goes on where another ends. The picture that one begins with tells which it continues; what
//! was left out of that one is left out of the whole.

use std::path::PathBuf;

use super::App;
use crate::job::Record;
use crate::library::LibraryCommand;
use crate::view::stage::Shot;

/// Which end of a clip is moved to the frame at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Its start.
    Start,
    /// Its end.
    End,
    /// Neither: nothing is left out any more.
    Neither,
}

/// A video with the first and the last frame that is wanted of it.
type Part = (PathBuf, [usize; 2]);

impl App {
    /// Moves an end of the clip on the stage to the frame at hand.
    pub(super) fn trim(&mut self, edge: Edge) {
        let Some(player) = &mut self.player else {
            return;
        };
        let Some(moving) = &player.moving else { return };
        let (frame, last) = (moving.frame(), moving.clip().len().saturating_sub(1));
        let [from, to] = player.record.trim.unwrap_or([0, last]);
        let trim = match edge {
            Edge::Start => [frame, to.max(frame)],
            Edge::End => [from.min(frame), frame],
            Edge::Neither => [0, last],
        };
        let trim = Some(trim).filter(|trim| *trim != [0, last]);
        player.record.trim = trim;
        let id = player.record.id.clone();
        if let Some(record) = self.records.iter_mut().find(|record| record.id == id) {
            record.trim = trim;
            let record = Box::new(record.clone());
            self.worker.ask(LibraryCommand::Save(record));
        }
    }

    /// The chain that a record belongs to, from its first shot to the last. Of several that go on from one, that on the stage
    /// counts, and otherwise the newest.
    fn chain(&self, id: &str) -> Vec<&Record> {
        let Some(shown) = self.record(id) else {
            return Vec::new();
        };
        let is_new = |chain: &[&Record], record: &Record| {
            // Nobody can go on from himself, but a file can say so.
            chain.iter().all(|other| other.id != record.id)
        };
        let mut chain = vec![shown];
        while let Some((before, _)) = chain.first().and_then(|first| first.continues())
            && let Some(record) = self.record(before)
            && is_new(&chain, record)
        {
            chain.insert(0, record);
        }
        while let Some(last) = chain.last()
            && let Some(record) = self.records.iter().find(|record| {
                let continues = record.continues();
                continues.is_some_and(|(before, _)| before == last.id) && is_new(&chain, record)
            })
        {
            chain.push(record);
        }
        chain
    }

    /// The same as the player shows it: nothing where there is one shot alone.
    pub(super) fn shots(&self, id: &str) -> Vec<Shot<'_>> {
        let chain = self.chain(id);
        if chain.len() < 2 {
            return Vec::new();
        }
        let shots = chain.into_iter().map(|record| Shot {
            id: &record.id,
            name: record.name(),
            picture: self.posters.get(&record.id),
            chosen: record.id == id,
        });
        shots.collect()
    }

    /// What is wanted of a record: the file, its frames, and what follows where all of its chain are `joined`. A frame that two
    /// shots share comes once.
    pub(super) fn wanted_of(
        &self,
        id: &str,
        joined: bool,
    ) -> (PathBuf, Option<[usize; 2]>, Vec<Part>) {
        let chain = self.chain(id);
        let Some(record) = self.record(id) else {
            return (PathBuf::new(), None, Vec::new());
        };
        if chain.len() < 2 || !joined {
            return (record.file.clone(), record.trim, Vec::new());
        }
        let parts: Vec<Part> = chain
            .iter()
            .enumerate()
            .map(|(nth, record)| {
                let [from, to] = record.trim.unwrap_or([0, usize::MAX]);
                // It begins with the last frame of the one before.
                let from = if nth == 0 { from } else { from.max(1) };
                let next = chain.get(nth + 1).and_then(|next| next.continues());
                let to = next.map_or(to, |(_, frame)| frame);
                (record.file.clone(), [from, to])
            })
            .collect();
        let mut parts = parts.into_iter();
        let (file, range) = parts.next().unwrap_or_default();
        (file, Some(range), parts.collect())
    }
}
