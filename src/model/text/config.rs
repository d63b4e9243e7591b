//! The sizes of a UMT5 encoder, and the tensors that follow from them.

use crate::weights::Weights;
use crate::{Error, Result};

pub(super) const EMBEDDING: &str = "token_embedding.weight";
pub(super) const BLOCKS: &str = "blocks";
pub(super) const NORM: &str = "norm.weight";

/// The sizes of an encoder. There is no file that holds them: the tensors' shapes tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The rows of the embedding.
    pub vocabulary: i32,
    /// Of the hidden states.
    pub width: i32,
    /// The width of all heads together.
    pub attention: i32,
    /// The width within the feed-forward network.
    pub feed_forward: i32,
    /// Heads of attention.
    pub heads: i32,
    /// Buckets of relative positions.
    pub buckets: i32,
    /// Layers.
    pub layers: usize,
}

impl Config {
    /// From the headers alone.
    pub fn read(weights: &Weights) -> Result<Self> {
        let (vocabulary, width) = matrix(weights, EMBEDDING)?;
        let first = weights.at(BLOCKS).at(0);
        let (attention, _) = matrix(&first, "attn.q.weight")?;
        let (feed_forward, _) = matrix(&first, "ffn.fc1.weight")?;
        let (buckets, heads) = matrix(&first, "pos_embedding.embedding.weight")?;
        if heads < 1 || attention % heads != 0 || buckets < 4 {
            return Err(Error::Other(format!(
                "The text encoder's shapes do not fit each other: {heads} heads share a width of {attention}, \
                 with {buckets} buckets of positions"
            )));
        }
        Ok(Self {
            vocabulary,
            width,
            attention,
            feed_forward,
            heads,
            buckets,
            layers: weights.count(BLOCKS),
        })
    }

    /// Every tensor of such an encoder.
    pub fn tensors(&self) -> Vec<(String, Vec<i32>)> {
        let (width, inner) = (self.width, self.attention);
        let layer = [
            ("norm1.weight", vec![width]),
            ("attn.q.weight", vec![inner, width]),
            ("attn.k.weight", vec![inner, width]),
            ("attn.v.weight", vec![inner, width]),
            ("attn.o.weight", vec![width, inner]),
            (
                "pos_embedding.embedding.weight",
                vec![self.buckets, self.heads],
            ),
            ("norm2.weight", vec![width]),
            ("ffn.gate.0.weight", vec![self.feed_forward, width]),
            ("ffn.fc1.weight", vec![self.feed_forward, width]),
            ("ffn.fc2.weight", vec![width, self.feed_forward]),
        ];
        let ends = [
            (EMBEDDING.to_owned(), vec![self.vocabulary, width]),
            (NORM.to_owned(), vec![width]),
        ];
        let layers = (0..self.layers).flat_map(|i| {
            layer
                .iter()
                .map(move |(name, shape)| (format!("{BLOCKS}.{i}.{name}"), shape.clone()))
        });
        ends.into_iter().chain(layers).collect()
    }
}

fn matrix(weights: &Weights, name: &str) -> Result<(i32, i32)> {
    match weights.shape(name)?.as_slice() {
        &[rows, columns] => Ok((rows, columns)),
        shape => Err(Error::Other(format!(
            "The text encoder's {} should be a matrix, but is {shape:?}",
            weights.key(name)
        ))),
    }
}
