//! From a cleaned prompt to the numbers of its tokens.

use std::fs;
use std::path::{Path, PathBuf};

use tokenizers::Tokenizer as Inner;

use crate::{Error, Result};

/// The token that ends every prompt.
const END: &str = "</s>";

/// The tokens of one prompt, the end token last, without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Rows of the encoder's embedding.
    pub ids: Vec<u32>,
}

/// A model's `tokenizer.json`.
pub struct Tokenizer {
    path: PathBuf,
    inner: Inner,
    end: u32,
}

impl Tokenizer {
    /// Reads the file at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(Error::file("read", path))?;
        let not = |why: String| Error::content(path, format!("is not a tokenizer: {why}"));
        let mut inner = Inner::from_bytes(bytes).map_err(|why| not(why.to_string()))?;
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
