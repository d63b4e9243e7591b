//! Whether a file was filled: downloads that reserve their space first leave zeros where nothing came.

use super::cursor::Weights;
use super::entry::Entry;
use crate::Result;

/// How much of a tensor is looked at in each place.
const SAMPLE: u64 = 4096;
/// Nearly always enough to see that a place is not blank.
const GLANCE: u64 = 64;
/// Below this many numbers a tensor may well be all zeros.
const FEWEST: u64 = 64;

impl Weights {
    /// The names of the matrices and kernels of which nothing but zeros is found in the middle and at the end: no trained
    /// ones are like that, and what did not come of a file is its end.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn blank(&self) -> Result<Vec<String>> {
        let mut blank = Vec::new();
        for (name, entry) in &self.store.entries {
            let is_matrix = entry.shape.len() > 1 && !name.ends_with("gamma");
            if is_matrix && entry.elements() >= FEWEST && self.is_blank(entry)? {
                blank.push(name.clone());
            }
        }
        Ok(blank)
    }

    fn is_blank(&self, entry: &Entry) -> Result<bool> {
        for length in [GLANCE, SAMPLE] {
            let length = length.min(entry.bytes);
            let last = entry.bytes - length;
            let mut bytes = vec![0; length as usize];
            for offset in [last / 2, last] {
                self.store.read_bytes(entry, offset, &mut bytes)?;
                if bytes.iter().any(|&byte| byte != 0) {
                    return Ok(false);
                }
            }
        }
        Ok(entry.bytes > 0)
    }
}
