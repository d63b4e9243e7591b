//! Where the networks of a bench come from: a model's files, or nowhere.

use crate::Result;
use crate::job::{Published, Subject, Variant};
use crate::model::dit;
use crate::model::{text, vae};
use crate::pipeline::vae_kind;
use crate::weights::{NetworkKind, Weights};

/// The sizes of a published DiT.
#[derive(Clone, Copy)]
pub(in crate::pipeline) struct Sizes {
    /// The width of a token.
    pub dim: i32,
    /// The width within the feed-forward layers.
    pub hidden: i32,
    /// Blocks.
    pub layers: i32,
}

/// Wan2.1 `wan/configs/wan_t2v_1_3B.py`; Wan2.2 `wan/configs/wan_ti2v_5B.py` and `wan_t2v_A14B.py`.
pub(in crate::pipeline) fn sizes(published: Published) -> Sizes {
    let sizes = |dim, hidden, layers| Sizes {
        dim,
        hidden,
        layers,
    };
    match published {
        Published::T2v1B | Published::Vace1B => sizes(1536, 8960, 30),
        Published::Ti2v5B
        | Published::FunInp5B
        | Published::FunControl5B
        | Published::LucyEdit5B => sizes(3072, 14336, 30),
        _ => sizes(5120, 13824, 40),
    }
}

/// UMT5-XXL, which all of them share.
///
/// Wan2.2 `wan/modules/t5.py`, `umt5_xxl`.
pub(in crate::pipeline) const UMT5: text::Config = text::Config {
    vocabulary: 256_384,
    width: 4096,
    attention: 4096,
    feed_forward: 10_240,
    heads: 64,
    buckets: 32,
    layers: 24,
};

/// The waves of a timestep.
pub(in crate::pipeline) const FREQUENCIES: i32 = 256;

/// The width of CLIP ViT-H/14's features.
const FEATURES: i32 = 1280;

/// The DiT, or of two the one for low noise.
pub(super) fn dit(subject: &Subject) -> Result<(dit::Config, Weights)> {
    let published = match subject {
        Subject::Synthetic(published) => *published,
        Subject::Installed(checkpoint) => {
            let network = &checkpoint.dit;
            let weights = Weights::open(&network.weights)?;
            let config = dit::Config::of(network.config.as_deref(), &weights)?;
            return Ok((config, weights));
        }
    };
    made_up(published, sizes(published))
}

/// The same with a single block.
pub(in crate::pipeline) fn block(published: Published) -> Result<(dit::Config, Weights)> {
    let layers = 1;
    made_up(
        published,
        Sizes {
            layers,
            ..sizes(published)
        },
    )
}

fn made_up(published: Published, sizes: Sizes) -> Result<(dit::Config, Weights)> {
    let Sizes {
        dim,
        hidden,
        layers,
    } = sizes;
    let inputs = published.variant().input_channels() as i32;
    let outputs = published.variant().latent_channels() as i32;
    let ends = [
        ("patch_embedding.weight", vec![dim, inputs, 1, 2, 2]),
        ("text_embedding.0.weight", vec![dim, UMT5.width]),
        ("time_embedding.0.weight", vec![dim, FREQUENCIES]),
        ("head.head.weight", vec![4 * outputs, dim]),
    ];
    let ends = ends.map(|(name, shape)| (name.to_owned(), shape));
    let blocks = (0..layers).map(|i| (format!("blocks.{i}.ffn.0.weight"), vec![hidden, dim]));
    let more = beside(published.variant(), (dim, hidden, layers));
    let weights = Weights::synthetic(ends.into_iter().chain(blocks).chain(more));
    Ok((dit::Config::of(None, &weights)?, weights))
}

/// What tells a network that it has parts which only some families have.
fn beside(variant: Variant, (dim, hidden, layers): (i32, i32, i32)) -> Vec<(String, Vec<i32>)> {
    let shape = variant.dit_shape();
    let mut parts = Vec::new();
    if shape.seen > 0 {
        parts.push(("img_emb.proj.0.weight".to_owned(), vec![FEATURES]));
        let keys = |i| format!("blocks.{i}.cross_attn.k_img.weight");
        parts.extend((0..layers).map(|i| (keys(i), vec![dim, dim])));
    }
    if shape.leads {
        let channels = shape.outputs.cast_signed();
        parts.push(("ref_conv.weight".to_owned(), vec![dim, channels, 2, 2]));
    }
    if shape.chain > 0 {
        // Every second layer of the small one has a block beside it, every fifth of the large ones.
        let count = if layers < 40 { layers / 2 } else { layers / 5 };
        let channels = shape.chain.cast_signed();
        let embedding = "vace_patch_embedding.weight".to_owned();
        parts.push((embedding, vec![dim, channels, 1, 2, 2]));
        let feed = |i| format!("vace_blocks.{i}.ffn.0.weight");
        parts.extend((0..count).map(|i| (feed(i), vec![hidden, dim])));
    }
    parts
}

/// The text encoder.
pub(super) fn text_encoder(subject: &Subject) -> Result<Weights> {
    match subject {
        Subject::Synthetic(_) => Ok(Weights::synthetic(UMT5.tensors())),
        Subject::Installed(checkpoint) => {
            Weights::open_kind(&checkpoint.text_encoder, NetworkKind::TextEncoder)
        }
    }
}

/// The VAE.
pub(in crate::pipeline) fn vae(subject: &Subject) -> Result<Weights> {
    if let Subject::Installed(checkpoint) = subject {
        return Weights::open_kind(&checkpoint.vae, NetworkKind::Vae);
    }
    let (encoder, decoder) = match vae_kind(subject.variant()) {
        vae::Kind::V21 => ([96, 3], [384, 16]),
        vae::Kind::V22 => ([160, 12], [1024, 48]),
    };
    let ends = [("encoder", encoder), ("decoder", decoder)];
    Ok(Weights::synthetic(ends.map(|(half, [outputs, inputs])| {
        let name = format!("{half}.conv1.weight");
        (name, vec![outputs, inputs, 3, 3, 3])
    })))
}
