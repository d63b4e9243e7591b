//! The *ledger* keeps account of a network's loading: which tensors it read, and which of its wishes the file did not
//! meet. What is left over at the end, on either side, is why the two do not fit.

use std::collections::{BTreeMap, BTreeSet};

/// How many names a complaint spells out.
const NAMED: usize = 8;

/// Why a tensor cannot be had.
#[derive(Debug)]
pub(super) enum TensorFault {
    Missing,
    /// Continues the sentence that its name begins: "is (2, 3), not (3, 2)".
    Unfit(String),
}

/// All is kept by the tensors' full names.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Read, or known and not needed.
    known: BTreeSet<String>,
    /// Asked for as the matrix of a product, and its shape.
    products: BTreeMap<String, [i32; 2]>,
    missing: BTreeSet<String>,
    /// Present but unusable, and why.
    unfit: BTreeMap<String, String>,
}

impl Ledger {
    pub(super) fn known(&mut self, key: &str) {
        self.known.insert(key.into());
    }

    pub(super) fn product(&mut self, key: &str, shape: [i32; 2]) {
        self.products.insert(key.into(), shape);
    }

    /// The shape of a tensor that was asked for as the matrix of a product.
    pub(super) fn product_shape(&self, key: &str) -> Option<[i32; 2]> {
        self.products.get(key).copied()
    }

    pub(super) fn note(&mut self, key: &str, fault: TensorFault) {
        match fault {
            TensorFault::Missing => {
                self.missing.insert(key.into());
            }
            TensorFault::Unfit(why) => {
                self.unfit.insert(key.into(), why);
            }
        }
    }

    /// What is wrong with the tensors that `concerns` picks, given those of them that the files `hold` (each with the
    /// words that name it). Nothing if all is well.
    pub(super) fn complaint<'a>(
        &self,
        concerns: impl Fn(&str) -> bool,
        hold: impl Iterator<Item = (&'a str, String)>,
    ) -> Option<String> {
        let missing = self
            .missing
            .iter()
            .filter(|key| concerns(key))
            .cloned()
            .collect();
        let unknown = hold
            .filter(|(key, _)| !self.known.contains(*key))
            .map(|(_, words)| words)
            .collect();
        let unfit = self
            .unfit
            .iter()
            .filter(|(key, _)| concerns(key))
            .map(|(key, why)| format!("{key} {why}"))
            .collect();
        let parts: Vec<_> = [
            part(missing, "tensor is missing", "tensors are missing"),
            part(unfit, "cannot be used", "cannot be used"),
            part(unknown, "is not part of it", "are not part of it"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// "2 are not part of it: a, b", or nothing.
fn part(names: Vec<String>, one: &str, many: &str) -> Option<String> {
    let count = names.len();
    let verb = match count {
        0 => return None,
        1 => one,
        _ => many,
    };
    let list = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    Some(match count.checked_sub(NAMED) {
        None | Some(0) => format!("{count} {verb}: {list}"),
        Some(more) => format!("{count} {verb}: {list} and {more} more"),
    })
}
