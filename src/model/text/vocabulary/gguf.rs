//! The vocabulary in the header of a GGUF text encoder.
//!
//! llama.cpp `gguf-py/gguf/constants.py`, `Keys.Tokenizer`.

use super::{Kind, Piece, Vocabulary};
use crate::weights::gguf::Header;

/// What llama.cpp calls the only kind of model that T5 has.
const UNIGRAM: &str = "t5";

/// Reads it from the bytes of a header.
pub(super) fn read(bytes: &[u8]) -> Result<Vocabulary, String> {
    let header = Header::read(bytes, bytes.len() as u64)?;
    if header.text("tokenizer.ggml.model") != Some(UNIGRAM) {
        return Err("has no vocabulary of a T5 in its header".into());
    }
    let texts = header.texts("tokenizer.ggml.tokens").unwrap_or_default();
    let scores = header.reals("tokenizer.ggml.scores").unwrap_or_default();
    let kinds = header
        .integers("tokenizer.ggml.token_type")
        .unwrap_or_default();
    if texts.is_empty() || texts.len() != scores.len() || texts.len() != kinds.len() {
        return Err("has pieces without scores or kinds in its header".into());
    }
    let pieces = texts.iter().zip(scores).zip(kinds);
    let pieces = pieces.map(|((text, &score), kind)| {
        let kind = Kind::from_number(kind).ok_or("has a piece of an unknown kind")?;
        Ok(Piece {
            text: text.clone(),
            score: score.into(),
            kind,
        })
    });
    let pieces = pieces.collect::<Result<Vec<_>, String>>()?;
    let charsmap = header.bytes("tokenizer.ggml.precompiled_charsmap");
    Ok(Vocabulary {
        byte_fallback: pieces.iter().any(|piece| piece.kind == Kind::Byte),
        pieces,
        charsmap: charsmap.unwrap_or_default(),
        folds: Vec::new(),
        trimmed: true,
        prefix_space: header.integer("tokenizer.ggml.add_space_prefix") != Some(0),
    })
}
