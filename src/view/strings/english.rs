//! English.

use std::time::Duration;

use super::{
    Compose, Drop, Export, Library, Models, Notices, Painting, Player, Reel, Settings, Sheets,
    Stage, Words,
};
use crate::job::{DownloadProgress, Estimate, LayersFit, Span, Use, WeightFormat};
use crate::view::action::Guide;
use crate::view::keys::Key;
use crate::words::english::{self as words, bytes as gigabytes, two_digits};

/// What the window says in English.
pub const ENGLISH: Words = Words {
    compose: COMPOSE,
    stage: STAGE,
    player: PLAYER,
    reel: REEL,
    library: LIBRARY,
    export: EXPORT,
    sheets: Sheets {
        models: "Models",
        settings: "Settings",
        library: "Everything made",
        export: "Export",
        paint: "Paint a mask",
        shortcuts: "Keyboard shortcuts",
        close: "Close",
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
        zoom: "Size of everything",
        compute_by: "Compute by",
        graphics_processor: "Graphics processor",
        processor: "Processor (slow)",
        memory_limit: "Memory limit",
        no_limit: "None",
        at_most: "At most",
        preview: "Preview while working",
        on: "On",
        off: "Off",
        videos: "Videos",
        show_videos: "Show the folder of the videos",
        change: "Change…",
        change_videos: "Change the folder of the videos",
        quality: "Quality of videos",
    },
    models: Models {
        use_it: "Use",
        choose: |name| format!("Use {name}"),
        chosen: "In use",
        reveal: |name| format!("Show the files of {name}"),
        family: |family, bytes| format!("{family} · {}", gigabytes(bytes)),
        folders: "Where models are looked for",
        folders_why: "In Zoetrope's own folder, in Hugging Face's cache, in ComfyUI's models, and in the folders that you add",
        add_folder: "Add a folder…",
        look_again: "Look again",
        forget: |folder| format!("Look in {folder} no more"),
        more: "More models",
        more_why: "They come from Hugging Face into its cache; smaller editions need less memory, and a model that you have already works as it is",
        download: "Download",
        download_it: |model| format!("Download {model}"),
        edition: |edition, bytes| format!("{} · {}", edition_name(edition), gigabytes(bytes)),
        fast: "To make videos sooner",
        fast_why: "Lightning and FastWan make 3 or 4 steps enough; a tiny VAE shows previews in colour and decodes drafts",
        size: gigabytes,
        come,
        stop: "Stop",
        here: "The model is here: choose it in the title bar",
        no_tokenizer: "Its text encoder comes without a tokenizer",
        get_tokenizer: "Download the tokenizer",
        tokenizer: "Tokenizer (UMT5)",
    },
    drop: Drop {
        title: "Drop it anywhere",
        detail: "A picture becomes the first frame, a video of ours brings back its settings",
    },
    notices: Notices {
        copied: "The frame is on the clipboard",
        restored: "The form holds the settings of this video again",
        trashed: "Video moved to the Trash",
        removed: "Unfinished video removed",
        emptied: "Form cleared",
        undo: "Undo",
        no_dialog: "This desktop has no file dialog: install xdg-desktop-portal or zenity",
        restored_without: |names| {
            format!(
                "The form holds the settings of this video again. Choose these files yourself: {names}"
            )
        },
        finished: "Your video is ready",
        failed: "A video could not be made",
        awake: "Making a video",
        stalled: |minutes| {
            format!(
                "Nothing has moved for {minutes} minutes: quit and start again; finished steps are kept"
            )
        },
        engine_ended: "The part that computes has ended early: quit and start again; what was finished is kept",
        midway: |to_fit| {
            format!("{to_fit}; from here on it is rounded otherwise than it was begun")
        },
        cut: |is_negative, tokens| {
            let which = if is_negative {
                "negative prompt"
            } else {
                "prompt"
            };
            format!("The {which} is too long: the model reads only its first {tokens} tokens")
        },
        faulty: |fault| {
            let fault = words::device_fault(fault);
            format!(
                "This machine's graphics processor {fault}, so videos may be damaged: update the system, or compute by the processor (Settings)"
            )
        },
    },
    memory: |used, all| format!("{} of {}", gigabytes(used), gigabytes(all)),
    memory_why: "Memory in use on this machine, by all programs together",
    no_model: "No model",
    model_does: |inputs| match (inputs.first, inputs.last) {
        (Use::Never, _) => "Sentences",
        (Use::Optional, Use::Never) => "Sentences, with a first frame if you like",
        (Use::Optional, _) => "Sentences, with a first and a last frame if you like",
        (Use::Required, Use::Never) => "A first frame",
        (Use::Required, Use::Optional) => "A first frame, and a last one if you like",
        (Use::Required, Use::Required) => "A first and a last frame",
    },
    more_models: "All models…",
    estimate,
    refusal: words::refusal,
    problem: words::problem,
    remark: words::remark,
    repeat: words::repeat,
    key,
    menu: |title| title,
};

const COMPOSE: Compose = Compose {
    prompt: "Prompt",
    prompt_placeholder: "What should the video show?",
    negative: "Avoid",
    as_model: "As the model has it",
    as_model_again: "As the model has it",
    nothing: "Nothing",
    first_frame: "First frame",
    last_frame: "Last frame",
    well_hint: "Drop, paste or click",
    pictures: "Pictures",
    videos: "Videos",
    choose_picture: "Choose a picture…",
    remove_picture: "Remove the picture",
    remove_first: "Remove the first frame",
    remove_last: "Remove the last frame",
    crop_it: "Crop the picture",
    shape: "Shape",
    landscape: "Landscape",
    portrait: "Portrait",
    square: "Square",
    as_picture: "As the picture",
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
    changed: "Changed",
    reset: "As the model has it",
    reset_all: "Reset all to the model's",
    steps: "Steps",
    steps_why: "More steps make finer detail and take longer",
    sampler: "Sampler",
    sampler_why: "How each step is taken; UniPC needs the fewest",
    guidance: "Guidance",
    guidance_why: "Higher follows the prompt more closely, too high looks harsh",
    guidance_low: "Guidance at low noise",
    guidance_high: "Guidance at high noise",
    low_noise: "detail",
    high_noise: "motion",
    shift: "Shift",
    shift_why: "Higher spends more steps on motion and layout, lower on detail",
    seed: "Seed",
    seed_why: "The same seed and settings make the same video again",
    any_seed: "A new one each time",
    roll_seed: "Roll the dice",
    lock_seed: "Use the latest seed again",
    free_seed: "A new seed each time",
    guide: |guide| match guide {
        Guide::Video => ("Video", "A video to follow or to change"),
        Guide::Mask => ("Mask", "White is made anew, black stays"),
        Guide::Reference => ("References", "What the video should show"),
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
    loras_why: "Small files that change what the model draws; 1 is as strong as it was trained",
    add_lora: "Add…",
    remove_it: "Remove it",
    use_lora_here: "Use it here",
    remove_lora: |name| format!("Remove {name}"),
    strength_of: |name| format!("Strength of {name}"),
    lora_fits: |&LayersFit {
                    matched,
                    of,
                    pictures,
                }| {
        let fit = format!("{matched} of {of} layers fit");
        match pictures {
            0 => fit,
            1 => format!("{fit}; one is for Wan2.1's picture input, which this model does without"),
            _ => format!(
                "{fit}; {pictures} are for Wan2.1's picture input, which this model does without"
            ),
        }
    },
    few_steps: |name, steps, guidance| format!("{name}: {steps} steps, guidance {guidance}"),
    few_steps_off: |name| format!("Settings for {name} are off"),
    few_steps_leave: "Leave these settings out",
    few_steps_use: "Use them",
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
    weights: "Weights",
    weights_why: "8 bits take half the memory and hardly change the picture; 4 bits take a quarter and change details",
    as_they_are: "As is",
    eight_bits: "8 bits",
    four_bits: "4 bits",
    generate: "Generate",
    variations: "Several variations",
    variations_of: |count| format!("{count} variations"),
    to_fit: words::to_fit,
    pack: |bits| format!("Pack into {bits} bits"),
};

const STAGE: Stage = Stage {
    invitation: "Say what should move",
    try_one: "Write a prompt, drop a picture, or try one of these",
    try_yourself: "Write a prompt or drop a picture",
    real_models: "Get real models",
    unfinished: |count| match count {
        1 => "1 video unfinished".into(),
        count => format!("{count} videos unfinished"),
    },
    resume_all: "Resume all",
    waiting: "Waits for its turn",
    starting: "Starting",
    paused: "Paused",
    ending: "Finishing the step at hand",
    stage: words::stage,
    of: |done, of| format!("{done} of {of}"),
    left: |time| format!("about {} left", words::rough(time)),
    left_of_denoising: |time| format!("about {} to the last step", words::rough(time)),
    elapsed: |time| clock(time),
    progress: "Progress",
    reused: "Step reused",
    pause: "Pause",
    go_on: "Go on",
    keep: "Stop and keep",
    cancel: "Cancel",
    opening: "Opening…",
    failed: "This could not be made",
    interrupted: "Stopped before it was whole",
    interrupted_at: |done, of| {
        format!("{done} of {of} steps are kept, and the rest can follow at any time")
    },
    held: "The program ended before it could begin. Resume makes it, and then the others that wait",
    resume: "Resume",
    edit_again: "Back to its settings",
    discard: "Remove",
    no_model: "There is no model yet",
    no_model_why: "The built-in model is not beside the program, so choose the folder of another one",
    see_models: "Models…",
    missing_file: "The file of this video cannot be read",
};

const PLAYER: Player = Player {
    play: "Play",
    pause: "Pause",
    back: "One frame back",
    forward: "One frame on",
    looping: "Loop",
    speed: "Speed",
    time: |at, all| format!("{at:.2} / {all:.2} s"),
    frame: |frame, frames| format!("frame {frame} of {frames}"),
    scrubber: "Position",
    fit: "Fit the window",
    actual: "Actual size",
    copy: "Copy this frame",
    use_frame: "Use this frame as first frame",
    go_on: "Continue from the last frame",
    reveal: "Show the file",
    restore: "Use these settings again",
    make_real: "Make it for real",
    like: "Add to favourites",
    dislike: "Remove from favourites",
    trash: "Move to Trash",
    export: "Export…",
    more: "More",
};

const REEL: Reel = Reel {
    counts: |working, made| match (working, made) {
        (0, 0) => "Nothing made yet".into(),
        (0, made) => format!("{made} made"),
        (working, 0) => format!("{working} to make"),
        (working, made) => format!("{working} to make, {made} made"),
    },
    fold: "Fold the reel",
    unfold: "Unfold the reel",
    paused_at: |done, of| format!("Paused at {done} of {of}"),
    earlier: "Make it earlier",
    later: "Make it later",
    cancel: "Cancel",
};

const LIBRARY: Library = Library {
    search: "Search",
    favourites: "Favourites only",
    empty: "What you make will be here",
    not_found: "Nothing is like that",
};

const EXPORT: Export = Export {
    kind: "Kind",
    video: "Video",
    video_why: "An MP4 that plays everywhere and keeps the settings that made it",
    gif: "GIF",
    gif_why: "Moves by itself in pages and messages, in 256 colours",
    pictures: "All frames",
    pictures_why: "A folder with a PNG for each frame",
    still: "This frame",
    still_why: |frame| format!("Frame {frame} as a PNG, or as a JPEG if you name it so"),
    size: "Size",
    quality: "Quality",
    small: "Small",
    small_why: "A small file, in which a trained eye sees the compression",
    standard: "Standard",
    standard_why: "No difference to be seen",
    best: "Best",
    best_why: "A large file for further editing",
    save: "Save as…",
    again: "Save another…",
    progress: "Progress of the export",
    cancel: "Cancel",
    written: |name| format!("{name} is saved"),
    reveal: "Show the file",
    frame_name: |name, frame| format!("{name}, frame {frame}"),
};

fn estimate(estimate: Estimate) -> String {
    let time = estimate
        .time
        .map(|time| format!("about {}", words::rough(time)));
    let memory = estimate.memory.map(gigabytes);
    let parts: Vec<String> = [time, memory].into_iter().flatten().collect();
    parts.join(" · ")
}

fn key(key: Key) -> &'static str {
    match key {
        Key::Generate => "Generate",
        Key::New => "New video",
        Key::Open => "Open a picture or a video",
        Key::Library => "Everything made",
        Key::Export => "Export the clip",
        Key::Models => "Models",
        Key::Settings => "Settings",
        Key::Shortcuts => "Keyboard shortcuts",
        Key::Reel => "Fold the reel",
        Key::Pause => "Pause the work",
        Key::Keep => "Stop and keep",
        Key::Larger => "Larger text",
        Key::Smaller => "Smaller text",
        Key::UsualSize => "Usual text size",
        Key::Quit => "Quit",
        Key::Close => "Close a sheet",
        Key::Play => "Play or pause",
        Key::StepBack => "One frame back",
        Key::StepForward => "One frame on",
        Key::Loop => "Loop",
        Key::Fit => "Actual size or fit",
        Key::CopyFrame => "Copy the frame",
        Key::Reveal => "Show the file",
        Key::Trash => "Move to Trash",
    }
}

fn edition_name(edition: WeightFormat) -> &'static str {
    match edition {
        WeightFormat::Official => "As published",
        WeightFormat::Fp16 => "16 bits",
        WeightFormat::Fp8 => "8-bit floats",
        WeightFormat::Q8 => "8 bits",
        WeightFormat::Q4 => "4 bits",
    }
}

/// "3.2 GB of 22.8 GB · 41.3 MB/s · about 8 min left"
fn come(transfer: &DownloadProgress) -> String {
    if transfer.of == 0 {
        return "Asking what there is".into();
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

/// "0:42", "1:02:07".
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
