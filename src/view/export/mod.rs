//! The sheet that makes a file of another kind from the clip on the stage.

pub mod choice;

use egui::{Label, RichText, Ui};

use crate::job::plain_text::one_line;
use crate::job::{Quality, Size};
use crate::view::action::{Action, ExportAction};
use crate::view::commands::UiCommand;
use crate::view::icons;
use crate::view::strings::{Export as Words, words};
use crate::view::theme::{self, palette, space, text};
use crate::view::widget::{
    Button, Kind as Loudness, choice as choose, explanation, progress, row, switch,
};
use choice::OWN;

pub use choice::{Choice, Kind};

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<'a> {
    /// Nothing was asked for yet.
    Ready,
    /// So many frames of so many are written.
    Writing(usize, usize),
    /// The file of this name is there.
    Written(&'a str),
    /// It could not be done, and why.
    Failed(&'a str),
}

/// What the sheet shows.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// The size of the clip.
    pub size: Size,
    /// The number of the frame that is to be seen.
    pub frame: usize,
    /// What is chosen.
    pub choice: Choice,
    /// How many shots its chain has.
    pub shots: usize,
    /// The first and the last frame that is wanted, if not all are.
    pub trim: Option<[usize; 2]>,
    /// How far it is.
    pub state: State<'a>,
}

const PERCENTS: [u32; 4] = [50, OWN, 200, 400];
/// Larger files are of no use to anybody.
const LONGEST: u32 = 2560;
const WIDTH: f32 = 400.0;
/// About the height of the choice of quality.
const QUALITY: f32 = 60.0;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, export: &Export) -> Option<Action> {
    let words = &words(ui).export;
    let mut choice = export.choice;
    let writing = matches!(export.state, State::Writing(..));
    ui.add_enabled_ui(!writing, |ui| choices(ui, words, export, &mut choice));
    ui.add_space(space::S);
    let asked = match export.state {
        State::Writing(done, of) => at_work(ui, words, done, of),
        State::Ready => save(ui, words),
        State::Written(name) => written(ui, words, name),
        State::Failed(sentence) => {
            let sentence = RichText::new(one_line(sentence)).font(theme::regular(text::BODY));
            ui.add(Label::new(sentence.color(palette(ui).bad)).wrap());
            save(ui, words)
        }
    };
    let changed = (choice != export.choice).then_some(ExportAction::Choose(choice));
    asked.or(changed).map(Action::Export)
}

fn choices(ui: &mut Ui, words: &Words, export: &Export, choice: &mut Choice) {
    let kinds = [
        (Kind::Video, words.video),
        (Kind::Gif, words.gif),
        (Kind::Pictures, words.pictures),
        (Kind::Still, words.still),
    ];
    choice.kind = choose(ui, words.kind, &kinds, choice.kind, WIDTH).unwrap_or(choice.kind);
    let why = match choice.kind {
        Kind::Video => words.video_why.to_owned(),
        Kind::Gif => words.gif_why.to_owned(),
        Kind::Pictures => words.pictures_why.to_owned(),
        Kind::Still => (words.still_why)(export.frame + 1),
    };
    explanation(ui, &why);
    ui.add_space(space::S);
    if export.shots > 1 && choice.kind != Kind::Still {
        let name = (words.joined)(export.shots);
        let turned = row(ui, &name, |ui| switch(ui, &name, choice.joined));
        choice.joined = turned.unwrap_or(choice.joined);
    }
    let is_alone = export.shots < 2 || !choice.joined;
    if let Some([first, last]) = export
        .trim
        .filter(|_| is_alone && choice.kind != Kind::Still)
    {
        explanation(ui, &(words.trimmed)(first + 1, last + 1));
    }
    let sizes: Vec<(u32, String)> = PERCENTS
        .into_iter()
        .map(|percent| (percent, Choice { percent, ..*choice }.size(export.size)))
        .filter(|(percent, size)| *percent <= OWN || size.width.max(size.height) <= LONGEST)
        .map(|(percent, size)| (percent, format!("{} × {}", size.width, size.height)))
        .collect();
    let sizes: Vec<(u32, &str)> = sizes
        .iter()
        .map(|(percent, name)| (*percent, name.as_str()))
        .collect();
    let percent = choose(ui, words.size, &sizes, choice.percent, WIDTH);
    choice.percent = percent.unwrap_or(choice.percent);
    let top = ui.cursor().top();
    let id = ui.scope_id().with("quality");
    if choice.kind == Kind::Video {
        let qualities = [
            (Quality::Small, words.small),
            (Quality::Standard, words.standard),
            (Quality::Best, words.best),
        ];
        let quality = choose(ui, words.quality, &qualities, choice.quality, WIDTH);
        choice.quality = quality.unwrap_or(choice.quality);
        let why = match choice.quality {
            Quality::Small => words.small_why,
            Quality::Standard => words.standard_why,
            Quality::Best => words.best_why,
        };
        explanation(ui, why);
        let height = ui.cursor().top() - top;
        ui.data_mut(|data| data.insert_temp(id, height));
    } else {
        // What stands below stays where it is, for the pointer is on its way there.
        let height: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(QUALITY);
        ui.add_space(height);
    }
}

fn save(ui: &mut Ui, words: &Words) -> Option<ExportAction> {
    let button = Button::new(words.save).kind(Loudness::Primary).wide();
    ui.add(button).clicked().then_some(ExportAction::Save)
}

fn at_work(ui: &mut Ui, words: &Words, done: usize, of: usize) -> Option<ExportAction> {
    let share = done as f32 / of.max(1) as f32;
    let width = ui.available_width();
    progress(ui, share, width, words.progress);
    let button = Button::new(words.cancel).icon(icons::X);
    ui.add(button).clicked().then_some(ExportAction::Cancel)
}

fn written(ui: &mut Ui, words: &Words, name: &str) -> Option<ExportAction> {
    let sentence = RichText::new((words.written)(name)).font(theme::regular(text::BODY));
    ui.add(Label::new(sentence.color(palette(ui).good)).wrap());
    ui.horizontal(|ui| {
        let reveal = (self::words(ui).command)(UiCommand::Reveal);
        let reveal = Button::new(reveal).icon(icons::FOLDER_OPEN);
        let reveal = ui.add(reveal).clicked().then_some(ExportAction::Reveal);
        let again = Button::new(words.again).kind(Loudness::Quiet);
        let again = ui.add(again).clicked().then_some(ExportAction::Save);
        reveal.or(again)
    })
    .inner
}
