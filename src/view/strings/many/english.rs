//! English.

use super::{Batch, Compare, Library, Queue, Reel, Styles};
use crate::job::Order;
use crate::view::action::WhenAction;
use crate::view::strings::facts::{Names, time};
use crate::words::english as words;

pub(in crate::view::strings) const REEL: Reel = Reel {
    counts: |working, made| match (working, made) {
        (0, 0) => "No videos yet".into(),
        (0, made) => videos(made),
        (working, 0) => format!("{working} in queue"),
        (working, made) => format!("{working} in queue · {}", videos(made)),
    },
    paused_at: |done, of| format!("Paused at {done} of {of}"),
    earlier: "Move up in queue",
    later: "Move down in queue",
    remove: "Remove from queue",
    cancel: "Cancel",
    variations: |count| format!("{count} variations"),
    unfinished: |count| format!("{count} unfinished"),
    fan: |is_open| {
        if is_open {
            "Stack variations"
        } else {
            "Show all variations"
        }
    },
    compare: "Compare",
    compare_stack: "Compare variations",
    trash_all: |count| format!("Move {count} videos to Trash"),
    copy_info: "Copy",
    info_copied: "Info copied",
};

pub(in crate::view::strings) const LIBRARY: Library = Library {
    search: "Search",
    favourites: "Favorites only",
    sort: "Sort by",
    order: |order| match order {
        Order::Newest => "Newest first",
        Order::Oldest => "Oldest first",
        Order::Name => "Name",
        Order::Longest => "Longest first",
    },
    stacks: "Stack variations",
    selected: |count| format!("{count} selected"),
    empty: "Your videos will appear here",
    not_found: "No results",
};

pub(in crate::view::strings) const COMPARE: Compare = Compare {
    title: |count| format!("Comparing {count} videos"),
    pane: |number, name| format!("Video {number}: {name}"),
    side_by_side: "Side by side",
    wipe: "Wipe",
    divider: "Divider",
    keep: "Keep",
    next: "Next",
    done: "Done",
    gone: "No more variations",
};

pub(in crate::view::strings) const QUEUE: Queue = Queue {
    title: "Queue",
    total: |count, time| {
        let videos = videos(count);
        match time {
            Some(time) => format!("{videos} · about {}", words::rough(time)),
            None => videos,
        }
    },
    line: |state, time| format!("{state} · about {}", words::rough(time)),
    empty: "Nothing is waiting",
    pause_all: "Pause all",
    resume_all: "Resume all",
    on_power: "Only while plugged in",
    when_idle: "Only when the Mac is idle",
    waits_for: |why| match why {
        WhenAction::OnPower(_) => "Waiting until the Mac is plugged in",
        WhenAction::WhenIdle(_) => "Waiting until the Mac is idle for 3 minutes",
        WhenAction::Pause(_) => "Paused",
    },
    grip: |name| format!("Move {name}"),
};

pub(in crate::view::strings) const BATCH: Batch = Batch {
    sweep: "Sweep",
    sweep_why: "The same prompt and seed with every combination of these values. Separate values with commas",
    guidance: "Guidance",
    guidance_hint: "Guidance values, such as 3, 5, 7",
    shift: "Shift",
    shift_hint: "Shift values, such as 3, 5, 8",
    without_loras: "With and without LoRAs",
    make: |count| match count {
        0 | 1 => "Make videos".into(),
        count => format!("Make {count} videos"),
    },
    why_not: "Write a prompt, and at least two values",
    many: "From files",
    many_why: "One video for each line of a text file, or for each picture in a folder as the first frame, with the current settings",
    prompts: "Text file…",
    pictures: "Folder of pictures…",
    begun: |count| match count {
        1 => "1 video added to the queue".into(),
        count => format!("{count} videos added to the queue"),
    },
    contact: |prompt, seed| format!("{prompt} · seed {seed}"),
    row: |shift, loras| match loras {
        0 => format!("Shift {shift}"),
        _ => format!("Shift {shift}, LoRAs"),
    },
};

pub(in crate::view::strings) const STYLES: Styles = Styles {
    why: "A style keeps size, length, steps, LoRAs and the like. Each is a file that you can share; drop one on the window to add it",
    take: "Use",
    use_it: |name| format!("Use {name}"),
    remove: |name| format!("Move {name} to Trash"),
    new: "Save the current settings",
    name: "Name",
    around: "Prompt template",
    around_hint: "{prompt}, hand-drawn, soft light",
    around_why: "{prompt} stands for what you write. Leave it empty to keep prompts as they are",
    save: "Save style",
    saved: |name| format!("Saved {name}"),
    used: "Style applied",
    button: "Styles",
    manage: "Save or manage styles…",
    history: "Recent prompts",
    wildcards: |count| format!("Wildcards: {count} different prompts. Variations go through them"),
};

pub(in crate::view::strings) const FACTS: Names = Names {
    seed: "Seed",
    model: "Model",
    size: "Size",
    length: "Length",
    frames: |frames, seconds| match frames {
        1 => "1 frame".into(),
        frames => format!("{frames} frames, {seconds}"),
    },
    steps: "Steps",
    guidance: "Guidance",
    shift: "Shift",
    loras: "LoRAs",
    made: "Made",
    when: |moment| {
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let time = time(moment);
        match moment.days_ago {
            0 => format!("today {time}"),
            1 => format!("yesterday {time}"),
            _ => {
                let month = MONTHS[(moment.month as usize - 1) % 12];
                let year = if moment.this_year {
                    String::new()
                } else {
                    format!(" {}", moment.year)
                };
                format!("{} {month}{year} {time}", moment.day)
            }
        }
    },
    took: "Took",
    memory: "Memory",
    file: "File",
};

fn videos(count: usize) -> String {
    match count {
        1 => "1 video".into(),
        count => format!("{count} videos"),
    }
}
