//! The *compose* panel is the form: everything that a video is made from.

mod advanced;
mod fix;
mod generate;
mod guides;
mod length;
mod loras;
mod negative;
mod preset;
mod prompt;
mod shape;
mod speed;
mod well;

use std::time::Duration;

use egui::{Frame, Margin, Panel, ScrollArea, Ui, UiBuilder};

use super::Action;
use super::theme::{palette, space};
use crate::job::memory::Saving;
use crate::job::{
    Checkpoint, Estimate, FewSteps, Field, LoraFit, Refusal, Request, Size, Speed, Way,
};

pub use guides::Glances;
pub use well::{Photo, at as well_at};

/// A part of the form: it draws itself, changes the request, and returns what else was asked for.
type Part = fn(&mut Ui, &Compose, &mut Request) -> Option<Action>;

/// What the form shows.
pub struct Compose<'a> {
    /// What is asked for so far.
    pub request: &'a Request,
    /// The model that shall do it.
    pub model: &'a Checkpoint,
    /// The prompts that were used last.
    pub prompts: &'a [String],
    /// The names of the styles.
    pub styles: &'a [&'a str],
    /// The first frame, once it is read.
    pub first: Option<&'a Photo>,
    /// The last frame, once it is read.
    pub last: Option<&'a Photo>,
    /// The video that leads, its mask and references, as far as they are read.
    pub guides: Glances<'a>,
    /// The size that the video will have.
    pub size: Size,
    /// Why it cannot be done as it stands.
    pub refusal: Option<&'a Refusal>,
    /// What it will take.
    pub estimate: Estimate,
    /// What is saved so that it fits into memory.
    pub savings: &'a [Saving],
    /// Whether the negative prompt is unfolded.
    pub negative_open: bool,
    /// Whether the numbers that few people turn are unfolded.
    pub advanced_open: bool,
    /// The seed of the latest job.
    pub latest_seed: Option<u64>,
    /// How each LoRA fits the model, once that is known.
    pub lora_fits: &'a [LoraFit],
    /// What the model or its LoRAs were distilled for.
    pub few_steps: Option<FewSteps>,
    /// Whether LoRAs make few steps enough.
    pub has_few_step_loras: bool,
    /// How soon the video is wanted.
    pub speed: Speed,
    /// Every way with what it does, as far as that is known.
    pub speeds: &'a [SpeedChoice],
}

/// One way of making a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeedChoice {
    /// Which it is.
    pub speed: Speed,
    /// What makes it sooner than the exact one.
    pub ways: Vec<Way>,
    /// How long it takes here, where that is known.
    pub time: Option<Duration>,
}

/// Draws the form. What was changed in it comes back as [`Action::Edit`].
pub fn show(ui: &mut Ui, form: &Compose) -> Option<Action> {
    let mut request = form.request.clone();
    let id = ui.scope_id().with("foot");
    let known: Option<f32> = ui.data(|data| data.get_temp(id));
    // What stands above the button is read before it.
    let mut room = ui.available_rect_before_wrap();
    room.max.y = (room.max.y - known.unwrap_or_default()).max(room.min.y);
    let mut above = ui.new_child(UiBuilder::new().max_rect(room).id_salt("fields"));
    let scrolled = ScrollArea::vertical()
        .auto_shrink(false)
        .content_margin(Margin {
            bottom: space::S as i8,
            ..Margin::same(space::L as i8)
        })
        .show(&mut above, |ui| fields(ui, form, &mut request));
    let footer = Frame::new()
        .fill(palette(ui).panel)
        .inner_margin(Margin::same(space::L as i8));
    let foot = Panel::bottom("generate")
        .frame(footer)
        .resizable(false)
        .show_separator_line(false)
        .show(ui, |ui| generate::show(ui, form, &mut request));
    let height = foot.response.rect.height();
    if known.is_none_or(|known| (known - height).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx()
            .request_discard("the foot of the form has another height");
    }
    let asked = foot.inner;
    let edited = || (request != *form.request).then(|| Action::Edit(Box::new(request)));
    asked.or(scrolled.inner).or_else(edited)
}

fn fields(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let parts: [Part; 6] = [
        prompt::show,
        negative::show,
        given,
        shape::show,
        length::show,
        advanced::show,
    ];
    let mut asked = None;
    for part in parts {
        asked = part(ui, form, request).or(asked);
        ui.add_space(space::S);
    }
    asked
}

/// Pictures, and what else the model is given.
fn given(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let asked = well::show(ui, form, request);
    guides::show(ui, form, request).or(asked)
}

impl Compose<'_> {
    /// Why the request cannot be done, if it is for this field.
    fn refusal_of(&self, field: Field) -> Option<&Refusal> {
        self.refusal.filter(|refusal| refusal.field() == field)
    }
}
