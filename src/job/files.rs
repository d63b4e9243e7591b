//! The files that a plan names.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Checkpoint, Plan};

impl Plan {
    /// Where an unfinished job is kept: `OUT.mp4.run` for `OUT.mp4`.
    pub fn run_folder(&self) -> PathBuf {
        let mut folder = OsString::from(&self.output);
        folder.push(".run");
        folder.into()
    }

    /// Every file that the plan reads or writes.
    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let picture = self.picture.as_mut().map(|picture| &mut picture.path);
        let optional = [
            picture,
            self.noise.as_mut(),
            self.save_latents.as_mut(),
            self.save_frames.as_mut(),
        ];
        let own = [Some(&mut self.output)].into_iter().chain(optional);
        own.flatten().chain(self.checkpoint.paths_mut())
    }

    /// The pictures that the plan reads.
    pub fn pictures_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.picture.iter_mut().map(|picture| &mut picture.path)
    }
}

impl Checkpoint {
    /// Every file of the model, and its folder.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.clone().paths_mut().map(std::mem::take).collect()
    }

    /// The same, to be changed. A new field must be thought of here.
    fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self {
            name: _,
            variant: _,
            root,
            dit_config,
            dit,
            text_encoder,
            tokenizer,
            vae,
            defaults: _,
            sizes: _,
            latent_rgb: _,
            examples: _,
        } = self;
        let shards = dit.iter_mut().chain(text_encoder).chain(vae);
        [root, dit_config, tokenizer].into_iter().chain(shards)
    }
}
