//! A made-up scene that is about as hard to compress as a filmed one: soft light, texture in several
//! sizes, an edge, a moving camera, and a little grain.

use zoetrope::job::Size;

/// Frame `time` of the scene, (height, width, 3).
pub fn frame(size: Size, time: u32) -> Vec<u8> {
    let time = f64::from(time);
    let mut bytes = Vec::new();
    for y in 0..size.height {
        for x in 0..size.width {
            let grain = f64::from(hash(x, y, time as u32) % 256) / 256.0 - 0.5;
            let (x, y) = (
                f64::from(x) + 1.5 * time,
                f64::from(y) * (1.0 + 0.002 * time) + 0.7 * time,
            );
            bytes.extend(
                pixel(x, y).map(|value| (value + 3.0 * grain).round().clamp(0.0, 255.0) as u8),
            );
        }
    }
    bytes
}

fn pixel(x: f64, y: f64) -> [f64; 3] {
    let texture: f64 = [(48.0, 40.0), (17.0, 20.0), (7.0, 9.0), (3.0, 4.0)]
        .map(|(grid, strength)| strength * noise(x / grid, y / grid))
        .iter()
        .sum();
    let light = 110.0 + 30.0 * (x / 90.0).sin() + 20.0 * (y / 60.0).cos();
    let hill = if y > 70.0 + 12.0 * (x / 40.0).sin() {
        -45.0
    } else {
        0.0
    };
    let tint = 25.0 * noise(x / 60.0 + 100.0, y / 60.0);
    let base = light + texture + hill;
    [base + tint, base + 0.2 * tint, base - tint - 10.0]
}

/// Smooth noise in -1..1, one bump for each unit.
fn noise(x: f64, y: f64) -> f64 {
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (smooth(x - left), smooth(y - top));
    let corner = |dx: f64, dy: f64| {
        let bits = hash((left + dx) as i32 as u32, (top + dy) as i32 as u32, 7);
        f64::from(bits % 2048) / 1024.0 - 1.0
    };
    let upper = corner(0.0, 0.0) * (1.0 - across) + corner(1.0, 0.0) * across;
    let lower = corner(0.0, 1.0) * (1.0 - across) + corner(1.0, 1.0) * across;
    upper * (1.0 - down) + lower * down
}

fn hash(x: u32, y: u32, z: u32) -> u32 {
    let mut bits =
        x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ z.wrapping_mul(0xc2b2_ae3d);
    for _ in 0..2 {
        bits ^= bits >> 15;
        bits = bits.wrapping_mul(0x2c1b_3c6d);
    }
    bits ^ (bits >> 16)
}
