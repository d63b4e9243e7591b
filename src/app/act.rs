//! What is done when somebody asks for it.

use std::path::{Path, PathBuf};

use egui::{Context, ViewportCommand};

use super::chain::Edge;
use super::dialogs::Question;
use super::gallery::Cinema;
use super::notice::Undo;
use super::preferences::ZOOM;
use super::{App, Player};
use crate::disk;
use crate::job::{Guides, new_seed};
use crate::library::Search;
use crate::platform;
use crate::view::action::{Action, End, Part, PlayerAction, Setting, Sheet, Shown};
use crate::view::theme::size;

/// Everything grows and shrinks by this.
const ZOOM_STEP: f32 = 0.1;

impl App {
    /// Does what was asked for.
    pub(super) fn act(&mut self, ctx: &Context, action: Action) {
        if self.is_way(&action) {
            self.dismiss();
        }
        match action {
            Action::Edit(request) => self.form.request = *request,
            Action::Generate { count } => {
                self.generate(count);
                // The keys are for the stage from here on.
                ctx.memory_mut(|memory| {
                    if let Some(focused) = memory.focused() {
                        memory.surrender_focus(focused);
                    }
                });
            }
            Action::UseExample(prompt) => {
                self.change_form(|app| app.form.request.prompt = prompt);
            }
            Action::New => self.begin_anew(ctx),
            Action::OpenFile => self.open_file(),
            Action::ChoosePicture(end) => self.choose_picture(end),
            Action::RemovePicture(end) => {
                self.change_form(|app| app.form.set_path(end, None));
            }
            Action::SwapPictures => self.change_form(|app| app.form.swap()),
            Action::RollSeed => self.form.request.sampling.seed = Some(new_seed()),
            Action::ChooseSpeed(speed) => self.choose_speed(speed),
            Action::UseModel(root) => self.use_model(root),
            Action::AddLora => self.choose_lora(),
            Action::ChooseGuide(guide) => self.choose_guide(guide),
            Action::ChooseFrames(guide) => self.choose_frames(guide),
            Action::RemoveGuide(guide, nth) => self.remove_guide(guide, nth),
            Action::Paint(action) => self.paint(action),
            Action::ChooseVideos => self.choose_videos(),
            Action::Reveal(place) => self.reveal(&place),
            Action::Models(action) => self.handle_models(ctx, action),
            Action::Fold(part) => self.fold(ctx, part),
            Action::Job(id, action) => self.handle_job(ctx, id, action),
            Action::ResumeAll => self.resume_all(),
            Action::Record(id, action) => self.handle_record(ctx, &id, action),
            Action::Search { words, favourites } => self.search = Search { words, favourites },
            Action::Show(shown) => {
                self.sheet = None;
                self.gallery.selected.clear();
                self.show(ctx, shown);
            }
            Action::Player(action) => self.handle_player(ctx, action),
            Action::Export(action) => self.handle_export(action),
            Action::Open(Sheet::Paint) => self.begin_painting(ctx),
            Action::Open(sheet) => self.open(sheet),
            Action::CloseSheet => self.sheet = None,
            Action::Dismiss => self.dismiss(),
            Action::Undo => self.undo(ctx),
            Action::Redo => self.redo_form(),
            Action::Zoom(steps) => self.zoom(ctx, steps),
            Action::Set(setting) => self.set(ctx, setting),
            Action::LetGo => self.free_memory(),
            Action::Quit => {
                self.outside.quits = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            Action::DoubleClickBar => platform::window::double_click_on_bar(),
            other => self.act_on_several(ctx, other),
        }
    }

    /// The same for what is about several videos: looked at, waiting, or yet to be made.
    fn act_on_several(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Select { id, range } => self.select(id, range),
            Action::SelectNone => self.gallery.selected.clear(),
            Action::TrashSelected => self.trash_selected(ctx),
            Action::CompareChosen => self.compare_chosen(ctx),
            Action::CompareStack(id) => {
                self.gallery.selected.clear();
                self.show(ctx, Shown::Record(id));
                self.compare_chosen(ctx);
            }
            Action::Compare(action) => self.handle_compare(ctx, action),
            Action::Fan(stack) => self.gallery.stacks.turn(stack),
            Action::Sort(order) => self.preferences.order = order,
            Action::StackVariations(yes) => self.preferences.unstacked = !yes,
            Action::CopyInfo(text) => {
                ctx.copy_text(text);
                self.tell(self.words().reel.info_copied, false);
            }
            Action::QuickLook(id) => self.look_quickly(ctx, id.as_deref()),
            Action::FullScreen => self.fill_screen(ctx),
            Action::Neighbour(by) => self.show_neighbour(ctx, by),
            Action::MoveJob(id, place) => {
                self.queue.move_to(id, place);
                self.arrange();
            }
            Action::When(action) => self.handle_when(ctx, action),
            Action::Batch(action) => self.handle_batch(action),
            Action::ContactSheet => self.open_contact_sheet(ctx),
            Action::Style(action) => self.handle_style(action),
            Action::UsePrompt(prompt) => {
                self.change_form(|app| app.form.request.prompt = prompt);
            }
            // All others are done above.
            _ => {}
        }
    }

    /// Empties the form, but for how videos are made.
    fn begin_anew(&mut self, ctx: &Context) {
        let before = self.form.request.clone();
        self.change_form(|app| {
            app.form.request.prompt.clear();
            for end in [End::First, End::Last] {
                app.form.set_path(end, None);
            }
            app.form.request.guides = Guides::default();
        });
        if self.form.request != before {
            self.tell_with_undo(self.words().notices.emptied, Undo::Form);
        }
        self.sheet = None;
        self.show(ctx, Shown::Welcome);
    }

    fn open(&mut self, sheet: Sheet) {
        match sheet {
            Sheet::Export => self.exporting.begin(),
            // It opens with everything in it.
            Sheet::Library => self.search = Search::default(),
            Sheet::Models => self.look_what_fits(),
            _ => {}
        }
        self.sheet = Some(sheet);
    }

    fn set(&mut self, ctx: &Context, setting: Setting) {
        match setting {
            Setting::Appearance(appearance) => self.preferences.appearance = appearance,
            Setting::Language(language) => {
                self.preferences.language = Some(language);
                self.translate_menu();
            }
            Setting::Zoom(zoom) => self.preferences.zoom = zoom,
            Setting::ByProcessor(yes) => self.preferences.by_processor = yes,
            Setting::Quality(quality) => self.form.request.outputs.quality = quality,
            Setting::MemoryLimit(limit) => self.form.request.limits.memory = limit,
            Setting::Preview(yes) => {
                self.preferences.preview = yes;
                for work in &self.works {
                    work.handle.set_preview(yes);
                }
            }
        }
        self.dress(ctx);
    }

    /// Has another folder for the videos chosen.
    fn choose_videos(&self) {
        let answer = (self.ask)(Question::Folder);
        self.files
            .wait(answer, |app, _, folder| app.move_videos(folder));
    }

    /// From here on videos go to `folder`, if something can be written there.
    fn move_videos(&mut self, folder: PathBuf) {
        let try_it = move || {
            let written = disk::check_folder(&folder);
            (folder, written)
        };
        self.files
            .ask(try_it, |app, _, (folder, written)| match written {
                Ok(()) => app.keep_videos_in(folder),
                Err(error) => app.warn(&error),
            });
    }

    fn keep_videos_in(&mut self, folder: PathBuf) {
        self.library.move_videos(&folder);
        self.preferences.videos.retain(|earlier| *earlier != folder);
        self.preferences.videos.push(folder);
    }

    fn fold(&mut self, ctx: &Context, part: Part) {
        let open = match part {
            Part::Negative => &mut self.preferences.negative_open,
            Part::Advanced => &mut self.preferences.advanced_open,
            Part::Info => {
                self.preferences.queue_open = false;
                &mut self.preferences.info_open
            }
            Part::Queue => {
                self.preferences.info_open = false;
                &mut self.preferences.queue_open
            }
            Part::Reel if is_narrow(ctx) => &mut self.reel_open_in_narrow,
            Part::Reel => &mut self.preferences.reel_folded,
        };
        *open = !*open;
    }

    /// In a narrow window the strip folds by itself, until somebody unfolds it.
    pub(super) fn is_reel_folded(&self, ctx: &Context) -> bool {
        if is_narrow(ctx) {
            !self.reel_open_in_narrow
        } else {
            self.preferences.reel_folded
        }
    }

    fn zoom(&mut self, ctx: &Context, steps: i8) {
        let [least, most] = ZOOM;
        self.preferences.zoom = match steps {
            0 => 1.0,
            steps => (self.preferences.zoom + f32::from(steps) * ZOOM_STEP).clamp(least, most),
        };
        self.dress(ctx);
    }

    /// Shows this on the stage.
    pub(super) fn show(&mut self, ctx: &Context, shown: Shown) {
        self.player = None;
        if shown != Shown::Compare {
            self.gallery.comparing = None;
        }
        if let Shown::Record(id) = &shown
            && let Some(record) = self.record(id).cloned()
        {
            match Player::open(ctx, record, None) {
                Ok(player) => self.player = Some(player),
                Err(error) => self.warn(&error),
            }
        }
        self.shown = shown;
    }

    /// Looks at a video over what is open, or no more.
    fn look_quickly(&mut self, ctx: &Context, id: Option<&str>) {
        let is_same = self.gallery.quick.as_ref().map(|quick| &*quick.record.id) == id;
        let record = id.filter(|_| !is_same).and_then(|id| self.record(id));
        let opened = record
            .cloned()
            .map(|record| Player::open(ctx, record, None));
        match opened.transpose() {
            Ok(quick) => self.gallery.quick = quick,
            Err(error) => self.warn(&error),
        }
    }

    /// The stage fills the screen, or the window is as it was.
    fn fill_screen(&mut self, ctx: &Context) {
        let fills = self.gallery.cinema == Cinema::Off;
        self.gallery.cinema = if fills { Cinema::Asked } else { Cinema::Off };
        ctx.send_viewport_cmd(ViewportCommand::Fullscreen(fills));
    }

    /// Shows a file or folder in the system's file manager.
    pub(super) fn reveal(&mut self, place: &Path) {
        if let Err(error) = platform::files::reveal(place) {
            self.warn(&error);
        }
    }

    /// Takes note of a window that the system has made small again.
    pub(super) fn heed_full_screen(&mut self, ctx: &Context) {
        let is_whole = ctx.input(|input| input.viewport().fullscreen);
        let cinema = &mut self.gallery.cinema;
        *cinema = match (*cinema, is_whole) {
            (Cinema::Asked, Some(true)) => Cinema::On,
            (Cinema::On, Some(false)) => Cinema::Off,
            (as_before, _) => as_before,
        };
    }

    fn handle_player(&mut self, ctx: &Context, action: PlayerAction) {
        let looping = &mut self.preferences.looping;
        let Some(player) = &mut self.player else {
            return;
        };
        match action {
            PlayerAction::Toggle => player.toggle(),
            PlayerAction::Seek(frame) => player.seek(frame),
            PlayerAction::Step(frames) => player.step(frames),
            PlayerAction::Peek(frame) => player.peek(ctx, frame),
            PlayerAction::Shuttle(way) => player.shuttle(way),
            PlayerAction::TrimIn => self.trim(Edge::Start),
            PlayerAction::TrimOut => self.trim(Edge::End),
            PlayerAction::Untrim => self.trim(Edge::Neither),
            PlayerAction::Loop => *looping = !*looping,
            PlayerAction::Speed(speed) => player.speed = speed,
            PlayerAction::Fit => player.actual_size = !player.actual_size,
            PlayerAction::CopyFrame => self.copy_frame(ctx),
            PlayerAction::UseFrame => self.use_frame(None),
            PlayerAction::ContinueFromEnd => self.use_frame(Some(usize::MAX)),
        }
    }
}

fn is_narrow(ctx: &Context) -> bool {
    ctx.content_rect().width() < size::NARROW
}
