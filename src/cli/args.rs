//! The arguments, as the user types them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::models::args::Models;
use crate::catalog;
use crate::error::Result;
use crate::job::{
    Checkpoint, CropAnchor, Guidance, Guides, Lora, Negative, Part, PictureFit, Precision,
    Published, Quality, QuantBits, Request, Sampler, Size, VaePrecision,
};

/// Turn a sentence or a picture into a video with the Wan models
#[derive(Debug, Parser)]
#[command(name = "zoetrope", version)]
pub struct Arguments {
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
    /// object a line: "started" with all settings, "progress" with the stage, the units done and
    /// the seconds since the start of the job, and in the end "finished", "cancelled" or "failed".
    ///
    /// Ctrl-C stops after the step at hand, a second one at once; the exit code is then 130.
    ///
    /// A job that ends early after its first step leaves OUT.mp4.run, and `zoetrope resume` goes on.
    Generate(Box<Generate>),
    /// Tell how much memory a video would take, stage by stage, without making it
    ///
    /// The arguments are those of `generate`. Nothing but the headers of the model's files is read.
    #[command(mut_arg("output", |output| output.required(false).default_value("video.mp4").hide(true)))]
    Plan(Box<Generate>),
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
    Doctor,
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub struct Generate {
    /// Where the model is.
    #[command(flatten)]
    pub model: Model,

    /// What the video should show
    #[arg(long, value_name = "TEXT")]
    pub prompt: String,

    /// What it should not show [default: the model's own]
    #[arg(long, value_name = "TEXT", conflicts_with = "no_negative")]
    pub negative: Option<String>,

    /// Compare with an empty prompt instead
    #[arg(long)]
    pub no_negative: bool,

    /// Picture to begin with
    #[arg(long, value_name = "FILE")]
    pub image: Option<PathBuf>,

    /// Picture to end with, for models that take one
    #[arg(long, value_name = "FILE", requires = "image")]
    pub last_image: Option<PathBuf>,

    /// Videos and references.
    #[command(flatten)]
    pub guides: Guides,

    /// "picture" keeps the picture's aspect at the area of the size, "crop" crops it to the size
    /// [default: picture]
    #[arg(long, value_name = "picture|crop", requires = "image")]
    pub fit: Option<PictureFit>,

    /// Width and height in pixels, as in 832x480
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,

    /// Area in pixels that the picture fills, instead of that of the size
    #[arg(long, value_name = "PIXELS")]
    pub max_area: Option<u64>,

    /// Number of frames: a multiple of 4, plus 1
    #[arg(long, value_name = "N")]
    pub frames: Option<u32>,

    /// Number of denoising steps
    #[arg(long, value_name = "N")]
    pub steps: Option<u32>,

    /// Solver of the denoising steps
    #[arg(long, value_name = "unipc|dpmpp|euler")]
    pub sampler: Option<Sampler>,

    /// How strongly the prompt pulls: one number, or one for low and one for high noise
    #[arg(long, value_name = "G|LOW,HIGH", allow_hyphen_values = true)]
    pub guidance: Option<Guidance>,

    /// How much of the schedule is spent at high noise
    #[arg(long, value_name = "S")]
    pub shift: Option<f64>,

    /// Seed of the starting noise: the same one makes the same video [default: a new one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Type in which products are computed; "auto" takes that of the weights [default: auto]
    #[arg(long, value_name = "auto|bf16|f32")]
    pub dtype: Option<Precision>,

    /// Type in which the latents are decoded: bf16 takes half the memory [default: f32]
    #[arg(long, value_name = "f32|bf16")]
    pub vae_dtype: Option<VaePrecision>,

    /// Pack the weights of the DiT's large matrices into so many bits; less memory, not less time
    #[arg(long, value_name = "8|4")]
    pub quantize: Option<QuantBits>,

    /// Change the DiT by a LoRA, at a strength [default: 1], of two experts only one; can be given several times
    #[arg(long = "lora", value_name = "FILE[:STRENGTH[:high|low]]")]
    pub loras: Vec<Lora>,

    /// How well the video is encoded [default: standard]
    #[arg(long, value_name = "small|standard|best")]
    pub quality: Option<Quality>,

    /// Take the starting noise from this file: tensor "noise", (channels, frames, height, width)
    #[arg(long, value_name = "FILE.safetensors")]
    pub noise: Option<PathBuf>,

    /// Keep the final latents in this file: tensor "latents", (channels, frames, height, width)
    #[arg(long, value_name = "FILE.safetensors")]
    pub save_latents: Option<PathBuf>,

    /// Keep the frames in this file: tensor "frames", (3, frames, height, width), in [-1, 1]
    #[arg(long, value_name = "FILE.safetensors")]
    pub save_frames: Option<PathBuf>,

    /// Frames a second
    #[arg(long, value_name = "N")]
    pub fps: Option<u32>,

    /// How to compute, and what to print.
    #[command(flatten)]
    pub work: Work,

    /// The video to write; one of that name is replaced once the new one is whole
    #[arg(short, long, value_name = "OUT.mp4")]
    pub output: PathBuf,
}

/// Where a model is: in one folder, or in files that were picked one by one.
#[derive(Debug, Args)]
pub struct Model {
    /// Name of an installed model, its folder, or the file of its DiT [default: the built-in model]
    #[arg(long = "model", value_name = "NAME|DIR|FILE", conflicts_with_all = ["dit", "text_encoder", "vae"])]
    pub name: Option<PathBuf>,

    /// File of the DiT; of two, that for low noise
    #[arg(long, value_name = "FILE", requires_all = ["text_encoder", "vae"])]
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

    /// The most memory that the job may use, in gigabytes [default: what the machine can give]
    #[arg(long, value_name = "GB", value_parser = gigabytes)]
    pub memory_limit: Option<u64>,

    /// Print progress and result as JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `resume`.
#[derive(Debug, Args)]
pub struct Resume {
    /// The folder that the unfinished video left beside it
    #[arg(value_name = "OUT.mp4.run")]
    pub folder: PathBuf,

    /// How to compute, and what to print.
    #[command(flatten)]
    pub work: Work,
}

/// Arguments of `decode`.
#[derive(Debug, Args)]
pub struct Decode {
    /// The latents
    #[arg(value_name = "LATENTS.safetensors")]
    pub latents: PathBuf,

    /// Where the model is.
    #[command(flatten)]
    pub model: Model,

    /// Frames a second [default: as the latents were made for, or the model's own]
    #[arg(long, value_name = "N")]
    pub fps: Option<u32>,

    /// Type in which they are decoded [default: as the latents were made for, or f32]
    #[arg(long, value_name = "f32|bf16")]
    pub vae_dtype: Option<VaePrecision>,

    /// How well the video is encoded [default: standard]
    #[arg(long, value_name = "small|standard|best")]
    pub quality: Option<Quality>,

    /// Keep the frames in this file: tensor "frames", (3, frames, height, width), in [-1, 1]
    #[arg(long, value_name = "FILE.safetensors")]
    pub save_frames: Option<PathBuf>,

    /// How to compute, and what to print.
    #[command(flatten)]
    pub work: Work,

    /// The video to write; one of that name is replaced once the new one is whole
    #[arg(short, long, value_name = "OUT.mp4")]
    pub output: PathBuf,
}

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Where the model is.
    #[command(flatten)]
    pub model: Model,

    /// Measure networks of this published size with random weights, without any files
    #[arg(
        long,
        value_name = "t2v-1.3b|ti2v-5b|t2v-a14b|i2v-a14b",
        conflicts_with = "Model"
    )]
    pub synthetic: Option<Published>,

    /// Width and height in pixels [default: the model's own]
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,

    /// Number of frames: a multiple of 4, plus 1 [default: the model's own]
    #[arg(long, value_name = "N")]
    pub frames: Option<u32>,

    /// Prompts that go through the DiT at once: 2 is what guidance does to small videos
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub batch: u32,

    /// What to measure [default: all of it]
    #[arg(long, value_name = "text,denoise,decode,encode", value_delimiter = ',')]
    pub stages: Vec<Part>,

    /// Type in which the products of the DiT are computed; "auto" takes that of the weights
    #[arg(long, value_name = "auto|bf16|f32", default_value_t)]
    pub dtype: Precision,

    /// Pack the large matrices of the DiT to this many bits
    #[arg(long, value_name = "8|4")]
    pub quantize: Option<QuantBits>,

    /// Type in which the VAE decodes
    #[arg(long, value_name = "f32|bf16", default_value_t)]
    pub vae_dtype: VaePrecision,

    /// How often each is repeated; what is told is the median
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub runs: u32,

    /// Print objects instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The video
    #[arg(value_name = "IN.mp4")]
    pub file: PathBuf,

    /// Largest width and height in pixels; the aspect stays [default: those of the video]
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,

    /// Quality of an MP4 [default: standard]
    #[arg(long, value_name = "small|standard|best")]
    pub quality: Option<Quality>,

    /// Which frame becomes a picture, counted from 1 [default: 1]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub frame: Option<usize>,

    /// The file or folder to write; a file of that name is replaced once the new one is whole
    #[arg(short, long, value_name = "OUT.mp4|OUT.gif|OUT.png|OUT.jpg|FOLDER")]
    pub output: PathBuf,
}

/// Gigabytes as bytes.
fn gigabytes(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok((number * 1e9) as u64),
        _ => Err("give a number above 0".into()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("give a whole number from 1 on".into()),
    }
}

/// Arguments of `quantize`.
#[derive(Debug, Args)]
pub struct Quantize {
    /// Name, folder or DiT of the model
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,

    /// Bits of each weight of the DiT's large matrices
    #[arg(long, value_name = "8|4", default_value_t = QuantBits::Eight)]
    pub bits: QuantBits,

    /// Folder to keep the packed model in, which is new or empty
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// Arguments of `info`.
#[derive(Debug, Args)]
pub struct Info {
    /// The video
    #[arg(value_name = "FILE.mp4")]
    pub file: PathBuf,

    /// Print the settings as JSON
    #[arg(long)]
    pub json: bool,
}

impl Model {
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

impl Generate {
    /// The request that these arguments make.
    pub fn request(&self) -> Request {
        Request {
            prompt: self.prompt.clone(),
            negative: match &self.negative {
                _ if self.no_negative => Negative::Empty,
                Some(text) => Negative::Text(text.clone()),
                None => Negative::Default,
            },
            image: self.image.clone(),
            last_image: self.last_image.clone(),
            guides: self.guides.clone(),
            fit: self.fit.unwrap_or_default(),
            anchor: CropAnchor::CENTRE,
            last_anchor: CropAnchor::CENTRE,
            size: self.size,
            max_area: self.max_area,
            frames: self.frames,
            fps: self.fps,
            steps: self.steps,
            sampler: self.sampler,
            guidance: self.guidance,
            shift: self.shift,
            seed: self.seed,
            precision: self.dtype.unwrap_or_default(),
            vae_precision: self.vae_dtype.unwrap_or_default(),
            quantize: self.quantize,
            loras: self.loras.clone(),
            memory_limit: self.work.memory_limit,
            quality: self.quality.unwrap_or_default(),
            noise: self.noise.clone(),
            save_latents: self.save_latents.clone(),
            save_frames: self.save_frames.clone(),
        }
    }
}
