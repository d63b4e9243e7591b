//! A *remark* is something about a model that runs which its owner may want to know: data, until `words/` says it.

use std::path::PathBuf;

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// This DiT is used alone, as a whole model of this family, and its name says that it is one of two experts.
    HalfAlone {
        /// Its file.
        file: PathBuf,
        /// What people call the family.
        family: &'static str,
    },
    /// Some of a file belongs to no network: what training or another tool left there.
    LeftOver {
        /// The file.
        file: PathBuf,
        /// How many tensors that are.
        tensors: usize,
    },
    /// A network lies beside its shards once more, in one file: the shards are used.
    Stray(PathBuf),
    /// The text encoder came without a tokenizer, and this one lies elsewhere.
    Tokenizer(PathBuf),
}
