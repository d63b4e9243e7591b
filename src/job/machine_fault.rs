//! What can be wrong with a machine that helps.

/// What is wrong with another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MachineFault {
    /// It cannot be reached, and what `ssh` or MLX says of that.
    Unreachable(String),
    /// Its process ended, and what it said last, if anything.
    Ended(String),
    /// It has said nothing for too long.
    Silent,
    /// It runs another version, and which the two are.
    OtherVersion {
        /// Its own.
        theirs: String,
        /// That of the first machine.
        ours: String,
    },
    /// A file of its model is another one, and which.
    OtherFile(String),
    /// It cannot do its part, and its own sentence for that.
    Refused(String),
}
