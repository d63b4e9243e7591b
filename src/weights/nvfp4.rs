//! *NVFP4*: numbers of four bits. Each 16 neighbours in a row share a scale of eight bits, and all share one more.
//!
//! As ComfyUI writes it: the first of two numbers stands in the upper half of its byte, and the scales lie in the tiles of
//! 128 rows and 4 columns that tensor cores read. `dequantize_nvfp4` and `to_blocked` at
//! <https://github.com/Comfy-Org/comfy-kitchen/blob/7d86acf60c88fd6c3c733c0e54db22ef74b8d77f/comfy_kitchen/backends/eager/quantization.py#L174-L220>
//! and
//! <https://github.com/Comfy-Org/comfy-kitchen/blob/7d86acf60c88fd6c3c733c0e54db22ef74b8d77f/comfy_kitchen/float_utils.py#L292-L325>.

use super::float8;

/// How many numbers share a scale.
const GROUP: usize = 16;
/// The rows and columns of a tile of scales.
const TILE: [usize; 2] = [128, 4];
/// What four bits stand for: one for the sign, two of exponent, one of mantissa.
const VALUES: [f32; 16] = [
    0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -0.0, -0.5, -1.0, -1.5, -2.0, -3.0, -4.0, -6.0,
];

/// How many scales a matrix of this size has in its file, the empty places of its last tiles included; none if its rows are
/// no whole groups.
pub(super) fn scales_of(rows: usize, columns: usize) -> Option<usize> {
    let groups = columns / GROUP;
    let is_whole = rows > 0 && groups > 0 && columns.is_multiple_of(GROUP);
    is_whole.then(|| rows.next_multiple_of(TILE[0]) * groups.next_multiple_of(TILE[1]))
}

/// The scales of all groups, row by row, from the bytes in the file and the one that all share.
pub(super) fn scales(bytes: &[u8], of_all: f32, rows: usize, columns: usize) -> Vec<f32> {
    let groups = columns / GROUP;
    let scale = |row: usize, group: usize| {
        let byte = bytes.get(place(row, group, groups)).copied();
        float8::E4M3[usize::from(byte.unwrap_or_default())] * of_all
    };
    (0..rows)
        .flat_map(|row| (0..groups).map(move |group| (row, group)))
        .map(|(row, group)| scale(row, group))
        .collect()
}

/// Where the scale of a group lies. The rows of a tile are folded in four.
fn place(row: usize, group: usize, groups: usize) -> usize {
    let tiles = groups.div_ceil(TILE[1]);
    let tile = row / TILE[0] * tiles + group / TILE[1];
    let (fold, line) = (row % TILE[0] / 32, row % 32);
    tile * TILE[0] * TILE[1] + line * 16 + fold * TILE[1] + group % TILE[1]
}

/// The numbers of one row; `scales` are those of all rows.
pub(super) fn decode(row: usize, bytes: &[u8], scales: &[f32], values: &mut [f32]) {
    let groups = values.len() / GROUP;
    let own = scales.iter().skip(row * groups);
    let halves = values
        .chunks_exact_mut(GROUP)
        .zip(bytes.chunks_exact(GROUP / 2));
    for ((values, bytes), scale) in halves.zip(own) {
        for (pair, byte) in values.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            let [upper, lower] = [byte >> 4, byte & 15].map(usize::from);
            *pair = [VALUES[upper] * scale, VALUES[lower] * scale];
        }
    }
}
