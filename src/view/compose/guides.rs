//! *Guides*: the video that is followed or changed, its mask, and references. A well for each that the model takes, which
//! shows what the model will see of it.

use std::path::{Path, PathBuf};

use egui::{Align, Label, Layout, Rect, RichText, Ui};

use super::{Compose, Photo, fix, well};
use crate::job::{CropAnchor, Field, Guides, Inputs, PictureRule, Request, Span, Taken};
use crate::view::action::{Action, Guide, Sheet, Well};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::theme::{self, STAGE, UNTINTED, palette, radius, space, text};
use crate::view::widget::{Button, Number, caption, explanation, fitted, focus_ring, label};

/// What is known of the files, as far as they are read.
#[derive(Clone, Default)]
pub struct Glances<'a> {
    /// The first frame of the video.
    pub video: Option<&'a Photo>,
    /// How large and long the video is.
    pub span: Option<Span>,
    /// What of the video is taken.
    pub taken: Option<Taken>,
    /// The first frame of the mask, clear where it is black.
    pub mask: Option<&'a Photo>,
    /// The references, in their order.
    pub references: Vec<Option<&'a Photo>>,
}

impl<'a> Glances<'a> {
    fn of(&self, guide: Guide, nth: usize) -> Option<&'a Photo> {
        match guide {
            Guide::Video => self.video,
            Guide::Mask => self.mask,
            Guide::Reference => self.references.get(nth).copied().flatten(),
        }
    }
}

/// Draws the wells that the model has, and those that hold something all the same.
pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let inputs = form.model.variant.inputs();
    let guides = &request.guides;
    let shown = |guide: &Guide| most(inputs, *guide) > 0 || count(guides, *guide) > 0;
    let clips: Vec<_> = [Guide::Video, Guide::Mask]
        .into_iter()
        .filter(shown)
        .collect();
    let mut asked = None;
    if !clips.is_empty() {
        ui.add_space(space::S);
        asked = clip_wells(ui, form, guides, &clips).or(asked);
    }
    if shown(&Guide::Reference) {
        ui.add_space(space::S);
        asked = reference_wells(ui, form, guides).or(asked);
    }
    if inputs.chain && !guides.is_empty() {
        strength(ui, &mut request.guides);
    }
    let fields = [Field::Video, Field::Mask, Field::References];
    let fields = fields.map(|field| fix::show(ui, form, field, request));
    fields.into_iter().fold(asked, Option::or)
}

/// How many of them the model takes.
fn most(inputs: &Inputs, guide: Guide) -> usize {
    match guide {
        Guide::Video => inputs.video.is_possible().into(),
        Guide::Mask => inputs.mask.is_possible().into(),
        Guide::Reference => inputs.references,
    }
}

/// How many of them there are.
fn count(guides: &Guides, guide: Guide) -> usize {
    match guide {
        Guide::Video => guides.video.iter().count(),
        Guide::Mask => guides.mask.iter().count(),
        Guide::Reference => guides.references.len(),
    }
}

/// The video and its mask, side by side, and what is to be said of them.
fn clip_wells(ui: &mut Ui, form: &Compose, guides: &Guides, clips: &[Guide]) -> Option<Action> {
    let words = &words(ui).compose;
    let mut asked = None;
    ui.horizontal(|ui| {
        let gaps = space::S * (clips.len() - 1) as f32;
        let width = (ui.available_width() - gaps) / clips.len() as f32;
        for &guide in clips {
            let file = match guide {
                Guide::Video => guides.video.as_deref(),
                _ => guides.mask.as_deref(),
            };
            // A mask is that of a video.
            let has_place = guide == Guide::Video || guides.video.is_some();
            let (name, _) = (words.guide)(guide);
            let one = One {
                guide,
                nth: 0,
                name,
                file,
            };
            ui.add_enabled_ui(has_place, |ui| {
                asked = one.show(ui, form, width).or(asked.take());
            });
        }
    });
    told(ui, form, guides, clips).or(asked)
}

/// What is to be said of them, and where a mask can be painted.
fn told(ui: &mut Ui, form: &Compose, guides: &Guides, clips: &[Guide]) -> Option<Action> {
    let words = &words(ui).compose;
    let Some(video) = guides.video.as_deref() else {
        let why = clips.first().map(|guide| (words.guide)(*guide).1);
        caption(ui, why.unwrap_or_default());
        return None;
    };
    let facts = form.guides.span.as_ref().map(words.video_facts);
    let facts = [Some(file_name(video)), facts];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    let facts = RichText::new(facts.join(" · ")).font(theme::regular(text::CAPTION));
    ui.add(Label::new(facts.color(palette(ui).secondary)).truncate());
    let taken = form.guides.taken.as_ref().and_then(words.taken);
    if let Some(taken) = taken {
        explanation(ui, &capitalised(&taken));
    }
    if !clips.contains(&Guide::Mask) {
        return None;
    }
    let paint = Button::new(words.paint);
    let clicked = ui.add_enabled(form.guides.video.is_some(), paint).clicked();
    clicked.then_some(Action::Open(Sheet::Paint))
}

/// As a sentence begins.
fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// A well for each reference that there is, and one more where there is room.
fn reference_wells(ui: &mut Ui, form: &Compose, guides: &Guides) -> Option<Action> {
    let words = &words(ui).compose;
    let most = most(form.model.variant.inputs(), Guide::Reference);
    let held = guides.references.len();
    let wells = if held < most { held + 1 } else { held };
    let mut asked = None;
    ui.horizontal(|ui| {
        let across = wells.max(most).max(1);
        let gaps = space::S * (across - 1) as f32;
        let width = (ui.available_width() - gaps) / across as f32;
        for nth in 0..wells {
            let name = match most {
                1 => (words.reference)(1),
                _ => (words.reference)(nth + 1),
            };
            let one = One {
                guide: Guide::Reference,
                nth,
                name: &name,
                file: guides.references.get(nth).map(PathBuf::as_path),
            };
            asked = one.show(ui, form, width).or(asked.take());
        }
    });
    if held == 0 {
        caption(ui, (words.guide)(Guide::Reference).1);
    }
    asked
}

/// One well.
struct One<'a> {
    guide: Guide,
    /// Of several, at which place.
    nth: usize,
    name: &'a str,
    file: Option<&'a Path>,
}

impl One<'_> {
    fn show(&self, ui: &mut Ui, form: &Compose, width: f32) -> Option<Action> {
        let words = &words(ui).compose;
        let (guide, nth) = (self.guide, self.nth);
        let (rect, response) = well::room(ui, Well::Guide(guide, nth), self.name, width);
        let glyph = match guide {
            Guide::Video | Guide::Mask => icons::FILM_STRIP,
            Guide::Reference => icons::IMAGE,
        };
        let photo = form.guides.of(guide, nth);
        match (self.file, photo) {
            (Some(_), Some(photo)) => self.picture(ui, form, rect, photo),
            // It is still being read.
            (Some(file), None) => {
                well::invite(ui, &response, rect, [glyph, &file_name(file), ""]);
            }
            (None, _) => {
                well::invite(ui, &response, rect, [glyph, self.name, words.guide_hint]);
            }
        }
        focus_ring(ui, &response, rect, radius::CONTROL);
        if let Some(file) = self.file {
            let remove = (words.remove_lora)(&file_name(file));
            if well::corner(ui, rect, icons::X, &remove) {
                return Some(Action::RemoveGuide(guide, nth));
            }
        } else if guide != Guide::Reference && ui.is_enabled() {
            let name = format!("{}: {}", self.name, words.choose_frames);
            if well::corner(ui, rect, icons::FOLDER_OPEN, &name) {
                return Some(Action::ChooseFrames(guide));
            }
        }
        response.clicked().then_some(Action::ChooseGuide(guide))
    }

    /// What the model will see.
    fn picture(&self, ui: &Ui, form: &Compose, rect: Rect, photo: &Photo) {
        let centre = CropAnchor::CENTRE;
        match self.guide {
            Guide::Video => well::crop(ui, rect, photo, form.size, centre),
            Guide::Mask => {
                match form.guides.video {
                    Some(video) => well::crop(ui, rect, video, form.size, centre),
                    None => {
                        ui.painter().rect_filled(rect, radius::CONTROL, STAGE);
                    }
                }
                well::over(ui, rect, photo, form.size, centre);
            }
            Guide::Reference => {
                ui.painter().rect_filled(rect, radius::CONTROL, STAGE);
                let frame = fitted(ui, rect, form.size);
                let place = match form.model.variant.inputs().rule {
                    // It stands on white.
                    PictureRule::Source | PictureRule::Padded => {
                        ui.painter().rect_filled(frame, 0.0, UNTINTED);
                        fitted(ui, frame, photo.size)
                    }
                    // It is pulled to the size.
                    _ => frame,
                };
                egui::Image::from_texture(&photo.texture).paint_at(ui, place);
            }
        }
    }
}

fn file_name(file: &Path) -> String {
    file.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// How strongly they lead: one where nothing is said.
fn strength(ui: &mut Ui, guides: &mut Guides) {
    let words = &words(ui).compose;
    ui.horizontal(|ui| {
        label(ui, words.guide_strength);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut strength = guides.strength();
            let number = Number::new(&mut strength, words.guide_strength, 0.0..=2.0);
            ui.add(number.decimals(2));
            guides.strength = Some(strength).filter(|strength| strength.total_cmp(&1.0).is_ne());
        });
    });
}
