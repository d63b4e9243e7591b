//! The vocabulary in a `tokenizer.json`, which is Hugging Face's conversion of SentencePiece's own file.
//!
//! The library that writes these files would read them too, but it trusts them: a damaged table of characters makes it
//! panic, and rules that each double the text fill any memory. So what UMT5 has is read and what the built-in model has, and
//! nothing else accepted.
//!
//! Tokenizers `src/tokenizer/serialization.rs`; Transformers `convert_slow_tokenizer.py`, `SpmConverter`.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Fold, Kind, OTHER_WAY, Piece, SPACE, SPACES, Vocabulary, charsmap};

/// The file, less what is done to tokens once they are there.
#[derive(Deserialize)]
struct File {
    model: Model,
    normalizer: Option<Rule>,
    pre_tokenizer: Option<Splitter>,
    #[serde(default)]
    added_tokens: Vec<Added>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Model {
    Unigram {
        unk_id: Option<usize>,
        #[serde(default)]
        byte_fallback: bool,
        vocab: Vec<(String, f64)>,
    },
    #[serde(other)]
    Other,
}

/// What is done to text before it is split.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum Rule {
    Sequence {
        normalizers: Vec<Rule>,
    },
    Precompiled {
        precompiled_charsmap: String,
    },
    Strip {
        strip_left: bool,
        strip_right: bool,
    },
    Replace {
        pattern: Pattern,
        content: String,
    },
    #[serde(rename = "NFKC")]
    Compatible,
    Lowercase,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
enum Pattern {
    String(IgnoredAny),
    Regex(String),
}

/// How words are told apart.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum Splitter {
    Metaspace {
        replacement: char,
        #[serde(default)]
        prepend_scheme: Option<String>,
        #[serde(default)]
        add_prefix_space: Option<bool>,
        #[serde(default)]
        split: Option<bool>,
    },
    Sequence {
        pretokenizers: Vec<Splitter>,
    },
    WhitespaceSplit,
    #[serde(other)]
    Other,
}

/// A token that is found before any text is split.
#[derive(Deserialize)]
struct Added {
    content: String,
    #[serde(default)]
    special: bool,
}

/// Reads it.
pub(super) fn read(bytes: &[u8]) -> Result<Vocabulary, String> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|why| format!("is no tokenizer.json, or a damaged one ({why})"))?;
    let Model::Unigram {
        unk_id,
        byte_fallback,
        vocab,
    } = file.model
    else {
        return Err(OTHER_WAY.into());
    };
    let pieces = vocab.into_iter().map(|(text, score)| Piece {
        text,
        score,
        kind: Kind::Normal,
    });
    let mut pieces: Vec<_> = pieces.collect();
    add(&mut pieces, file.added_tokens);
    if let Some(unknown) = unk_id.and_then(|number| pieces.get_mut(number)) {
        unknown.kind = Kind::Unknown;
    }
    let mut vocabulary = Vocabulary {
        pieces,
        byte_fallback,
        charsmap: Vec::new(),
        folds: Vec::new(),
        trimmed: false,
        prefix_space: file.pre_tokenizer.is_some(),
    };
    if let Some(rule) = file.normalizer {
        prepare(&mut vocabulary, rule)?;
    }
    if let Some(splitter) = file.pre_tokenizer {
        vocabulary.prefix_space = begins_with_space(&splitter)?;
    }
    Ok(vocabulary)
}

/// Marks the pieces that are tokens of their own, and adds those that are not there yet, as the library does.
fn add(pieces: &mut Vec<Piece>, tokens: Vec<Added>) {
    let texts = pieces.iter().enumerate();
    let numbers: HashMap<_, _> = texts
        .map(|(number, piece)| (&*piece.text, number))
        .collect();
    let places = tokens.iter().map(|token| numbers.get(&*token.content));
    let places: Vec<_> = places.map(Option::<&usize>::copied).collect();
    for (token, place) in tokens.into_iter().zip(places) {
        let kind = if token.special {
            Kind::Control
        } else {
            Kind::UserDefined
        };
        match place {
            Some(number) => pieces[number].kind = kind,
            None => pieces.push(Piece {
                text: token.content,
                score: 0.0,
                kind,
            }),
        }
    }
}

/// Takes over what a rule does.
fn prepare(vocabulary: &mut Vocabulary, rule: Rule) -> Result<(), String> {
    match rule {
        Rule::Sequence { normalizers } => normalizers
            .into_iter()
            .try_for_each(|rule| prepare(vocabulary, rule))?,
        Rule::Precompiled {
            precompiled_charsmap,
        } => {
            let map = BASE64.decode(precompiled_charsmap);
            vocabulary.charsmap = map.map_err(|_| charsmap::DAMAGED)?;
        }
        Rule::Compatible => fold(vocabulary, Fold::Compatible)?,
        Rule::Lowercase => fold(vocabulary, Fold::Lowercase)?,
        Rule::Strip {
            strip_left: false,
            strip_right: true,
        } => vocabulary.trimmed = true,
        // Every vocabulary has it, and for what follows a space is as good as its sign.
        Rule::Replace {
            pattern: Pattern::Regex(pattern),
            content,
        } if pattern == SPACES && matches!(content.as_str(), " " | "▁") => {}
        Rule::Strip { .. } | Rule::Replace { .. } | Rule::Other => return Err(OTHER_WAY.into()),
    }
    Ok(())
}

/// Once each: nobody needs more.
fn fold(vocabulary: &mut Vocabulary, fold: Fold) -> Result<(), String> {
    if vocabulary.folds.contains(&fold) {
        return Err(OTHER_WAY.into());
    }
    vocabulary.folds.push(fold);
    Ok(())
}

/// Whether the first word has a space before it too, as all others.
fn begins_with_space(splitter: &Splitter) -> Result<bool, String> {
    match splitter {
        Splitter::Metaspace {
            replacement,
            prepend_scheme,
            add_prefix_space,
            split: None | Some(true),
        } if *replacement == SPACE => {
            Ok(*add_prefix_space != Some(false) && prepend_scheme.as_deref() != Some("never"))
        }
        // As older conversions have it: each word gets its space by itself. In a cleaned prompt that is the same.
        Splitter::Sequence { pretokenizers } => match pretokenizers.as_slice() {
            [Splitter::WhitespaceSplit, words] if begins_with_space(words)? => Ok(true),
            _ => Err(OTHER_WAY.into()),
        },
        _ => Err(OTHER_WAY.into()),
    }
}
