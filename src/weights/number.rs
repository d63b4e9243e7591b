//! A single number that lies beside weights, of whatever type.

use half::{bf16, f16};

use super::entry::Number;
use super::float8;

/// All numbers of a tensor that is plain, as float32.
pub(super) fn all_of(number: Number, bytes: &[u8]) -> Option<Vec<f32>> {
    let width = number.bitsize() / 8;
    let numbers = bytes.chunks_exact(width.max(1));
    numbers
        .map(|bytes| Some(only(number, bytes)? as f32))
        .collect()
}

/// A number that these bytes are all of; none of a type that is no number.
pub(super) fn only(number: Number, bytes: &[u8]) -> Option<f64> {
    let table = |table: &float8::Table| match bytes {
        &[byte] => Some(f64::from(table[usize::from(byte)])),
        _ => None,
    };
    macro_rules! read {
        ($type:ty) => {
            bytes.try_into().ok().map(<$type>::from_le_bytes)
        };
    }
    match number {
        Number::F64 => read!(f64),
        Number::F32 => read!(f32).map(f64::from),
        Number::F16 => read!(f16).map(f64::from),
        Number::BF16 => read!(bf16).map(f64::from),
        Number::F8_E4M3 => table(&float8::E4M3),
        Number::F8_E5M2 => table(&float8::E5M2),
        Number::I8 => read!(i8).map(f64::from),
        Number::U8 | Number::BOOL => read!(u8).map(f64::from),
        Number::I16 => read!(i16).map(f64::from),
        Number::U16 => read!(u16).map(f64::from),
        Number::I32 => read!(i32).map(f64::from),
        Number::U32 => read!(u32).map(f64::from),
        Number::I64 => read!(i64).map(|number| number as f64),
        Number::U64 => read!(u64).map(|number| number as f64),
        _ => None,
    }
}
