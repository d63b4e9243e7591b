//! The arguments that several commands have.

use std::path::PathBuf;

use clap::Args;

use crate::catalog;
use crate::error::{Error, Result};
use crate::job::{Checkpoint, GenerationInfo, Limits};

/// Where a model is: in one folder, or in files that were picked one by one.
#[derive(Debug, Args)]
pub struct Model {
    /// Name of an installed model, its folder, or the file of its DiT [default: the built-in model]
    #[arg(long = "model", value_name = "NAME|DIR|FILE", conflicts_with_all = ["dit", "text_encoder", "vae"])]
    pub name: Option<PathBuf>,

    /// File of the DiT; of two experts, the low-noise one. Other networks in it are used unless you name others
    #[arg(long, value_name = "FILE")]
    pub dit: Option<PathBuf>,

    /// File of the high-noise expert
    #[arg(long, value_name = "FILE", requires = "dit")]
    pub dit_high: Option<PathBuf>,

    /// File of the text encoder
    #[arg(long, value_name = "FILE", requires = "dit")]
    pub text_encoder: Option<PathBuf>,

    /// File of the image encoder, for models that have one
    #[arg(long, value_name = "FILE", requires = "dit")]
    pub image_encoder: Option<PathBuf>,

    /// File of the VAE
    #[arg(long, value_name = "FILE", requires = "dit")]
    pub vae: Option<PathBuf>,

    /// File of the tokenizer [default: the one inside the text encoder's file]
    #[arg(long, value_name = "FILE", requires = "dit")]
    pub tokenizer: Option<PathBuf>,
}

/// How any job is carried out.
#[derive(Clone, Copy, Debug, Args)]
pub struct Work {
    /// Run on the CPU only: slow; use it if your GPU gives wrong results
    #[arg(long)]
    pub cpu: bool,

    /// What the job may take of the machine.
    #[command(flatten)]
    pub limits: Limits,

    /// Print progress and result as JSON, one object per line
    #[arg(long)]
    pub json: bool,
}

impl Model {
    /// Whether one was named.
    pub fn is_given(&self) -> bool {
        self.name.is_some() || self.dit.is_some()
    }

    /// The model that is there or, where none was named, the one that made this.
    ///
    /// # Errors
    /// As [`catalog::choose`].
    pub fn or_named(&self, made: Option<&GenerationInfo>) -> Result<Checkpoint> {
        let Some(info) = made.filter(|_| !self.is_given()) else {
            return self.open();
        };
        let name = &info.origin.model;
        match self.open() {
            Ok(built_in) if built_in.name == *name => Ok(built_in),
            _ => catalog::named(name)?.checkpoint.map_err(Error::from),
        }
    }

    /// The model that is there.
    ///
    /// # Errors
    /// As [`catalog::choose`].
    pub fn open(&self) -> Result<Checkpoint> {
        let picked = catalog::Picked {
            dit: self.dit.clone(),
            dit_high: self.dit_high.clone(),
            text_encoder: self.text_encoder.clone(),
            image_encoder: self.image_encoder.clone(),
            vae: self.vae.clone(),
            tokenizer: self.tokenizer.clone(),
        };
        catalog::choose(self.name.as_deref(), &picked)
    }
}
