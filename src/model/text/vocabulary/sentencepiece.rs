//! SentencePiece's model files: a `ModelProto` in the wire format of protocol buffers.
//!
//! SentencePiece `src/sentencepiece_model.proto`.

use super::{Kind, OTHER_WAY, Piece, Vocabulary};

/// The fields that matter, by their numbers in their messages.
mod field {
    pub(super) const PIECE: u64 = 1;
    pub(super) const PIECE_TEXT: u64 = 1;
    pub(super) const PIECE_SCORE: u64 = 2;
    pub(super) const PIECE_KIND: u64 = 3;
    pub(super) const TRAINER: u64 = 2;
    pub(super) const TRAINER_MODEL: u64 = 3;
    pub(super) const TRAINER_BYTE_FALLBACK: u64 = 35;
    pub(super) const NORMALIZER: u64 = 3;
    pub(super) const NORMALIZER_CHARSMAP: u64 = 2;
    pub(super) const NORMALIZER_PREFIX_SPACE: u64 = 3;
}

/// The number of the only kind of model that T5 has.
const UNIGRAM: u64 = 1;

/// Reads it.
pub(super) fn read(bytes: &[u8]) -> Result<Vocabulary, String> {
    let mut vocabulary = Vocabulary {
        pieces: Vec::new(),
        byte_fallback: false,
        charsmap: Vec::new(),
        folds: Vec::new(),
        trimmed: true,
        prefix_space: true,
    };
    for field in Fields(bytes) {
        match field? {
            (field::PIECE, Value::Bytes(bytes)) => vocabulary.pieces.push(piece(bytes)?),
            (field::TRAINER, Value::Bytes(bytes)) => trainer(bytes, &mut vocabulary)?,
            (field::NORMALIZER, Value::Bytes(bytes)) => normalizer(bytes, &mut vocabulary)?,
            _ => {}
        }
    }
    if vocabulary.pieces.is_empty() {
        return Err("has no pieces".into());
    }
    Ok(vocabulary)
}

fn piece(bytes: &[u8]) -> Result<Piece, String> {
    let mut piece = Piece {
        text: String::new(),
        score: 0.0,
        kind: Kind::Normal,
    };
    for field in Fields(bytes) {
        match field? {
            (field::PIECE_TEXT, Value::Bytes(text)) => {
                let text = std::str::from_utf8(text).map_err(|_| "has a piece that is no text")?;
                text.clone_into(&mut piece.text);
            }
            (field::PIECE_SCORE, Value::Float(score)) => piece.score = score.into(),
            (field::PIECE_KIND, Value::Number(number)) => {
                piece.kind = Kind::from_number(number).ok_or("has a piece of an unknown kind")?;
            }
            _ => {}
        }
    }
    Ok(piece)
}

fn trainer(bytes: &[u8], vocabulary: &mut Vocabulary) -> Result<(), String> {
    for field in Fields(bytes) {
        match field? {
            (field::TRAINER_MODEL, Value::Number(kind)) if kind != UNIGRAM => {
                return Err(OTHER_WAY.into());
            }
            (field::TRAINER_BYTE_FALLBACK, Value::Number(yes)) => {
                vocabulary.byte_fallback = yes != 0;
            }
            _ => {}
        }
    }
    Ok(())
}

fn normalizer(bytes: &[u8], vocabulary: &mut Vocabulary) -> Result<(), String> {
    for field in Fields(bytes) {
        match field? {
            (field::NORMALIZER_CHARSMAP, Value::Bytes(map)) => vocabulary.charsmap = map.to_vec(),
            (field::NORMALIZER_PREFIX_SPACE, Value::Number(yes)) => {
                vocabulary.prefix_space = yes != 0;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What a field holds.
enum Value<'a> {
    Number(u64),
    Float(f32),
    /// Text, bytes, or a message within the message.
    Bytes(&'a [u8]),
    /// Eight bytes, which nothing here needs.
    Other,
}

/// The numbered fields of a message. After an error there are no more.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or_else(|| "is no SentencePiece model, or a damaged one".into()))
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let tag = self.number()?;
        let value = match tag & 7 {
            0 => Value::Number(self.number()?),
            1 => {
                self.take(8)?;
                Value::Other
            }
            2 => {
                let length = self.number()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Float(f32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some((tag >> 3, value))
    }

    /// Seven bits in each byte, the lowest first; the eighth says that more follow.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for place in 0..10 {
            let byte = u64::from(*self.take(1)?.first()?);
            number |= (byte & 0x7f).checked_shl(7 * place)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(head)
    }
}
