//! What a model can carry out of a request, and what it has to refuse.

use std::path::Path;

use super::refusal::refuse;
use super::{
    Checkpoint, Defaults, Field, Guidance, Lora, PictureFit, Refusal, Request, Size, Use, Variant,
};

/// The area that [`PictureFit::Picture`] fills.
pub(super) fn area(request: &Request, defaults: &Defaults) -> u64 {
    let size = request.size.unwrap_or(defaults.size);
    request.max_area.unwrap_or_else(|| size.area())
}

/// Whether the model takes what pictures there are.
pub(super) fn check_pictures(request: &Request, variant: Variant) -> Result<(), Refusal> {
    let name = variant.name();
    match (variant.inputs().first, &request.image) {
        (Use::Never, Some(_)) => refuse(
            Field::Image,
            format!(
                "{name} makes videos from sentences alone: leave the picture out, or choose a model \
                 that takes one, as Wan2.2 TI2V and I2V-A14B do"
            ),
        ),
        (Use::Required, None) => refuse(
            Field::Image,
            format!("{name} makes videos from pictures: give it one to begin with"),
        ),
        _ => Ok(()),
    }
}

/// Whether the scales are numbers, and not two where there is one network.
pub(super) fn check_guidance(request: &Request, checkpoint: &Checkpoint) -> Result<(), Refusal> {
    let Some(guidance) = request.guidance else {
        return Ok(());
    };
    let Guidance { low, high } = guidance;
    if !(low.is_finite() && high.is_finite()) {
        return refuse(Field::Guidance, "The guidance must be a number");
    }
    if checkpoint.high_noise.is_none() && low.total_cmp(&high).is_ne() {
        return refuse(
            Field::Guidance,
            format!(
                "A guidance of {guidance} is for models with a network for low and one for high noise: give \
                 this one a single number"
            ),
        );
    }
    Ok(())
}

pub(super) fn check_last_frame(
    request: &Request,
    frames: u32,
    variant: Variant,
) -> Result<(), Refusal> {
    let last = variant.inputs().last;
    if request.last_image.is_none() {
        return match last {
            Use::Required => refuse(
                Field::LastImage,
                format!(
                    "{} makes the video between two pictures: give it one to end with too",
                    variant.name()
                ),
            ),
            Use::Never | Use::Optional => Ok(()),
        };
    }
    if !last.is_possible() {
        return refuse(
            Field::LastImage,
            format!(
                "{} takes no picture to end with: leave it out, or choose a model that does, as \
                 Wan2.2 I2V-A14B",
                variant.name()
            ),
        );
    }
    if frames == 1 {
        return refuse(
            Field::LastImage,
            "A video of one frame cannot begin and end with two pictures: ask for 5 frames or more",
        );
    }
    Ok(())
}

pub(super) fn video_size(
    request: &Request,
    checkpoint: &Checkpoint,
    picture: Option<Size>,
) -> Result<Size, Refusal> {
    let variant = checkpoint.variant;
    let model = checkpoint.defaults.size;
    match (picture, request.fit, request.size, request.max_area) {
        (Some(picture), PictureFit::Picture, ..) => {
            filling(area(request, &checkpoint.defaults), picture, variant)
        }
        (_, _, None, Some(area)) => filling(area, model, variant),
        (_, _, asked, _) => exactly(asked.unwrap_or(model), variant.alignment()),
    }
}

/// The size that fills `area` with about the aspect of `like`.
fn filling(area: u64, like: Size, variant: Variant) -> Result<Size, Refusal> {
    let least = u64::from(variant.alignment()).pow(2);
    if area < least {
        return refuse(
            Field::Size,
            format!("An area of {area} pixels is too small: {least} is the least"),
        );
    }
    let size = variant.size_for(like, area);
    if size.area() > area {
        return refuse(
            Field::Image,
            format!("A picture of {like} is too long and narrow for a video: crop it first"),
        );
    }
    check_sides(size)
}

/// This size, if its sides fit the model.
pub(super) fn exactly(asked: Size, step: u32) -> Result<Size, Refusal> {
    let asked = check_sides(asked)?;
    if asked.aligned(step) == asked {
        return Ok(asked);
    }
    let smaller = asked.aligned(step);
    let larger = Size::new(
        asked.width.div_ceil(step) * step,
        asked.height.div_ceil(step) * step,
    );
    refuse(
        Field::Size,
        format!(
            "{asked} cannot work with this model: the nearest sizes are {smaller} and {larger}"
        ),
    )
}

/// The longest side: positions beyond 1024 tokens have no place in the official `RoPE` table.
fn check_sides(size: Size) -> Result<Size, Refusal> {
    const LONGEST: u32 = 8192;
    if size.width.max(size.height) > LONGEST {
        return refuse(
            Field::Size,
            format!("{size} is too large: no side can be over {LONGEST}"),
        );
    }
    Ok(size)
}

pub(super) fn check_frames(frames: u32, variant: Variant) -> Result<(), Refusal> {
    const MOST: u32 = 4093;
    let stride = variant.vae_stride().0;
    if frames > MOST {
        return refuse(
            Field::Frames,
            format!("{frames} frames are too many: {MOST} is the most"),
        );
    }
    if frames % stride == 1 {
        return Ok(());
    }
    let below = frames.saturating_sub(1) / stride * stride + 1;
    refuse(
        Field::Frames,
        format!(
            "{frames} frames cannot work: the number is a multiple of {stride} plus 1, so {below} or {}",
            below + stride
        ),
    )
}

pub(super) fn check_fps(fps: u32) -> Result<u32, Refusal> {
    if (1..=240).contains(&fps) {
        return Ok(fps);
    }
    refuse(
        Field::Fps,
        format!("{fps} frames a second cannot work: give 1 to 240"),
    )
}

pub(super) fn check_steps(steps: u32) -> Result<(), Refusal> {
    if (1..=1000).contains(&steps) {
        return Ok(());
    }
    refuse(
        Field::Steps,
        format!("{steps} steps cannot work: give 1 to 1000"),
    )
}

pub(super) fn check_shift(shift: f64) -> Result<(), Refusal> {
    if shift.is_finite() && shift > 0.0 {
        return Ok(());
    }
    refuse(
        Field::Shift,
        format!("A shift of {shift} cannot work: give a number above 0"),
    )
}

/// A number for the strength, and an expert that the model has.
pub(super) fn check_loras(loras: &[Lora], checkpoint: &Checkpoint) -> Result<(), Refusal> {
    for Lora {
        file,
        strength,
        expert,
    } in loras
    {
        let file = file.display();
        if !strength.is_finite() {
            return refuse(
                Field::Loras,
                format!("The strength of {file} must be a number"),
            );
        }
        if expert.is_some() && checkpoint.high_noise.is_none() {
            return refuse(
                Field::Loras,
                format!(
                    "{file} is for one of two experts, but this model has only one: leave out high or low"
                ),
            );
        }
    }
    Ok(())
}

pub(super) fn check_output(output: &Path) -> Result<(), Refusal> {
    let extension = output.extension().unwrap_or_default();
    if extension.eq_ignore_ascii_case("mp4") {
        return Ok(());
    }
    refuse(
        Field::Output,
        format!(
            "{} cannot be the video: give a name that ends in .mp4",
            output.display()
        ),
    )
}
