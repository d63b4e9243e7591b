//! What is *saved* between two starts of the window: the form as it was, and how it looks.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::job::{Order, PictureFit, Request, Sources, Speed};
use crate::media::json;
use crate::platform::Recent;
use crate::view::strings::Language;
use crate::view::theme::{Appearance, size};

/// How many times smaller and larger than usual everything can be.
pub const ZOOM: [f32; 2] = [0.7, 2.0];

/// No screen is wider.
const WIDEST: f32 = 16_384.0;

/// Everything that is remembered. What a file does not name is as on the first day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that people see"
)]
pub struct Preferences {
    /// The language, if one was chosen; otherwise the system's.
    pub language: Option<Language>,
    /// Dark, light, or as the system.
    pub appearance: Appearance,
    /// How many times as large as usual everything is.
    pub zoom: f32,
    /// The folder of the chosen model; otherwise the one that comes with the program.
    pub model: Option<PathBuf>,
    /// The folders that were chosen for videos; the last is in use.
    pub videos: Vec<PathBuf>,
    /// The form.
    pub request: Request,
    /// How soon its video is wanted.
    pub speed: Speed,
    /// Whether the negative prompt is unfolded.
    pub negative_open: bool,
    /// Whether the numbers that few people turn are unfolded.
    pub advanced_open: bool,
    /// Whether the strip at the bottom is folded.
    pub reel_folded: bool,
    /// In which order the library is looked through.
    pub order: Order,
    /// Whether variations lie beside each other there.
    pub unstacked: bool,
    /// Whether what is to be known of a clip stands beside it.
    pub info_open: bool,
    /// Whether the queue stands as a list beside the stage.
    pub queue_open: bool,
    /// Whether work goes on only while the machine is plugged in.
    pub on_power: bool,
    /// Whether it goes on only while nobody is at the machine.
    pub when_idle: bool,
    /// The prompts that were used last, the newest first.
    pub prompts: Vec<String>,
    /// Whether jobs are computed by the processor alone.
    pub by_processor: bool,
    /// Whether jobs show what they are making.
    pub preview: bool,
    /// Whether clips begin again at their end.
    pub looping: bool,
    /// The files that were opened last.
    pub recent: Recent,
    /// The size of the window.
    pub window: [f32; 2],
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: None,
            appearance: Appearance::System,
            zoom: 1.0,
            model: None,
            videos: Vec::new(),
            request: Request {
                sources: Sources {
                    fit: PictureFit::Crop,
                    ..Sources::default()
                },
                ..Request::default()
            },
            speed: Speed::Exact,
            negative_open: false,
            advanced_open: false,
            reel_folded: false,
            order: Order::Newest,
            unstacked: false,
            info_open: false,
            queue_open: false,
            on_power: false,
            when_idle: false,
            prompts: Vec::new(),
            by_processor: false,
            preview: true,
            looping: true,
            recent: Recent::default(),
            window: [1280.0, 800.0],
        }
    }
}

impl Preferences {
    /// Reads `path`, field by field: what cannot be understood or makes no sense is as on the first day.
    pub fn read(path: &Path) -> Self {
        let preferences: Self = json::read_by_field(path);
        let [least, most] = ZOOM;
        let side = |side: f32, least: f32| side.clamp(least, WIDEST);
        Self {
            // What is no number at all does not come out of JSON.
            zoom: preferences.zoom.clamp(least, most),
            window: [
                side(preferences.window[0], size::WINDOW[0]),
                side(preferences.window[1], size::WINDOW[1]),
            ],
            ..preferences
        }
    }
}
