//! The *posters* of what was made, as far as they are in sight: the rest stays on the disk.

use std::collections::{HashMap, HashSet, VecDeque};

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

/// More than are in sight at once, and few enough for any graphics processor.
const MOST: usize = 200;

/// Posters on the graphics processor, by their records.
#[derive(Default)]
pub struct Posters {
    textures: HashMap<String, TextureHandle>,
    /// In the order in which they came.
    order: VecDeque<String>,
    /// Those that are being read, or cannot be.
    asked: HashSet<String>,
}

impl Posters {
    /// The poster of a record, if it is here.
    pub fn get(&self, id: &str) -> Option<&TextureHandle> {
        self.textures.get(id)
    }

    /// Whether a poster should be read now: it is told once.
    pub fn ask(&mut self, id: &str) -> bool {
        !self.textures.contains_key(id) && self.asked.insert(id.to_owned())
    }

    /// Takes a poster that was read. Where there are too many, the oldest goes.
    pub fn take(&mut self, ctx: &Context, id: String, pixels: ColorImage) {
        let texture = ctx.load_texture("poster", pixels, TextureOptions::LINEAR);
        self.asked.remove(&id);
        self.textures.insert(id.clone(), texture);
        self.order.push_back(id);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.textures.remove(&oldest);
        }
    }
}
