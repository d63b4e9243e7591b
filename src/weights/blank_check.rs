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
    /// The names of the matrices and kernels that were not filled, as samples of them tell: no trained ones are all zeros,
    /// and what did not come of a file is its end or a run of its blocks.
    ///
    /// Of a matrix of attention or feed-forward layers any sample tells, since those never have a run of zeros; others may,
    /// and are blank where two samples in three are. Of the last one in a file the end is enough.
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
            let [first, middle, end] = self.blank_samples(entry)?;
            let is_table = name.contains("token_embedding");
            let ends_file = last.get(&entry.file) == Some(&entry.start);
            let is_blank = if is_product(name) {
                first || middle || end
            } else if is_table {
                // Rows of tokens that nobody uses stand at the end of a table of them, and that of none at its beginning.
                middle
            } else {
                ends_file && end || middle && (first || end)
            };
            if is_blank {
                blank.push(name.clone());
            }
        }
        Ok(blank)
    }

    /// Whether nothing but zeros is found at the beginning, in the middle and at the end.
    fn blank_samples(&self, entry: &Entry) -> Result<[bool; 3]> {
        // A third of a small one: samples must not be all of it.
        let sample = SAMPLE.min(entry.bytes / 3);
        let last = entry.bytes - sample;
        let mut samples = [false; 3];
        for (blank, offset) in samples.iter_mut().zip([0, last / 2, last]) {
            *blank = self.is_blank(entry, offset, sample)?;
        }
        Ok(samples)
    }

    fn is_blank(&self, entry: &Entry, offset: u64, length: u64) -> Result<bool> {
        for length in [GLANCE.min(length), length] {
            let mut bytes = vec![0; length as usize];
            self.store.read_bytes(entry, offset, &mut bytes)?;
            if bytes.iter().any(|&byte| byte != 0) {
                return Ok(false);
            }
        }
        Ok(length > 0)
    }
}

/// Whether it is the matrix of an attention or feed-forward layer.
fn is_product(name: &str) -> bool {
    let is_of = |layer: &str| name.contains(layer);
    name.ends_with(".weight") && (is_of("attn.") || is_of("ffn."))
}
