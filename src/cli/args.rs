//! The arguments, as the user types them: those that several commands share. Each command has its own beside it.

use std::path::PathBuf;

use clap::builder::ArgPredicate;
use clap::{Args, Parser, Subcommand};

use super::bench::Bench;
use super::decode::Decode;
use super::doctor::Doctor;
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

/// Turn a sentence or a picture into a video with the Wan models
#[derive(Debug, Parser)]
#[command(name = "zoetrope", version)]
pub struct Arguments {
    /// Print the log as well, in more detail
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
    /// What is not given is as the model recommends. With --json, standard output carries one
    /// object a line: "started" with all settings, "progress" with the stage, the units done, the
    /// share of the next one that is done where units take long, and the seconds since the start of the job, and in the end "finished", "cancelled" or "failed".
    ///
    /// Ctrl-C stops in the middle of a step, a second one at once; the exit code is then 130. When the
    /// system ends it (SIGTERM, 143) or its terminal is closed (SIGHUP, 129), it stops in the same way.
    ///
    /// A job that ends early after its first step leaves OUT.mp4.run, and `zoetrope resume` goes on.
    Generate(Box<Generate>),
    /// Tell how much memory a video would take, stage by stage, without making it
    ///
    /// The arguments are those of `generate`. Nothing but the headers of the model's files is read.
    ///
    /// With --mac it tells what that Mac would do: the type, the time of each stage, which is an estimate, its memory, and
    /// how long the longest dispatch would keep the GPU.
    #[command(mut_arg("output", |output| output.required(false).default_value("video.mp4").hide(true)))]
    #[command(mut_arg("prompt", |prompt| {
        let prompt = prompt.required(false).required_unless_present("mac");
        prompt.default_value_if("mac", ArgPredicate::IsPresent, "A video")
    }))]
    Plan(Box<PlanArgs>),
    /// Go on with a video that was not finished
    ///
    /// The result is the one that the interrupted job would have had.
    Resume(Resume),
    /// Make a video of saved latents
    ///
    /// They are the tensor "latents", (channels, frames, height, width), as --save-latents writes it
    /// and OUT.mp4.run/latents.safetensors holds it. The size of the video follows from theirs.
    Decode(Decode),
    /// Make another file of a finished video
    ///
    /// The name of the output says what: a smaller or better MP4, an animated GIF, one frame as PNG or
    /// JPEG, or without an ending a folder with every frame as PNG.
    Export(Export),
    /// Show the settings stored in a video
    Info(Info),
    /// Tell what packing a model's DiT into few bits does to it, and keep it so
    ///
    /// How far packing moves the network's velocity is printed. A folder that is given becomes a model that starts from
    /// a smaller file; its text encoder and VAE are the same files as the old one's where the disk can give a file two
    /// names.
    Quantize(Quantize),
    /// Measure how long each stage takes here, and how much memory
    ///
    /// Each stage is loaded, warmed up and run alone on random input. With --json, standard output
    /// carries one object a line: "started" with what is measured, and "measured" for each stage.
    Bench(Bench),
    /// Find models on this machine, and look at them
    Models(Models),
    /// Tell what this machine has, and what is missing
    Doctor(Doctor),
}

/// Where a model is: in one folder, or in files that were picked one by one.
#[derive(Debug, Args)]
pub struct Model {
    /// Name of an installed model, its folder, or the file of its DiT [default: the built-in model]
    #[arg(long = "model", value_name = "NAME|DIR|FILE", conflicts_with_all = ["dit", "text_encoder", "vae"])]
    pub name: Option<PathBuf>,

    /// File of the DiT; of two, that for low noise. What else is in it is used for what is not given
    #[arg(long, value_name = "FILE")]
    pub dit: Option<PathBuf>,

    /// File of the DiT for high noise
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

    /// File of the tokenizer [default: the one in the text encoder's file]
    #[arg(long, value_name = "FILE", requires = "dit")]
    pub tokenizer: Option<PathBuf>,
}

/// How any job is carried out.
#[derive(Clone, Copy, Debug, Args)]
pub struct Work {
    /// Compute by the processor alone: slow, but right where the graphics processor is not
    #[arg(long)]
    pub cpu: bool,

    /// What the job may take of the machine.
    #[command(flatten)]
    pub limits: Limits,

    /// Print progress and result as JSON, one object a line
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
            Self::Export(_) | Self::Quantize(_) | Self::Doctor(_) => false,
        }
    }
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
