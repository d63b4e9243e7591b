//! A plan that somebody else has written names files of a machine that is not this one. None of them is opened, and none is
//! written, for its name alone: it is *adopted* with files of this user's own.

use std::path::{Path, PathBuf};

use super::{Checkpoint, Decode, Flaw, Missing, Outputs, Plan};

impl Plan {
    /// Puts files of this user's own in the place of all that the plan names besides copies in its run folder: the model,
    /// and for each LoRA the one of `loras` that has its name. Where it is only to be decoded, nothing else counts. What
    /// was to be written besides the video is not.
    ///
    /// # Errors
    /// What the plan needs and nobody has given, or that its video would replace another file.
    pub fn adopt(
        &mut self,
        checkpoint: Checkpoint,
        loras: &[PathBuf],
        is_denoised: bool,
    ) -> Result<(), Flaw> {
        if is_denoised {
            self.sources.loras.clear();
            self.sources.noise = None;
            self.guides.video = None;
            self.guides.mask = None;
        }
        for lora in &mut self.sources.loras {
            let own = same_name(loras, &lora.file);
            let own = own.ok_or_else(|| Flaw::Foreign(Missing::Lora(name(&lora.file))))?;
            lora.file.clone_from(own);
        }
        let others = [&self.sources.noise, &self.guides.video, &self.guides.mask];
        if let Some(file) = others.into_iter().flatten().next() {
            return Err(Flaw::Foreign(Missing::File(name(file))));
        }
        if self.output.exists() {
            return Err(Flaw::Foreign(Missing::Place(name(&self.output))));
        }
        self.speedups.decode = Decode::Full;
        self.speedups.tiny_vae = None;
        self.outputs = Outputs {
            quality: self.outputs.quality,
            ..Outputs::default()
        };
        self.checkpoint = checkpoint;
        Ok(())
    }

    /// Takes each LoRA of the plan from the file of its name among `loras`, if there is one: they were moved.
    pub fn take_loras_from(&mut self, loras: &[PathBuf]) {
        for lora in &mut self.sources.loras {
            if let Some(own) = same_name(loras, &lora.file) {
                lora.file.clone_from(own);
            }
        }
    }
}

fn same_name<'a>(files: &'a [PathBuf], file: &Path) -> Option<&'a PathBuf> {
    files.iter().find(|own| own.file_name() == file.file_name())
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
