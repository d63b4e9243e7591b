//! Layers of networks, ready to be measured.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use mlx_rs::ops::concatenate;
use mlx_rs::{Array, Dtype};

use super::{Figure, Prepared, error, figure, noise, number};
use crate::Result;
use crate::backend::Backend;
use crate::job::{Published, Subject};
use crate::model::dit::{Dit, Grid, Timesteps};
use crate::model::nn::{Watch, watched};
use crate::model::vae::{Cache, Decoder, Kind, Tiling};
use crate::pipeline::bench::networks;
use crate::weights::{QuantScheme, QuantizedMatrix};

/// 2048 rows with a packed matrix, both ways, in 8 and in 4 bits.
pub(super) fn packed(dtype: Dtype) -> Result<Vec<Prepared>> {
    const SIDE: i32 = 3072;
    const ROWS: i32 = 2048;
    const GROUP: i32 = 64;
    let x = noise(&[ROWS, SIDE], dtype)?;
    let dense = noise(&[SIDE, SIDE], dtype)?;
    let mut all = Vec::new();
    for bits in [8, 4] {
        let matrix = Rc::new(QuantizedMatrix::pack(
            &dense,
            QuantScheme { group: GROUP, bits },
        )?);
        for unpacks in [false, true] {
            // A processor takes seconds for what is packed, and is never asked for it.
            if !unpacks && Backend::current()? == Backend::Cpu {
                continue;
            }
            let way = if unpacks { "unpacked" } else { "as it is" };
            let (x, matrix) = (x.clone(), Rc::clone(&matrix));
            all.push(Prepared {
                figure: figure(
                    &format!("{bits} bits, {way}"),
                    dtype,
                    number(ROWS),
                    number(ROWS) * number(SIDE).pow(2),
                ),
                work: Box::new(move || {
                    if unpacks {
                        Ok(x.matmul(matrix.unpack()?.t())?)
                    } else {
                        matrix.product(&x)
                    }
                }),
                is_whole: true,
            });
        }
    }
    Ok(all)
}

/// A block, with what comes before and after it, at sizes of videos: width, height and frames. A processor has the small
/// network, and small sizes.
pub(super) fn block(step: u32, dtype: Dtype) -> Result<Option<Prepared>> {
    const LARGE: [(i32, i32, i32); 3] = [(640, 352, 49), (832, 480, 49), (1280, 704, 121)];
    const SMALL: [(i32, i32, i32); 3] = [(128, 128, 5), (256, 256, 5), (256, 256, 17)];
    let (published, sizes) = match Backend::current()? {
        Backend::Cpu => (Published::T2v1B, SMALL),
        Backend::Metal | Backend::Cuda => (Published::Ti2v5B, LARGE),
    };
    let Some(&(width, height, frames)) = sizes.get(step as usize) else {
        return Ok(None);
    };
    let (config, weights) = networks::block(published)?;
    let dit = weights.load(|weights| Dit::load(weights, &config, dtype))?;
    let variant = published.variant();
    let (_, stride, _) = variant.vae_stride();
    let stride = stride as i32;
    let channels = variant.input_channels() as i32;
    let latents = noise(
        &[
            channels,
            1 + (frames - 1) / 4,
            height / stride,
            width / stride,
        ],
        Dtype::Float32,
    )?;
    let grid = Grid::of(&latents);
    let rope = dit.rope(grid)?;
    let text = noise(&[config.text_len, networks::UMT5.width], Dtype::Float32)?;
    let prompts = dit.encode_context(&[&text])?;
    let timesteps = Timesteps {
        noisy: 500.0,
        clean_first_frame: false,
    };
    let tokens = number(grid.frames * grid.tokens_in_frame());
    let networks::Sizes { dim, hidden, .. } = networks::sizes(published);
    let (wide, hidden) = (number(dim), number(hidden));
    let multiply_adds = tokens * (6 * wide.pow(2) + 2 * wide * hidden)
        + 2 * tokens * wide * (tokens + number(config.text_len));
    let waits = Rc::new(Waits::default());
    let forward = {
        let waits = Rc::clone(&waits);
        move || -> Result<Array> {
            waits.last.set(Some(Instant::now()));
            let made = watched(waits.clone(), || {
                dit.forward(&latents, &timesteps, &prompts, &rope)
            })?;
            let made = concatenate(&made, 0)?;
            made.eval()?;
            waits.asked();
            Ok(made)
        }
    };
    forward()?; // compiles
    waits.longest.set(0.0);
    forward()?;
    Ok(Some(Prepared {
        figure: Figure {
            longest_wait: Some(waits.longest.get()),
            ..figure(
                &format!("{published}, {width}x{height}x{frames}"),
                dtype,
                tokens,
                multiply_adds,
            )
        },
        work: Box::new(forward),
        is_whole: false,
    }))
}

/// How long nobody was asked whether to go on.
#[derive(Default)]
struct Waits {
    last: Cell<Option<Instant>>,
    longest: Cell<f64>,
}

impl Waits {
    fn asked(&self) {
        if let Some(last) = self.last.replace(Some(Instant::now())) {
            let waited = last.elapsed().as_secs_f64();
            self.longest.set(self.longest.get().max(waited));
        }
    }
}

impl Watch for Waits {
    fn go_on(&self) -> Result<()> {
        self.asked();
        Ok(())
    }

    fn done(&self, _share: f32) {}
}

/// One latent frame through the decoder of Wan2.1, up to its last layer, before values are cut off.
pub(super) fn frame(dtype: Dtype) -> Result<Vec<Prepared>> {
    let side = match Backend::current()? {
        Backend::Cpu => 8,
        Backend::Metal | Backend::Cuda => 60,
    };
    let subject = Subject::Synthetic(Published::T2v1B);
    let decoder = |dtype: Dtype| {
        networks::vae(&subject)?.load(|weights| Decoder::load(Kind::V21, &weights.as_type(dtype)))
    };
    let latents = noise(&[1, side, side, 16], Dtype::Float32)?;
    let decoded = |decoder: &Decoder| -> Result<Array> {
        let prepared = decoder.prepare(&latents)?;
        let tiling = Tiling::fastest()?;
        let pixels = decoder
            .chain()
            .forward(&prepared, tiling, &mut Cache::default())?;
        pixels.eval()?;
        Ok(pixels)
    };
    let own = decoder(dtype)?;
    let off = if dtype == Dtype::Float32 {
        None
    } else {
        error(&decoded(&own)?, &decoded(&decoder(Dtype::Float32)?)?, dtype)?
    };
    let (latents, tiling) = (latents.clone(), Tiling::fastest()?);
    Ok(vec![Prepared {
        figure: Figure {
            error: off,
            ..figure("a frame of the 2.1 VAE", dtype, number(8 * side), 0)
        },
        work: Box::new(move || {
            let prepared = own.prepare(&latents)?;
            own.chain()
                .forward(&prepared, tiling, &mut Cache::default())
        }),
        is_whole: false,
    }])
}
