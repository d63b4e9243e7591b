//! What a LoRA's header tells of how it came to be.

use std::collections::BTreeMap;

use super::dialect::Part;
use super::{Lora, LoraModule};

/// How a LoRA looks, whatever it is called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The width of a token of the network that it was made for.
    pub width: Option<i32>,
    /// The rank of most of its matrices.
    pub rank: Option<i32>,
    /// The alpha of its first matrix.
    pub alpha: Option<f32>,
    /// The blocks that it changes.
    pub blocks: usize,
    /// The matrices that it changes.
    pub matrices: usize,
    /// The whole differences that it has beside matrices: to biases, norms and modulations. Who takes a LoRA out of two
    /// checkpoints gets them, a trainer does not.
    pub differences: usize,
    /// Whether a trainer wrote down what it was trained with.
    pub is_trained: bool,
}

/// What trainers' notes begin with: kohya-ss and musubi-tuner, ai-toolkit, OneTrainer.
const TRAINERS: [&str; 3] = ["ss_", "training_info", "ot_"];

impl Lora {
    /// How it looks. Of the tensors only one alpha is read.
    pub fn origin(&self) -> Origin {
        let mut origin = Origin::default();
        let mut ranks = BTreeMap::<i32, usize>::new();
        for (name, module) in &self.modules {
            let is_difference = |part: &&Part| matches!(part, Part::Difference(_));
            origin.differences += module.parts.keys().filter(is_difference).count();
            origin.blocks = origin.blocks.max(block(name).map_or(0, |block| block + 1));
            let Some((rank, outputs, inputs)) = self.shape(module) else {
                continue;
            };
            origin.matrices += 1;
            *ranks.entry(rank).or_default() += 1;
            if outputs == inputs {
                origin.width.get_or_insert(inputs);
            }
            if let (None, Some(alpha)) = (origin.alpha, module.part(Part::Alpha)) {
                let alpha = self.weights.number(alpha).ok().flatten();
                origin.alpha = alpha.map(|alpha| alpha as f32);
            }
        }
        let most = ranks.into_iter().max_by_key(|(_, count)| *count);
        origin.rank = most.map(|(rank, _)| rank);
        origin.is_trained = self
            .notes
            .keys()
            .any(|key| TRAINERS.iter().any(|begin| key.starts_with(begin)));
        origin
    }

    /// (rank, outputs, inputs)
    fn shape(&self, module: &LoraModule) -> Option<(i32, i32, i32)> {
        let (outputs, inputs) = module.size(&self.weights)?;
        let down = self.weights.shape(module.part(Part::Down)?).ok()?;
        Some((*down.first()?, outputs, inputs))
    }
}

/// The number of the block that a module lies in, whether dots or underscores part its name.
fn block(module: &str) -> Option<usize> {
    let mut words = module.split(['.', '_']);
    words.find(|word| *word == "blocks")?;
    words.next()?.parse().ok()
}
