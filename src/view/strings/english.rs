//! English.

use super::facts::{clock, facts, of_settings};
use super::many::english::{BATCH, COMPARE, FACTS, LIBRARY, QUEUE, REEL, STYLES};
use super::{
    Compose, Drop, Export, Language, Models, Notices, Painting, Player, Settings, Sheets, Stage,
    Words, with_names, with_times,
};
use crate::job::{DownloadProgress, Estimate, LayersFit, ModelAdvice, Span, Use, WeightFormat};
use crate::view::action::Guide;
use crate::words::english::{self as words, bytes as gigabytes, two_digits};

/// What the window says in English.
pub const ENGLISH: Words = Words {
    compose: COMPOSE,
    stage: STAGE,
    player: PLAYER,
    reel: REEL,
    library: LIBRARY,
    compare: COMPARE,
    queue: QUEUE,
    styles: STYLES,
    batch: BATCH,
    export: EXPORT,
    sheets: Sheets {
        models: "Models",
        settings: "Settings",
        library: "Library",
        export: "Export",
        paint: "Paint a mask",
        styles: "Styles",
        batch: "Make many videos",
        contact: "Contact sheet",
        shortcuts: "Keyboard shortcuts",
    },
    painting: Painting {
        why: "What you paint over is made anew, in every frame.",
        picture: "First frame of the video",
        tool: "Tool",
        draw: "Paint",
        erase: "Erase",
        brush: "Brush",
        clear: "Clear",
        done: "Use this mask",
    },
    settings: Settings {
        appearance: "Appearance",
        system: "System",
        dark: "Dark",
        light: "Light",
        language: "Language",
        zoom: "Interface size",
        run_on: "Run on",
        gpu: "GPU",
        cpu: "CPU (slow)",
        memory_limit: "Memory limit",
        no_limit: "No limit",
        limit_to: "Limit to",
        preview: "Live preview",
        videos: "Save videos in",
        change: "Change…",
        change_videos: "Choose another folder",
        quality: "Video quality",
        kept: "Kept in memory",
        gigabytes,
        let_go: "Free Up",
        let_go_of: "Free the memory that the model keeps for the next video",
    },
    models: Models {
        use_it: "Use",
        choose: |name| format!("Use {name}"),
        chosen: "In use",
        reveal: |name| format!("Show {name} in Finder"),
        family: |family, bytes| format!("{family} · {}", gigabytes(bytes)),
        folders: "Model folders",
        folders_why: "Zoetrope looks in its own folder, the Hugging Face cache, ComfyUI's models folder, and any folder you add",
        add_folder: "Add folder…",
        look_again: "Rescan",
        forget: |folder| format!("Stop looking in {folder}"),
        more: "More models",
        more_why: "Models are saved to the Hugging Face cache. Smaller versions need less memory. Models you already have work as they are",
        download: "Download",
        download_it: |model| format!("Download {model}"),
        edition: |edition, bytes| format!("{} · {}", edition_name(edition), gigabytes(bytes)),
        fast: "To make videos sooner",
        fast_why: "Lightning and FastWan make 3 or 4 steps enough; a tiny VAE shows previews in colour and decodes drafts",
        size: gigabytes,
        come,
        stop: "Stop",
        free: |bytes| format!("{} free on this disk", gigabytes(bytes)),
        best: |best, licence| {
            let form = edition_name(best.offer.edition);
            let size = gigabytes(best.offer.bytes);
            let time = a_clip(best);
            format!("Best for this Mac: {form}, {size}{time} · {licence}")
        },
        too_large: |least, licence| {
            let (needs, most) = (gigabytes(least.needs), gigabytes(least.most));
            format!("Needs {needs} of memory; this Mac can give {most} · {licence}")
        },
        fits: |advice| {
            let needs = gigabytes(advice.needs);
            if advice.fits {
                format!("Fits this Mac: {needs} of memory{}", a_clip(advice))
            } else {
                format!("Too large for this Mac: {needs} of memory")
            }
        },
        waits: "Waiting",
        forget_download: |name| format!("Remove {name} from downloads"),
        delete: |name| format!("Move {name} to Trash"),
        deleted: "Model moved to Trash",
        here: "Download finished",
        no_tokenizer: "Its text encoder comes without a tokenizer",
        get_tokenizer: "Download the tokenizer",
        tokenizer: "Tokenizer (UMT5)",
    },
    drop: Drop {
        title: "Drop anywhere",
        detail: "A picture becomes the first frame; a Zoetrope video restores its settings",
    },
    notices: Notices {
        copied: "Frame copied",
        models_found: |count| format!("Found {count} models. Choose one in the title bar"),
        restored: "Settings restored",
        trashed: "Moved to Trash",
        removed: "Unfinished video removed",
        emptied: "Form cleared",
        undo: "Undo",
        none: "Deselect all",
        trashed_all: |count| format!("{count} videos moved to Trash"),
        no_dialog: "This desktop has no file dialog. Install xdg-desktop-portal or zenity",
        restored_without: |names| {
            format!("Settings restored. These files are missing, so choose them again: {names}")
        },
        finished: "Your video is ready",
        failed: "Couldn't make this video",
        awake: "Making a video",
        stalled: |minutes| {
            format!(
                "Nothing has moved for {minutes} minutes: quit and start again; finished steps are kept"
            )
        },
        engine_ended: "The part that computes has ended early: quit and start again; what was finished is kept",
        midway: |to_fit| format!("{to_fit}, so the rest may differ slightly from what was begun"),
        cut: |is_negative, tokens| {
            let which = if is_negative {
                "negative prompt"
            } else {
                "prompt"
            };
            format!("The {which} is too long. The model reads only its first {tokens} tokens")
        },
        faulty: |fault| {
            let fault = words::device_fault(fault);
            format!(
                "This Mac's GPU {fault}, so videos may be damaged. Update macOS, or run on the CPU (Settings)"
            )
        },
    },
    memory: |used, all| format!("{} of {}", gigabytes(used), gigabytes(all)),
    memory_why: "Memory used by all apps on this Mac",
    no_model: "No model",
    model_does: |inputs| match (inputs.first, inputs.last) {
        _ if inputs.video == Use::Required => "Video to video",
        _ if inputs.video == Use::Optional => "Text, images or video to video",
        (Use::Never, _) => "Text to video",
        (Use::Optional, Use::Never) => "Text or image to video",
        (Use::Optional, _) => "Text or image to video, with optional last frame",
        (Use::Required, Use::Never) => "Image to video",
        (Use::Required, Use::Optional) => "Image to video, with optional last frame",
        (Use::Required, Use::Required) => "First and last frame to video",
    },
    more_models: "All models…",
    estimate,
    facts: |record, clock| facts(record, clock, &FACTS),
    settings_of: |record| of_settings(record, &FACTS),
    refusal: |refusal| with_times(words::refusal(refusal), refusal),
    problem: |problem| with_names(words::problem(problem), problem),
    remark: words::remark,
    repeat: words::repeat,
    command: |command| command.name(Language::English),
    command_state: |command, on| command.name_of_state(Language::English, on),
    command_title: |command| command.title(Language::English),
    menu: |title| title,
};

const COMPOSE: Compose = Compose {
    prompt: "Prompt",
    prompt_placeholder: "What should the video show?",
    negative: "Negative prompt",
    model_default: "Model default",
    use_model_default: "Use model default",
    none: "None",
    first_frame: "First frame",
    last_frame: "Last frame",
    well_hint: "Drop, paste or click",
    pictures: "Pictures",
    videos: "Videos",
    choose_picture: "Choose picture…",
    remove_picture: "Remove picture",
    remove_first: "Remove first frame",
    remove_last: "Remove last frame",
    crop_it: "Crop to fit",
    shape: "Shape",
    landscape: "Landscape",
    portrait: "Portrait",
    square: "Square",
    as_picture: "Match picture",
    width: "Width",
    height: "Height",
    use_size: |size| format!("Use {} × {}", size.width, size.height),
    use_frames: |frames| format!("Use {frames} frames"),
    length: "Length",
    seconds: |seconds| match seconds {
        few if few < 59.95 => format!("{few:.1} s"),
        many => format!(
            "{:.0} min {:02.0} s",
            (many.round() / 60.0).floor(),
            many.round() % 60.0
        ),
    },
    frames: "Frames",
    frames_suffix: " frames",
    frame_suffix: " frame",
    advanced: "Advanced",
    edited: "Edited",
    reset: "Reset to model default",
    reset_all: "Reset to model defaults",
    steps: "Steps",
    steps_why: "More steps add detail and take longer",
    sampler: "Sampler",
    sampler_why: "How each step is computed; UniPC needs the fewest steps",
    guidance: "Guidance (CFG)",
    guidance_why: "Higher follows the prompt more closely; too high looks harsh",
    guidance_low: "Guidance at low noise",
    guidance_high: "Guidance at high noise",
    low_noise: "detail",
    high_noise: "motion",
    shift: "Shift",
    shift_why: "Higher favors motion and composition, lower favors detail",
    seed: "Seed",
    seed_why: "Same seed and settings, same video",
    any_seed: "Random",
    roll_seed: "New seed",
    lock_seed: "Reuse last seed",
    free_seed: "Random each time",
    guide: |guide| match guide {
        Guide::Video => ("Video", "A video to follow or edit"),
        Guide::Mask => ("Mask", "White is generated again, black is kept"),
        Guide::Reference => ("References", "Pictures of what the video should show"),
    },
    reference: |number| format!("Reference {number}"),
    guide_hint: "Drop or click",
    choose_frames: "Choose a folder of frames",
    video_facts: |span| {
        let Span { size, frames, fps } = span;
        let rate = fps.map(|fps| format!(" at {} a second", two_digits(fps)));
        let rate = rate.unwrap_or_default();
        let frames = if *frames == 1 {
            "1 frame".to_owned()
        } else {
            format!("{frames} frames")
        };
        format!("{frames}{rate}, {} × {}", size.width, size.height)
    },
    taken: words::taken,
    paint: "Paint…",
    guide_strength: "Strength",
    loras: "LoRAs",
    loras_why: "Add-ons that change style or subject; 1 is full strength",
    add_lora: "Add…",
    remove_it: "Remove",
    use_lora_here: "Use anyway",
    remove_lora: |name| format!("Remove {name}"),
    strength_of: |name| format!("Strength of {name}"),
    lora_fits: |&LayersFit {
                    matched,
                    of,
                    pictures,
                }| {
        let fit = format!("Matches {matched} of {of} layers");
        match pictures {
            0 => fit,
            1 => format!("{fit}; one is for Wan2.1's picture input, which this model does without"),
            _ => format!(
                "{fit}; {pictures} are for Wan2.1's picture input, which this model does without"
            ),
        }
    },
    lora_of_another_model: "This LoRA was made for a different model",
    few_steps: |name, steps, guidance| format!("{name}: {steps} steps, guidance {guidance}"),
    few_steps_off: |name| format!("{name} settings are off"),
    few_steps_leave: "Turn these settings off",
    few_steps_use: "Turn on",
    natural_motion: "Natural motion",
    natural_motion_why: "The first of eight steps goes without the LoRAs, so that things move at their own pace",
    speed: words::speed,
    speed_is: |speed| format!("Speed: {}", words::speed(speed)),
    exact_why: "every step is computed",
    ways: words::ways,
    way: |what, time| match time {
        Some(time) => format!("{what} · about {}", words::rough(time)),
        None => what.to_owned(),
    },
    sooner: words::sooner,
    both: "both",
    weights: "Precision",
    weights_why: "8-bit halves memory with hardly a visible change; 4-bit quarters it and alters detail",
    original: "Original",
    eight_bits: "8-bit",
    four_bits: "4-bit",
    variations: "Make variations",
    variations_of: |count| format!("{count} variations"),
    to_fit: words::to_fit,
    pack: |bits| format!("Use {bits}-bit weights"),
    raise_limit: |bytes| format!("Raise the limit to {} GB", bytes / 1_000_000_000),
    no_prompt: "Write a prompt first",
    swap: "Swap first and last frame",
    slide_why: "Drag, or press the arrow keys, to choose what stays in the frame",
    nearest: |number| format!("The nearest that works is {number}"),
};

const STAGE: Stage = Stage {
    invitation: "Describe your shot",
    try_one: "Write a prompt, drop a picture, or try one of these",
    try_yourself: "Write a prompt or drop a picture",
    real_models: "Get full-size models…",
    unfinished: |count| match count {
        1 => "1 unfinished video".into(),
        count => format!("{count} unfinished videos"),
    },
    resume_all: "Resume all",
    waiting: "Waiting",
    starting: "Starting",
    paused: "Paused",
    ending: "Stopping after this step…",
    stage: words::stage,
    of: |done, of| format!("{done} of {of}"),
    left: |time| format!("about {} left", words::rough(time)),
    left_of_denoising: |time| format!("about {}, then decoding", words::rough(time)),
    elapsed: |time| clock(time),
    progress: "Progress",
    reused: "Step reused",
    cancel: "Cancel",
    opening: "Opening…",
    failed: "Couldn't make this video",
    interrupted: "Not finished",
    interrupted_at: |done, of| format!("Paused at step {done} of {of}. Resume any time"),
    held: "Zoetrope quit before this one started. Resume makes it and the rest of the queue",
    resume: "Resume",
    edit_again: "Edit settings",
    discard: "Remove",
    no_model: "No model installed",
    no_model_why: "The built-in model is missing from the app. Choose a folder that has one",
    see_models: "Models…",
    missing_file: "Can't find this video's file",
    locate: "Locate…",
    remove_record: "Remove from library",
    try_again: "Try again",
    other_folder: "Choose another folder…",
};

const PLAYER: Player = Player {
    speed: "Speed",
    time: |at, all| match all {
        few if few < 60.0 => format!("{at:.2} / {all:.2} s"),
        _ => format!("{} / {}", minutes(at), minutes(all)),
    },
    frame: |frame, frames| format!("frame {frame} of {frames}"),
    scrubber: "Playhead",
    use_frame: "Use as first frame",
    go_on: "Continue from last frame",
    go_on_short: "Continue",
    restore: "Reuse settings",
    untrim: "Reset trim",
    shot: |number, name| format!("Shot {number}: {name}"),
    like: "Add to favorites",
    dislike: "Remove from favorites",
    make_real: "Make it for real",
    more: "More",
};

const EXPORT: Export = Export {
    kind: "Format",
    video: "Video",
    video_why: "MP4 that plays everywhere and remembers its settings",
    gif: "GIF",
    gif_why: "Plays by itself on web pages and in messages; 256 colors",
    pictures: "Image sequence",
    pictures_why: "A folder with a PNG for each frame",
    still: "Current frame",
    still_why: |frame| format!("Frame {frame} as a PNG, or as a JPEG if its name ends in .jpg"),
    size: "Size",
    quality: "Quality",
    small: "Small",
    small_why: "Smallest file, slight artifacts",
    standard: "Standard",
    standard_why: "Visually lossless",
    best: "Best",
    best_why: "Large file, for editing",
    save: "Export…",
    again: "Export another…",
    progress: "Export progress",
    cancel: "Cancel",
    written: |name| format!("Saved {name}"),
    frame_name: |name, frame| format!("{name}, frame {frame}"),
    joined: |count| format!("All {count} shots in one"),
    trimmed: |first, last| format!("Frames {first} to {last}, as trimmed"),
};

fn estimate(estimate: Estimate) -> String {
    let time = estimate
        .time
        .map(|time| format!("about {}", words::rough(time)));
    let memory = estimate.memory.map(gigabytes);
    let parts: Vec<String> = [time, memory].into_iter().flatten().collect();
    parts.join(" · ")
}

fn edition_name(edition: WeightFormat) -> &'static str {
    match edition {
        WeightFormat::Official => "Original",
        WeightFormat::Fp16 => "16-bit",
        WeightFormat::Fp8 => "8-bit (FP8)",
        WeightFormat::Q8 => "8-bit (Q8)",
        WeightFormat::Q4 => "4-bit (Q4)",
    }
}

/// How long a video takes, where that is known.
fn a_clip(advice: &ModelAdvice) -> String {
    let time = advice.time.map(words::rough);
    time.map(|time| format!(", about {time} a clip"))
        .unwrap_or_default()
}

/// "3.2 GB of 22.8 GB · 41.3 MB/s · about 8 min left"
fn come(transfer: &DownloadProgress) -> String {
    if transfer.of == 0 {
        return "Contacting Hugging Face…".into();
    }
    let come = format!("{} of {}", gigabytes(transfer.done), gigabytes(transfer.of));
    match transfer.time_left() {
        Some(time) => format!(
            "{come} · {:.1} MB/s · about {} left",
            transfer.rate(),
            words::rough(time)
        ),
        None => come,
    }
}

/// "1:02.50".
pub(super) fn minutes(seconds: f64) -> String {
    format!("{:.0}:{:05.2}", (seconds / 60.0).floor(), seconds % 60.0)
}
