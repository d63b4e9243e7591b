//! From a cleaned prompt to the numbers of its tokens.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use tokenizers::Tokenizer as Inner;

use super::vocabulary::{self, GGUF};
use crate::weights::{Weights, gguf};
use crate::{Error, Result};

/// The token that ends every prompt.
const END: &str = "</s>";

/// The tensor with SentencePiece's file in ComfyUI's text encoders.
pub(super) const EMBEDDED: &str = "spiece_model";

/// The tokens of one prompt, the end token last, without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Rows of the encoder's embedding.
    pub ids: Vec<u32>,
}

/// What a model splits text with.
pub struct Tokenizer {
    path: PathBuf,
    inner: Inner,
    end: u32,
}

impl Tokenizer {
    /// Reads the file at `path`, which its content tells to be a `tokenizer.json`, SentencePiece's own, or a text encoder
    /// with a vocabulary in it.
    pub fn open(path: &Path) -> Result<Self> {
        let not = |why: String| Error::content(path, format!("is not a tokenizer: {why}"));
        let bytes = Self::source(path)?;
        let mut inner = if starts_json(&bytes) {
            Inner::from_bytes(bytes).map_err(|why| not(why.to_string()))?
        } else {
            let read = vocabulary::read(&bytes);
            read.and_then(|vocabulary| vocabulary.tokenizer())
                .map_err(|why| not(format!("it {why}")))?
        };
        // Both are left to `encode`, whatever the file says.
        inner.with_padding(None);
        inner
            .with_truncation(None)
            .map_err(|why| not(why.to_string()))?;
        let end = inner
            .token_to_id(END)
            .ok_or_else(|| not(format!("it has no token {END}")))?;
        Ok(Self {
            path: path.to_owned(),
            inner,
            end,
        })
    }

    /// The part of the file that [`open`](Self::open) makes a tokenizer of: all of it, unless it is a text encoder.
    pub fn source(path: &Path) -> Result<Vec<u8>> {
        let start = start(path)?;
        if is_safetensors(&start) {
            Weights::open(&[path.to_owned()])?.bytes(EMBEDDED)
        } else if start.starts_with(GGUF) {
            gguf::header_bytes(path)
        } else {
            fs::read(path).map_err(Error::file("read", path))
        }
    }

    /// The tokens of a cleaned prompt, at most `most` of them: what is beyond is cut off before the
    /// end token.
    ///
    /// Wan2.2 `wan/modules/tokenizers.py`, `HuggingfaceTokenizer.__call__`, less the padding.
    pub fn encode(&self, text: &str, most: usize) -> Result<Tokens> {
        let encoding = self.inner.encode_fast(text, true).map_err(|why| {
            Error::content(
                &self.path,
                format!("cannot split the prompt into tokens: {why}"),
            )
        })?;
        let mut ids = encoding.get_ids().to_vec();
        // Some tokenizers leave the end token to their users.
        if ids.last() == Some(&self.end) {
            ids.pop();
        }
        ids.truncate(most.saturating_sub(1));
        ids.push(self.end);
        Ok(Tokens { ids })
    }
}

fn starts_json(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, None | Some(b'{'))
}

/// The first nine bytes, or as many as there are.
fn start(path: &Path) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(9).read_to_end(&mut start))
        .map_err(Error::file("read", path))?;
    Ok(start)
}

/// Whether a file that begins so is one of weights: eight bytes with a length, then JSON.
fn is_safetensors(start: &[u8]) -> bool {
    matches!(start, &[first, .., 0, 0, b'{'] if start.len() == 9 && first != b'{')
}
