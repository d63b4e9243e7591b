//! *Rotated* numbers: before they were rounded to 8 bits, each group of neighbours in a row was multiplied by an orthogonal
//! matrix, which spreads a great number over all of its group so that the others lose less.
//!
//! The matrix is the Kronecker power of the regular Hadamard matrix of 4 × 4, whose one −1 in each row stands on the
//! diagonal from the upper right, over 2. It is symmetric and its own inverse, so that rotating once more undoes it.
//!
//! "`ConvRot`" (arXiv 2512.03673), as ComfyUI writes and reads it: `_build_hadamard` at
//! <https://github.com/Comfy-Org/comfy-kitchen/blob/7d86acf60c88fd6c3c733c0e54db22ef74b8d77f/comfy_kitchen/tensor/int8_utils.py#L11-L38>;
//! told in stable-diffusion.cpp's
//! <https://github.com/leejet/stable-diffusion.cpp/blob/a820acfa9682cc7c0c956b07e9a787e8b25eae1c/docs/int8_convrot.md>.
//! Nothing in a file names the matrix, so any other one (Sylvester's, say) could not be told from it.

/// Whether rows of so many columns can be rotated in groups of this size: a power of 4 that divides them.
pub(super) fn suits(group: usize, columns: Option<&i32>) -> bool {
    let is_power = group.is_power_of_two() && group.trailing_zeros().is_multiple_of(2);
    let columns = columns.and_then(|&columns| usize::try_from(columns).ok());
    is_power && columns.is_some_and(|columns| columns.is_multiple_of(group))
}

/// Rotates each group of a row. A power of a matrix with itself works on the digits of an index to the base of 4, one
/// after another.
pub(super) fn rotate(row: &mut [f32], group: usize) {
    for values in row.chunks_exact_mut(group) {
        let mut step = 1;
        while step < group {
            for start in (0..group).filter(|index| (index / step).is_multiple_of(4)) {
                let [a, b, c, d] = [0, 1, 2, 3].map(|digit| values[start + digit * step]);
                let half = (a + b + c + d) / 2.0;
                // Each row of the matrix is all ones but for one −1.
                for (digit, minus) in [d, c, b, a].into_iter().enumerate() {
                    values[start + digit * step] = half - minus;
                }
            }
            step *= 4;
        }
    }
}
