//! The recipe: from a plan to a video.
//!
//! Each stage loads its network, uses it and lets it go; what the next job may need stays where there is memory for it
//! ([`kept`]).

mod bench;
mod bytes;
mod checks;
pub mod conditioning;
mod decode;
mod denoise;
mod embed_cache;
mod experts;
mod fingerprint;
mod frames_file;
mod helper;
mod image_embeds;
mod inputs;
pub mod kept;
mod latents_file;
mod outlook;
mod outputs;
mod passes;
mod plan_file;
mod preview;
mod quantize;
mod reporter;
mod run_folder;
mod seal;
mod sizes;
mod step_save;
pub mod survey;
mod team;
mod tensor_file;
mod text_embeds;

pub use crate::model::nn::{Watch, budget, set_budget, watched};
pub use bench::run as bench;
pub use helper::help;
pub use outlook::{Outlook, StageOutlook, outlook, published_sizes};
pub use passes::{planned as planned_passes, step_costs};
pub use quantize::run as quantize;
pub use reporter::{Glimpse, Reporter};
pub use sizes::{sizes, vae_sizes};
pub use team::{is_complete as team_is_complete, is_expected as works_in_team, work_with};
pub use text_embeds::{CutPrompt, TextEmbeds, cut_prompts};

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use mlx_rs::memory;

use crate::Result;
use crate::job::memory::Allowance;
use crate::job::{Decoding, GenerationInfo, Plan, VaeKind, Variant};
use crate::model::vae;
use conditioning::Conditioning;
use latents_file::Denoised;
use run_folder::RunFolder;

/// What earlier jobs left, for whoever wants to make a video of it: unfinished runs and latents. And what stands in the
/// way of leaving more.
pub mod saved {
    pub use super::inputs::check_inputs;
    pub use super::latents_file::{Latents, latents};
    pub use super::outputs::{check_decoding, check_plan, check_rest};
    pub use super::plan_file::{is_own, read as plan};
    pub use super::run_folder::{
        finished_steps, forget_draft, kept_latents, still_kept, take_up_draft, unfinished,
    };
}

/// What the networks compute with, to be held against the processor.
pub mod kernels {
    pub use crate::model::nn::gelu_tanh;
}

/// What making a video took.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What led to the video, where it was a plan: its settings, and whether it was enough earlier.
    pub info: Option<GenerationInfo>,
    /// The most memory that MLX held at once, in bytes.
    pub peak_memory: usize,
}

/// Buffers that MLX may keep for reuse instead of returning them to the system.
const REUSED_BYTES: usize = 1 << 30;

/// Makes the video of `plan` and writes it under its final name once it is whole. Until then the
/// plan's run folder holds what is needed to go on.
///
/// # Errors
/// What stood in the way, as a sentence for the user; [`crate::Error::Cancelled`] when `reporter`
/// was told to stop. From the first finished step on, [`crate::Error::Unfinished`] around it.
pub fn generate(plan: &Plan, reporter: &mut Reporter) -> Result<Outcome> {
    measured(|| {
        outputs::check_plan(plan)?;
        together(plan, |plan| {
            let mut folder = RunFolder::begin(plan)?;
            let result = make(plan, &mut folder, reporter);
            folder.end(result)
        })
    })
}

/// Goes on with a `plan` that [`saved::plan`] found, from its last finished step to the video that it
/// would have become.
///
/// # Errors
/// As [`generate`], and when the run folder is damaged or in use.
pub fn resume(plan: &Plan, reporter: &mut Reporter) -> Result<Outcome> {
    measured(|| {
        outputs::check_rest(plan).map_err(|why| run_folder::still_kept(plan, why))?;
        let work = |plan: &Plan| {
            let mut folder = RunFolder::reopen(plan)?;
            let result = make(plan, &mut folder, reporter);
            folder.end(result)
        };
        together(plan, work)
    })
}

/// Does the `work` of a plan with the other machines that there are, if there are any: as all can carry it out.
fn together<T>(plan: &Plan, work: impl FnOnce(&Plan) -> Result<T>) -> Result<T> {
    let begun = team::begin(plan).map_err(|why| run_folder::still_kept(plan, why));
    let done = begun.and_then(|plan| work(&plan));
    team::end();
    done
}

/// Makes a video of the latents in a file.
///
/// # Errors
/// As [`generate`].
pub fn decode(latents: &Path, decoding: &Decoding, reporter: &mut Reporter) -> Result<Outcome> {
    measured(|| {
        outputs::check_decoding(latents, decoding)?;
        let latents = latents_file::read(latents)?;
        let begun = team::begin_decoding(&decoding.checkpoint);
        let written = begun.and_then(|()| decode::write(decoding, &latents, reporter));
        team::end();
        written.map(|_| None)
    })
}

fn make(
    plan: &Plan,
    folder: &mut RunFolder,
    reporter: &mut Reporter,
) -> Result<Option<GenerationInfo>> {
    let Denoised { latents, mut info } = if let Some(finished) = folder.latents(plan)? {
        finished
    } else {
        let features = text_embeds::read(plan, reporter)?;
        let given = given(plan, folder, reporter)?;
        team::give(plan, &features, &given)?;
        denoise::run(plan, &features, &given, folder, reporter)?
    };
    folder.keep_draft(plan.speedups.draft().is_some());
    // A plan that goes on elsewhere may have to decode in another type than it was begun with.
    info.compute.vae_precision = plan.compute.vae_precision;
    // And the latents of a draft are decoded properly after all.
    info.speedups.decode = plan.speedups.decode;
    info.speedups.tiny_vae = plan.info().speedups.tiny_vae;
    if let Some(path) = &plan.outputs.save_latents {
        latents_file::write(path, &info, &latents)?;
    }
    let decoding = plan.decoding(info.clone());
    info.compute.vae_precision = decode::write(&decoding, &latents, reporter)?;
    Ok(Some(info))
}

/// What the DiT is given beside the prompts: as an earlier run of the job has it, or encoded and kept for a later one.
fn given(plan: &Plan, folder: &RunFolder, reporter: &mut Reporter) -> Result<Conditioning> {
    if let Some(given) = Conditioning::recall(plan) {
        return Ok(given);
    }
    let given = conditioning::encode(plan, reporter)?;
    given.keep(folder.path())?;
    Ok(given)
}

/// What MLX may keep for reuse in the jobs that come.
static REUSED: AtomicUsize = AtomicUsize::new(REUSED_BYTES);

/// What MLX may hold in the jobs that come.
///
/// # Errors
/// MLX does not work.
pub fn allow(allowance: Allowance) -> Result<()> {
    static OWN: OnceLock<usize> = OnceLock::new();
    let bytes = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let now = memory::memory_limit()?;
    let own = *OWN.get_or_init(|| now);
    memory::set_memory_limit(allowance.limit.map_or(own, bytes))?;
    REUSED.store(bytes(allowance.cache), Ordering::Relaxed);
    Ok(())
}

/// Does `work` and tells what it took.
fn measured(work: impl FnOnce() -> Result<Option<GenerationInfo>>) -> Result<Outcome> {
    memory::set_cache_limit(REUSED.load(Ordering::Relaxed))?;
    memory::reset_peak_memory()?;
    let info = work()?;
    Ok(Outcome {
        info,
        peak_memory: memory::peak_memory()?,
    })
}

/// The VAE of a family.
fn vae_kind(variant: Variant) -> vae::Kind {
    match variant.vae() {
        VaeKind::V21 => vae::Kind::V21,
        VaeKind::V22 => vae::Kind::V22,
    }
}
