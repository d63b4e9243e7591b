//! What comes before the tensors.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use super::input::{Input, damaged};
use super::value::{List, Value};

/// What a converted model can have; a damaged file may claim any number.
const MOST_AXES: u32 = 8;
/// The most tensors, and the most values; models have a few thousand.
const MOST_ENTRIES: u64 = 100_000;
/// Where tensors lie if the file does not say.
const ALIGNMENT: u64 = 32;

/// What a file says about itself and its tensors.
#[derive(Debug)]
pub struct Header {
    /// What is known about the model, by name.
    pub values: BTreeMap<String, Value>,
    /// The tensors, in the order of the file.
    pub tensors: Vec<Tensor>,
    /// Where the tensors begin, from the beginning of the file.
    pub data: u64,
}

/// A tensor as the header tells it; nothing is checked against the file yet.
#[derive(Debug)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its sides, the slowest first, as everybody but ggml counts them.
    pub shape: Vec<u64>,
    /// ggml's number for its type.
    pub kind: u32,
    /// Where it begins, from the beginning of the tensors.
    pub offset: u64,
}

impl Header {
    /// Reads the header at the beginning of a file that is `length` bytes long.
    ///
    /// # Errors
    /// What is wrong with it; continues a sentence that the file's path begins.
    pub fn read(reader: impl Read, length: u64) -> Result<Self, String> {
        let mut input = Input::new(BufReader::new(reader), length);
        if &input.array()? != b"GGUF" {
            return Err("is no GGUF file".into());
        }
        match input.u32()? {
            2 | 3 => {}
            1 => {
                return Err(
                    "is a GGUF file of version 1, which nobody writes any more: convert it again"
                        .into(),
                );
            }
            version if version.swap_bytes() <= 3 => {
                return Err(
                    "was written on a big-endian machine, which cannot be read here".into(),
                );
            }
            version => {
                return Err(format!(
                    "is a GGUF file of version {version}, which this version cannot read"
                ));
            }
        }
        // A tensor takes at least 24 bytes here, and a value 13.
        let tensors = input.count(24, MOST_ENTRIES)?;
        let values = input.count(13, MOST_ENTRIES)?;
        let values = (0..values)
            .map(|_| Ok((input.text()?, Value::read(&mut input)?)))
            .collect::<Result<_, String>>()?;
        let tensors = (0..tensors)
            .map(|_| Tensor::read(&mut input))
            .collect::<Result<_, _>>()?;
        let mut header = Self {
            values,
            tensors,
            data: 0,
        };
        header.data = input.position().next_multiple_of(header.alignment()?);
        Ok(header)
    }

    /// A text, such as "general.architecture".
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Option<&[String]> {
        match self.values.get(name)? {
            Value::List(List::Text(texts)) => Some(texts),
            _ => None,
        }
    }

    /// A number that is not negative.
    pub fn integer(&self, name: &str) -> Option<u64> {
        match self.values.get(name)? {
            Value::Natural(number) => Some(*number),
            _ => None,
        }
    }

    /// A list of numbers that are not negative. Those of a byte are told only where a sign would not matter.
    pub fn integers(&self, name: &str) -> Option<Vec<u64>> {
        match self.values.get(name)? {
            Value::List(List::Natural(numbers)) => Some(numbers.clone()),
            Value::List(List::Bytes(bytes)) if bytes.is_ascii() => {
                Some(bytes.iter().map(|&byte| byte.into()).collect())
            }
            _ => None,
        }
    }

    /// A list of fractions.
    pub fn reals(&self, name: &str) -> Option<&[f32]> {
        match self.values.get(name)? {
            Value::List(List::Real(numbers)) => Some(numbers),
            _ => None,
        }
    }

    /// A list of bytes, whether it is told with signs or without.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        match self.values.get(name)? {
            Value::List(List::Bytes(bytes)) => Some(bytes.clone()),
            Value::List(List::Natural(bytes)) => bytes.iter().map(|&b| b.try_into().ok()).collect(),
            _ => None,
        }
    }

    fn alignment(&self) -> Result<u64, String> {
        let alignment = self.integer("general.alignment").unwrap_or(ALIGNMENT);
        if (1..=1 << 20).contains(&alignment) {
            return Ok(alignment);
        }
        Err(damaged(&format!("aligns tensors to {alignment} bytes")))
    }
}

impl Tensor {
    fn read(input: &mut Input<impl Read>) -> Result<Self, String> {
        let name = input.text()?;
        let axes = input.u32()?;
        if axes > MOST_AXES {
            return Err(damaged(&format!("gives {name} {axes} axes")));
        }
        let sides = (0..axes).map(|_| input.u64());
        let mut shape = sides.collect::<Result<Vec<_>, _>>()?;
        shape.reverse();
        Ok(Self {
            name,
            shape,
            kind: input.u32()?,
            offset: input.u64()?,
        })
    }
}
