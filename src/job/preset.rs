//! *Presets* are the sizes that are offered for a model, by shape and by tier.

use super::{Checkpoint, Size, VaeKind};

/// Which way a picture lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Wider than high.
    Landscape,
    /// Higher than wide.
    Portrait,
    /// As wide as high.
    Square,
}

impl Shape {
    /// Every shape, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Landscape, Self::Portrait, Self::Square];
}

impl Size {
    /// Which way it lies.
    pub fn shape(self) -> Shape {
        match self.width.cmp(&self.height) {
            std::cmp::Ordering::Greater => Shape::Landscape,
            std::cmp::Ordering::Less => Shape::Portrait,
            std::cmp::Ordering::Equal => Shape::Square,
        }
    }
}

/// A size that the model does well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Which way it lies.
    pub shape: Shape,
    /// How fine it is, by the rows of a landscape: 480 or 720. Sizes that only one model knows have
    /// none.
    pub tier: Option<u32>,
    /// The size itself.
    pub size: Size,
}

impl Checkpoint {
    /// The sizes to offer: those that the model folder names, or those that the authors publish, with
    /// squares of about the same area.
    ///
    /// Wan2.2 `wan/configs/__init__.py`, `SUPPORTED_SIZES`.
    pub fn presets(&self) -> Vec<Preset> {
        if !self.sizes.is_empty() {
            let own = self.sizes.iter().map(|&size| Preset {
                shape: size.shape(),
                tier: None,
                size,
            });
            return own.collect();
        }
        let high = match self.variant.vae() {
            VaeKind::V22 => Size::new(1280, 704),
            VaeKind::V21 => Size::new(1280, 720),
        };
        let tiers = [(480, Size::new(832, 480)), (720, high)];
        let sizes = tiers.into_iter().flat_map(|(tier, landscape)| {
            Shape::ALL.map(|shape| Preset {
                shape,
                tier: Some(tier),
                size: self.in_shape(landscape, shape),
            })
        });
        sizes.collect()
    }

    fn in_shape(&self, landscape: Size, shape: Shape) -> Size {
        match shape {
            Shape::Landscape => landscape,
            Shape::Portrait => Size::new(landscape.height, landscape.width),
            Shape::Square => self.variant.size_for(Size::new(1, 1), landscape.area()),
        }
    }
}
