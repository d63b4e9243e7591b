//! The window among others: what reaches it, when it is seen, and what closing it means.

use std::time::{Duration, Instant};

use egui::{Context, RawInput, Theme, ViewportCommand, pos2};

use super::App;
use super::desktop::may_be_seen;
use super::incoming::correct_clicks;
use super::kept::goes_hidden;
use crate::engine::set_window_visible;
use crate::platform;
use crate::platform::clipboard::{self, Paste};
use crate::platform::power::{self, Slowed};
use crate::platform::window::{self, Veil};
use crate::view::theme::{self, Appearance};

/// While a job computes, pictures that nobody has asked for come no closer than this: every one that is drawn takes its
/// time from the job, and waits for it.
pub const UNASKED: Duration = Duration::from_millis(67);

/// When what moves by itself is drawn next, if that would be after `wanted`.
pub fn unasked(computing: bool, wanted: Duration) -> Duration {
    if computing {
        wanted.max(UNASKED)
    } else {
        wanted
    }
}

/// What becomes of a window that is told to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The program ends with it.
    End,
    /// The program goes out of sight and on with its work.
    Hide,
}

/// On a Mac closing a window is no word about the program: while it works it goes on, unless somebody wants it to end.
pub fn closing(is_mac: bool, works: bool, quits: bool) -> Closing {
    if is_mac && works && !quits {
        Closing::Hide
    } else {
        Closing::End
    }
}

/// What is known of the world around the window.
#[derive(Debug)]
pub struct Outside {
    start: Instant,
    veil: Veil,
    /// Whether a pass follows, in which what was typed reaches its field.
    has_pass: bool,
    /// Whether somebody wants the program to end, and not only its window to go.
    pub quits: bool,
    /// What the user wants less of, as it was when the window was looked at last.
    tastes: power::Tastes,
    /// What has slowed the job at work down.
    slowed: Option<Slowed>,
}

impl Outside {
    /// Takes note of what slows the machine down while a job works.
    pub fn note_slowness(&mut self, slowed: Option<Slowed>) {
        if let Some(why) = slowed {
            log::info!("the machine is slowed down: {why:?}");
        }
        self.slowed = self.slowed.or(slowed);
    }

    /// What has slowed the job down that ends now. How long it took says little about others then.
    pub fn forget_slowness(&mut self) -> Option<Slowed> {
        self.slowed.take()
    }
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            veil: Veil::default(),
            has_pass: false,
            quits: false,
            tastes: power::Tastes::default(),
            slowed: None,
        }
    }
}

impl App {
    /// Puts what came beside the window's events among them.
    pub(super) fn arrange_input(&mut self, ctx: &Context, input: &mut RawInput) {
        self.outside.has_pass = true;
        self.desk.hold.note(input);
        if let Some(desktop) = &mut self.desktop {
            desktop.listen(&mut self.incoming);
        }
        let typing = ctx.egui_wants_keyboard_input();
        let events = &mut input.events;
        let pastes = self.incoming.arrange(events, typing, clipboard::offer);
        if ctx.os().is_mac() {
            self.incoming.take_control_for_second_button(events);
            let zoom = ctx.zoom_factor();
            let clicks = window::clicks();
            let clicks = clicks.into_iter().map(|(x, y)| pos2(x, y) / zoom);
            correct_clicks(events, &clicks.collect::<Vec<_>>());
            if self.preferences.appearance == Appearance::System
                && let Some(dark) = window::is_dark()
            {
                // The window library tells of changes alone, and not while another look is chosen.
                input.system_theme = Some(if dark { Theme::Dark } else { Theme::Light });
            }
        }
        for paste in pastes {
            self.take_paste(paste);
        }
        if self.incoming.is_waiting() {
            ctx.request_repaint();
        }
        if input.events.contains(&egui::Event::WindowFocused(true)) {
            self.heed_tastes(ctx);
        }
    }

    /// Whether what was chosen can be done now, for no pass follows in which something is typed.
    pub(super) fn has_no_pass(&self) -> bool {
        !self.outside.has_pass
    }

    /// Takes note of a pass.
    pub(super) fn end_pass(&mut self, ctx: &Context) {
        self.outside.has_pass = false;
        self.lift_veil(ctx);
        let is_seen = ctx.input(|input| may_be_seen(input.viewport()));
        set_window_visible(is_seen);
        if !is_seen && goes_hidden(cfg!(target_os = "macos"), self.memory.total()) {
            self.free_memory();
        }
    }

    fn lift_veil(&mut self, ctx: &Context) {
        let outside = &mut self.outside;
        let occluded = ctx.input(|input| input.viewport().occluded);
        let passed = outside.start.elapsed().as_secs_f64();
        if outside.veil.lift(passed, occluded) {
            window::unveil();
        } else if outside.veil.is_there() {
            ctx.request_repaint_after(UNASKED);
        }
    }

    /// Does as the user wants programs to look.
    pub(super) fn heed_tastes(&mut self, ctx: &Context) {
        let tastes = power::tastes();
        if self.outside.tastes != tastes {
            self.outside.tastes = tastes;
            theme::heed(ctx, tastes.less_motion, tastes.more_contrast);
        }
    }

    /// What is done about a request to close the window.
    pub(super) fn close_window(&mut self, ctx: &Context) {
        let works = self.queue.at_work().is_some();
        match closing(ctx.os().is_mac(), works, self.outside.quits) {
            Closing::Hide => {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
                platform::hide();
            }
            // What is still to be done needs no window. Not sooner: one that is hidden is not asked any more.
            Closing::End => ctx.send_viewport_cmd(ViewportCommand::Visible(false)),
        }
    }

    /// Takes what was pasted, and is no text.
    fn take_paste(&mut self, paste: Paste) {
        match paste {
            Paste::Files(files) => {
                for file in files {
                    self.receive_file(file);
                }
            }
            Paste::Picture(bytes) => self.keep_pasted(bytes),
            Paste::Text(_) => {}
        }
    }
}
