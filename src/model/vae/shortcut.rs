//! The parameter-free shortcuts around the stages of the 2.2 VAE, and its 2×2 pixel patches.

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{broadcast_to, pad};

use crate::Result;

/// How many frames and pixels a stage folds into one.
#[derive(Clone, Copy)]
pub struct Factor {
    /// Frames.
    pub time: i32,
    /// Rows, and columns.
    pub space: i32,
}

/// (t, h, w, in) → (t/time, h/space, w/space, out): averages over the folded pixels and, where
/// still needed, over neighbouring channels. Frames missing for a whole fold are zeros in front.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `AvgDown3D`.
pub fn average_down(x: &Array, outputs: i32, factor: Factor) -> Result<Array> {
    let Factor { time, space } = factor;
    let missing = (time - x.dim(0) % time) % time;
    let x = pad(x, &[(missing, 0), (0, 0), (0, 0), (0, 0)], None, None)?;
    let (frames, height, width) = (x.dim(0) / time, x.dim(1) / space, x.dim(2) / space);
    let channels = x.dim(3);
    let group = channels * time * space * space / outputs;
    let folded = x
        .reshape(&[frames, time, height, space, width, space, channels])?
        .transpose_axes(&[0, 2, 4, 6, 1, 3, 5])? // (t, h, w, c, time, space, space)
        .reshape(&[frames, height, width, outputs, group])?;
    Ok(folded.mean_axis(-1, false)?)
}

/// (t, h, w, in) → (t·time, h·space, w·space, out): repeats channels and unfolds them into frames
/// and pixels. The first chunk of a clip loses the frames that come before its last.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `DupUp3D`.
pub fn duplicate_up(x: &Array, outputs: i32, factor: Factor, first_chunk: bool) -> Result<Array> {
    let Factor { time, space } = factor;
    let (frames, height, width, channels) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    let repeats = outputs * time * space * space / channels;
    let x = x.expand_dims(4)?;
    let x = broadcast_to(x, &[frames, height, width, channels, repeats])?;
    let unfolded = x
        .reshape(&[frames, height, width, outputs, time, space, space])?
        .transpose_axes(&[0, 4, 1, 5, 2, 6, 3])? // (t, time, h, space, w, space, c)
        .reshape(&[frames * time, height * space, width * space, outputs])?;
    if first_chunk {
        return Ok(unfolded.try_index(time - 1..)?);
    }
    Ok(unfolded)
}

/// The side of the squares of pixels that the 2.2 VAE takes as channels.
const PATCH: i32 = 2;

/// (t, 2h, 2w, c) → (t, h, w, 4c), within a patch in the order channel, column, row.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `patchify`.
pub fn patchify(x: &Array) -> Result<Array> {
    let (frames, height, width, channels) =
        (x.dim(0), x.dim(1) / PATCH, x.dim(2) / PATCH, x.dim(3));
    Ok(x.reshape(&[frames, height, PATCH, width, PATCH, channels])?
        .transpose_axes(&[0, 1, 3, 5, 4, 2])?
        .reshape(&[frames, height, width, channels * PATCH * PATCH])?)
}

/// The inverse of [`patchify`].
pub fn unpatchify(x: &Array) -> Result<Array> {
    let (frames, height, width) = (x.dim(0), x.dim(1), x.dim(2));
    let channels = x.dim(3) / (PATCH * PATCH);
    Ok(x.reshape(&[frames, height, width, channels, PATCH, PATCH])?
        .transpose_axes(&[0, 1, 5, 2, 4, 3])?
        .reshape(&[frames, height * PATCH, width * PATCH, channels])?)
}
