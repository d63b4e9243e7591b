//! LoRAs on their way into a network: what they add is added to each tensor as it is read.

use std::rc::Rc;

use mlx_rs::{Array, Dtype};

use super::cursor::Weights;
use super::entry::Entry;
use super::lora::{Lora, LoraDelta, LoraMatch};
use crate::Result;

impl Lora {
    /// How much of it fits a network.
    ///
    /// # Errors
    /// Nothing does, and what does not.
    pub fn fit(&self, network: &Weights) -> Result<LoraMatch> {
        Ok(self.changes(&network.store, 1.0)?.0)
    }
}

impl Weights {
    /// The same network with a LoRA at a strength: what it adds is added to each tensor as it is read.
    ///
    /// # Errors
    /// The LoRA has nothing for this network.
    pub fn with_lora(&self, lora: &Lora, strength: f32) -> Result<Self> {
        let mut changes = (*self.changes).clone();
        for (key, more) in lora.changes(&self.store, strength)?.1 {
            changes.entry(key).or_default().extend(more);
        }
        let mut changed = self.clone();
        changed.changes = Rc::new(changes);
        Ok(changed)
    }

    /// Whether LoRAs change a tensor.
    pub fn is_changed(&self, name: &str) -> bool {
        !self.changes(name).is_empty()
    }

    /// The numbers that LoRAs keep beside a matrix which they cannot be merged into.
    pub fn numbers_beside(&self, name: &str) -> u64 {
        self.changes(name).iter().map(LoraDelta::factors).sum()
    }

    /// The whole tensor with what LoRAs add to it, which is summed in float32.
    pub(super) fn merged(
        &self,
        name: &str,
        entry: &Entry,
        shape: &[i32],
        dtype: Dtype,
    ) -> Result<Array> {
        let changes = self.changes(name);
        if changes.is_empty() {
            return self.store.whole(entry, shape, dtype);
        }
        let plain = self.store.whole(entry, shape, Dtype::Float32)?;
        let sum = changes
            .iter()
            .try_fold(plain, |sum, change| change.add_to(&sum))?;
        let sum = sum.as_dtype(dtype)?;
        sum.eval()?;
        Ok(sum)
    }

    /// What LoRAs add to a tensor.
    pub(super) fn changes(&self, name: &str) -> &[LoraDelta] {
        self.changes.get(&self.key(name)).map_or(&[], Vec::as_slice)
    }
}
