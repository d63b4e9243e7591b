//! The arguments, as the user types them: those that several commands share. Each command has its own beside it.

use std::path::{Path, PathBuf};

use clap::builder::ArgPredicate;
use clap::{Args, Parser, Subcommand};

use super::bench::Bench;
use super::decode::Decode;
use super::export::Export;
use super::generate::Generate;
use super::info::Info;
use super::models::args::Models;
use super::plan::PlanArgs;
use super::quantize::Quantize;
use super::resume::Resume;
use crate::catalog;
use crate::error::{Error, Result};
use crate::job::{Checkpoint, GenerationInfo, Limits};

/// Make videos from text and pictures with the Wan models
#[derive(Debug, Parser)]
#[command(name = "zoetrope", version)]
pub struct Arguments {
    /// Also print a detailed log
    #[arg(long, global = true)]
    pub verbose: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a video
    ///
    /// Options that you leave out take the model's defaults.
    ///
    /// With --json, standard output carries one object per line: "started" with all settings, "progress" with the stage,
    /// the units done and the seconds since the start, and finally "finished", "cancelled" or "failed".
    ///
    /// Ctrl-C stops after the current step; press it again to stop at once. The exit code is then 130. SIGTERM (143) and a
    /// closed terminal (SIGHUP, 129) stop it the same way.
    ///
    /// A job that stops after its first step leaves the folder OUT.mp4.run; `zoetrope resume` finishes it.
    Generate(Box<Generate>),
    /// Show how much memory a video would need, stage by stage, without making it
    ///
    /// Takes the options of `generate`. Only the headers of the model's files are read.
    ///
    /// With --mac, estimates what that Mac would do: precision, time and memory of each stage, and how long the longest
    /// dispatch would occupy the GPU.
    #[command(mut_arg("output", |output| output.required(false).default_value("video.mp4").hide(true)))]
    #[command(mut_arg("prompt", |prompt| {
        let prompt = prompt.required(false).required_unless_present("mac");
        prompt.default_value_if("mac", ArgPredicate::IsPresent, "A video")
    }))]
    Plan(Box<PlanArgs>),
    /// Resume an unfinished video
    ///
    /// The result is the same as if the job had never been interrupted.
    Resume(Resume),
    /// Decode saved latents to a video
    ///
    /// Takes a file with the tensor "latents", (channels, frames, height, width), as --save-latents and
    /// OUT.mp4.run/latents.safetensors have it. The size of the video follows from it.
    Decode(Decode),
    /// Export a video as MP4, GIF, a single frame or an image sequence
    ///
    /// The extension of --output decides: .mp4, .gif, .png or .jpg (one frame), or none for a folder with every frame as
    /// a PNG.
    Export(Export),
    /// Show the settings saved in a video
    Info(Info),
    /// Quantize a model and report the error; save it with --output
    ///
    /// Prints how far quantizing moves the DiT's prediction. With --output, saves the result as a model of its own that
    /// loads faster; its text encoder and VAE are hard links to the original files where the disk allows that.
    Quantize(Quantize),
    /// Measure the time and memory of each stage on this machine
    ///
    /// Each stage is loaded, warmed up and run alone on random input. With --json, standard output carries one object per
    /// line: "started" with what is measured, then "measured" for each stage.
    Bench(Bench),
    /// List, inspect, verify and download models
    Models(Models),
    /// Check this machine and show what is missing
    Doctor,
}

/// Where a model is: in one folder, or in files that were picked one by one.
#[derive(Debug, Args)]
pub struct Model {
    /// Name of an installed model, its folder, or the file of its DiT [default: the built-in model]
    #[arg(long = "model", value_name = "NAME|DIR|FILE", conflicts_with_all = ["dit", "text_encoder", "vae"])]
    pub name: Option<PathBuf>,

    /// File of the DiT; of two experts, the low-noise one
    #[arg(long, value_name = "FILE", requires_all = ["text_encoder", "vae"])]
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

impl Command {
    /// Whether programs read the output.
    pub fn json(&self) -> bool {
        match self {
            Self::Generate(args) => args.work.json,
            Self::Plan(args) => args.video.work.json,
            Self::Resume(args) => args.work.json,
            Self::Decode(args) => args.work.json,
            Self::Info(args) => args.json,
            Self::Bench(args) => args.json,
            Self::Models(args) => args.verb.json(),
            Self::Export(_) | Self::Quantize(_) | Self::Doctor => false,
        }
    }
}

impl Model {
    /// The model that is there or, where none was named, the one that made this.
    ///
    /// # Errors
    /// As [`catalog::choose`].
    pub fn or_named(&self, made: Option<&GenerationInfo>) -> Result<Checkpoint> {
        let is_named = self.name.is_some() || self.dit.is_some();
        let Some(info) = made.filter(|_| !is_named) else {
            return self.open();
        };
        let name = &info.origin.model;
        match self.open() {
            Ok(built_in) if built_in.name == *name => Ok(built_in),
            _ => catalog::find(Path::new(name))?
                .checkpoint
                .map_err(Error::from),
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
