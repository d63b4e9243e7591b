//! The DiT of a model, or both of its *experts*: one for high noise, one for low.

use super::component::{Component, Role};
use super::{family, required_files, strangers};
use crate::error::{Error, Result};
use crate::job::{Expert, Variant, spelling};

/// The DiTs of one model.
#[derive(Clone, Debug)]
pub struct Dits {
    /// The only one, or that for low noise.
    pub low: Component,
    /// That for high noise.
    pub high: Option<Component>,
}

/// Why two DiTs are taken for a pair, the best reason first.
#[derive(Clone, Copy)]
enum Reason {
    /// Their paths differ in nothing but "low" and "high".
    Twins,
    /// Their names are alike but for experts and editions.
    Kin,
    /// Their names say which expert each is, and there is no other choice.
    OnlyChoice,
}

/// The models that these DiTs belong to, in the order of the first. Two are experts of one if their tensors allow it, their
/// names say it, and neither has another to go with.
pub fn paired(dits: &[Component]) -> Vec<Dits> {
    let mut partners: Vec<Option<usize>> = vec![None; dits.len()];
    for reason in [Reason::Twins, Reason::Kin, Reason::OnlyChoice] {
        let free: Vec<usize> = (0..dits.len())
            .filter(|at| partners[*at].is_none())
            .collect();
        let fits =
            |low: usize, high: usize| low != high && are_pair(&dits[low], &dits[high], reason);
        let pairs: Vec<_> = free
            .iter()
            .flat_map(|&low| free.iter().map(move |&high| (low, high)))
            .filter(|&(low, high)| fits(low, high))
            .collect();
        for &(low, high) in &pairs {
            let touches =
                |&&(l, h): &&(usize, usize)| l == low || h == low || l == high || h == high;
            if pairs.iter().filter(touches).count() == 1 {
                partners[low] = Some(high);
                partners[high] = Some(low);
            }
        }
    }
    let is_high = |at: usize| {
        partners[at].is_some_and(|low| {
            [Reason::Twins, Reason::Kin, Reason::OnlyChoice]
                .into_iter()
                .any(|reason| are_pair(&dits[low], &dits[at], reason))
        })
    };
    let lows = (0..dits.len()).filter(|&at| !is_high(at));
    lows.map(|at| Dits {
        low: dits[at].clone(),
        high: partners[at].map(|high| dits[high].clone()),
    })
    .collect()
}

/// Whether there is this reason to take two DiTs for the experts of one model.
fn are_pair(low: &Component, high: &Component, reason: Reason) -> bool {
    if low.role != high.role || !low.may_be_expert() {
        return false;
    }
    let (low_file, high_file) = (low.file(), high.file());
    let say = match (low.expert(), high.expert()) {
        (Some(low), Some(high)) => {
            low.expert == Expert::LowNoise && high.expert == Expert::HighNoise
        }
        _ => false,
    };
    let say_plainly = [low, high]
        .iter()
        .all(|dit| dit.expert().is_some_and(|said| said.is_plain));
    match reason {
        Reason::Twins => spelling::are_twins(low_file, high_file),
        Reason::Kin => say && spelling::are_kin(low_file, high_file),
        Reason::OnlyChoice => say && (say_plainly || low.must_be_expert()),
    }
}

impl Dits {
    /// Those that somebody picked.
    ///
    /// # Errors
    /// They are one and the same, or their names say that they are crossed.
    pub fn picked(low: Component, high: Option<Component>) -> Result<Self> {
        if let Some(high) = &high {
            let place = |dit: &Component| dit.file().canonicalize().ok();
            let wrong = |problem: String| Err(Error::content(high.file(), problem));
            if place(&low) == place(high) {
                return wrong("is given for both experts: give the other one, too".into());
            }
            let reasons = [Reason::Twins, Reason::Kin, Reason::OnlyChoice];
            if reasons
                .into_iter()
                .any(|reason| are_pair(high, &low, reason))
            {
                return wrong(format!(
                    "is the expert for low noise, as its name says, and {} the one for high noise: swap them",
                    low.file_name()
                ));
            }
        }
        Ok(Self { low, high })
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
        spelling::without_expert(stem)
    }

    /// The family that they belong to.
    ///
    /// # Errors
    /// It is not supported, or there should be two experts and there is one.
    pub fn variant(&self) -> Result<Variant> {
        let wrong = |problem: &str| Err(Error::content(self.low.file(), problem));
        let Role::Dit {
            inputs,
            outputs,
            width,
            extension,
            ..
        } = self.low.role
        else {
            return wrong("is no DiT: choose another file");
        };
        if self.each().any(|dit| dit.role != self.low.role) {
            return wrong(
                "belongs to another model than the DiT for high noise: choose two of one model",
            );
        }
        let shape = self.low.role.dit_shape();
        let shape = shape.filter(|_| extension.is_none());
        let family = |experts| shape.and_then(|shape| family::by_shape(shape, experts));
        let is_half =
            || self.low.expert().is_some_and(|said| said.is_plain) && self.low.may_be_expert();
        match family(self.each().count()) {
            Some(Variant::T2v) if is_half() => wrong(OTHER_MISSING),
            Some(variant) => Ok(variant),
            None if family(2).is_some() => wrong(OTHER_MISSING),
            None => {
                let what = extension.or_else(|| strangers::by_channels(inputs, outputs));
                match what {
                    Some(what) => wrong(&format!(
                        "is {what}{}, which Zoetrope cannot run yet: it runs {}",
                        strangers::size(width),
                        family::known()
                    )),
                    None => wrong(&family::unsupported()),
                }
            }
        }
    }
}

const OTHER_MISSING: &str =
    "is one of two experts: the other is missing; give both with --dit LOW --dit-high HIGH";
