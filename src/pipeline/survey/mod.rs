//! The *survey* of a machine: how fast its kernels are and how far off, measured on single layers with made-up weights, from
//! small to large. It is what somebody who has such a machine can attach to a report.
//!
//! Nothing here is meant to be killed: each ladder of sizes ends where one dispatch lasts half a second.

mod layers;

use std::time::{Duration, Instant};

use mlx_rs::{Array, Dtype, memory, random};
use serde::Serialize;

use crate::Result;
use crate::backend::Backend;
use crate::backend::metal::Budget;
use crate::model::nn::{EvalPacer, attention, convolve, with_budget};
use crate::weights::Linear;

/// A dispatch that lasts longer, in seconds, is the last one of its ladder.
const LONGEST: f64 = 0.5;
/// So often is a size measured; the fastest counts.
const RUNS: u32 = 2;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub struct Survey {
    /// What MLX computes on.
    pub backend: String,
    /// Attention in one dispatch: heads of 128, as many queries as keys.
    pub attention: Vec<Figure>,
    /// Products of rows with a matrix of 3072 × 3072, in one dispatch.
    pub products: Vec<Figure>,
    /// 2048 rows with the same matrix packed, as it is and unpacked for the product.
    pub packed: Vec<Figure>,
    /// A convolution of 128 channels over pictures, and how far off its type is.
    pub convolutions: Vec<Figure>,
    /// One block of a DiT, cut as in a job.
    pub blocks: Vec<Figure>,
    /// The same with more memory for buffers that are used again.
    pub caches: Vec<Figure>,
    /// One latent frame through a decoder, in each type.
    pub frames: Vec<Figure>,
}

/// One measurement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figure {
    /// What was computed.
    pub what: String,
    /// The type.
    pub dtype: String,
    /// How large it is: tokens, rows, pixels of a side, bytes of cache.
    pub size: u64,
    /// The multiply-adds that it takes.
    pub multiply_adds: u64,
    /// How long the fastest run took, in seconds.
    pub seconds: f64,
    /// The most memory that MLX held, in bytes.
    pub peak_bytes: u64,
    /// The root mean square of the difference to float32, as a part of that of the values; of float32 itself none.
    pub error: Option<f64>,
    /// The longest time in which nobody was asked whether to go on, in seconds.
    pub longest_wait: Option<f64>,
    /// Why it could not be computed.
    pub failed: Option<String>,
}

/// How much is measured, and who is told.
pub struct Surveyor<'a> {
    /// After this time nothing new is begun.
    pub patience: Duration,
    /// Told what is measured next; its error ends the survey.
    pub next: &'a mut dyn FnMut(&str) -> Result<()>,
}

/// Measures the machine.
///
/// # Errors
/// MLX does not work at all, or `next` says so. What a kernel cannot compute is a part of the survey.
pub fn run(surveyor: &mut Surveyor) -> Result<Survey> {
    let mut clock = Clock {
        start: Instant::now(),
        surveyor,
    };
    let backend = Backend::current()?;
    let types = types(backend);
    Ok(Survey {
        backend: format!("{backend:?}"),
        attention: clock.ladders("attention", &types, attended)?,
        products: clock.ladders("products", &types, multiplied)?,
        packed: clock.each("packed products", &types, layers::packed)?,
        convolutions: clock.each("convolutions", &types, convolved)?,
        blocks: clock.ladders("blocks", &types, layers::block)?,
        caches: clock.caches(types[0])?,
        frames: clock.each("frames", &types, layers::frame)?,
    })
}

/// The fastest first. On a processor halves are no use.
fn types(backend: Backend) -> Vec<Dtype> {
    match backend {
        Backend::Cpu => vec![Dtype::Float32],
        Backend::Metal | Backend::Cuda => vec![Dtype::Float16, Dtype::Bfloat16, Dtype::Float32],
    }
}

/// What one size of a ladder is, and how it is computed. None where the ladder ends by itself.
type Rung = fn(u32, Dtype) -> Result<Option<Prepared>>;

/// Something that is ready to be measured.
struct Prepared {
    figure: Figure,
    work: Box<dyn FnMut() -> Result<Array>>,
    /// Whether it is one dispatch, which must not be too long.
    is_whole: bool,
}

/// Takes the times.
struct Clock<'a, 'b> {
    start: Instant,
    surveyor: &'a mut Surveyor<'b>,
}

impl Clock<'_, '_> {
    /// A ladder for each type, from small to large.
    fn ladders(&mut self, what: &str, types: &[Dtype], rung: Rung) -> Result<Vec<Figure>> {
        let mut figures = Vec::new();
        for &dtype in types {
            for step in 0.. {
                (self.surveyor.next)(&format!("{what}, {}", name(dtype)))?;
                let Some(figure) = self.measured(what, dtype, || rung(step, dtype)) else {
                    break;
                };
                let is_last = figure.failed.is_some() || figure.seconds > LONGEST;
                figures.push(figure);
                if is_last || self.is_late() {
                    break;
                }
            }
        }
        Ok(figures)
    }

    /// What there is of each type, however large.
    fn each(
        &mut self,
        what: &str,
        types: &[Dtype],
        prepare: fn(Dtype) -> Result<Vec<Prepared>>,
    ) -> Result<Vec<Figure>> {
        let mut figures = Vec::new();
        for &dtype in types {
            (self.surveyor.next)(&format!("{what}, {}", name(dtype)))?;
            match prepare(dtype) {
                Ok(all) => {
                    let all = all.into_iter();
                    figures
                        .extend(all.filter_map(|one| self.measured(what, dtype, || Ok(Some(one)))));
                }
                Err(error) => figures.push(failure(what, dtype, &error.to_string())),
            }
        }
        Ok(figures)
    }

    /// The second block of a ladder with caches of 1, 4 and 8 GiB.
    fn caches(&mut self, dtype: Dtype) -> Result<Vec<Figure>> {
        let mut figures = Vec::new();
        for gigabytes in [1_u64, 4, 8] {
            if self.is_late() {
                break;
            }
            (self.surveyor.next)(&format!("a cache of {gigabytes} GiB"))?;
            let bytes = gigabytes << 30;
            let before = memory::set_cache_limit(usize::try_from(bytes).unwrap_or(usize::MAX))?;
            let figure = self.measured("cache", dtype, || layers::block(1, dtype));
            memory::set_cache_limit(before)?;
            memory::clear_cache()?;
            figures.extend(figure.map(|figure| Figure {
                size: bytes,
                ..figure
            }));
        }
        Ok(figures)
    }

    /// One size. What it fails with is told beside it.
    fn measured(
        &self,
        what: &str,
        dtype: Dtype,
        prepare: impl FnOnce() -> Result<Option<Prepared>>,
    ) -> Option<Figure> {
        match prepare().and_then(|prepared| prepared.map(|it| self.timed(it)).transpose()) {
            Ok(figure) => figure,
            Err(error) => Some(failure(what, dtype, &error.to_string())),
        }
    }

    fn timed(&self, prepared: Prepared) -> Result<Figure> {
        let Prepared {
            mut figure,
            mut work,
            is_whole,
        } = prepared;
        memory::reset_peak_memory()?;
        let mut once = || -> Result<f64> {
            let start = Instant::now();
            if is_whole {
                with_budget(Budget::unlimited(), &mut work)??.eval()?;
            } else {
                work()?.eval()?;
            }
            Ok(start.elapsed().as_secs_f64())
        };
        // The first one compiles. What takes long by itself is not measured again.
        figure.seconds = once()?;
        for _ in 0..RUNS {
            if figure.seconds < 2.0 * LONGEST && !self.is_late() {
                figure.seconds = figure.seconds.min(once()?);
            }
        }
        figure.peak_bytes = memory::peak_memory()? as u64;
        Ok(figure)
    }

    fn is_late(&self) -> bool {
        self.start.elapsed() > self.surveyor.patience
    }
}

fn failure(what: &str, dtype: Dtype, why: &str) -> Figure {
    Figure {
        what: what.to_owned(),
        dtype: name(dtype).to_owned(),
        failed: Some(why.to_owned()),
        ..Figure::default()
    }
}

/// Tokens from 1024 on, half as many more each time, with twelve heads.
fn attended(step: u32, dtype: Dtype) -> Result<Option<Prepared>> {
    const HEADS: i32 = 12;
    const WIDTH: i32 = 128;
    const MOST: i32 = 65_536;
    let tokens = (1024.0 * 1.5_f64.powf(step.into())) as i32 / 64 * 64;
    if tokens > MOST {
        return Ok(None);
    }
    let shape = [1, HEADS, tokens, WIDTH];
    let [queries, keys, values] = [(); 3].map(|()| noise(&shape, dtype));
    let (queries, keys, values) = (queries?, keys?, values?);
    let count = u64::from(tokens.unsigned_abs());
    Ok(Some(Prepared {
        figure: figure(
            "attention",
            dtype,
            count,
            2 * count.pow(2) * number(HEADS * WIDTH),
        ),
        work: Box::new(move || attention(&queries, &keys, &values)),
        is_whole: true,
    }))
}

/// Rows from 256 on.
fn multiplied(step: u32, dtype: Dtype) -> Result<Option<Prepared>> {
    const SIDE: i32 = 3072;
    const MOST: i32 = 131_072;
    let rows = 256 << step;
    if rows > MOST {
        return Ok(None);
    }
    let x = noise(&[rows, SIDE], dtype)?;
    let linear = Linear::new(noise(&[SIDE, SIDE], dtype)?, None);
    Ok(Some(Prepared {
        figure: figure(
            "product",
            dtype,
            number(rows),
            number(rows) * number(SIDE).pow(2),
        ),
        work: Box::new(move || linear.forward(&x)),
        is_whole: true,
    }))
}

/// Pictures of 128 × 128, through Winograd where a GPU takes it.
fn convolved(dtype: Dtype) -> Result<Vec<Prepared>> {
    const SIDE: i32 = 128;
    const CHANNELS: i32 = 128;
    let exact = [
        noise(&[1, SIDE, SIDE, CHANNELS], Dtype::Float32)?,
        noise(&[CHANNELS, 3, 3, CHANNELS], Dtype::Float32)?,
    ];
    let convolved = |[x, kernel]: &[Array; 2]| convolve(x, kernel, &mut EvalPacer::steady());
    let [x, kernel] = exact.each_ref().map(|x| x.as_dtype(dtype));
    let given = [x?, kernel?];
    let pixels = number(SIDE).pow(2);
    let mut figure = figure(
        "convolution",
        dtype,
        number(SIDE),
        9 * pixels * number(CHANNELS).pow(2),
    );
    figure.error = error(&convolved(&given)?, &convolved(&exact)?, dtype)?;
    Ok(vec![Prepared {
        figure,
        work: Box::new(move || convolved(&given)),
        is_whole: false,
    }])
}

/// How far off `actual` is; nothing for float32, which is what it is held against.
fn error(actual: &Array, exact: &Array, dtype: Dtype) -> Result<Option<f64>> {
    if dtype == Dtype::Float32 {
        return Ok(None);
    }
    let size = |x: &Array| -> Result<f64> {
        let mean: f32 = x.square()?.mean(None)?.try_item_cast().map_err(|error| {
            crate::Error::Other(format!("The result cannot be read back: {error}"))
        })?;
        Ok(f64::from(mean).sqrt())
    };
    let exact = exact.as_dtype(Dtype::Float32)?;
    let difference = actual.as_dtype(Dtype::Float32)?.subtract(&exact)?;
    Ok(Some(size(&difference)? / size(&exact)?))
}

fn figure(what: &str, dtype: Dtype, size: u64, multiply_adds: u64) -> Figure {
    Figure {
        what: what.to_owned(),
        dtype: name(dtype).to_owned(),
        size,
        multiply_adds,
        ..Figure::default()
    }
}

fn name(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::Float16 => "f16",
        Dtype::Bfloat16 => "bf16",
        _ => "f32",
    }
}

fn noise(shape: &[i32], dtype: Dtype) -> Result<Array> {
    let noise = random::normal::<f32>(shape, None, None, None)?.as_dtype(dtype)?;
    noise.eval()?;
    Ok(noise)
}

fn number(side: i32) -> u64 {
    side.unsigned_abs().into()
}
