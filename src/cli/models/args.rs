//! The arguments of `models`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
