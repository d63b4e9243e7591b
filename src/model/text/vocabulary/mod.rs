//! A *vocabulary* is the list of pieces that text is split into, as a `tokenizer.json`, SentencePiece's own files and the
//! headers of GGUF files hold it.

mod charsmap;
mod gguf;
mod json;
mod sentencepiece;

use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{
    Lowercase, NFKC, NormalizerWrapper, Precompiled, Replace, Sequence, Strip,
};
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::{AddedToken, Tokenizer};

/// How a GGUF file begins.
pub(super) const GGUF: &[u8] = b"GGUF";

/// What stands for a space within pieces.
const SPACE: char = '▁';

/// The spaces of which one is made, as a regular expression.
const SPACES: &str = " {2,}";

/// Why a sound file is refused.
const OTHER_WAY: &str = "splits text in another way than UMT5";

/// Pieces and how text is prepared for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    /// In the order of their numbers.
    pub pieces: Vec<Piece>,
    /// Whether characters that no piece has are spelt out in bytes.
    pub byte_fallback: bool,
    /// SentencePiece's table of characters that are replaced before anything else; empty for none.
    pub charsmap: Vec<u8>,
    /// How characters are folded then.
    pub folds: Vec<Fold>,
    /// Whether spaces at the end of text are left out.
    pub trimmed: bool,
    /// Whether text begins with a space.
    pub prefix_space: bool,
}

/// What makes one character of several that mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Unicode's compatible form, NFKC.
    Compatible,
    /// Small letters.
    Lowercase,
}

/// One piece of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The characters.
    pub text: String,
    /// The logarithm of how often it occurs.
    pub score: f64,
    /// What it is for.
    pub kind: Kind,
}

/// What a piece is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Normal,
    /// Whatever no other piece has.
    Unknown,
    /// A mark that is not part of any text.
    Control,
    /// Text that is never split.
    UserDefined,
    /// Nothing.
    Unused,
    /// One byte.
    Byte,
}

impl Kind {
    /// From the number that files have for it.
    ///
    /// SentencePiece `sentencepiece_model.proto`, `SentencePiece.Type`.
    pub fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            1 => Self::Normal,
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => return None,
        })
    }
}

/// Reads a vocabulary from a `tokenizer.json`, SentencePiece's own file or the header of a GGUF file.
///
/// # Errors
/// `bytes` are none, or one of another kind. Continues the sentence that the file begins.
pub fn read(bytes: &[u8]) -> Result<Vocabulary, String> {
    if bytes.starts_with(GGUF) {
        gguf::read(bytes)
    } else if is_json(bytes) {
        json::read(bytes)
    } else {
        sentencepiece::read(bytes)
    }
}

fn is_json(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, None | Some(b'{'))
}

impl Vocabulary {
    /// The tokenizer that Hugging Face's own conversion makes of it, without the marks that it puts around a prompt.
    ///
    /// Transformers `convert_slow_tokenizer.py`, `SpmConverter` and `T5Converter`.
    ///
    /// # Errors
    /// It is none that text can be split with. Continues the sentence that the file begins.
    pub fn tokenizer(&self) -> Result<Tokenizer, String> {
        let unknown = self.number_of(Kind::Unknown);
        let unknown = unknown.ok_or("has no piece for unknown characters")?;
        if self.pieces.iter().any(|piece| !piece.score.is_finite()) {
            return Err("has pieces whose scores are no numbers".into());
        }
        let pieces = self.pieces.iter();
        let pieces = pieces.map(|piece| (piece.text.clone(), piece.score));
        let model = Unigram::from(pieces.collect(), Some(unknown), self.byte_fallback);
        let mut tokenizer = Tokenizer::new(model.map_err(|why| why.to_string())?);
        tokenizer
            .with_normalizer(Some(self.normalizer()?))
            .map_err(|why| why.to_string())?;
        let prefix = if self.prefix_space {
            PrependScheme::Always
        } else {
            PrependScheme::Never
        };
        tokenizer.with_pre_tokenizer(Some(Metaspace::new(SPACE, prefix, true)));
        tokenizer
            .add_special_tokens(
                self.tokens(|kind| matches!(kind, Kind::Control | Kind::Unknown), true),
            )
            .map_err(|why| why.to_string())?;
        tokenizer
            .add_tokens(self.tokens(|kind| kind == Kind::UserDefined, false))
            .map_err(|why| why.to_string())?;
        Ok(tokenizer)
    }

    fn number_of(&self, kind: Kind) -> Option<usize> {
        self.pieces.iter().position(|piece| piece.kind == kind)
    }

    /// The pieces that are found before any text is split or normalised: one of which normalising leaves nothing would be
    /// found within characters.
    fn tokens(&self, which: fn(Kind) -> bool, special: bool) -> Vec<AddedToken> {
        let pieces = self.pieces.iter().filter(|piece| which(piece.kind));
        pieces
            .filter(|piece| !piece.text.is_empty())
            .map(|piece| AddedToken::from(piece.text.clone(), special).normalized(false))
            .collect()
    }

    fn normalizer(&self) -> Result<Sequence, String> {
        let mut steps: Vec<NormalizerWrapper> = Vec::new();
        if !self.charsmap.is_empty() {
            charsmap::check(&self.charsmap)?;
            let map = Precompiled::from(&self.charsmap).map_err(|why| why.to_string())?;
            steps.push(map.into());
        }
        steps.extend(self.folds.iter().map(|fold| match fold {
            Fold::Compatible => NFKC.into(),
            Fold::Lowercase => Lowercase.into(),
        }));
        if self.trimmed {
            steps.push(Strip::new(false, true).into());
        }
        let spaces = ReplacePattern::Regex(SPACES.into());
        let one = Replace::new(spaces, SPACE.to_string()).map_err(|why| why.to_string())?;
        steps.push(one.into());
        Ok(Sequence::new(steps))
    }
}
