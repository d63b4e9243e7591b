//! The DiT of a model, or both of its *experts*: one for high noise, one for low.

use super::component::{Component, Role};
use super::{family, required_files};
use crate::error::{Error, Result};
use crate::job::{Expert, Variant};

/// The DiTs of one model.
#[derive(Clone, Debug)]
pub struct Dits {
    /// The only one, or that for low noise.
    pub low: Component,
    /// That for high noise.
    pub high: Option<Component>,
}

/// The models that these DiTs belong to. Experts are told by their names, and belong together if those are alike
/// otherwise, or else if there is no other choice.
pub fn paired(dits: &[Component]) -> Vec<Dits> {
    let is_expert = |dit: &Component, expert| is_of_two(dit) && dit.expert() == Some(expert);
    let (mut highs, others): (Vec<&Component>, Vec<_>) = dits
        .iter()
        .partition(|dit| is_expert(dit, Expert::HighNoise));
    let mut models: Vec<Dits> = others.into_iter().map(Dits::alone).collect();
    for names_count in [true, false] {
        let waiting = models
            .iter_mut()
            .filter(|model| model.high.is_none() && is_expert(&model.low, Expert::LowNoise));
        for model in waiting {
            model.take_high(&mut highs, names_count);
        }
    }
    models.extend(highs.into_iter().map(Dits::alone));
    models
}

/// Whether there may be another expert.
fn is_of_two(dit: &Component) -> bool {
    let shape = dit.role.dit_shape();
    shape.is_some_and(|shape| family::by_shape(shape, 2).is_some())
}

impl Dits {
    fn alone(dit: &Component) -> Self {
        Self {
            low: dit.clone(),
            high: None,
        }
    }

    /// Takes the only one of `highs` that fits, if there is one.
    fn take_high(&mut self, highs: &mut Vec<&Component>, names_count: bool) {
        let low = &self.low;
        let fits = |high: &Component| {
            high.role == low.role && (!names_count || high.series() == low.series())
        };
        let mut places = highs.iter().enumerate().filter(|(_, high)| fits(high));
        if let (Some((place, _)), None) = (places.next(), places.next()) {
            self.high = Some(highs.remove(place).clone());
        }
    }

    /// Both networks, or the only one.
    pub fn each(&self) -> impl Iterator<Item = &Component> {
        [&self.low].into_iter().chain(&self.high)
    }

    /// The name of the file without what concerns only one expert, or of the folder where the file's says nothing.
    pub fn name(&self) -> String {
        let stem = self.low.stem();
        if ["diffusion_pytorch_model", "model"].contains(&stem) {
            return required_files::folder_name(self.low.folder())
                .unwrap_or_else(|| stem.to_owned());
        }
        if self.high.is_none() {
            return stem.to_owned();
        }
        let is_shared = |part: &&str| {
            let word = part.trim_end_matches(['-', '_', '.']).to_lowercase();
            !["low", "noise", "lownoise"].contains(&word.as_str())
        };
        let shared: String = stem
            .split_inclusive(['-', '_', '.'])
            .filter(is_shared)
            .collect();
        shared.trim_end_matches(['-', '_', '.']).to_owned()
    }

    /// The family that they belong to.
    ///
    /// # Errors
    /// It is not supported, or there should be two experts and there is one.
    pub fn variant(&self) -> Result<Variant> {
        let wrong = |problem: &str| Err(Error::content(self.low.file(), problem));
        let (Role::Dit { is_extended, .. }, Some(shape)) =
            (self.low.role, self.low.role.dit_shape())
        else {
            return wrong("is no DiT: choose another file");
        };
        if self.each().any(|dit| dit.role != self.low.role) {
            return wrong(
                "belongs to another model than the DiT for high noise: choose two of one model",
            );
        }
        let family = |experts| family::by_shape(shape, experts).filter(|_| !is_extended);
        match family(self.each().count()) {
            Some(Variant::T2v) if self.low.expert().is_some() => wrong(OTHER_MISSING),
            Some(variant) => Ok(variant),
            None if family(2).is_some() => wrong(OTHER_MISSING),
            None => wrong(&family::unsupported()),
        }
    }
}

const OTHER_MISSING: &str =
    "is one of two experts: the other is missing; give both with --dit LOW --dit-high HIGH";
