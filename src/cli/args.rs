//! The commands, as the user types them. Each has its arguments beside it.

use clap::builder::ArgPredicate;
use clap::{Parser, Subcommand};

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
    /// the units done, of long ones the share of the next (`within`), and the seconds since the start, and finally
    /// "finished", "cancelled" or "failed".
    ///
    /// Ctrl-C stops within the current step; press it again to stop at once. The exit code is then 130. SIGTERM (143) and a
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
    Doctor(Doctor),
    /// Help another machine with a video, as generate --hosts has it
    #[command(hide = true)]
    HelpAnother,
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
            Self::Export(_) | Self::Quantize(_) | Self::Doctor(_) | Self::HelpAnother => false,
        }
    }
}
