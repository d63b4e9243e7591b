//! The arguments of `models`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::job::WeightFormat;
use crate::job::fast_files::Name;

/// Arguments of `models`.
#[derive(Debug, Args)]
pub struct Models {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What can be done with models.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show every model that can be found, and what others lack
    ///
    /// Looked through are Zoetrope's own folder, Hugging Face's cache, ComfyUI's models and the folders that were added.
    /// Networks that lie apart are combined: a DiT takes the nearest text encoder and VAE that fit it.
    List {
        /// Print a JSON array with an object for each
        #[arg(long)]
        json: bool,
    },
    /// Show what a model is made of
    Show {
        /// Its name, its folder, or the file of its DiT
        model: PathBuf,

        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Read every byte of a model's files, and compare them with what was published
    ///
    /// The SHA-256 of what was published is known of files in Hugging Face's cache.
    Verify {
        /// Its name, its folder, or the file of its DiT
        model: PathBuf,

        /// Print a JSON array with an object for each file
        #[arg(long)]
        json: bool,
    },
    /// Download a model from the Hugging Face hub
    ///
    /// Without a variant, what there is to choose from is shown. Files go to Hugging Face's cache, where other programs
    /// find them too, or to a folder. Text encoders and VAEs that are on this machine are not downloaded again. What came
    /// before an interruption is kept, and the same command goes on; every file is compared with its published checksum.
    /// HF_HOME, HF_ENDPOINT and HF_TOKEN are heeded.
    Get {
        /// Such as ti2v-5b, i2v-14b-480p or vace-14b, `tokenizer`, or what makes one fast, such as lightning-t2v-a14b; without one, all
        /// are shown
        variant: Option<Name>,

        /// official, as the authors published it; fp16; fp8; q8 or q4
        #[arg(long, default_value_t = WeightFormat::Fp16)]
        precision: WeightFormat,

        /// Put the files here, sorted as in ComfyUI's models folder
        #[arg(long)]
        folder: Option<PathBuf>,

        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Look for models in this folder too
    Add {
        /// The folder
        folder: PathBuf,
    },
    /// Look there no more; the folder stays as it is
    Forget {
        /// The folder
        folder: PathBuf,
    },
}

impl Verb {
    /// Whether programs read the output.
    pub fn json(&self) -> bool {
        match *self {
            Self::List { json }
            | Self::Show { json, .. }
            | Self::Verify { json, .. }
            | Self::Get { json, .. } => json,
            Self::Add { .. } | Self::Forget { .. } => false,
        }
    }
}
