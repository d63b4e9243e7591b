//! English. What comes from files or other programs is shown in plain characters, on one line.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::job::memory::Saving;
use crate::job::plain_text::one_line;
use crate::job::{
    Advice, After, Computation, DeviceFault, Flaw, GpuFault, Implausible, MachineFault, Missing,
    NetworkFault, OutOfRange, Problem, Refusal, Remark, Repeat, Speed, Stage, Taken, Way,
};

/// A part of a job.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Text => "Reading the prompt",
        Stage::Image => "Reading the picture",
        Stage::Load => "Loading the model",
        Stage::Denoise => "Denoising",
        Stage::Decode => "Decoding",
    }
}

/// One thing that saves memory.
pub fn saving(saving: Saving) -> &'static str {
    match saving {
        Saving::GuidanceInTurn => "guidance in two passes",
        Saving::HalfProducts => "16-bit math",
        Saving::Tiles => "decoding in tiles",
        Saving::HalfFrames => "16-bit decoding",
        Saving::F16Frames => "f16 decoding",
    }
}

/// All that a job saves.
pub fn to_fit(savings: &[Saving]) -> String {
    let words: Vec<&str> = savings.iter().map(|&each| saving(each)).collect();
    format!("To fit in memory: {}", words.join(", "))
}

/// What of a video is taken, where that is not all: "takes 17 of 64 frames, 32 a second thinned out to 16".
pub fn taken(taken: &Taken) -> Option<String> {
    if taken.is_whole() {
        return None;
    }
    let thinned = taken.thinned.map(|(own, fps)| {
        let own = two_digits(own);
        format!(", {own} a second thinned out to {fps}")
    });
    let cropped = taken.cropped.map(|size| format!(", cropped to {size}"));
    let anew = match taken.missing {
        0 => String::new(),
        1 => "; the last frame is made anew".into(),
        missing => format!("; the last {missing} frames are made anew"),
    };
    let (thinned, cropped) = (thinned.unwrap_or_default(), cropped.unwrap_or_default());
    let Taken { frames, of, .. } = taken;
    Some(format!(
        "takes {frames} of {of} frames{thinned}{cropped}{anew}"
    ))
}

/// A number without digits that say nothing.
pub fn two_digits(number: f64) -> String {
    ((number * 100.0).round() / 100.0).to_string()
}

/// How soon a video is wanted.
pub fn speed(speed: Speed) -> &'static str {
    match speed {
        Speed::Exact => "Exact",
        Speed::Balanced => "Balanced",
        Speed::Fast => "Fast",
    }
}

/// What makes a video sooner: "4 steps with Lightning, draft decode".
pub fn ways(ways: &[Way]) -> String {
    let words = ways.iter().map(|way| match way {
        Way::FewSteps(preset, steps) => format!("{steps} steps with {}", preset.name()),
        Way::LightCache => "light step cache".to_owned(),
        Way::StrongCache => "strong step cache".to_owned(),
        Way::Draft => "draft decode".to_owned(),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        return "nothing is installed that would save time".to_owned();
    }
    words.join(", ")
}

/// How long the exact way takes, and each of the others.
pub fn sooner(exact: Duration, others: &[(Speed, Duration)]) -> String {
    let others = others
        .iter()
        .map(|&(way, time)| format!("{} about {}", speed(way).to_lowercase(), rough(time)));
    let others: Vec<String> = others.collect();
    format!("Exact takes about {}; {}", rough(exact), others.join(", "))
}

/// A time that is not known better than this: "8 s", "3 min", "2 h 10 min".
pub fn rough(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, (seconds + 30) / 60, seconds) {
        (0, _, ..60) => format!("{} s", seconds.max(1)),
        (0, minutes, _) => format!("{minutes} min"),
        (hours, _, _) => format!("{hours} h {} min", seconds / 60 % 60),
    }
}

/// "640 MB", "11.4 GB".
pub fn bytes(count: u64) -> String {
    let count = count as f64;
    if count < 1e9 {
        format!("{:.0} MB", count / 1e6)
    } else {
        format!("{:.1} GB", count / 1e9)
    }
}

/// Continues "This Mac's GPU …".
pub fn device_fault(fault: DeviceFault) -> String {
    let what = match fault.what {
        Computation::Products => "matrix products",
        Computation::Attention => "attention",
        Computation::Convolutions => "convolutions",
        Computation::QuantisedProducts => "quantized products",
        Computation::Sums => "sums",
        Computation::Norms => "norms",
        Computation::Chains => "activations",
    };
    match fault.difference {
        Some(part) => format!("computes wrong {what} ({:.0}% off the CPU's)", 100.0 * part),
        None => format!("computes {what} that are not numbers"),
    }
}

/// Why a request cannot be carried out, and what could be.
pub fn refusal(refusal: &Refusal) -> String {
    let told = match refusal {
        Refusal::NoPrompt => "The prompt is empty: describe what the video should show".into(),
        Refusal::TakesNoPicture(variant) if variant.inputs().video.is_possible() => format!(
            "{} takes no first frame: remove it, or use the picture as a reference or in a video",
            variant.name()
        ),
        Refusal::TakesNoPicture(variant) => format!(
            "{} makes videos from text alone: remove the first frame, or choose an image-to-video model such as Wan2.2 \
             TI2V or I2V-A14B",
            variant.name()
        ),
        Refusal::NeedsPicture(variant) => format!(
            "{} starts from a picture: add a first frame",
            variant.name()
        ),
        Refusal::PictureTooNarrow(size) => {
            format!("The picture ({size}) is too narrow for a video: crop it first")
        }
        Refusal::TakesNoLastPicture(variant) => format!(
            "{} takes no last frame: remove it, or choose a model that does, such as Wan2.2 I2V-A14B",
            variant.name()
        ),
        Refusal::NeedsLastPicture(variant) => format!(
            "{} makes the video between two pictures: add a last frame, too",
            variant.name()
        ),
        Refusal::TakesNoVideo(_)
        | Refusal::NeedsVideo(_)
        | Refusal::TakesNoMask(_)
        | Refusal::TooManyReferences(_)
        | Refusal::GuideStrength
        | Refusal::TakesNoStrength(_) => guides(refusal),
        Refusal::LastPictureOfOneFrame => {
            "A video of 1 frame cannot have both a first and a last frame: make it 5 frames or longer"
                .into()
        }
        Refusal::GuidanceNotFinite => "Guidance must be a number".into(),
        Refusal::GuidanceForTwo(guidance) => format!(
            "Guidance {guidance} is for models with two experts: give this one a single number"
        ),
        Refusal::LoraStrength(file) => {
            format!("The strength of {} must be a number", file.display())
        }
        Refusal::LoraTooStrong {
            file,
            strength,
            most,
        } => format!(
            "Strength {strength} is too high for {}: 1 is full strength, and {most} is the limit",
            file.display()
        ),
        Refusal::LoraForTwo(file) => format!(
            "{} is set to one of two experts, but this model has only one: leave out \"high\" or \"low\"",
            file.display()
        ),
        Refusal::LoraUnusable(why) => problem(why),
        Refusal::Memory {
            needed,
            most,
            is_limited,
            advice,
        } => memory(*needed, *most, *is_limited, *advice),
        Refusal::OtherLatents {
            channels,
            model,
            expected,
        } => format!(
            "These latents have {channels} channels, but {model} needs {expected}: choose the model that made them"
        ),
        Refusal::OutputName(output) => format!(
            "{} is not a video's name: choose one that ends in .mp4",
            output.display()
        ),
        Refusal::Other(_, sentence) => sentence.clone(),
        Refusal::OutOfRange(number) => out_of_range(*number),
    };
    one_line(&told).into_owned()
}

/// A video to follow or to change, its mask, and references.
fn guides(refusal: &Refusal) -> String {
    match refusal {
        Refusal::TakesNoVideo(variant) => {
            format!("{} takes no control video: remove it", variant.name())
        }
        Refusal::NeedsVideo(variant) => {
            format!("{} edits a video: add one", variant.name())
        }
        Refusal::TakesNoMask(variant) => format!("{} takes no mask: remove it", variant.name()),
        Refusal::TooManyReferences(variant) => match variant.inputs().references {
            0 => format!(
                "{} takes no reference pictures: remove them",
                variant.name()
            ),
            1 => format!("{} takes only 1 reference picture", variant.name()),
            most => format!("{} takes at most {most} reference pictures", variant.name()),
        },
        Refusal::TakesNoStrength(variant) => format!(
            "{} has no strength setting for control videos: leave it out",
            variant.name()
        ),
        _ => "Strength must be a number".into(),
    }
}

/// Numbers that are too large, too small, or between those that work.
fn out_of_range(number: OutOfRange) -> String {
    match number {
        OutOfRange::AreaTooSmall { area, least } => {
            format!("{area} pixels are too few: the minimum is {least}")
        }
        OutOfRange::SizeTooLarge { size, largest } => {
            format!("{size} is too large: the limit is {largest}, landscape or portrait")
        }
        OutOfRange::SizeUnaligned {
            size,
            smaller,
            larger,
        } => format!(
            "{size} does not work with this model: the nearest sizes are {smaller} and {larger}"
        ),
        OutOfRange::TooManyFrames { frames, most } => {
            format!("{frames} frames are too many: the limit is {most}")
        }
        OutOfRange::FramesUnaligned {
            frames,
            stride,
            below,
        } => format!(
            "{frames} frames do not work: the frame count must be {stride}n + 1, for example {below} or {}",
            below + stride
        ),
        OutOfRange::GuideTooShort { most, fps } => format!(
            "The control video has only {most} frames at {fps} fps: make this one {most} frames or shorter"
        ),
        OutOfRange::Fps(fps) => format!("{fps} fps does not work: choose 1 to 240"),
        OutOfRange::Steps(steps) => format!("{steps} steps do not work: choose 1 to 1000"),
        OutOfRange::Shift(shift) => {
            format!("Shift {shift} does not work: choose a number above 0")
        }
        OutOfRange::ShiftForSteps { shift, steps } => {
            format!("Shift {shift} does not work with {steps} steps: choose one closer to 5")
        }
        OutOfRange::Tiles { tiles, most } => {
            format!("{tiles} x {tiles} tiles are too many: the limit is {most} x {most}")
        }
    }
}

fn memory(needed: u64, most: u64, is_limited: bool, advice: Advice) -> String {
    let limit = if is_limited {
        "the limit is"
    } else {
        "this machine can spare"
    };
    let needed = bytes(needed);
    let advice = match advice {
        Advice::Quantize(bits, enough) => {
            format!("quantize it to {bits} bits, which needs {}", bytes(enough))
        }
        Advice::Shorten(frames) => format!("make it {frames} frames, or choose a smaller size"),
        Advice::SmallerPicture(takes) => format!(
            "use a smaller picture, since opening this one takes {}",
            bytes(takes)
        ),
        Advice::LargerMachine if is_limited => {
            "raise the limit, or choose a smaller model or size".into()
        }
        Advice::LargerMachine => "choose a smaller model or size".into(),
        Advice::Elsewhere if is_limited => "raise the limit to resume it".into(),
        Advice::Elsewhere => format!("resume it on a machine with {needed}"),
    };
    format!(
        "This video needs {needed} of memory, but {limit} {}: {advice}",
        bytes(most)
    )
}

/// What went wrong, why, and what to do.
pub fn problem(problem: &Problem) -> String {
    let told = match problem {
        Problem::Refused(refused) => refusal(refused),
        Problem::File {
            verb,
            path,
            kind,
            detail,
        } => format!(
            "Couldn't {verb} {}: {}",
            path.display(),
            reason(*kind).unwrap_or(detail)
        ),
        Problem::Content { path, flaw: what } => format!("{} {}", path.display(), flaw(what)),
        Problem::Implausible(what) => implausible(what),
        Problem::Gpu(fault) => gpu_fault(*fault).into(),
        Problem::Mlx(detail) => format!("MLX reported an error: {detail}"),
        Problem::Defect(detail) => {
            format!("Zoetrope stopped because of a bug. Report it with this detail: {detail}")
        }
        Problem::Network { address, fault } => network(address, fault),
        Problem::Machine { name, fault } => machine(name, fault),
        Problem::NoThread(detail) => {
            format!("The system is out of threads ({detail}). Quit other programs and try again")
        }
        Problem::NoHome => "This user has no home folder to keep files in".into(),
        Problem::EngineGone => {
            "The engine stopped unexpectedly. Quit and reopen Zoetrope; finished steps are saved".into()
        }
        Problem::Unanswered => {
            "Zoetrope is already open but does not respond. Quit it and try again".into()
        }
        Problem::UnknownModel(name) => format!(
            "There is no model {name}: choose a folder, a file, or a name that `zoetrope models list` shows"
        ),
        Problem::NoModelsIn(folder) => format!("No models found in {}", folder.display()),
        Problem::NoBuiltIn => {
            "The built-in model is missing. Install Zoetrope again, or choose another model (--model)"
                .into()
        }
        Problem::WrongMlx(what) => {
            format!("MLX computes wrong results on this machine ({what}). Run zoetrope doctor")
        }
        Problem::Other(sentence) => sentence.clone(),
    };
    one_line(&told).into_owned()
}

/// Why another machine does not help, and what to do.
fn machine(name: &str, fault: &MachineFault) -> String {
    match fault {
        MachineFault::Unreachable(detail) => format!("Couldn't reach {name}: {detail}"),
        MachineFault::Ended(detail) if detail.is_empty() => {
            format!("{name} stopped: check that it is awake and connected")
        }
        MachineFault::Ended(detail) => format!("{name} stopped: {detail}"),
        MachineFault::Silent => {
            format!("{name} no longer responds: check that it is awake and connected")
        }
        MachineFault::OtherVersion { theirs, ours } => {
            format!("{name} has {theirs} instead of {ours}: install the same version on both")
        }
        MachineFault::OtherFile(file) => {
            format!("{name} has a different {file}: copy this model to it, or download it on both")
        }
        MachineFault::Refused(sentence) => format!("{name}: {sentence}"),
    }
}

/// Why the GPU did not finish, and what to do.
fn gpu_fault(fault: GpuFault) -> &'static str {
    match fault {
        GpuFault::TooLong => {
            "The system stopped the GPU three times because it was busy for too long: make a smaller or shorter video, or \
             let the display sleep meanwhile"
        }
        GpuFault::OutOfMemory => {
            "There is not enough memory for the GPU: quit other apps, or make a smaller or shorter video"
        }
        GpuFault::Interrupted => {
            "The GPU was reset again and again: restart the computer, and try again"
        }
        GpuFault::Refused => {
            "The system no longer lets this process use the GPU: start Zoetrope again"
        }
    }
}

/// Why a part of a job is done again.
pub fn repeat(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Gpu(GpuFault::TooLong) => {
            "The system stopped the GPU because it was busy for too long; the step is done again in smaller parts"
        }
        Repeat::Gpu(GpuFault::OutOfMemory) => {
            "The GPU ran out of memory; the step is done again with less"
        }
        Repeat::Gpu(GpuFault::Interrupted | GpuFault::Refused) => {
            "The GPU was interrupted; the step is done again"
        }
        Repeat::WiderProducts => {
            "The numbers became too large for f16; the step is done again in bf16, and so are those after it"
        }
        Repeat::WiderFrames => {
            "The numbers became too large for f16; the frames are decoded again in f32"
        }
    }
}

/// The usual reasons in plain words; the rest is as the system says it.
fn reason(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "no such file",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::StorageFull => "the disk is full",
        io::ErrorKind::IsADirectory => "it is a folder",
        io::ErrorKind::NotADirectory => "part of the path is not a folder",
        _ => return None,
    })
}

/// Continues the sentence that the file begins.
/// What is worth knowing of a model that runs.
pub fn remark(remark: &Remark) -> String {
    let told = match remark {
        Remark::HalfAlone { file, family } => format!(
            "{} is used alone, as a whole {family}: if it is one of two experts, as its name says, give the other one, too \
             (--dit LOW --dit-high HIGH)",
            file.display()
        ),
        Remark::LeftOver { file, tensors: 1 } => format!(
            "One tensor in {} belongs to no network and is not used",
            file.display()
        ),
        Remark::LeftOver { file, tensors } => format!(
            "{tensors} tensors in {} belong to no network and are not used, such as averages or states of training",
            file.display()
        ),
        Remark::Stray(file) => format!(
            "{} is not used: the shards beside it are the same network",
            file.display()
        ),
        Remark::Tokenizer(file) => format!(
            "The text encoder comes without a tokenizer: {} is used",
            file.display()
        ),
    };
    one_line(&told).into_owned()
}

fn flaw(flaw: &Flaw) -> String {
    match flaw {
        Flaw::IncompleteModel(missing) => {
            let list = match missing.as_slice() {
                [one] => format!("{one} is missing; download it"),
                [others @ .., last] => {
                    let others = others.join(", ");
                    format!("{others} and {last} are missing; download them")
                }
                [] => "download it again".into(),
            };
            format!("is not a complete model: {list}")
        }
        Flaw::NoTokenizer => {
            "is not a complete model: its text encoder comes without a tokenizer; `zoetrope models get tokenizer` downloads \
             it, or give one with --tokenizer FILE (tokenizer.json or spiece.model of google/umt5-xxl)"
                .into()
        }
        Flaw::ModelGone(model) => format!(
            "is missing. This video was started with its model {model}: put the file back to resume"
        ),
        Flaw::Replaced(folder) => format!(
            "is not the file that this video was started with: put that one back, or delete {} and start again",
            folder.display()
        ),
        Flaw::Foreign(missing) => foreign(missing),
        Flaw::DamagedPlan(why) => format!(
            "is damaged ({why}): generate the video again, or decode the latents.safetensors beside it if there is one"
        ),
        Flaw::DamagedState => {
            "is damaged: delete it, and the video resumes from the step saved before it".into()
        }
        Flaw::Newer => "is from a newer version of Zoetrope: update to resume it".into(),
        Flaw::LoraFitsNothing { network, names } => format!(
            "was made for a different model: {} has no {names}, or not of this size; choose a LoRA made for this model",
            network.display()
        ),
        Flaw::LoraKind(kind) => {
            format!("is a {kind}, which Zoetrope does not support: choose a plain LoRA")
        }
        Flaw::EmptyLora => "is empty: choose another LoRA".into(),
        Flaw::NotAPicture => {
            "is not a picture that can be read; use PNG, JPEG, WebP, GIF, BMP or TIFF".into()
        }
        Flaw::PictureTooLarge => "needs more memory than a picture should; make it smaller".into(),
        Flaw::CutShort(how) => format!("is damaged or cut short: {how}"),
        Flaw::InUse => "is in use: another Zoetrope is making this video".into(),
        Flaw::Downloading => {
            "is being downloaded by another program: try again when that is done".into()
        }
        Flaw::Other(continued) => continued.clone(),
    }
}

/// Continues the sentence that a run folder begins which somebody else has made.
fn foreign(missing: &Missing) -> String {
    let what = match missing {
        Missing::Model(model) => format!(
            "names the model {model}, which is not installed: give your copy to `zoetrope resume` with --model"
        ),
        Missing::Lora(lora) => {
            format!("names the LoRA {lora}: give your copy to `zoetrope resume` with --lora")
        }
        Missing::File(file) => format!("needs {file}: go on with it where it was begun"),
        Missing::Place(video) => format!("would replace {video}: move that file away first"),
    };
    format!("was not begun by you on this computer and {what}")
}

fn network(address: &str, fault: &NetworkFault) -> String {
    match fault {
        NetworkFault::Unreachable(detail) => format!(
            "Couldn't reach {address} ({detail}). Check your connection; finished parts are kept"
        ),
        NetworkFault::Forbidden => format!(
            "{address} is gated: accept its terms on huggingface.co, then set HF_TOKEN to your token"
        ),
        NetworkFault::NotFound => format!("{address} does not exist"),
        NetworkFault::Busy => {
            format!("{address} refused the request because there were too many: try again later")
        }
        NetworkFault::Unavailable(status) => {
            format!("{address} is unavailable right now ({status}): try again later")
        }
        NetworkFault::Unexpected(status) => {
            format!("{address} gave an unexpected answer ({status})")
        }
    }
}

fn implausible(what: &Implausible) -> String {
    let when = |After { step, of, .. }| format!("after step {step} of {of}");
    let or_loras = |after: After| match after.loras {
        0 => "",
        1 => "the LoRA is damaged or too strong, or ",
        _ => "one of the LoRAs is damaged or too strong, or ",
    };
    match *what {
        Implausible::LatentsNotFinite(after) => format!(
            "The latents {} are not finite: {}the model's weights are damaged, or they overflow in half precision \
             (--dtype f32 avoids that)",
            when(after),
            or_loras(after)
        ),
        Implausible::LatentsTooWide {
            after,
            times,
            guidance,
            shift,
        } => format!(
            "The latents {} are {times:.0} times too wide to become a video: guidance {guidance} or shift {shift} is \
             too high, {}or the weights are damaged",
            when(after),
            or_loras(after)
        ),
        Implausible::LatentsVanish(after) => format!(
            "The latents {} are almost all zero: {}the model's weights are damaged",
            when(after),
            or_loras(after)
        ),
        Implausible::FramesNotFinite => {
            "The decoded frames are not finite, so no video was saved: the VAE's weights are damaged".into()
        }
        Implausible::OneColour => {
            "Every pixel of every decoded frame has the same color, so no video was saved: the VAE's weights or the \
             latents are damaged"
                .into()
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&refusal(self))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&problem(self))
    }
}
