//! The files that a plan names.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Checkpoint, Guides, Network, Plan, Sources};

impl Plan {
    /// Where an unfinished job is kept: `OUT.mp4.run` for `OUT.mp4`.
    pub fn run_folder(&self) -> PathBuf {
        let mut folder = OsString::from(&self.output);
        folder.push(".run");
        folder.into()
    }

    /// Every file that the plan reads or writes.
    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let own = [&mut self.output].into_iter();
        own.chain(self.sources.files_mut())
            .chain(self.guides.files_mut())
            .chain(self.outputs.files_mut())
            .chain(&mut self.speedups.tiny_vae)
            .chain(self.checkpoint.paths_mut())
    }

    /// Every file or folder that the plan reads, the pictures first. The same plan gives the same order.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let Sources { noise, loras, .. } = &self.sources;
        let loras = loras.iter().map(|lora| lora.file.clone());
        let mut inputs = self.given();
        inputs.extend(noise.iter().cloned().chain(loras));
        inputs.extend(self.checkpoint.files());
        inputs
    }

    /// What is encoded before the first step, as [`inputs`](Self::inputs) begin: pictures, then a video and its mask.
    pub fn given(&self) -> Vec<PathBuf> {
        let Sources {
            image, last_image, ..
        } = &self.sources;
        let Guides {
            video,
            mask,
            references,
            ..
        } = &self.guides;
        let pictures = image.iter().chain(last_image).chain(references);
        pictures.chain(video).chain(mask).cloned().collect()
    }

    /// The pictures that the plan reads.
    pub fn pictures_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let references = &mut self.guides.references;
        self.sources.pictures_mut().chain(references)
    }
}

impl Checkpoint {
    /// Every file of the model, and its folder.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.clone().paths_mut().map(std::mem::take).collect()
    }

    /// Every file of the model.
    pub fn files(&self) -> Vec<PathBuf> {
        let root = &self.root;
        let mut paths = self.paths();
        paths.retain(|path| path != root);
        paths
    }

    /// [`paths`](Self::paths), to be changed. A new field must be thought of here.
    fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self {
            name: _,
            variant: _,
            root,
            dit,
            high_noise,
            text_encoder,
            tokenizer,
            image_encoder,
            vae,
            defaults: _,
            sizes: _,
            latent_rgb: _,
            examples: _,
        } = self;
        let high_noise = high_noise.iter_mut().map(|high| &mut high.network);
        let experts = [dit].into_iter().chain(high_noise);
        let experts =
            experts.flat_map(|Network { config, weights }| config.iter_mut().chain(weights));
        let others = [root, tokenizer].into_iter().chain(text_encoder);
        others.chain(image_encoder).chain(vae).chain(experts)
    }
}
