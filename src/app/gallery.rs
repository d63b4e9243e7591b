//! What is looked at besides the clip on the stage: several at once, one quickly, and which are selected.

use super::compare::Comparing;
use super::player::Player;
use super::stacks::Stacks;

/// The state of looking.
#[derive(Default)]
pub struct Gallery {
    /// The clip that is looked at quickly.
    pub quick: Option<Player>,
    /// Those that are looked at side by side.
    pub comparing: Option<Comparing>,
    /// The records that are selected, in the order in which they were.
    pub selected: Vec<String>,
    /// Which stack each record belongs to.
    pub stacks: Stacks,
    /// How much of the screen the stage fills.
    pub cinema: Cinema,
}

/// Whether the stage alone fills the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cinema {
    /// It does not.
    #[default]
    Off,
    /// The system was asked for it.
    Asked,
    /// It does.
    On,
}
