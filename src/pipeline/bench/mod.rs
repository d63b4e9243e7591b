//! The networks of a job, each at work alone on random input: how long it takes, and how much memory.

pub(super) mod networks;

use std::time::Instant;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype, memory, random};

use super::decode::dtype;
use super::experts::{compute_dtype, packed};
use super::{Outcome, REUSED_BYTES, Reporter, vae_kind};
use crate::Result;
use crate::job::{Bench, LatentShape, Measurement, Part, Stage};
use crate::model::dit::{Dit, Grid, Timesteps};
use crate::model::text::{self, Tokens};
use crate::model::vae::{Decoder, Encoder, Tiling};

/// Latent frames that show the decoder every shape it will see: the first one, the next one, and one with a whole past.
const WARMING: i32 = 3;

/// Measures every part of `bench`, and tells each as it is there.
///
/// # Errors
/// A network cannot be loaded or does not fit into memory; [`crate::Error::Cancelled`].
pub fn run(
    bench: &Bench,
    reporter: &mut Reporter,
    mut on_measured: impl FnMut(Measurement),
) -> Result<Outcome> {
    memory::set_cache_limit(REUSED_BYTES)?;
    let mut most = 0;
    for &part in &bench.parts {
        memory::clear_cache()?;
        memory::reset_peak_memory()?;
        let mut clock = Clock::new(bench, part, reporter);
        match part {
            Part::Text => text(&mut clock),
            Part::Denoise => denoise(&mut clock),
            Part::Decode => decode(&mut clock),
            Part::Encode => encode(&mut clock),
        }?;
        let measurement = clock.stop()?;
        most = most.max(measurement.peak_memory);
        on_measured(measurement);
    }
    Ok(Outcome {
        info: None,
        peak_memory: most,
    })
}

fn text(clock: &mut Clock) -> Result<()> {
    let weights = networks::text_encoder(&clock.bench.subject)?;
    let vocabulary = text::Config::read(&weights)?.vocabulary.unsigned_abs();
    let (config, _) = networks::dit(&clock.bench.subject)?;
    let length = config.text_len.unsigned_abs();
    let prompt = Tokens {
        ids: (0..length).map(|i| i % vocabulary).collect(),
    };
    let prompts = vec![prompt; clock.bench.batch as usize];
    clock.loaded(u64::from(length * clock.bench.batch));
    clock.repeat(|| text::encode(&weights, &prompts, |_, _| Ok(())).map(drop))
}

fn denoise(clock: &mut Clock) -> Result<()> {
    let bench = clock.bench;
    let (config, weights) = networks::dit(&bench.subject)?;
    let dtype = compute_dtype(bench.compute.precision, &weights)?;
    let weights = packed(weights, bench.compute.quantize);
    let dit = weights.load(|weights| Dit::load(weights, &config, dtype))?;
    let shape = LatentShape {
        channels: bench.subject.variant().input_channels() as i32,
        ..latent_shape(bench)
    };
    let latents = noise(&shape.channels_first())?;
    let grid = Grid::of(&latents);
    let rope = dit.rope(grid)?;
    let width = weights.side("text_embedding.0.weight", 1)?;
    let text = noise(&[config.text_len, width])?;
    let prompts = dit.encode_context(&vec![&text; bench.batch as usize])?;
    let timesteps = Timesteps {
        noisy: 500.0,
        clean_first_frame: false,
    };
    let tokens = grid.frames * grid.tokens_in_frame();
    clock.loaded(u64::from(tokens.unsigned_abs()) * u64::from(bench.batch));
    clock.repeat(|| Ok(eval(&dit.forward(&latents, &timesteps, &prompts, &rope)?)?))
}

fn decode(clock: &mut Clock) -> Result<()> {
    let bench = clock.bench;
    let decoder = networks::vae(&bench.subject)?.load(|weights| {
        let kind = vae_kind(bench.subject.variant());
        Decoder::load(kind, &weights.as_type(dtype(bench.compute.vae_precision)))
    })?;
    let shape = latent_shape(bench);
    let latents = noise(&[shape.frames, shape.height, shape.width, shape.channels])?;
    let first = latents.try_index(..WARMING.min(shape.frames))?;
    clock.loaded(bench.frames.into());
    let tiling = Tiling::fastest()?;
    clock.warm(|| decoder.decode(&first, tiling, |_| Ok(())))?;
    clock.repeat(|| decoder.decode(&latents, tiling, |_| Ok(())))
}

fn encode(clock: &mut Clock) -> Result<()> {
    let bench = clock.bench;
    let encoder = networks::vae(&bench.subject)?.load(|weights| {
        let kind = vae_kind(bench.subject.variant());
        Encoder::load(kind, &weights.as_type(Dtype::Float32))
    })?;
    let (height, width) = (bench.size.height as i32, bench.size.width as i32);
    clock.loaded(bench.frames.into());
    let stride = bench.subject.variant().vae_stride().0;
    let warming = (WARMING - 1) * stride as i32 + 1;
    let frames = bench.frames as i32;
    let pass = |frames| {
        let read =
            |range: std::ops::Range<i32>| noise(&[range.end - range.start, height, width, 3]);
        Ok(encoder
            .encode_chunks(frames, Tiling::fastest()?, read)?
            .eval()?)
    };
    clock.warm(|| pass(warming.min(frames)))?;
    clock.repeat(|| pass(frames))
}

fn latent_shape(bench: &Bench) -> LatentShape {
    bench
        .subject
        .variant()
        .latent_shape(bench.size, bench.frames)
}

fn noise(shape: &[i32]) -> Result<Array> {
    let noise = random::normal::<f32>(shape, None, None, None)?;
    noise.eval()?;
    Ok(noise)
}

/// Takes the times of one part.
struct Clock<'a, 'r> {
    bench: &'a Bench,
    reporter: &'a mut Reporter<'r>,
    start: Instant,
    measurement: Measurement,
}

impl<'a, 'r> Clock<'a, 'r> {
    fn new(bench: &'a Bench, part: Part, reporter: &'a mut Reporter<'r>) -> Self {
        Self {
            bench,
            reporter,
            start: Instant::now(),
            measurement: Measurement {
                part,
                units: 0,
                load: 0.0,
                first: 0.0,
                runs: Vec::new(),
                peak_memory: 0,
            },
        }
    }

    /// The network is there, and a run will go through so many units.
    fn loaded(&mut self, units: u64) {
        self.measurement.units = units;
        self.measurement.load = self.start.elapsed().as_secs_f64();
    }

    /// The pass that is not counted, since it compiles what the others only use.
    fn warm(&mut self, pass: impl FnOnce() -> Result<()>) -> Result<()> {
        self.tell(0)?;
        self.measurement.first = timed(pass)?;
        Ok(())
    }

    /// Warms up, if that has not happened yet, and takes the times of all runs.
    fn repeat(&mut self, mut run: impl FnMut() -> Result<()>) -> Result<()> {
        if self.measurement.first == 0.0 {
            self.warm(&mut run)?;
        }
        for done in 0..self.bench.runs {
            self.tell(done as usize)?;
            self.measurement.runs.push(timed(&mut run)?);
        }
        self.tell(self.bench.runs as usize)
    }

    fn tell(&mut self, done: usize) -> Result<()> {
        let stage = match self.measurement.part {
            Part::Text => Stage::Text,
            Part::Denoise => Stage::Denoise,
            Part::Decode => Stage::Decode,
            Part::Encode => Stage::Image,
        };
        self.reporter.step(stage, done, self.bench.runs as usize)
    }

    fn stop(mut self) -> Result<Measurement> {
        self.measurement.runs.sort_by(f64::total_cmp);
        self.measurement.peak_memory = memory::peak_memory()?;
        Ok(self.measurement)
    }
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}
