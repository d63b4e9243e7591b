//! The K formats: 256 numbers in a block, whose groups have small whole numbers for scales that share a scale
//! themselves.

use super::parts::{Parts, half, take};

/// Each quarter of the block's 128-element halves lies in two bits of the same 32 bytes.
fn quarters(bytes: &[u8; 64], mut put: impl FnMut(usize, u8)) {
    for (half, bytes) in bytes.chunks_exact(32).enumerate() {
        for quarter in 0..4 {
            for (i, byte) in bytes.iter().enumerate() {
                put(128 * half + 32 * quarter + i, byte >> (2 * quarter) & 3);
            }
        }
    }
}

/// Each pair of 32-element groups lies in the halves of the same 32 bytes, the first one in the low halves.
fn pairs(bytes: &[u8; 128], q: &mut [u8]) {
    for (pair, bytes) in bytes.chunks_exact(32).enumerate() {
        for (i, byte) in bytes.iter().enumerate() {
            q[64 * pair + i] = byte & 0x0f;
            q[64 * pair + 32 + i] = byte >> 4;
        }
    }
}

/// Eight scales and eight minima of 6 bits: four of each whole in the low bits of the first eight bytes, and the other
/// four with their low halves in the last four bytes and their high bits above the first ones.
fn scales_and_minima(bytes: &[u8; 12]) -> [(u8, u8); 8] {
    std::array::from_fn(|i| {
        if i < 4 {
            return (bytes[i] & 63, bytes[i + 4] & 63);
        }
        let low = bytes[i + 4];
        (
            low & 0x0f | bytes[i - 4] >> 6 << 4,
            low >> 4 | bytes[i] >> 6 << 4,
        )
    })
}

impl Parts {
    /// The scales and minima of the groups, by those of the block.
    fn set_groups(&mut self, scale: f32, minimum: f32, groups: impl IntoIterator<Item = (u8, u8)>) {
        for (group, (s, m)) in groups.into_iter().enumerate() {
            self.scales[group] = scale * f32::from(s);
            self.biases[group] = -(minimum * f32::from(m));
        }
    }

    /// The scales of the groups, by that of the block, for numbers that have `zero` added.
    fn set_signed_groups(&mut self, scale: f32, zero: f32, groups: impl IntoIterator<Item = i8>) {
        for (group, s) in groups.into_iter().enumerate() {
            self.scales[group] = scale * f32::from(s);
            self.biases[group] = -zero * self.scales[group];
        }
    }
}

pub(super) fn q2(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let groups: &[u8; 16] = take(&mut bytes)?;
    let low = take(&mut bytes)?;
    let (scale, minimum) = (half(&mut bytes)?, half(&mut bytes)?);
    quarters(low, |at, bits| parts.q[at] = bits);
    parts.set_groups(scale, minimum, groups.iter().map(|g| (g & 0x0f, g >> 4)));
    Some(())
}

pub(super) fn q3(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let high: &[u8; 32] = take(&mut bytes)?;
    let low = take(&mut bytes)?;
    let packed: &[u8; 12] = take(&mut bytes)?;
    let scale = half(&mut bytes)?;
    quarters(low, |at, bits| {
        let third = high[at % 32] >> (at / 32) & 1;
        parts.q[at] = bits | third << 2;
    });
    // Sixteen scales of 6 bits: the low halves in eight bytes, the high bits in four.
    let groups = (0..16).map(|i| {
        let low = packed[i % 8] >> (4 * (i / 8)) & 0x0f;
        let high = packed[8 + i % 4] >> (2 * (i / 4)) & 3;
        (low | high << 4) as i8 - 32
    });
    parts.set_signed_groups(scale, 4.0, groups);
    Some(())
}

pub(super) fn q4(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let (scale, minimum) = (half(&mut bytes)?, half(&mut bytes)?);
    let groups = scales_and_minima(take(&mut bytes)?);
    pairs(take(&mut bytes)?, &mut parts.q);
    parts.set_groups(scale, minimum, groups);
    Some(())
}

pub(super) fn q5(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let (scale, minimum) = (half(&mut bytes)?, half(&mut bytes)?);
    let groups = scales_and_minima(take(&mut bytes)?);
    let high: &[u8; 32] = take(&mut bytes)?;
    pairs(take(&mut bytes)?, &mut parts.q);
    for (at, q) in parts.q.iter_mut().enumerate() {
        *q |= (high[at % 32] >> (at / 32) & 1) << 4;
    }
    parts.set_groups(scale, minimum, groups);
    Some(())
}

pub(super) fn q6(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let low: &[u8; 128] = take(&mut bytes)?;
    let high = take(&mut bytes)?;
    let groups: &[u8; 16] = take(&mut bytes)?;
    let scale = half(&mut bytes)?;
    // In each half of the block, the low halves of 64 bytes are its first 64 elements, the high ones the next.
    quarters(high, |at, bits| {
        let (half, within) = (at / 128, at % 128);
        let low = low[64 * half + within % 64] >> (4 * (within / 64)) & 0x0f;
        parts.q[at] = low | bits << 4;
    });
    parts.set_signed_groups(scale, 32.0, groups.map(|s| s as i8));
    Some(())
}
