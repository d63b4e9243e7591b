//! Whether this machine runs a model that is not there yet, and how long its videos take. On a Mac that is worked out for its
//! chip; elsewhere memory is counted, and time is what jobs like it have taken.

use std::time::Duration;

use super::memory;
use crate::backend::metal::Mac;
use crate::error::Result;
use crate::job::memory::{fit, needs};
use crate::job::{
    Found, ModelAdvice, ModelDownload, Plan, QuantBits, Request, Size, Span, Use, WeightFormat,
};
use crate::pipeline::{self, published_sizes};

/// What is known of what can be downloaded. Nothing of it is read: it takes no time.
///
/// # Errors
/// The system does not tell how much memory there is.
pub fn on(offers: &[ModelDownload], mac: Option<Mac>) -> Result<Vec<ModelAdvice>> {
    let machine = memory::machine()?;
    let advice = offers.iter().filter_map(|offer| {
        let plan = usual(offer)?;
        let sizes = published_sizes(offer.model);
        if let Some(mac) = mac {
            let outlook = pipeline::outlook(&plan, &sizes, mac, false);
            let time = Duration::try_from_secs_f64(outlook.cost().seconds).ok();
            let fits = outlook.refusal.is_none();
            return Some(ModelAdvice {
                offer: *offer,
                needs: outlook.peak(),
                most: mac.available().min(mac.working_set()),
                fits,
                time: time.filter(|_| fits),
            });
        }
        let fitted = fit(&plan, &sizes, &machine);
        let peak = |needs: Vec<crate::job::memory::Need>| {
            let bytes = needs.iter().map(crate::job::memory::Need::bytes);
            bytes.max().unwrap_or_default()
        };
        Some(ModelAdvice {
            offer: *offer,
            needs: match &fitted {
                Ok(fitted) => fitted.peak(),
                Err(_) => peak(needs(&plan, &sizes)),
            },
            most: machine.most(None),
            fits: fitted.is_ok(),
            time: None,
        })
    });
    Ok(advice.collect())
}

/// A video of the usual size and length, with everything that the model cannot do without.
pub fn usual(offer: &ModelDownload) -> Option<Plan> {
    let checkpoint = offer.model.checkpoint();
    let inputs = checkpoint.variant.inputs();
    let size = checkpoint.defaults.size;
    let mut request = Request {
        prompt: "…".into(),
        ..Request::default()
    };
    let mut found = Found::default();
    if inputs.first == Use::Required {
        request.sources.image = Some("picture.png".into());
        found.picture = Some(size);
    }
    if inputs.last == Use::Required {
        request.sources.last_image = Some("picture.png".into());
    }
    if inputs.video == Use::Required {
        request.guides.video = Some("video.mp4".into());
        found.video = Some(span(size, checkpoint.defaults.frames));
    }
    request.compute.quantize = match offer.edition {
        WeightFormat::Q8 => Some(QuantBits::Eight),
        WeightFormat::Q4 => Some(QuantBits::Four),
        WeightFormat::Official | WeightFormat::Fp16 | WeightFormat::Fp8 => None,
    };
    Plan::new(&request, checkpoint, found, 0, "video.mp4".into()).ok()
}

fn span(size: Size, frames: u32) -> Span {
    Span {
        size,
        frames,
        fps: None,
    }
}
