//! The simple formats: 32 numbers in a block, which share one scale.

use super::parts::{Parts, half, take};

pub(super) fn q4_0(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let scale = half(&mut bytes)?;
    nibbles(take(&mut bytes)?, &mut parts.q);
    parts.share(scale, -8.0 * scale);
    Some(())
}

pub(super) fn q4_1(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let (scale, minimum) = (half(&mut bytes)?, half(&mut bytes)?);
    nibbles(take(&mut bytes)?, &mut parts.q);
    parts.share(scale, minimum);
    Some(())
}

pub(super) fn q5_0(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let scale = half(&mut bytes)?;
    fifth_bits(&mut bytes, parts)?;
    parts.share(scale, -16.0 * scale);
    Some(())
}

pub(super) fn q5_1(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let (scale, minimum) = (half(&mut bytes)?, half(&mut bytes)?);
    fifth_bits(&mut bytes, parts)?;
    parts.share(scale, minimum);
    Some(())
}

pub(super) fn q8_0(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let scale = half(&mut bytes)?;
    let signed: &[u8; 32] = take(&mut bytes)?;
    for (q, &byte) in parts.q.iter_mut().zip(signed) {
        *q = byte ^ 0x80; // two's complement as an offset of 128
    }
    parts.share(scale, -128.0 * scale);
    Some(())
}

/// Elements 0 to 15 are the low halves of the bytes, 16 to 31 the high ones.
fn nibbles(bytes: &[u8; 16], q: &mut [u8]) {
    for (i, byte) in bytes.iter().enumerate() {
        q[i] = byte & 0x0f;
        q[i + 16] = byte >> 4;
    }
}

/// The fifth bit of each element comes first, as a number of 32 bits.
fn fifth_bits(bytes: &mut &[u8], parts: &mut Parts) -> Option<()> {
    let high = u32::from_le_bytes(*take(bytes)?);
    nibbles(take(bytes)?, &mut parts.q);
    for (i, q) in parts.q.iter_mut().take(32).enumerate() {
        *q |= u8::from(high >> i & 1 == 1) << 4;
    }
    Some(())
}
