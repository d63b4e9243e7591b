//! How large a model's networks are, from the headers of its files.

use std::path::{Path, PathBuf};

use mlx_rs::Dtype;

use super::decode::is_tiny;
use super::experts::{changed, compute_dtype};
use super::outlook::{sides, vae_shape};
use super::vae_kind;
use crate::backend::Backend;
use crate::job::memory::{DitSizes, HalfSizes, ImageSizes, Sizes, TextSizes, TinySizes, VaeSizes};
use crate::job::{Checkpoint, Expert, Network, Plan, Precision, Size, VaePrecision};
use crate::media::{self, photo};
use crate::model::dit::{self, Dit};
use crate::model::nn::Upsample2x;
use crate::model::vae::{Decoder, Encoder, Tiling};
use crate::model::{clip, text};
use crate::weights::{NetworkKind, Weights};
use crate::{Error, Result};

/// The places in a DiT whose weights are float32 whatever the products are computed in.
const EXACT: [&str; 6] = [
    "img_emb",
    "time_embedding",
    "time_projection",
    "head",
    "modulation",
    "norm3",
];

/// The sizes of everything that decides how much memory a video takes. On the way the headers are held against the
/// networks: what would stop the work later stops it before it begins.
///
/// # Errors
/// A file cannot be read, or holds another network than it should.
pub fn sizes(plan: &Plan) -> Result<Sizes> {
    let model = &plan.checkpoint;
    let dits = model.experts();
    let dits = dits.map(|(expert, network)| Ok((expert, of_dit(plan, expert, network)?)));
    let dits: Vec<_> = dits.collect::<Result<_>>()?;
    let text_length = dits.first().map_or(0, |(_, dit)| dit.text_length);
    let text = of_text(&model.text_encoder, text_length)?;
    check_text_width(model, text.width)?;
    if plan.encoded_frames() > 0 {
        let kind = vae_kind(model.variant);
        let vae = Weights::open_kind(&model.vae, NetworkKind::Vae)?.headers_only();
        if !vae.has("encoder.conv1.weight")
            && let Some(file) = model.vae.first()
        {
            let problem = "is a VAE without the encoder, which reads pictures: choose a whole one, or leave the picture out";
            return Err(Error::content(file, problem));
        }
        vae.load(|weights| Encoder::load(kind, weights).map(drop))?;
    }
    let mut vae = vae_sizes(model, plan.canvas.size)?;
    let mut tiny = None;
    if let Some(file) = plan.speedups.draft() {
        tiny = of_tiny(file)?;
        if tiny.is_none() {
            vae.decoder = of_narrow(model, file, plan.canvas.size)?;
        }
    } else if let Some(file) = &plan.speedups.tiny_vae {
        // Without it there is still a preview.
        tiny = of_tiny(file).ok().flatten();
    }
    Ok(Sizes {
        text,
        image: match model.image_encoder.as_slice() {
            [] => None,
            files => Some(of_image(files)?),
        },
        dits,
        vae,
        tiny,
        picture: picture(plan),
        footage: footage(plan),
    })
}

/// What opening the larger of the pictures takes. One that cannot be read is told when it is its turn.
fn picture(plan: &Plan) -> u64 {
    let pictures = [&plan.sources.image, &plan.sources.last_image];
    let pictures = pictures.into_iter().flatten();
    pictures
        .chain(&plan.guides.references)
        .filter_map(|path| photo::memory(path).ok())
        .max()
        .unwrap_or_default()
}

/// What reading the video and its mask takes. One that cannot be read is told when it is its turn.
fn footage(plan: &Plan) -> u64 {
    let videos = plan.guides.video.iter().chain(&plan.guides.mask);
    videos
        .filter_map(|path| media::footage_memory(path).ok())
        .sum()
}

/// Demands that the text encoder's features are as wide as those that the DiT reads: there are encoders of many sizes.
fn check_text_width(model: &Checkpoint, width: u64) -> Result<()> {
    let dit = Weights::open(&model.dit.weights)?;
    let wanted = length(&dit, "text_embedding.0.weight", 1)?;
    if width == wanted {
        return Ok(());
    }
    let file = model.text_encoder.first();
    let problem = format!(
        "is a text encoder of another size: it is {width} wide, and this model reads {wanted} (UMT5-XXL): choose that one"
    );
    Err(Error::content(
        file.map_or(Path::new(""), PathBuf::as_path),
        problem,
    ))
}

/// The sizes of a model's VAE, for pictures of `size`.
///
/// # Errors
/// As [`sizes`].
pub fn vae_sizes(model: &Checkpoint, size: Size) -> Result<VaeSizes> {
    let vae = Weights::open_kind(&model.vae, NetworkKind::Vae)?;
    let kind = vae_kind(model.variant);
    vae.headers_only()
        .load(|weights| Decoder::load(kind, weights).map(drop))?;
    // For sentences alone the half that reads pictures need not be there.
    let first = "encoder.conv1.weight";
    let width = if vae.has(first) {
        length(&vae, first, 0)?
    } else {
        0
    };
    Ok(VaeSizes {
        encoder: HalfSizes {
            weights: vae.at("encoder").numbers(),
            width,
        },
        decoder: HalfSizes {
            weights: vae.at("decoder").numbers() + corners(&vae)?,
            width: length(&vae, "decoder.head.2.weight", 1)?,
        },
        frames: Tiling::fastest()?.frames.unsigned_abs().into(),
        scratch: match Backend::current()? {
            Backend::Metal => vae_shape(model.variant).scratch(sides(size)),
            Backend::Cpu | Backend::Cuda => 0,
        },
        half: match Backend::current()? {
            Backend::Metal => VaePrecision::F16,
            Backend::Cpu | Backend::Cuda => VaePrecision::Bf16,
        },
        fused: is_fused()?,
    })
}

/// The sizes of a tiny VAE; none if the file holds a large one.
fn of_tiny(file: &Path) -> Result<Option<TinySizes>> {
    if !is_tiny(file)? {
        return Ok(None);
    }
    let decoder = Weights::open(&[file.to_owned()])?.at("decoder");
    let names = decoder.names();
    let numbers = names.iter().filter_map(|name| {
        let number = name.split('.').nth(1)?;
        number.parse::<usize>().ok()
    });
    let last = numbers.max().unwrap_or_default();
    let last = format!("{last}.weight");
    let squares = length(&decoder, &last, 0)? / 3;
    Ok(Some(TinySizes {
        weights: decoder.numbers(),
        width: length(&decoder, &last, 1)?,
        patch: squares.isqrt(),
        fused: is_fused()?,
    }))
}

/// The decoder of a VAE that stands in for a model's own, and has fewer channels.
fn of_narrow(model: &Checkpoint, file: &Path, size: Size) -> Result<HalfSizes> {
    let narrow = Checkpoint {
        vae: vec![file.to_owned()],
        ..model.clone()
    };
    Ok(vae_sizes(&narrow, size)?.decoder)
}

fn of_dit(plan: &Plan, expert: Expert, network: &Network) -> Result<DitSizes> {
    let weights = changed(plan, expert, network)?;
    let config = dit::Config::of(network.config.as_deref(), &weights)?;
    let dtype = compute_dtype(plan.compute.precision, &weights)?;
    weights
        .headers_only()
        .load(|weights| Dit::load(weights, &config, dtype).map(drop))?;
    let mut sizes = DitSizes {
        exact: 0,
        small: 0,
        large: 0,
        beside: 0,
        largest: 0,
        changed: 0,
        packed: weights.packed_bits("blocks.0.self_attn.q.weight"),
        automatic: match compute_dtype(Precision::Auto, &weights)? {
            Dtype::Float32 => 4,
            _ => 2,
        },
        width: length(&weights, "patch_embedding.weight", 0)?,
        hidden: length(&weights, "blocks.0.ffn.0.weight", 0)?,
        layers: (weights.count("blocks") + weights.count("vace_blocks")) as u64,
        heads: config.num_heads.unsigned_abs().into(),
        text_length: config.text_len.unsigned_abs().into(),
        image_length: image_length(plan),
        fused: is_fused()?,
    };
    for name in weights.names() {
        let is_exact = name.split('.').any(|part| EXACT.contains(&part));
        let is_in_block = name.starts_with("blocks.") || name.starts_with("vace_blocks.");
        let is_large = is_in_block && weights.shape(&name)?.len() == 2;
        let kind = match (is_exact, is_large) {
            (true, _) => &mut sizes.exact,
            (false, true) => &mut sizes.large,
            (false, false) => &mut sizes.small,
        };
        let numbers = weights.at(&name).numbers();
        *kind += numbers;
        sizes.largest = sizes.largest.max(numbers);
        if is_large {
            sizes.beside += weights.numbers_beside(&name);
        }
        if weights.is_changed(&name) {
            sizes.changed = sizes.changed.max(numbers);
        }
    }
    Ok(sizes)
}

fn of_text(files: &[PathBuf], length: u64) -> Result<TextSizes> {
    let weights = Weights::open_kind(files, NetworkKind::TextEncoder)?;
    let config = text::Config::read(&weights)?;
    Ok(TextSizes {
        layer: weights.at("blocks").at(0).numbers(),
        heads: config.heads.unsigned_abs().into(),
        width: config.width.unsigned_abs().into(),
        hidden: config.feed_forward.unsigned_abs().into(),
        length,
        fused: is_fused()?,
    })
}

fn of_image(files: &[PathBuf]) -> Result<ImageSizes> {
    let weights = Weights::open_kind(files, NetworkKind::ImageEncoder)?.at("visual");
    Ok(ImageSizes {
        weights: weights.numbers(),
        width: length(&weights, "patch_embedding.weight", 0)?,
        hidden: length(&weights, "transformer.0.mlp.0.weight", 0)?,
        heads: clip::HEADS.unsigned_abs().into(),
        tokens: clip::TOKENS.unsigned_abs().into(),
    })
}

/// The tokens of the pictures that cross-attention sees.
fn image_length(plan: &Plan) -> u64 {
    let pictures = plan.checkpoint.variant.inputs().seen;
    u64::from(pictures) * u64::from(clip::TOKENS.unsigned_abs())
}

/// What [`Upsample2x`] makes of the decoder's weights besides: 16 where there were 9, if it convolves
/// pictures as they are.
fn corners(vae: &Weights) -> Result<u64> {
    let backend = Backend::current()?;
    if !Upsample2x::takes_corners(backend, Dtype::Float32, backend.is_strict()) {
        return Ok(0);
    }
    let doublings = vae.at("decoder").names().into_iter();
    let doublings = doublings.filter(|name| name.ends_with("resample.1.weight"));
    let numbers: u64 = doublings.map(|name| vae.at(name).numbers()).sum();
    Ok(numbers * 7 / 9)
}

/// Whether chains of elementwise operations are one kernel here.
fn is_fused() -> Result<bool> {
    Ok(Backend::current()? != Backend::Cpu)
}

/// How long an axis of a tensor is.
fn length(weights: &Weights, name: &str, axis: usize) -> Result<u64> {
    let shape = weights.shape(name)?;
    let length = shape.get(axis).map_or(0, |length| length.unsigned_abs());
    Ok(length.into())
}
