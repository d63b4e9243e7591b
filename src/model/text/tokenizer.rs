//! From a cleaned prompt to the numbers of its tokens.

use std::io::Read;
use std::path::{Path, PathBuf};

use tokenizers::Tokenizer as Inner;

use super::vocabulary::{self, GGUF};
use crate::weights::{NetworkKind, Weights, gguf};
use crate::{Error, Result, disk};

/// The token that ends every prompt.
const END: &str = "</s>";

/// The tensor with SentencePiece's file in ComfyUI's text encoders.
pub(super) const EMBEDDED: &str = "spiece_model";

/// Those of UMT5 take 17 MB.
const LARGEST: u64 = 256 << 20;

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
        let read = vocabulary::read(&Self::source(path)?);
        let tokenizer = read.and_then(|vocabulary| {
            let inner = vocabulary.tokenizer()?;
            let end = inner.token_to_id(END);
            let end = end.ok_or_else(|| format!("has no token {END}"))?;
            Ok((inner, end))
        });
        let (inner, end) = tokenizer.map_err(|why| {
            let problem = format!(
                "is not a tokenizer for UMT5: it {why}; choose the one that came with the model"
            );
            Error::content(path, problem)
        })?;
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
            Weights::open_kind(&[path.to_owned()], NetworkKind::TextEncoder)?.bytes(EMBEDDED)
        } else if start.starts_with(GGUF) {
            gguf::header_bytes(path)
        } else {
            small(path)
        }
    }

    /// The tokens of a cleaned prompt, at most `most` of them: what is beyond is cut off before the
    /// end token.
    ///
    /// Wan2.2 `wan/modules/tokenizers.py`, `HuggingfaceTokenizer.__call__`, less the padding.
    pub fn encode(&self, text: &str, most: usize) -> Result<Tokens> {
        let encoding = self.inner.encode_fast(text, false).map_err(|why| {
            Error::content(
                &self.path,
                format!("cannot split the prompt into tokens: {why}"),
            )
        })?;
        let mut ids = encoding.get_ids().to_vec();
        ids.truncate(most.saturating_sub(1));
        ids.push(self.end);
        Ok(Tokens { ids })
    }

    /// The end of a cleaned prompt that [`encode`](Self::encode) cuts off; none if nothing is.
    pub fn cut_off<'a>(&self, text: &'a str, most: usize) -> Result<Option<&'a str>> {
        let encoding = self.inner.encode(text, false).map_err(|why| {
            Error::content(
                &self.path,
                format!("cannot split the prompt into tokens: {why}"),
            )
        })?;
        let first = encoding.get_offsets().get(most.saturating_sub(1));
        Ok(first.map(|&(start, _)| text[text.floor_char_boundary(start)..].trim()))
    }
}

/// All of a file that may be anything.
fn small(path: &Path) -> Result<Vec<u8>> {
    let file = disk::open(path)?;
    let length = file.metadata().map_err(Error::file("read", path))?.len();
    if length > LARGEST {
        return Err(Error::content(
            path,
            "is too large for a tokenizer: choose a tokenizer.json",
        ));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(Error::file("read", path))?;
    Ok(bytes)
}

/// The first nine bytes, or as many as there are.
fn start(path: &Path) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    disk::open(path)?
        .take(9)
        .read_to_end(&mut start)
        .map_err(Error::file("read", path))?;
    Ok(start)
}

/// Whether a file that begins so is one of weights: eight bytes with a length, then JSON.
fn is_safetensors(start: &[u8]) -> bool {
    matches!(start, &[first, .., 0, 0, b'{'] if start.len() == 9 && first != b'{')
}
