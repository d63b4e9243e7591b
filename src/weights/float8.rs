//! Numbers of eight bits, most of them with an exponent: what each byte stands for.
//!
//! Micikevicius et al., "FP8 Formats for Deep Learning" (arXiv 2209.05433), table 1.

/// The values of all 256 bytes.
pub(super) type Table = [f32; 256];

/// One sign bit, four bits of exponent, three of mantissa; no infinities, and as NaN only the greatest magnitude.
pub(super) const E4M3: Table = table(3, 7, u8::MAX >> 1);
/// One sign bit, five bits of exponent, two of mantissa, with infinity and NaN as in the wider types.
pub(super) const E5M2: Table = table(2, 15, 0b0111_1100);

/// Whole numbers with a sign.
pub(super) const SIGNED: Table = signed();

const fn signed() -> Table {
    let mut values = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        values[byte] = byte as u8 as i8 as f32;
        byte += 1;
    }
    values
}

/// For `mantissa` bits and an exponent whose zero is at `bias`. The magnitudes from `end` on are no numbers.
const fn table(mantissa: u32, bias: i32, end: u8) -> Table {
    let mut values = [0.0; 256];
    let mut byte = 0;
    while byte < 128 {
        let value = if byte as u8 >= end {
            // With all of the exponent and none of the mantissa, five bits of exponent mean infinity.
            if bias == 15 && byte as u8 == end {
                f32::INFINITY
            } else {
                f32::NAN
            }
        } else {
            magnitude(byte as u32, mantissa, bias)
        };
        values[byte] = value;
        values[byte + 128] = -value;
        byte += 1;
    }
    values
}

/// The number that an exponent and `mantissa` bits below it stand for.
const fn magnitude(bits: u32, mantissa: u32, bias: i32) -> f32 {
    let (exponent, fraction) = (bits >> mantissa, bits & ((1 << mantissa) - 1));
    // Below the smallest exponent the leading one is missing.
    let (whole, exponent) = match exponent {
        0 => (fraction, 1),
        _ => (fraction | 1 << mantissa, exponent),
    };
    let power = exponent as i32 - bias - mantissa as i32;
    whole as f32 * f32::from_bits(((power + 127) as u32) << 23)
}
