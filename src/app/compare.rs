//! Clips *compared*: which they are, where they stand, and what becomes of them.

use std::time::Duration;

use egui::Context;

use super::App;
use super::playback::Moving;
use super::player::Player;
use crate::error::Result;
use crate::view::action::{CompareAction, RecordAction, Shown};
use crate::view::stage::{Compare, Pane};

/// Few enough that each can be made out.
pub const MOST: usize = 4;

/// What is looked at together.
pub struct Comparing {
    players: Vec<Player>,
    chosen: usize,
    wipe: Option<f32>,
    playing: bool,
    /// Where they all stand, in frames.
    at: f64,
    /// Others of their stack that are not seen.
    rest: Vec<String>,
}

impl Comparing {
    fn frames(&self) -> usize {
        let clips = self
            .players
            .iter()
            .filter_map(|player| player.moving.as_ref());
        let lengths = clips.map(|moving| moving.clip().len());
        lengths.max().unwrap_or_default()
    }

    fn fps(&self) -> f64 {
        let mut clips = self
            .players
            .iter()
            .filter_map(|player| player.moving.as_ref());
        clips.next().map_or(1.0, |moving| moving.clip().fps())
    }

    /// Takes the clips that were read.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn poll(&mut self, ctx: &Context) -> Result<()> {
        let mut failed = Ok(());
        for player in &mut self.players {
            failed = player.poll(ctx).and(failed);
        }
        failed
    }

    /// All go on by `time` seconds, once all are there. Tells when there will be something new.
    pub fn advance(&mut self, time: f64) -> Option<Duration> {
        let is_whole = self.players.iter().all(|player| player.moving.is_some());
        if !self.playing || !is_whole {
            return None;
        }
        let (frames, fps) = (self.frames().max(1) as f64, self.fps().max(1e-3));
        self.at = (self.at + time * fps).rem_euclid(frames);
        self.follow();
        let rest = (self.at.floor() + 1.0 - self.at) / fps;
        Duration::try_from_secs_f64(rest).ok()
    }

    /// Those that are shorter stay at their ends.
    fn follow(&mut self) {
        let at = self.at;
        let clips = self.players.iter_mut();
        for moving in clips.filter_map(|player| player.moving.as_mut()) {
            moving.seek(at);
        }
    }

    fn seek(&mut self, frame: usize) {
        self.playing = false;
        self.at = frame.min(self.frames().saturating_sub(1)) as f64;
        self.follow();
    }

    fn id(&self) -> Option<String> {
        let player = self.players.get(self.chosen)?;
        Some(player.record.id.clone())
    }
}

impl App {
    /// Shows these clips side by side; `rest` are others that may take the place of one.
    pub(super) fn compare(&mut self, ctx: &Context, ids: &[String], rest: Vec<String>) {
        let records = ids.iter().filter_map(|id| self.record(id).cloned());
        let players = records.map(|record| Player::open(ctx, record, None));
        let players: Vec<Player> = match players.collect() {
            Ok(players) => players,
            Err(error) => return self.warn(&error),
        };
        if players.len() < 2 {
            return;
        }
        self.show(ctx, Shown::Compare);
        self.sheet = None;
        self.gallery.selected.clear();
        self.gallery.comparing = Some(Comparing {
            players,
            chosen: 0,
            wipe: None,
            playing: true,
            at: 0.0,
            rest,
        });
    }

    /// Compares what is selected, or else the stack of the clip on the stage.
    pub(super) fn compare_chosen(&mut self, ctx: &Context) {
        let ids = self.to_compare();
        let seen = ids.len().min(MOST);
        self.compare(ctx, &ids[..seen], ids[seen..].to_vec());
    }

    /// What would be compared: at least two, or none.
    pub(super) fn to_compare(&self) -> Vec<String> {
        if self.gallery.selected.len() > 1 {
            return self.gallery.selected.clone();
        }
        let shown = match (&self.shown, &self.gallery.selected[..]) {
            (_, [id]) | (Shown::Record(id), _) => self.record(id),
            _ => None,
        };
        let Some(stack) = shown.map(|record| self.gallery.stacks.of(record)) else {
            return Vec::new();
        };
        let all = self.records.iter();
        let all = all.filter(|record| self.gallery.stacks.of(record) == stack);
        let ids: Vec<String> = all.map(|record| record.id.clone()).collect();
        if ids.len() > 1 { ids } else { Vec::new() }
    }

    /// What the stage shows.
    pub(super) fn comparison(&self) -> Option<Compare<'_>> {
        let comparing = self.gallery.comparing.as_ref()?;
        let facts: Vec<_> = comparing
            .players
            .iter()
            .map(|player| (self.words().settings_of)(&player.record))
            .collect();
        let panes = comparing.players.iter().enumerate().map(|(nth, player)| {
            let own = facts[nth].iter();
            let differs = |(place, fact): &(usize, &_)| {
                // The seed leads.
                *place == 0 || facts.iter().any(|other| !other.contains(*fact))
            };
            let told = own.enumerate().filter(differs);
            let told = told.map(|(_, (name, value))| format!("{name} {value}"));
            Pane {
                picture: player.moving.as_ref().map(Moving::texture),
                size: player.record.settings.canvas.size,
                name: player.record.name(),
                facts: told.collect::<Vec<_>>().join(" · "),
            }
        });
        Some(Compare {
            panes: panes.collect(),
            chosen: comparing.chosen,
            wipe: comparing.wipe,
            playing: comparing.playing,
            frame: comparing.at as usize,
            frames: comparing.frames(),
            fps: comparing.fps(),
            has_next: !comparing.rest.is_empty(),
        })
    }

    /// Does what was asked for while clips are compared.
    pub(super) fn handle_compare(&mut self, ctx: &Context, action: CompareAction) {
        let Some(comparing) = &mut self.gallery.comparing else {
            return;
        };
        let count = comparing.players.len();
        match action {
            CompareAction::Choose(nth) => comparing.chosen = nth.min(count - 1),
            CompareAction::Step(by) => {
                let to = comparing.chosen as i64 + i64::from(by);
                comparing.chosen = to.rem_euclid(count as i64) as usize;
            }
            CompareAction::Toggle => comparing.playing = !comparing.playing,
            CompareAction::Seek(frame) => comparing.seek(frame),
            CompareAction::Wipe(at) => comparing.wipe = at.filter(|_| count == 2),
            CompareAction::Next => self.compare_next(ctx),
            CompareAction::Keep => {
                if let Some(id) = comparing.id() {
                    self.keep_one(&id);
                    self.show(ctx, Shown::Record(id));
                }
            }
            CompareAction::Trash => {
                if let Some(id) = comparing.id() {
                    self.handle_record(ctx, &id, RecordAction::Trash);
                }
            }
            CompareAction::Open | CompareAction::Close => {
                if let Some(id) = comparing.id() {
                    self.show(ctx, Shown::Record(id));
                }
            }
        }
    }

    /// Marks a clip as one that is liked.
    fn keep_one(&mut self, id: &str) {
        let record = self.records.iter_mut().find(|record| record.id == id);
        if let Some(record) = record.filter(|record| !record.favourite) {
            record.favourite = true;
            let record = Box::new(record.clone());
            self.worker
                .ask(crate::library::LibraryCommand::Save(record));
        }
    }

    /// The next of the stack takes the place of the clip that is chosen, which waits at its end.
    fn compare_next(&mut self, ctx: &Context) {
        let Some(comparing) = &mut self.gallery.comparing else {
            return;
        };
        if comparing.rest.is_empty() {
            return self.tell(self.words().compare.gone, false);
        }
        let id = comparing.rest.remove(0);
        let record = self.records.iter().find(|record| record.id == id).cloned();
        let opened = record.map(|record| Player::open(ctx, record, None));
        match opened {
            Some(Ok(player)) => {
                let place = comparing.chosen;
                let left = std::mem::replace(&mut comparing.players[place], player);
                comparing.rest.push(left.record.id);
            }
            Some(Err(error)) => self.warn(&error),
            None => {}
        }
    }

    /// A clip is gone: the others stay side by side as long as they are two.
    pub(super) fn leave_comparison(&mut self, ctx: &Context, id: &str) {
        let Some(comparing) = &mut self.gallery.comparing else {
            return;
        };
        comparing.rest.retain(|other| other != id);
        let at = comparing
            .players
            .iter()
            .position(|player| player.record.id == id);
        let Some(at) = at else { return };
        comparing.players.remove(at);
        comparing.wipe = None;
        comparing.chosen = comparing
            .chosen
            .min(comparing.players.len().saturating_sub(1));
        let next = comparing.rest.first().cloned();
        if let Some(record) = next.and_then(|id| self.record(&id).cloned())
            && let Ok(player) = Player::open(ctx, record, None)
            && let Some(comparing) = &mut self.gallery.comparing
        {
            comparing.rest.remove(0);
            comparing.players.insert(at, player);
        }
        let left = self.gallery.comparing.as_ref();
        if let Some([player]) = left.map(|comparing| &comparing.players[..]) {
            let id = player.record.id.clone();
            self.show(ctx, Shown::Record(id));
        }
    }
}
