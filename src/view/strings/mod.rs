//! Everything that the window says, in every language it speaks.

mod chinese;
mod english;
mod facts;
mod many;

use std::time::Duration;

use super::action::Guide;
use super::commands::UiCommand;
use crate::job::memory::Saving;
use crate::job::{
    Clock, DeviceFault, DownloadProgress, Estimate, Guidance, Inputs, LayersFit, ModelAdvice,
    Problem, QuantBits, Record, Refusal, Remark, Repeat, Size, Span, Speed, Stage as JobStage,
    Taken, Way, WeightFormat,
};
use egui::{Context, Id, Ui};

pub use chinese::CHINESE;
pub use english::ENGLISH;
pub use facts::Fact;
pub use many::{Batch, Compare, Library, Queue, Reel, Styles};

pub use super::language::Language;

impl Language {
    /// What the window says in it.
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }
}

/// From here on `ctx` speaks this language.
pub fn speak(ctx: &Context, language: Language) {
    ctx.data_mut(|data| data.insert_temp(Id::NULL, language));
}

/// What to say where `ui` draws.
pub fn words(ui: &Ui) -> &'static Words {
    let language: Option<Language> = ui.data(|data| data.get_temp(Id::NULL));
    language.unwrap_or_default().words()
}

/// Sizes as the window writes them, "832 × 480": `words/` says them as the terminal does. Only where nothing but numbers can
/// have an x between digits.
fn with_times(told: String, refusal: &Refusal) -> String {
    let is_of_sizes = matches!(
        refusal,
        Refusal::OutOfRange(_) | Refusal::PictureTooNarrow(_)
    );
    if !is_of_sizes {
        return told;
    }
    let letters: Vec<char> = told.chars().collect();
    let is_digit = |place: Option<usize>| {
        let letter = place.and_then(|place| letters.get(place));
        letter.is_some_and(char::is_ascii_digit)
    };
    let mut written = String::new();
    for (place, letter) in letters.iter().enumerate() {
        let is_times =
            *letter == 'x' && is_digit(place.checked_sub(1)) && is_digit(Some(place + 1));
        if is_times {
            written.push_str(" × ");
        } else {
            written.push(*letter);
        }
    }
    written
}

/// A problem as the window tells it: of files their names, without the folders that nobody reads.
fn with_names(told: String, problem: &Problem) -> String {
    let (Problem::File { path, .. } | Problem::Content { path, .. } | Problem::NoModelsIn(path)) =
        problem
    else {
        return told;
    };
    match path.file_name() {
        Some(name) => told.replace(&*path.to_string_lossy(), &name.to_string_lossy()),
        None => told,
    }
}

/// A number without digits that say nothing.
pub fn short(number: f64) -> String {
    crate::words::english::two_digits(number)
}

/// All words.
#[derive(Debug)]
pub struct Words {
    /// The form.
    pub compose: Compose,
    /// The stage.
    pub stage: Stage,
    /// The player.
    pub player: Player,
    /// The strip at the bottom.
    pub reel: Reel,
    /// The library.
    pub library: Library,
    /// Clips side by side.
    pub compare: Compare,
    /// The queue as a list.
    pub queue: Queue,
    /// Named sets of settings.
    pub styles: Styles,
    /// Many videos at once.
    pub batch: Batch,
    /// The sheet for exports.
    pub export: Export,
    /// The titles of the sheets, and what closes them.
    pub sheets: Sheets,
    /// The sheet on which a mask is painted.
    pub painting: Painting,
    /// The settings.
    pub settings: Settings,
    /// The models.
    pub models: Models,
    /// What is said while a file hangs over the window.
    pub drop: Drop,
    /// What was done.
    pub notices: Notices,
    /// (used, all there is), in bytes.
    pub memory: fn(u64, u64) -> String,
    /// What the figure means.
    pub memory_why: &'static str,
    /// In the place of the model's name.
    pub no_model: &'static str,
    /// What a model makes videos of.
    pub model_does: fn(&Inputs) -> &'static str,
    /// Leads to the models.
    pub more_models: &'static str,
    /// The second line of the button that makes the video.
    pub estimate: fn(Estimate) -> String,
    /// Everything about a finished video.
    pub facts: fn(&Record, Clock) -> Vec<Fact>,
    /// What decides how it looks.
    pub settings_of: fn(&Record) -> Vec<Fact>,
    /// Why a request cannot be carried out.
    pub refusal: fn(&Refusal) -> String,
    /// What went wrong, and what to do.
    pub problem: fn(&Problem) -> String,
    /// What is worth knowing of a model that runs.
    pub remark: fn(&Remark) -> String,
    /// Why a part of a job is done again.
    pub repeat: fn(Repeat) -> &'static str,
    /// What a command is called.
    pub command: fn(UiCommand) -> &'static str,
    /// What its button is called, which is on or off.
    pub command_state: fn(UiCommand, bool) -> &'static str,
    /// What the menu bar calls it.
    pub command_title: fn(UiCommand) -> String,
    /// A title that every menu bar has, from English.
    pub menu: fn(&'static str) -> &'static str,
}

/// Of the form.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Compose {
    pub prompt: &'static str,
    pub prompt_placeholder: &'static str,
    pub negative: &'static str,
    pub model_default: &'static str,
    pub use_model_default: &'static str,
    pub none: &'static str,
    pub first_frame: &'static str,
    pub last_frame: &'static str,
    pub well_hint: &'static str,
    pub pictures: &'static str,
    pub videos: &'static str,
    pub choose_picture: &'static str,
    pub remove_picture: &'static str,
    pub remove_first: &'static str,
    pub remove_last: &'static str,
    pub crop_it: &'static str,
    pub shape: &'static str,
    pub landscape: &'static str,
    pub portrait: &'static str,
    pub square: &'static str,
    pub as_picture: &'static str,
    pub width: &'static str,
    pub height: &'static str,
    pub use_size: fn(Size) -> String,
    pub use_frames: fn(u32) -> String,
    pub length: &'static str,
    pub seconds: fn(f64) -> String,
    pub frames: &'static str,
    pub frames_suffix: &'static str,
    pub frame_suffix: &'static str,
    pub advanced: &'static str,
    pub edited: &'static str,
    pub reset: &'static str,
    pub reset_all: &'static str,
    pub steps: &'static str,
    pub steps_why: &'static str,
    pub sampler: &'static str,
    pub sampler_why: &'static str,
    pub guidance: &'static str,
    pub guidance_why: &'static str,
    pub guidance_low: &'static str,
    pub guidance_high: &'static str,
    pub low_noise: &'static str,
    pub high_noise: &'static str,
    pub shift: &'static str,
    pub shift_why: &'static str,
    pub seed: &'static str,
    pub seed_why: &'static str,
    pub any_seed: &'static str,
    pub roll_seed: &'static str,
    pub lock_seed: &'static str,
    pub free_seed: &'static str,
    /// What is chosen, and what that is for.
    pub guide: fn(Guide) -> (&'static str, &'static str),
    /// The name of one of several references, counted from 1.
    pub reference: fn(usize) -> String,
    pub guide_hint: &'static str,
    pub choose_frames: &'static str,
    /// How long and how large the video is.
    pub video_facts: fn(&Span) -> String,
    /// What of it is taken, where that is not all.
    pub taken: fn(&Taken) -> Option<String>,
    pub paint: &'static str,
    pub guide_strength: &'static str,
    pub loras: &'static str,
    pub loras_why: &'static str,
    pub add_lora: &'static str,
    pub remove_it: &'static str,
    pub use_lora_here: &'static str,
    pub remove_lora: fn(&str) -> String,
    pub strength_of: fn(&str) -> String,
    pub lora_fits: fn(&LayersFit) -> String,
    pub lora_of_another_model: &'static str,
    pub few_steps: fn(&str, u32, Guidance) -> String,
    pub few_steps_off: fn(&str) -> String,
    pub few_steps_leave: &'static str,
    pub few_steps_use: &'static str,
    pub natural_motion: &'static str,
    pub natural_motion_why: &'static str,
    pub speed: fn(Speed) -> &'static str,
    /// The button that opens the choice.
    pub speed_is: fn(Speed) -> String,
    pub exact_why: &'static str,
    pub ways: fn(&[Way]) -> String,
    /// What a way does, and how long that takes.
    pub way: fn(&str, Option<Duration>) -> String,
    /// How long the exact way takes, and each of the others.
    pub sooner: fn(Duration, &[(Speed, Duration)]) -> String,
    pub both: &'static str,
    pub weights: &'static str,
    pub weights_why: &'static str,
    pub original: &'static str,
    pub eight_bits: &'static str,
    pub four_bits: &'static str,
    pub variations: &'static str,
    pub variations_of: fn(u32) -> String,
    pub to_fit: fn(&[Saving]) -> String,
    pub pack: fn(QuantBits) -> String,
    /// To so many bytes.
    pub raise_limit: fn(u64) -> String,
    pub no_prompt: &'static str,
    pub swap: &'static str,
    pub slide_why: &'static str,
    /// What was typed became this.
    pub nearest: fn(&str) -> String,
}

/// Of the stage.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Stage {
    pub invitation: &'static str,
    pub try_one: &'static str,
    pub try_yourself: &'static str,
    pub real_models: &'static str,
    pub unfinished: fn(usize) -> String,
    pub resume_all: &'static str,
    pub waiting: &'static str,
    pub starting: &'static str,
    pub paused: &'static str,
    pub ending: &'static str,
    pub stage: fn(JobStage) -> &'static str,
    pub of: fn(usize, usize) -> String,
    pub left: fn(Duration) -> String,
    pub left_of_denoising: fn(Duration) -> String,
    pub elapsed: fn(Duration) -> String,
    pub progress: &'static str,
    pub reused: &'static str,
    pub cancel: &'static str,
    pub opening: &'static str,
    pub failed: &'static str,
    pub interrupted: &'static str,
    pub interrupted_at: fn(usize, usize) -> String,
    pub held: &'static str,
    pub resume: &'static str,
    pub edit_again: &'static str,
    pub discard: &'static str,
    pub no_model: &'static str,
    pub no_model_why: &'static str,
    pub see_models: &'static str,
    pub missing_file: &'static str,
    pub locate: &'static str,
    pub remove_record: &'static str,
    pub try_again: &'static str,
    pub other_folder: &'static str,
}

/// Of the player.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Player {
    pub speed: &'static str,
    pub time: fn(f64, f64) -> String,
    pub frame: fn(usize, usize) -> String,
    pub scrubber: &'static str,
    pub use_frame: &'static str,
    pub go_on: &'static str,
    pub go_on_short: &'static str,
    pub restore: &'static str,
    pub untrim: &'static str,
    /// One of several, by its number and its name.
    pub shot: fn(usize, &str) -> String,
    pub make_real: &'static str,
    pub like: &'static str,
    pub dislike: &'static str,
    pub more: &'static str,
}

/// Of the sheet for exports.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Export {
    pub kind: &'static str,
    pub video: &'static str,
    pub video_why: &'static str,
    pub gif: &'static str,
    pub gif_why: &'static str,
    pub pictures: &'static str,
    pub pictures_why: &'static str,
    pub still: &'static str,
    pub still_why: fn(usize) -> String,
    pub size: &'static str,
    pub quality: &'static str,
    pub small: &'static str,
    pub small_why: &'static str,
    pub standard: &'static str,
    pub standard_why: &'static str,
    pub best: &'static str,
    pub best_why: &'static str,
    pub save: &'static str,
    pub again: &'static str,
    pub progress: &'static str,
    pub cancel: &'static str,
    pub written: fn(&str) -> String,
    pub frame_name: fn(&str, usize) -> String,
    /// All shots of a chain, which are so many.
    pub joined: fn(usize) -> String,
    /// So many frames of so many.
    pub trimmed: fn(usize, usize) -> String,
}

/// Of the sheets.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Sheets {
    pub models: &'static str,
    pub settings: &'static str,
    pub library: &'static str,
    pub export: &'static str,
    pub paint: &'static str,
    pub styles: &'static str,
    pub batch: &'static str,
    pub contact: &'static str,
    pub shortcuts: &'static str,
}

/// Of the sheet on which a mask is painted.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Painting {
    pub why: &'static str,
    pub picture: &'static str,
    pub tool: &'static str,
    pub draw: &'static str,
    pub erase: &'static str,
    pub brush: &'static str,
    pub clear: &'static str,
    pub done: &'static str,
}

/// Of the settings.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Settings {
    pub appearance: &'static str,
    pub system: &'static str,
    pub dark: &'static str,
    pub light: &'static str,
    pub language: &'static str,
    pub zoom: &'static str,
    pub run_on: &'static str,
    pub gpu: &'static str,
    pub cpu: &'static str,
    pub memory_limit: &'static str,
    pub no_limit: &'static str,
    pub limit_to: &'static str,
    pub preview: &'static str,
    pub videos: &'static str,
    pub change: &'static str,
    pub change_videos: &'static str,
    pub quality: &'static str,
    pub kept: &'static str,
    pub gigabytes: fn(u64) -> String,
    pub let_go: &'static str,
    pub let_go_of: &'static str,
}

/// Of the models.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Models {
    pub use_it: &'static str,
    pub choose: fn(&str) -> String,
    pub chosen: &'static str,
    pub reveal: fn(&str) -> String,
    pub family: fn(&str, u64) -> String,
    pub folders: &'static str,
    pub folders_why: &'static str,
    pub add_folder: &'static str,
    pub look_again: &'static str,
    pub forget: fn(&str) -> String,
    pub more: &'static str,
    pub more_why: &'static str,
    pub download: &'static str,
    pub download_it: fn(&str) -> String,
    pub edition: fn(WeightFormat, u64) -> String,
    pub fast: &'static str,
    pub fast_why: &'static str,
    pub size: fn(u64) -> String,
    pub come: fn(&DownloadProgress) -> String,
    pub stop: &'static str,
    pub free: fn(u64) -> String,
    /// The form that this machine runs best, and what its authors allow.
    pub best: fn(&ModelAdvice, &str) -> String,
    /// The form that needs least is too large.
    pub too_large: fn(&ModelAdvice, &str) -> String,
    /// Of one form.
    pub fits: fn(&ModelAdvice) -> String,
    pub waits: &'static str,
    pub forget_download: fn(&str) -> String,
    pub delete: fn(&str) -> String,
    pub deleted: &'static str,
    pub here: &'static str,
    pub no_tokenizer: &'static str,
    pub get_tokenizer: &'static str,
    pub tokenizer: &'static str,
}

/// While a file hangs over the window.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Drop {
    pub title: &'static str,
    pub detail: &'static str,
}

/// What was done.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub struct Notices {
    pub copied: &'static str,
    /// Of so many, one can be chosen.
    pub models_found: fn(usize) -> String,
    pub restored: &'static str,
    pub trashed: &'static str,
    pub removed: &'static str,
    pub emptied: &'static str,
    pub undo: &'static str,
    /// Lets go of what is selected.
    pub none: &'static str,
    pub trashed_all: fn(usize) -> String,
    pub no_dialog: &'static str,
    pub restored_without: fn(&str) -> String,
    pub finished: &'static str,
    pub failed: &'static str,
    pub awake: &'static str,
    pub engine_ended: &'static str,
    /// For so many minutes nothing has come.
    pub stalled: fn(u64) -> String,
    pub faulty: fn(DeviceFault) -> String,
    pub midway: fn(&str) -> String,
    /// Whether it is the negative prompt, and how many tokens the model reads.
    pub cut: fn(bool, usize) -> String,
}
