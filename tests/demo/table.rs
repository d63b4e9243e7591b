//! The figures of an evaluation, beside the marks that the model should reach.

use std::collections::BTreeMap;
use std::fmt;

use super::judge::{Reading, Words};

/// Least shares of right words, by group and slot.
const MARKS: [(&str, &str, f64); 7] = [
    ("text to video", "colour", 0.98),
    ("text to video", "motion", 0.97),
    ("text to video", "place", 0.97),
    ("text to video", "shape", 0.90),
    ("text to video", "kind", 0.95),
    ("colour word exchanged", "colour", 0.98),
    ("image to video", "motion", 0.90),
];

/// What first frames should keep on average, in decibels.
const KEPT: f64 = 30.0;

/// Counts of right words and of asked words, by group and slot.
#[derive(Default)]
pub struct Table {
    counts: BTreeMap<(String, String), (usize, usize)>,
    /// Bits of doubt about each asked word, by group.
    doubts: BTreeMap<String, Vec<f64>>,
    kept: Vec<f64>,
}

impl Table {
    /// Counts one clip: what it should show, what was read, and how well it kept its first frame.
    pub fn add(&mut self, group: &str, asked: &Words, read: &Reading, kept: Option<f64>) {
        for (slot, word) in asked {
            let key = (group.to_owned(), slot.clone());
            let (right, all) = self.counts.entry(key).or_default();
            *right += usize::from(read.word(slot) == word);
            *all += 1;
            let doubts = self.doubts.entry(group.to_owned()).or_default();
            doubts.push(read.doubt(slot, word));
        }
        self.kept.extend(kept);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((group, slot), &(right, all)) in &self.counts {
            let share = right as f64 / all as f64;
            write!(
                f,
                "{group:26} {slot:8} {:6.1} % ({right} of {all})",
                100.0 * share
            )?;
            let mark = MARKS.iter().find(|mark| (mark.0, mark.1) == (group, slot));
            if let Some(&(_, _, least)) = mark {
                write!(f, ", {:.0} % {}", 100.0 * least, verdict(share >= least))?;
            }
            writeln!(f)?;
        }
        for (group, doubts) in &self.doubts {
            writeln!(
                f,
                "{group:26} {:.4} bits of doubt about a word",
                mean(doubts)
            )?;
        }
        let kept = mean(&self.kept);
        let worst = self.kept.iter().copied().fold(f64::INFINITY, f64::min);
        let met = verdict(kept >= KEPT);
        writeln!(
            f,
            "first frames kept at {kept:.1} dB on average ({worst:.1} at worst), {KEPT} dB {met}"
        )
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
