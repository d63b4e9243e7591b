//! The words that ask for a fast video.

use std::time::Duration;

use clap::Args;

use crate::catalog;
use crate::error::Result;
use crate::job::{Checkpoint, Decode, Request, Speed, Way, speed};
use crate::words::english;

/// What is asked for in one word.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Speed")]
pub struct SpeedArgs {
    /// Trade quality for speed with what is installed for the model: a step cache, few-step LoRAs, a tiny VAE
    #[arg(long, value_name = "exact|balanced|fast", default_value_t)]
    pub speed: Speed,

    /// Preview the idea at half the size and half the frames
    #[arg(long)]
    pub draft: bool,
}

impl SpeedArgs {
    /// The request with what makes its video fast, as these words and the files say it; and what that is, a line each.
    /// `time` tells how long a request takes, where that is known.
    ///
    /// # Errors
    /// A file cannot be read, or one that is needed is not there.
    pub fn prepare(
        self,
        request: &Request,
        model: &Checkpoint,
        time: impl Fn(&Request) -> Option<Duration>,
    ) -> Result<(Request, Vec<String>)> {
        let (prepared, ways, mut lines) = self.prepared(self.speed, request, model)?;
        let told = if self.speed == Speed::Exact {
            self.offer(request, model, time)
        } else {
            let exact = self.prepared(Speed::Exact, request, model).ok();
            let times = exact.and_then(|(exact, ..)| Some((time(&prepared)?, time(&exact)?)));
            let gain = times.map(|(own, exact)| {
                let [own, exact] = [own, exact].map(english::rough);
                format!(": about {own} instead of {exact}")
            });
            let (gain, ways) = (gain.unwrap_or_default(), english::ways(&ways));
            Some(format!("Speed {}: {ways}{gain}", self.speed))
        };
        lines.extend(told);
        Ok((prepared, lines))
    }

    /// What the other ways would take, where the exact one takes long.
    fn offer(
        self,
        request: &Request,
        model: &Checkpoint,
        time: impl Fn(&Request) -> Option<Duration>,
    ) -> Option<String> {
        let of = |speed| {
            let (request, ways, _) = self.prepared(speed, request, model).ok()?;
            Some((time(&request)?, ways))
        };
        let (exact, _) = of(Speed::Exact)?;
        if exact <= speed::LONG {
            return None;
        }
        let others = [Speed::Balanced, Speed::Fast].map(|speed| {
            let (time, ways) = of(speed)?;
            (!ways.is_empty() && time < exact).then_some((speed, time))
        });
        let others: Vec<_> = others.into_iter().flatten().collect();
        (!others.is_empty()).then(|| english::sooner(exact, &others))
    }

    fn prepared(
        self,
        speed: Speed,
        request: &Request,
        model: &Checkpoint,
    ) -> Result<(Request, Vec<Way>, Vec<String>)> {
        let mut request = request.clone();
        let mut lines = Vec::new();
        if self.draft {
            lines.push(speed::halve(&mut request, model));
        }
        let ways = catalog::speed::choose(speed, &mut request, model)?;
        lines.extend(catalog::few_steps::prepare(&mut request, model)?);
        let speedups = &mut request.speedups;
        if speedups.decode == Decode::Draft {
            match &speedups.tiny_vae {
                Some(file) => catalog::tiny_vae::check(file, model)?,
                None => speedups.tiny_vae = Some(catalog::tiny_vae::nearest(model)?),
            }
        }
        Ok((request, ways, lines))
    }
}
