//! The UMT5 encoder, a layer at a time from the file: of eleven gigabytes no more than two layers are ever in memory, the one
//! that computes and the one that is being read meanwhile.

use mlx_rs::transforms::{async_eval, eval};
use mlx_rs::{Array, Dtype, memory};

use super::Tokens;
use super::config::{BLOCKS, Config, EMBEDDING, NORM};
use super::layer::{self, Layer};
use super::tokenizer::EMBEDDED;
use crate::Result;
use crate::weights::{Weights, beside};

/// The features of each prompt, (tokens, width), float32.
///
/// All prompts go through a layer while the next one is read. Each keeps its own length: the
/// official code pads them to one length and hides the padding, with the same result. `on_layer`
/// hears how many layers of how many are done, and ends the encoding with an error.
///
/// Wan2.2 `wan/modules/t5.py`, `T5Encoder.forward`.
pub fn encode(
    weights: &Weights,
    prompts: &[Tokens],
    mut on_layer: impl FnMut(usize, usize) -> Result<()>,
) -> Result<Vec<Array>> {
    let weights = weights.as_type(Dtype::Float32);
    let config = Config::read(&weights)?;
    check(&weights, &config)?;
    let mut states = prompts
        .iter()
        .map(|prompt| weights.rows(EMBEDDING, &prompt.ids))
        .collect::<Result<Vec<_>>>()?;
    on_layer(0, config.layers)?;
    // It stays until the next one is there, so that the memory does not depend on which of the two is the faster.
    let mut at_work: Option<Layer> = None;
    for i in 0..config.layers {
        let layer = beside(|| Layer::load(&weights.at(BLOCKS).at(i), &config))?;
        eval(&states)?;
        drop(at_work.take());
        if i > 0 {
            on_layer(i, config.layers)?;
        }
        let last = states.len().saturating_sub(1);
        for (index, state) in states.iter_mut().enumerate() {
            *state = layer.forward(state)?;
            async_eval([&*state])?;
            // What two prompts need at once would be twice as much.
            if index < last {
                eval([&*state])?;
            }
        }
        at_work = Some(layer);
    }
    eval(&states)?;
    drop(at_work);
    on_layer(config.layers, config.layers)?;
    let norm = weights.tensor(NORM, &[config.width])?;
    for state in &mut states {
        *state = layer::norm(state, &norm)?;
    }
    eval(&states)?;
    // What the layers left behind is of no use to anyone else.
    memory::clear_cache()?;
    Ok(states)
}

/// Demands of the headers, before gigabytes are read, that every tensor is there and nothing else
/// is.
fn check(weights: &Weights, config: &Config) -> Result<()> {
    weights.load(|weights| {
        weights.skip(EMBEDDED);
        for (name, shape) in config.tensors() {
            let fits = weights.shape(&name).is_ok_and(|held| held == shape)
                && weights.dtype(&name).is_ok_and(|dtype| dtype.is_float());
            if fits {
                weights.skip(&name);
            } else {
                weights.tensor(&name, &shape)?; // reads nothing, and notes what is wrong
            }
        }
        Ok(())
    })
}
