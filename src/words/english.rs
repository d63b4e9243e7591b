//! English. What comes from files or other programs is shown in plain characters, on one line.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::job::memory::Saving;
use crate::job::plain_text::one_line;
use crate::job::{
    Advice, After, Computation, DeviceFault, Flaw, GpuFault, Implausible, Missing, NetworkFault,
    OutOfRange, Problem, Refusal, Remark, Repeat, Speed, Stage, Taken, Way,
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
        Saving::HalfProducts => "computed in bf16",
        Saving::Tiles => "decoded in tiles",
        Saving::HalfFrames => "decoded in bf16",
        Saving::F16Frames => "decoded in f16",
    }
}

/// All that a job saves.
pub fn to_fit(savings: &[Saving]) -> String {
    let words: Vec<&str> = savings.iter().map(|&each| saving(each)).collect();
    format!("To fit into memory: {}", words.join(", "))
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

/// Continues "This machine's graphics processor …".
pub fn device_fault(fault: DeviceFault) -> String {
    let what = match fault.what {
        Computation::Products => "products",
        Computation::Attention => "values of attention",
        Computation::Convolutions => "convolutions",
        Computation::QuantisedProducts => "quantised products",
        Computation::Sums => "sums",
        Computation::Norms => "norms",
        Computation::Chains => "activations",
    };
    match fault.difference {
        Some(part) => format!(
            "computes wrong {what}, {:.0} % off what the processor gets",
            100.0 * part
        ),
        None => format!("computes {what} that are not numbers"),
    }
}

/// Why a request cannot be carried out, and what could be.
pub fn refusal(refusal: &Refusal) -> String {
    let told = match refusal {
        Refusal::NoPrompt => "The prompt is empty: say what the video should show".into(),
        Refusal::TakesNoPicture(variant) if variant.inputs().video.is_possible() => format!(
            "{} begins with no picture of its own: leave it out, or give it as a reference or in a video",
            variant.name()
        ),
        Refusal::TakesNoPicture(variant) => format!(
            "{} makes videos from sentences alone: leave the picture out, or choose a model that takes one, as Wan2.2 \
             TI2V and I2V-A14B do",
            variant.name()
        ),
        Refusal::NeedsPicture(variant) => format!(
            "{} makes videos from pictures: give it one to begin with",
            variant.name()
        ),
        Refusal::PictureTooNarrow(size) => {
            format!("A picture of {size} is too long and narrow for a video: crop it first")
        }
        Refusal::TakesNoLastPicture(variant) => format!(
            "{} takes no picture to end with: leave it out, or choose a model that does, as Wan2.2 I2V-A14B",
            variant.name()
        ),
        Refusal::NeedsLastPicture(variant) => format!(
            "{} makes the video between two pictures: give it one to end with too",
            variant.name()
        ),
        Refusal::TakesNoVideo(_)
        | Refusal::NeedsVideo(_)
        | Refusal::TakesNoMask(_)
        | Refusal::TooManyReferences(_)
        | Refusal::GuideStrength
        | Refusal::TakesNoStrength(_) => guides(refusal),
        Refusal::LastPictureOfOneFrame => {
            "A video of one frame cannot begin and end with two pictures: ask for 5 frames or more"
                .into()
        }
        Refusal::GuidanceNotFinite => "The guidance must be a number".into(),
        Refusal::GuidanceForTwo(guidance) => format!(
            "A guidance of {guidance} is for models with a network for low and one for high noise: give this one a \
             single number"
        ),
        Refusal::LoraStrength(file) => {
            format!("The strength of {} must be a number", file.display())
        }
        Refusal::LoraTooStrong {
            file,
            strength,
            most,
        } => format!(
            "A strength of {strength} is too much for {}: it was trained for 1, and {most} is the most",
            file.display()
        ),
        Refusal::LoraForTwo(file) => format!(
            "{} is for one of two experts, but this model has only one: leave out high or low",
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
            "These latents have {channels} channels, but those of {model} have {expected}: give the folder of the \
             model that made them"
        ),
        Refusal::OutputName(output) => format!(
            "{} cannot be the video: give a name that ends in .mp4",
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
            format!("{} takes no video: leave it out", variant.name())
        }
        Refusal::NeedsVideo(variant) => {
            format!("{} changes a video: give it one", variant.name())
        }
        Refusal::TakesNoMask(variant) => format!("{} takes no mask: leave it out", variant.name()),
        Refusal::TooManyReferences(variant) => match variant.inputs().references {
            0 => format!(
                "{} takes no reference pictures: leave them out",
                variant.name()
            ),
            1 => format!("{} takes no more than 1 reference picture", variant.name()),
            most => format!(
                "{} takes no more than {most} reference pictures",
                variant.name()
            ),
        },
        Refusal::TakesNoStrength(variant) => format!(
            "{} knows no strength of what leads it: leave it out",
            variant.name()
        ),
        _ => "The strength must be a number".into(),
    }
}

/// Numbers that are too large, too small, or between those that work.
fn out_of_range(number: OutOfRange) -> String {
    match number {
        OutOfRange::AreaTooSmall { area, least } => {
            format!("An area of {area} pixels is too small: {least} is the least")
        }
        OutOfRange::SizeTooLarge { size, largest } => format!(
            "{size} is too large: a video can have up to {largest} pixels, lying or standing"
        ),
        OutOfRange::SizeUnaligned {
            size,
            smaller,
            larger,
        } => format!(
            "{size} cannot work with this model: the nearest sizes are {smaller} and {larger}"
        ),
        OutOfRange::TooManyFrames { frames, most } => {
            format!("{frames} frames are too many: {most} is the most")
        }
        OutOfRange::FramesUnaligned {
            frames,
            stride,
            below,
        } => format!(
            "{frames} frames cannot work: the number is a multiple of {stride} plus 1, so {below} or {}",
            below + stride
        ),
        OutOfRange::GuideTooShort { most, fps } => format!(
            "The video that leads this one is {most} frames long at {fps} a second: ask for {most} frames or fewer"
        ),
        OutOfRange::Fps(fps) => format!("{fps} frames a second cannot work: give 1 to 240"),
        OutOfRange::Steps(steps) => format!("{steps} steps cannot work: give 1 to 1000"),
        OutOfRange::Shift(shift) => {
            format!("A shift of {shift} cannot work: give a number above 0")
        }
        OutOfRange::ShiftForSteps { shift, steps } => {
            format!("A shift of {shift} cannot work with {steps} steps: give one nearer to 5")
        }
        OutOfRange::Tiles { tiles, most } => format!(
            "The frames cannot be decoded in {tiles} x {tiles} tiles: {most} x {most} are the most"
        ),
    }
}

fn memory(needed: u64, most: u64, is_limited: bool, advice: Advice) -> String {
    let whose = if is_limited {
        "it may use"
    } else {
        "this machine can give"
    };
    let needed = bytes(needed);
    let advice = match advice {
        Advice::Quantize(bits, enough) => format!(
            "pack its weights into {bits} bits, which needs {}",
            bytes(enough)
        ),
        Advice::Shorten(frames) => format!("ask for {frames} frames or a smaller size"),
        Advice::SmallerPicture(takes) => format!(
            "make its picture smaller, opening it takes {}",
            bytes(takes)
        ),
        Advice::LargerMachine => {
            format!("it takes a machine that can give {needed}, or a smaller model or size")
        }
        Advice::Elsewhere => format!("go on with it where there are {needed}"),
    };
    format!(
        "This video needs {needed} of memory, and {} is all that {whose}: {advice}",
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
            "Cannot {verb} {}: {}",
            path.display(),
            reason(*kind).unwrap_or(detail)
        ),
        Problem::Content { path, flaw: what } => format!("{} {}", path.display(), flaw(what)),
        Problem::Implausible(what) => implausible(what),
        Problem::Gpu(fault) => gpu_fault(*fault).into(),
        Problem::Mlx(detail) => format!("MLX stopped with an error: {detail}"),
        Problem::Defect(detail) => format!(
            "The job stopped because of a defect in the program, please report it: {detail}"
        ),
        Problem::Network { address, fault } => network(address, fault),
        Problem::Other(sentence) => sentence.clone(),
    };
    one_line(&told).into_owned()
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
        io::ErrorKind::NotFound => "there is no such file",
        io::ErrorKind::PermissionDenied => "permission is missing",
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
            "is gone, and with it the model {model} that this video was begun with: put it back there"
        ),
        Flaw::Foreign(missing) => foreign(missing),
        Flaw::DamagedPlan(why) => format!(
            "is damaged ({why}): begin the video anew, or decode latents.safetensors if it is beside this file"
        ),
        Flaw::DamagedState => {
            "is damaged: remove this file, and the job goes on from what was kept before it".into()
        }
        Flaw::Newer => "was left by a newer Zoetrope: go on with that one".into(),
        Flaw::LoraFitsNothing { network, names } => format!(
            "matches nothing in {}, which has no {names}, or not of this size; choose a LoRA that was made for this \
             model",
            network.display()
        ),
        Flaw::LoraKind(kind) => {
            format!("is a {kind}, which this version cannot apply: choose a plain LoRA")
        }
        Flaw::EmptyLora => "is empty: choose another LoRA".into(),
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
            "The connection to {address} failed ({detail}): try again later; what is there is kept"
        ),
        NetworkFault::Forbidden => format!(
            "{address} may not be downloaded without permission: accept its terms on its page and set HF_TOKEN to a \
             token of yours"
        ),
        NetworkFault::NotFound => format!("{address} is not there"),
        NetworkFault::Busy => format!(
            "{address} is refused for now, since there were too many requests: try again later"
        ),
        NetworkFault::Unavailable(status) => {
            format!("{address} cannot be had at the moment ({status}): try again later")
        }
        NetworkFault::Unexpected(status) => format!("{address} was refused ({status})"),
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
            "The latents {} are not finite: {}the model's weights are damaged, or its products overflow in half \
             precision, which --dtype f32 avoids",
            when(after),
            or_loras(after)
        ),
        Implausible::LatentsTooWide {
            after,
            times,
            guidance,
            shift,
        } => format!(
            "The latents {} have {times:.0} times their normal spread, which cannot become a video: guidance \
             {guidance} or shift {shift} is too strong, {}or the weights are damaged",
            when(after),
            or_loras(after)
        ),
        Implausible::LatentsVanish(after) => format!(
            "The latents {} are all next to zero: {}the model's weights are damaged",
            when(after),
            or_loras(after)
        ),
        Implausible::FramesNotFinite => {
            "The decoded frames are not finite: the VAE's weights are damaged, so no video was saved".into()
        }
        Implausible::OneColour => {
            "Every pixel of every decoded frame has the same colour, so no video was saved: the VAE's weights are \
             damaged, or the latents are"
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
