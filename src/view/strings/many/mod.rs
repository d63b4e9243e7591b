//! What is said of several videos: in the reel and the library, side by side, in the queue, in styles and in batches.

pub(super) mod chinese;
pub(super) mod english;

use std::time::Duration;

use crate::job::Order;
use crate::view::action::WhenAction;

/// Of the strip at the bottom.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Reel {
    pub counts: fn(usize, usize) -> String,
    pub paused_at: fn(usize, usize) -> String,
    pub earlier: &'static str,
    pub later: &'static str,
    pub remove: &'static str,
    pub cancel: &'static str,
    /// A stack of so many.
    pub variations: fn(usize) -> String,
    pub unfinished: fn(usize) -> String,
    /// Lays a stack together that is fanned out, or fans it out.
    pub fan: fn(bool) -> &'static str,
    pub compare: &'static str,
    pub compare_stack: &'static str,
    pub trash_all: fn(usize) -> String,
    pub copy_info: &'static str,
    pub info_copied: &'static str,
}

/// Of the library.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Library {
    pub search: &'static str,
    pub favourites: &'static str,
    pub sort: &'static str,
    pub order: fn(Order) -> &'static str,
    pub stacks: &'static str,
    /// So many are selected.
    pub selected: fn(usize) -> String,
    pub empty: &'static str,
    pub not_found: &'static str,
}

/// Of clips side by side.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Compare {
    /// The stage with so many clips.
    pub title: fn(usize) -> String,
    /// One of them, by its number and its name.
    pub pane: fn(usize, &str) -> String,
    pub side_by_side: &'static str,
    pub wipe: &'static str,
    pub divider: &'static str,
    pub keep: &'static str,
    pub next: &'static str,
    pub done: &'static str,
    pub gone: &'static str,
}

/// Of the queue as a list.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Queue {
    pub title: &'static str,
    /// So many jobs, and how long they take.
    pub total: fn(usize, Option<Duration>) -> String,
    /// How one stands, and how long it takes.
    pub line: fn(&str, Duration) -> String,
    pub empty: &'static str,
    pub pause_all: &'static str,
    pub resume_all: &'static str,
    pub on_power: &'static str,
    pub when_idle: &'static str,
    /// Why nothing goes on.
    pub waits_for: fn(WhenAction) -> &'static str,
    /// What a line is dragged by.
    pub grip: fn(&str) -> String,
}

/// Of many videos at once.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Batch {
    pub sweep: &'static str,
    pub sweep_why: &'static str,
    pub guidance: &'static str,
    pub guidance_hint: &'static str,
    pub shift: &'static str,
    pub shift_hint: &'static str,
    pub without_loras: &'static str,
    pub make: fn(usize) -> String,
    pub why_not: &'static str,
    pub many: &'static str,
    pub many_why: &'static str,
    pub prompts: &'static str,
    pub pictures: &'static str,
    pub begun: fn(usize) -> String,
    /// What a contact sheet shows, and the seed.
    pub contact: fn(&str, u64) -> String,
    /// A shift, and how many LoRAs.
    pub row: fn(&str, usize) -> String,
}

/// Of named sets of settings.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Styles {
    pub why: &'static str,
    pub take: &'static str,
    pub use_it: fn(&str) -> String,
    pub remove: fn(&str) -> String,
    pub new: &'static str,
    pub name: &'static str,
    pub around: &'static str,
    pub around_hint: &'static str,
    pub around_why: &'static str,
    pub save: &'static str,
    pub saved: fn(&str) -> String,
    pub used: &'static str,
    pub button: &'static str,
    pub manage: &'static str,
    pub history: &'static str,
    /// A prompt with wildcards stands for so many.
    pub wildcards: fn(u64) -> String,
}
