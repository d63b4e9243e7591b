//! How soon the form's video is wanted, and what each way would take here. What is installed for the model is looked for
//! on the thread that scans, whenever the form asks for something else.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use super::App;
use super::form::Form;
use crate::catalog::{few_steps, speed as installed};
use crate::engine::estimates;
use crate::error::Result;
use crate::job::{
    Checkpoint, FewSteps, Lora, Plan, Recognised, Request, SamplingRequest, Speed, Speedups, Way,
};
use crate::view::compose::SpeedChoice;

/// What the ways depend on: the model, and what the form says of them itself.
type Matter = (PathBuf, Vec<Lora>, SamplingRequest, Speedups);

/// What a way comes to with what is installed.
#[derive(Clone)]
struct Offer {
    speed: Speed,
    ways: Vec<Way>,
    loras: Vec<Lora>,
    speedups: Speedups,
    few_steps: Option<Recognised>,
}

/// What is known of the ways.
#[derive(Default)]
pub struct Offers {
    asked: Option<Matter>,
    /// Whether the answer has come.
    is_known: bool,
    known: Vec<Offer>,
    /// So many videos were asked for before it was known how they are to be made.
    pub(super) wanted: Option<u32>,
}

impl App {
    /// Looks for what would save time, when the form or the model has changed.
    pub(super) fn watch_speed(&mut self) {
        let Some(model) = self.model().cloned() else {
            return;
        };
        let request = self.form.request.clone();
        let sampling = SamplingRequest {
            seed: None,
            ..request.sampling.clone()
        };
        let (loras, speedups) = (request.sources.loras.clone(), request.speedups.clone());
        let matter = Some((model.root.clone(), loras, sampling, speedups));
        if self.speeds.asked == matter {
            return;
        }
        self.speeds.asked.clone_from(&matter);
        self.speeds.is_known = false;
        let look = move || {
            let offers = [Speed::Balanced, Speed::Fast].map(|speed| offer(speed, &request, &model));
            // Where a LoRA cannot be read, the form tells why.
            offers.into_iter().filter_map(Result::ok).collect()
        };
        self.files.scan(look, move |app, _, known| {
            if app.speeds.asked == matter {
                app.speeds.known = known;
                app.speeds.is_known = true;
                if let Some(count) = app.speeds.wanted.take() {
                    app.generate(count);
                }
            }
        });
    }

    /// Whether it is known how the form's video is to be made.
    pub(super) fn knows_speed(&self) -> bool {
        self.preferences.speed == Speed::Exact || self.speeds.is_known
    }

    /// The form with what the chosen way adds to it.
    pub(super) fn wanted(&self) -> Cow<'_, Form> {
        self.form_at(self.preferences.speed)
            .map_or(Cow::Borrowed(&self.form), Cow::Owned)
    }

    /// The form with what another way than the exact one adds to it, once that is known.
    fn form_at(&self, speed: Speed) -> Option<Form> {
        let mut offers = self.speeds.known.iter();
        let offer = offers.find(|offer| self.speeds.is_known && offer.speed == speed)?;
        let mut form = self.form.clone();
        form.request.sources.loras.clone_from(&offer.loras);
        form.request.speedups = offer.speedups.clone();
        form.few_steps.clone_from(&offer.few_steps);
        Some(form)
    }

    /// From here on videos are made so.
    pub(super) fn choose_speed(&mut self, speed: Speed) {
        self.preferences.speed = speed;
        let preset = &mut self.form.request.speedups.preset;
        // What was left out for one way is not left out of the next.
        preset.take_if(|preset| *preset == FewSteps::Off);
    }

    /// Every way with what it does and how long that takes, as far as it is known.
    pub(super) fn speed_choices(&self, model: &Checkpoint) -> Vec<SpeedChoice> {
        let time = |form: &Form| {
            let plan = form.draft(model).ok()?;
            self.time_of(&plan)
        };
        let exact = SpeedChoice {
            speed: Speed::Exact,
            ways: Vec::new(),
            time: time(&self.form),
        };
        let offers = self.speeds.known.iter().filter(|_| self.speeds.is_known);
        let others = offers.map(|offer| SpeedChoice {
            speed: offer.speed,
            ways: offer.ways.clone(),
            time: self.form_at(offer.speed).as_ref().and_then(time),
        });
        [exact].into_iter().chain(others).collect()
    }

    /// How long a plan takes here.
    pub(super) fn time_of(&self, plan: &Plan) -> Option<Duration> {
        estimates::guess(&self.estimates, plan, self.preferences.by_processor)
    }
}

fn offer(speed: Speed, request: &Request, model: &Checkpoint) -> Result<Offer> {
    let mut request = request.clone();
    let ways = installed::choose(speed, &mut request, model)?;
    let few_steps = few_steps::recognised(&request.sources.loras, model)?;
    Ok(Offer {
        speed,
        ways,
        loras: request.sources.loras,
        speedups: request.speedups,
        few_steps,
    })
}
