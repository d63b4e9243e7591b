//! What the stage shows.

use std::io::ErrorKind;

use egui::Ui;

use crate::app::App;
use crate::app::job_state::{Phase, Work};
use crate::app::playback::Moving;
use crate::app::player::Player;
use crate::job::{Problem, Record, Remedy, Stage as JobStage};
use crate::view::action::{Action, JobAction, RecordAction, Sheet, Shown};
use crate::view::commands::UiCommand;
use crate::view::icons;
use crate::view::stage::{self, Message, Peek, Stage, State, Welcome, Working};

impl App {
    pub(super) fn draw_stage(&self, ui: &mut Ui) -> Option<Action> {
        if self.model().is_none() {
            let words = &self.words().stage;
            let message = Message {
                icon: icons::WARNING,
                is_bad: false,
                about: "",
                title: words.no_model,
                body: words.no_model_why,
                ways: vec![(words.see_models, Action::Open(Sheet::Models))],
            };
            return stage::show(ui, &Stage::Message(message));
        }
        match &self.shown {
            Shown::Welcome => stage::show(ui, &self.welcome()),
            Shown::Compare => match self.comparison() {
                Some(comparison) => stage::show(ui, &Stage::Compare(comparison)),
                None => stage::show(ui, &self.welcome()),
            },
            Shown::Job(id) => match self.works.iter().find(|work| work.handle.id == *id) {
                Some(work) => self.draw_work(ui, work),
                None => stage::show(ui, &self.welcome()),
            },
            Shown::Record(id) => match &self.player {
                Some(player) => stage::show(ui, &Stage::Player(self.player_of(player))),
                None => stage::show(ui, &self.missing(id)),
            },
        }
    }

    fn welcome(&self) -> Stage<'_> {
        let model = self.model();
        Stage::Welcome(Welcome {
            examples: model.map_or(&[], |model| &model.examples),
            is_built_in: self.preferences.model.is_none(),
            unfinished: self.unfinished().count(),
            is_computing: self.queue.at_work().is_some(),
        })
    }

    fn missing(&self, id: &str) -> Stage<'_> {
        let words = &self.words().stage;
        let way = |name, action| (name, Action::Record(id.to_owned(), action));
        Stage::Message(Message {
            icon: icons::WARNING,
            is_bad: true,
            about: self.record(id).map_or("", Record::name),
            title: words.missing_file,
            body: "",
            ways: vec![
                way(words.locate, RecordAction::Locate),
                way(words.remove_record, RecordAction::Trash),
            ],
        })
    }

    fn player_of<'a>(&'a self, player: &'a Player) -> stage::Player<'a> {
        let moving = player.moving.as_ref();
        let clip = moving.map(Moving::clip);
        stage::Player {
            picture: moving.map(Moving::texture),
            size: player.record.settings.canvas.size,
            id: &player.record.id,
            name: player.record.name(),
            favourite: self
                .record(&player.record.id)
                .is_some_and(|record| record.favourite),
            frame: moving.map_or(0, Moving::frame),
            frames: clip.map_or(0, |clip| clip.len()),
            fps: clip.map_or(1.0, |clip| clip.fps()),
            playing: player.playing,
            looping: self.preferences.looping,
            speed: player.speed,
            actual_size: player.actual_size,
            peek: player.peek.as_ref().map(|(frame, picture)| Peek {
                frame: *frame,
                picture,
            }),
            trim: player.record.trim,
            shots: self.shots(&player.record.id),
            takes_pictures: self
                .model()
                .is_some_and(|model| model.variant.inputs().takes_pictures()),
        }
    }

    fn draw_work(&self, ui: &mut Ui, work: &Work) -> Option<Action> {
        let state = match &work.phase {
            Phase::Waiting => State::Waiting,
            Phase::Working => State::Working,
            Phase::Paused => State::Paused,
            Phase::Ending => State::Ending,
            Phase::Interrupted(_) | Phase::Held | Phase::Failed(..) => {
                return self.draw_stopped(ui, work);
            }
        };
        let working = Working {
            id: work.handle.id,
            prompt: &work.name,
            size: work.size,
            picture: work.picture.as_ref().map(Moving::texture),
            reused: work.reused
                && work
                    .progress
                    .is_some_and(|progress| progress.stage == JobStage::Denoise),
            state,
            progress: work.progress,
            within: work.within,
            elapsed: work.elapsed(self.now),
            left: work.left,
            can_keep: work.can_keep(),
        };
        stage::show(ui, &Stage::Working(working))
    }

    /// A job that does not go on by itself: why, and the ways on.
    fn draw_stopped(&self, ui: &mut Ui, work: &Work) -> Option<Action> {
        let words = &self.words().stage;
        let mend = work.remedy().map(|remedy| match remedy {
            Remedy::Pack(bits) => (self.words().compose.pack)(bits),
            Remedy::Frames(frames) => (self.words().compose.use_frames)(frames),
        });
        let way = |name, action| (name, Action::Job(work.handle.id, action));
        let resume = way(words.resume, JobAction::Continue);
        let restore = way(words.edit_again, JobAction::Restore);
        let discard = way(words.discard, JobAction::Discard);
        let (title, body, ways) = match &work.phase {
            Phase::Failed(problem, kept) => {
                let mend = mend.as_deref().map(|name| way(name, JobAction::Mend));
                let resume = match kept {
                    Some(_) => Some(resume),
                    // What was asked for would be refused again.
                    None if matches!(problem, Problem::Refused(_)) || work.plan.is_none() => None,
                    None => Some(way(words.try_again, JobAction::Continue)),
                };
                let elsewhere = is_of_folder(problem);
                let elsewhere = elsewhere.then_some((words.other_folder, Action::ChooseVideos));
                // Nobody can tell what it was to be: its folder may show it.
                let look = || {
                    let name = (self.words().command)(UiCommand::Reveal);
                    (name, Action::Reveal(work.run_folder()))
                };
                let restore = work.plan.as_ref().map_or_else(look, |_| restore);
                let ways = elsewhere.into_iter().chain(mend).chain(resume);
                let ways = ways.chain([restore, discard]).collect();
                (words.failed, (self.words().problem)(problem), ways)
            }
            Phase::Interrupted(step) => {
                let kept = (words.interrupted_at)(*step, work.steps());
                (words.interrupted, kept, vec![resume, discard])
            }
            _ => (words.waiting, words.held.to_owned(), vec![resume, discard]),
        };
        let is_bad = matches!(work.phase, Phase::Failed(..));
        let message = Message {
            icon: if is_bad { icons::WARNING } else { icons::PAUSE },
            is_bad,
            about: &work.name,
            title,
            body: &body,
            ways,
        };
        stage::show(ui, &Stage::Message(message))
    }
}

/// Whether another folder for the videos would help.
fn is_of_folder(problem: &Problem) -> bool {
    let Problem::File { verb, kind, .. } = problem else {
        return false;
    };
    let cannot = matches!(
        kind,
        ErrorKind::StorageFull | ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
    );
    cannot && *verb != "read"
}
