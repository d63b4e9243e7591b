//! What a job leaves of the memory that it may take, for networks that stay in memory for the next one.

use super::{Machine, Need};
use crate::job::Stage;

/// What each stage of a job leaves beside itself, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rooms {
    text: u64,
    image: u64,
    denoise: u64,
    decode: u64,
}

impl Rooms {
    /// Beside a job with these `needs`, which may take no more than the `limit`, if there is one. What other programs use is
    /// theirs.
    pub fn beside(needs: &[Need], machine: &Machine, limit: Option<u64>) -> Self {
        let comfortable = machine.most(limit).min(machine.available);
        let room = |stage| {
            let of_stage = needs.iter().filter(|need| need.stage == stage);
            let most = of_stage.map(Need::bytes).max();
            comfortable.saturating_sub(most.unwrap_or_default())
        };
        Self {
            text: room(Stage::Text),
            image: room(Stage::Image),
            denoise: room(Stage::Denoise),
            decode: room(Stage::Decode),
        }
    }

    /// Beside this stage.
    pub fn at(self, stage: Stage) -> u64 {
        match stage {
            Stage::Text => self.text,
            Stage::Image => self.image,
            Stage::Load | Stage::Denoise => self.denoise,
            Stage::Decode => self.decode,
        }
    }
}
