//! Whether a file was filled: downloads that reserve their space first leave zeros where nothing came.

use std::collections::BTreeMap;

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
    /// ones are like that, and what did not come of a file is its end. Of the last one in a file the end is enough.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn blank(&self) -> Result<Vec<String>> {
        let matrices = self.store.entries.iter().filter(|(name, entry)| {
            let is_matrix = entry.shape.len() > 1 && !name.ends_with("gamma");
            is_matrix && entry.elements() >= FEWEST
        });
        let mut last = BTreeMap::<usize, u64>::new();
        for (_, entry) in matrices.clone() {
            let start = last.entry(entry.file).or_default();
            *start = entry.start.max(*start);
        }
        let mut blank = Vec::new();
        for (name, entry) in matrices {
            // Rows of tokens that nobody uses stand at the end of a table of them.
            let ends_file =
                last.get(&entry.file) == Some(&entry.start) && !name.contains("token_embedding");
            if self.is_blank(entry, ends_file)? {
                blank.push(name.clone());
            }
        }
        Ok(blank)
    }

    /// Whether nothing is found at the end, and in the middle unless the end is enough.
    fn is_blank(&self, entry: &Entry, end_is_enough: bool) -> Result<bool> {
        for length in [GLANCE, SAMPLE] {
            let length = length.min(entry.bytes.div_ceil(2));
            let last = entry.bytes - length;
            let mut bytes = vec![0; length as usize];
            for offset in [last, last / 2]
                .into_iter()
                .take(2 - usize::from(end_is_enough))
            {
                self.store.read_bytes(entry, offset, &mut bytes)?;
                if bytes.iter().any(|&byte| byte != 0) {
                    return Ok(false);
                }
            }
        }
        Ok(entry.bytes > 0)
    }
}
