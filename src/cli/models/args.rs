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
    /// List the models found, and what incomplete ones lack
    ///
    /// Searches Zoetrope's own folder, the Hugging Face cache, ComfyUI's models folder and the folders you added. Files in
    /// different places are combined: a DiT takes the nearest text encoder and VAE that match it.
    List {
        /// Print a JSON array, one object per model
        #[arg(long)]
        json: bool,
    },
    /// Show the files and settings of a model
    Show {
        /// Name of the model, its folder, or the file of its DiT
        model: PathBuf,

        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Check every byte of a model's files against their published checksums
    ///
    /// Checksums (SHA-256) are known for files in the Hugging Face cache.
    Verify {
        /// Name of the model, its folder, or the file of its DiT
        model: PathBuf,

        /// Print a JSON array, one object per file
        #[arg(long)]
        json: bool,
    },
    /// Download a model from Hugging Face
    ///
    /// Without a variant, lists what you can download. Files go to the Hugging Face cache, where other programs find them
    /// too, or to --folder. Text encoders and VAEs that you already have are not downloaded again. Run the same command
    /// again to continue an interrupted download; every file is checked against its published checksum. Honors HF_HOME,
    /// HF_ENDPOINT and HF_TOKEN.
    Get {
        /// Such as ti2v-5b, i2v-14b-480p, vace-14b, lightning-t2v-a14b or `tokenizer`; leave it out to list them all
        variant: Option<Name>,

        /// official (as published), fp16, fp8, q8 or q4
        #[arg(long, default_value_t = WeightFormat::Fp16)]
        precision: WeightFormat,

        /// Save to this folder instead, laid out like ComfyUI's models folder
        #[arg(long)]
        folder: Option<PathBuf>,

        /// Print JSON, one object per line
        #[arg(long)]
        json: bool,
    },
    /// Also search this folder for models
    Add {
        /// The folder
        folder: PathBuf,
    },
    /// Stop searching a folder (nothing in it is deleted)
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
