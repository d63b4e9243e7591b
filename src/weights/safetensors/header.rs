//! The header of a safetensors file, as the crate for this format reads it, but with bounds: a header of the length that
//! the format allows could hold millions of tensors, or one of millions of sides.

use std::collections::HashMap;
use std::fmt;

use ::safetensors::tensor::{Metadata, TensorInfo};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::weights::entry::Number;

/// The most tensors of a file; models have a few thousand.
const MOST_TENSORS: usize = 100_000;
/// The most notes beside them; tools for training write about a hundred.
const MOST_NOTES: usize = 10_000;
/// The most sides of a tensor. PyTorch counts no further either.
const MOST_SIDES: usize = 64;

/// The tensors and notes of a header; offsets, types and shapes agree.
///
/// # Errors
/// What is wrong with it, without a full stop.
pub(super) fn read(json: &[u8]) -> Result<Metadata, String> {
    let Header { notes, mut tensors } =
        serde_json::from_slice(json).map_err(|error| error.to_string())?;
    tensors.sort_by_key(|(_, tensor)| tensor.data_offsets);
    Metadata::new(notes, tensors).map_err(|error| error.to_string())
}

struct Header {
    notes: Option<HashMap<String, String>>,
    tensors: Vec<(String, TensorInfo)>,
}

#[derive(Deserialize)]
struct Tensor {
    dtype: Number,
    shape: Sides,
    data_offsets: (usize, usize),
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("tensors by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut header = Header {
            notes: None,
            tensors: Vec::new(),
        };
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                header.notes = map.next_value::<Option<Notes>>()?.map(|notes| notes.0);
                continue;
            }
            if header.tensors.len() == MOST_TENSORS {
                let problem = format_args!("more than {MOST_TENSORS} tensors");
                return Err(A::Error::custom(problem));
            }
            let Tensor {
                dtype,
                shape: Sides(shape),
                data_offsets,
            } = map.next_value()?;
            let tensor = TensorInfo {
                dtype,
                shape,
                data_offsets,
            };
            header.tensors.push((name, tensor));
        }
        Ok(header)
    }
}

/// The sides of a tensor.
struct Sides(Vec<usize>);

impl<'de> Deserialize<'de> for Sides {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SidesVisitor)
    }
}

struct SidesVisitor;

impl<'de> Visitor<'de> for SidesVisitor {
    type Value = Sides;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the sides of a tensor")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sides, A::Error> {
        let mut sides = Vec::new();
        while let Some(side) = list.next_element()? {
            if sides.len() == MOST_SIDES {
                let problem = format_args!("a tensor of more than {MOST_SIDES} sides");
                return Err(A::Error::custom(problem));
            }
            sides.push(side);
        }
        Ok(Sides(sides))
    }
}

/// What else a file says.
struct Notes(HashMap<String, String>);

impl<'de> Deserialize<'de> for Notes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NotesVisitor)
    }
}

struct NotesVisitor;

impl<'de> Visitor<'de> for NotesVisitor {
    type Value = Notes;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("texts by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Notes, A::Error> {
        let mut notes = HashMap::new();
        while let Some((name, note)) = map.next_entry()? {
            if notes.len() == MOST_NOTES {
                let problem = format_args!("more than {MOST_NOTES} notes");
                return Err(A::Error::custom(problem));
            }
            notes.insert(name, note);
        }
        Ok(Notes(notes))
    }
}
