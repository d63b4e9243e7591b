//! The bytes of a pickle, taken from the front.

use super::object::damaged;

/// What is left of the pickle.
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (head, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| damaged("breaks off"))?;
        self.0 = rest;
        Ok(head)
    }

    pub(super) fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    /// A little-endian number of up to 8 bytes.
    pub(super) fn unsigned(&mut self, count: usize) -> Result<u64, String> {
        let bytes = self.take(count)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// The same in two's complement.
    pub(super) fn signed(&mut self, count: usize) -> Result<i64, String> {
        let unused = 64 - 8 * u32::try_from(count.min(8)).unwrap_or(8);
        let number = self.unsigned(count)?.checked_shl(unused).unwrap_or(0);
        Ok(number.cast_signed() >> unused.min(63))
    }

    /// Up to the end of the line, which is left out.
    pub(super) fn line(&mut self) -> Result<&'a str, String> {
        let end = self
            .0
            .iter()
            .position(|&byte| byte == b'\n')
            .ok_or_else(|| damaged("breaks off"))?;
        let line = self.take(end)?;
        self.take(1)?;
        std::str::from_utf8(line).map_err(|_| damaged("has a name that is no text"))
    }
}
