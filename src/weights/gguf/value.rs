//! What a file says about its model: numbers, texts and lists of them.

use std::io::Read;

use super::input::{Input, damaged};

/// A value of the metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number that is not negative, or a truth value.
    Natural(u64),
    /// A negative number.
    Negative(i64),
    /// A fraction.
    Real(f64),
    /// A text.
    Text(String),
    /// Several values of one kind.
    List(List),
}

/// Several values of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum List {
    /// Bytes as they are, whether they are told with signs or without, or truth values.
    Bytes(Vec<u8>),
    /// Whole numbers that are not negative.
    Natural(Vec<u64>),
    /// Whole numbers, some of them negative.
    Integer(Vec<i64>),
    /// Fractions.
    Real(Vec<f32>),
    /// Texts.
    Text(Vec<String>),
}

/// The most items of a list but for bytes. The largest vocabularies have a quarter million.
const MOST_ITEMS: u64 = 2_000_000;

const TEXT: u32 = 8;
const LIST: u32 = 9;

impl Value {
    pub(super) fn read(input: &mut Input<impl Read>) -> Result<Self, String> {
        match input.u32()? {
            TEXT => input.text().map(Self::Text),
            LIST => List::read(input).map(Self::List),
            kind => Self::number(input, kind),
        }
    }

    fn number(input: &mut Input<impl Read>, kind: u32) -> Result<Self, String> {
        Ok(match kind {
            0 | 7 => Self::Natural(u8::from_le_bytes(input.array()?).into()),
            1 => Self::integer(i8::from_le_bytes(input.array()?).into()),
            2 => Self::Natural(u16::from_le_bytes(input.array()?).into()),
            3 => Self::integer(i16::from_le_bytes(input.array()?).into()),
            4 => Self::Natural(u32::from_le_bytes(input.array()?).into()),
            5 => Self::integer(i32::from_le_bytes(input.array()?).into()),
            6 => Self::Real(f32::from_le_bytes(input.array()?).into()),
            10 => Self::Natural(input.u64()?),
            11 => Self::integer(i64::from_le_bytes(input.array()?)),
            12 => Self::Real(f64::from_le_bytes(input.array()?)),
            _ => return Err(damaged("has a value of an unknown kind")),
        })
    }

    fn integer(value: i64) -> Self {
        u64::try_from(value).map_or(Self::Negative(value), Self::Natural)
    }
}

impl List {
    fn read(input: &mut Input<impl Read>) -> Result<Self, String> {
        Ok(match input.u32()? {
            0 | 1 | 7 => Self::Bytes(input.bytes()?),
            2 => Self::Natural(all(input, |bytes| u16::from_le_bytes(bytes).into())?),
            3 => Self::integers(all(input, |bytes| i16::from_le_bytes(bytes).into())?),
            4 => Self::Natural(all(input, |bytes| u32::from_le_bytes(bytes).into())?),
            5 => Self::integers(all(input, |bytes| i32::from_le_bytes(bytes).into())?),
            6 => Self::Real(all(input, f32::from_le_bytes)?),
            TEXT => {
                let count = input.count(8, MOST_ITEMS)?;
                let texts = (0..count).map(|_| input.text());
                Self::Text(texts.collect::<Result<_, _>>()?)
            }
            LIST => return Err(damaged("has lists within lists, which no model needs")),
            10 => Self::Natural(all(input, u64::from_le_bytes)?),
            11 => Self::integers(all(input, i64::from_le_bytes)?),
            12 => Self::Real(all(input, |bytes| f64::from_le_bytes(bytes) as f32)?),
            _ => return Err(damaged("has a value of an unknown kind")),
        })
    }

    /// As natural numbers, if they all are.
    fn integers(values: Vec<i64>) -> Self {
        let natural: Option<Vec<u64>> = values.iter().map(|&v| v.try_into().ok()).collect();
        natural.map_or(Self::Integer(values), Self::Natural)
    }
}

/// The items of a list, of `N` bytes each.
fn all<T, const N: usize>(
    input: &mut Input<impl Read>,
    item: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, String> {
    let count = input.count(N as u64, MOST_ITEMS)?;
    (0..count).map(|_| input.array().map(&item)).collect()
}
