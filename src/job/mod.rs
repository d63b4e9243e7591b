//! What is wanted and what came of it: plain data that every other room may hold.
//!
//! [`params`] says how to add a setting.

mod adoption;
pub mod bench;
pub mod checkpoint;
pub mod clip;
pub mod decoding;
pub mod device_fault;
pub mod download_progress;
pub mod estimate;
pub mod export;
pub mod fast_files;
pub mod few_steps;
mod files;
pub mod generation_info;
pub mod gpu_fault;
pub mod handle;
pub mod inputs;
pub mod installed;
mod latent_rgb;
pub mod lora;
pub mod lora_pair;
pub mod machine_fault;
pub mod machines;
pub mod memory;
pub mod message;
pub mod model_download;
pub mod nag;
mod noise_levels;
pub mod options;
pub mod params;
pub mod plain_text;
pub mod plan;
pub mod preset;
mod preview_pace;
pub mod problem;
pub mod progress;
pub mod quantizing;
pub mod queue;
pub mod record;
pub mod refusal;
mod remark;
pub mod resume_point;
mod seed;
pub mod size;
pub mod span;
pub mod speed;
pub mod speedups;
pub mod stall;
pub mod step_cache;
pub mod timings;
pub mod vae_kind;
pub mod variant;

pub use bench::{Bench, Measurement, Part, Published, Subject};
pub use checkpoint::{Checkpoint, Expert, HighNoise, LatentRgb, Network};
pub use clip::Clip;
pub use decoding::Decoding;
pub use device_fault::{Computation, DeviceFault};
pub use download_progress::DownloadProgress;
pub use estimate::{Estimate, Estimates};
pub use export::{Export, Format};
pub use fast_files::{FastFiles, Wanted};
pub use few_steps::{FewStepSettings, FewSteps, Recognised};
pub use generation_info::{DecodedInfo, GenerationInfo, Origin, VideoInfo};
pub use gpu_fault::{GpuFault, Repeat};
pub use handle::JobHandle;
pub use inputs::{Beside, Inputs, PictureRule, Use};
pub use installed::Installed;
pub use lora::{LayersFit, Lora, LoraFit};
pub use machine_fault::MachineFault;
pub use machines::{Help, Machines, Transport};
pub use memory::{Machine, MemoryOptions};
pub use message::{Command, Event};
pub use model_download::{ModelDownload, WeightFormat};
pub use nag::Nag;
pub use options::{
    CropAnchor, PictureFit, Precision, Quality, QuantBits, Sampler, Split, VaePrecision,
};
pub use params::{
    Canvas, CanvasRequest, Compute, Found, Guidance, Guides, Limits, Negative, Outputs, Request,
    Sampling, SamplingRequest, Sources,
};
pub use plan::{LatentShape, Plan};
pub use preset::{Preset, Shape};
pub use preview_pace::PreviewPace;
pub use problem::{After, Flaw, Implausible, Missing, NetworkFault, Problem};
pub use progress::{Progress, Stage, TimeLeft};
pub use quantizing::{Loss, Quantizing};
pub use queue::{Job, Queue, Start};
pub use record::Record;
pub use refusal::{Advice, Field, OutOfRange, Refusal, Remedy};
pub use remark::Remark;
pub use resume_point::ResumePoint;
pub use seed::new_seed;
pub use size::Size;
pub use span::{Span, Taken};
pub use speed::{Speed, Way};
pub use speedups::{Decode, Passes, Phases, Speedups, Table};
pub use stall::Stall;
pub use step_cache::{MagCache, StepCache};
pub use timings::{Spent, Stopwatch, Timings};
pub use vae_kind::VaeKind;
pub use variant::{Defaults, DitShape, Variant};
