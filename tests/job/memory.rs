//! What a job needs is told before it begins, and made to fit.

use std::path::PathBuf;

use zoetrope::job::memory::{
    Allowance, DitSizes, HalfSizes, ImageSizes, Need, Saving, Sizes, TextSizes, VaeSizes, fit,
    fit_decoding, fit_rest, needs, unused,
};
use zoetrope::job::{
    CanvasRequest, Expert, Guidance, HighNoise, Machine, Plan, Precision, QuantBits, Remedy,
    Request, Size, Stage, VaePrecision, Variant, VideoInfo,
};

use super::{checkpoint_of, request};

const GB: f64 = 1e9;

/// The published networks of a family.
fn sizes(variant: Variant) -> Sizes {
    let (width, hidden, layers, outputs) = match variant {
        Variant::T2v => (1536, 8960, 30, 16),
        Variant::Ti2v => (3072, 14336, 30, 48),
        _ => (5120, 13824, 40, 16),
    };
    let inputs = u64::from(variant.input_channels());
    let dit = DitSizes {
        exact: 8 * layers * width + 7 * width * width + (256 + 4 * outputs) * width,
        small: width * (4 * inputs + 4096 + width) + layers * (13 * width + hidden),
        large: layers * (8 * width * width + 2 * width * hidden),
        beside: 0,
        largest: width * hidden,
        changed: 0,
        packed: None,
        automatic: 2,
        width,
        hidden,
        layers,
        heads: width / 128,
        text_length: 512,
        image_length: 257 * u64::from(variant.inputs().seen),
        fused: true,
    };
    let half = |weights, width| HalfSizes { weights, width };
    let (encoder, decoder) = match variant {
        Variant::Ti2v => (half(149_000_000, 160), half(555_000_000, 256)),
        _ => (half(54_000_000, 96), half(73_000_000, 96)),
    };
    let experts = [Expert::HighNoise, Expert::LowNoise];
    let count = if variant.boundary().is_some() { 2 } else { 1 };
    Sizes {
        text: TextSizes {
            layer: 4 * 4096 * 4096 + 3 * 4096 * 10_240,
            heads: 64,
            width: 4096,
            hidden: 10_240,
            length: 512,
            fused: true,
        },
        image: (variant.inputs().seen > 0).then_some(ImageSizes {
            weights: 632_000_000,
            width: 1280,
            hidden: 5120,
            heads: 16,
            tokens: 257,
        }),
        dits: experts.map(|expert| (expert, dit))[2 - count..].to_vec(),
        vae: VaeSizes {
            encoder,
            decoder,
            frames: 2,
            scratch: 0,
            half: VaePrecision::Bf16,
            fused: true,
        },
        tiny: None,
        picture: 0,
        footage: 0,
    }
}

fn plan(
    variant: Variant,
    size: (u32, u32),
    frames: u32,
    change: impl FnOnce(&mut Request),
) -> Plan {
    let mut request = Request {
        canvas: CanvasRequest {
            size: Some(Size::new(size.0, size.1)),
            frames: Some(frames),
            ..Default::default()
        },
        ..request("a boat")
    };
    let mut checkpoint = checkpoint_of(variant);
    checkpoint.high_noise = variant.boundary().map(|boundary| HighNoise {
        network: checkpoint.dit.clone(),
        boundary,
    });
    let picture = (variant == Variant::I2vA14b).then(|| Size::new(size.0, size.1));
    request.sources.image = picture.map(|_| "cat.png".into());
    change(&mut request);
    Plan::new(&request, checkpoint, picture, 7, PathBuf::from("out.mp4")).unwrap()
}

fn of(stage: Stage, needs: &[Need]) -> f64 {
    let need = needs.iter().find(|need| need.stage == stage);
    need.expect("the stage is there").bytes() as f64 / GB
}

/// Holds what a stage is told to take to what `zoetrope bench --synthetic` measured on an NVIDIA H100, in GB.
#[track_caller]
fn check(stage: Stage, plan: &Plan, measured: f64, within: f64) {
    let told = of(stage, &needs(plan, &sizes(plan.checkpoint.variant)));
    let what = format!("{stage:?} of {} x {}", plan.canvas.size, plan.canvas.frames);
    println!("{what}: {told:.2} GB told, {measured} measured");
    assert!(
        (told / measured - 1.0).abs() < within,
        "{what}: {told:.2} GB, not {measured}"
    );
}

/// Each is met within 9 %. The one picture of an image to video takes less than the clip that was measured.
#[test]
fn what_is_told_is_what_was_measured() {
    let unguided = |request: &mut Request| request.sampling.guidance = Some(Guidance::both(1.0));
    let bf16 = |request: &mut Request| request.compute.vae_precision = VaePrecision::Bf16;
    let (hd, sd) = ((1280, 704), (832, 480));
    let check = |stage, plan: Plan, measured| check(stage, &plan, measured, 0.09);
    let ti2v = |size, frames| plan(Variant::Ti2v, size, frames, unguided);
    check(Stage::Denoise, ti2v(hd, 121), 14.4);
    check(Stage::Denoise, ti2v(sd, 49), 11.2);
    check(Stage::Denoise, plan(Variant::Ti2v, sd, 49, |_| ()), 12.3);
    check(
        Stage::Denoise,
        plan(Variant::T2vA14b, sd, 81, unguided),
        36.5,
    );
    check(Stage::Denoise, plan(Variant::T2v, sd, 81, unguided), 5.8);
    check(Stage::Decode, ti2v(hd, 121), 15.8);
    check(Stage::Decode, ti2v(sd, 49), 8.2);
    check(Stage::Decode, plan(Variant::Ti2v, hd, 121, bf16), 7.9);
    check(Stage::Decode, plan(Variant::Ti2v, sd, 49, bf16), 4.6);
    let f32 = plan(Variant::T2vA14b, sd, 81, unguided);
    check(Stage::Decode, f32, 6.7);
    check(Stage::Text, ti2v(hd, 121), 1.64);
    let picture = |request: &mut Request| request.sources.image = Some("cat.png".into());
    check(Stage::Image, plan(Variant::Ti2v, sd, 49, picture), 2.8);
}

/// Quantized weights are counted to the byte, so that what is computed beside them is all that is told roughly: it is a
/// larger part of what is left, and each is met within 11 %.
#[test]
fn packed_networks_take_what_was_measured() {
    let (hd, sd) = ((1280, 704), (832, 480));
    for (variant, size, frames, batch, eight, four) in [
        (Variant::Ti2v, sd, 49, 2, 7.78, 5.33),
        (Variant::Ti2v, hd, 121, 1, 10.1, 7.47),
        (Variant::T2v, sd, 81, 1, 4.16, 3.47),
        (Variant::T2vA14b, sd, 81, 1, 23.5, 17.0),
    ] {
        for (bits, measured) in [(QuantBits::Eight, eight), (QuantBits::Four, four)] {
            let plan = plan(variant, size, frames, |request| {
                request.compute.quantize = Some(bits);
                request.sampling.guidance = (batch == 1).then_some(Guidance::both(1.0));
            });
            check(Stage::Denoise, &plan, measured, 0.11);
        }
    }
}

fn machine(total: u64, available: u64) -> Machine {
    Machine {
        total: total * 1_000_000_000,
        available: available * 1_000_000_000,
        gpu: None,
    }
}

#[test]
fn nothing_is_changed_where_there_is_room() {
    let plan = plan(Variant::Ti2v, (1280, 704), 121, |_| ());
    let fitted = fit(&plan, &sizes(Variant::Ti2v), &machine(64, 40)).unwrap();
    assert_eq!((&fitted.plan, fitted.savings.len()), (&plan, 0));
}

/// The batch of guidance goes first, then the picture is cut, then its numbers are halved.
#[test]
fn savings_are_made_in_order_until_it_fits() {
    let plan = plan(Variant::Ti2v, (832, 480), 49, |_| ());
    let sizes = sizes(Variant::Ti2v);
    let fitted = fit(&plan, &sizes, &machine(64, 12)).unwrap();
    assert!(fitted.plan.thrift.guidance_in_turn);
    assert_eq!(fitted.plan.thrift.tiles, 1);
    assert!(fitted.peak() < 12_000_000_000);

    let fitted = fit(&plan, &sizes, &machine(64, 5)).unwrap();
    assert_eq!(fitted.plan.thrift.tiles, 2);
    assert_eq!(fitted.plan.compute.vae_precision, VaePrecision::Bf16);
    assert_eq!(
        fitted.savings,
        [Saving::GuidanceInTurn, Saving::Tiles, Saving::HalfFrames]
    );
}

/// The official A14B files are float32, of which 64 GB hold not even one expert with its work.
#[test]
fn products_become_half_as_wide_before_a_model_is_refused() {
    let plan = plan(Variant::T2vA14b, (832, 480), 81, |_| ());
    let mut sizes = sizes(Variant::T2vA14b);
    sizes.dits.iter_mut().for_each(|(_, dit)| dit.automatic = 4);
    let fitted = fit(&plan, &sizes, &machine(64, 48)).unwrap();
    assert_eq!(fitted.plan.compute.precision, Precision::Bf16);
    assert_eq!(
        fitted
            .needs
            .iter()
            .filter(|need| need.stage == Stage::Denoise)
            .count(),
        2
    );
}

#[test]
fn what_cannot_run_is_refused_with_what_could() {
    let refusal = |variant, total| {
        let plan = plan(variant, (832, 480), 81, |_| ());
        fit(&plan, &sizes(variant), &machine(total, total)).unwrap_err()
    };
    let refused = refusal(Variant::T2vA14b, 32);
    assert_eq!(refused.remedy(), Some(Remedy::Pack(QuantBits::Eight)));
    assert!(refused.to_string().contains("8 bits"), "{refused}");
    let refused = refusal(Variant::T2v, 5);
    assert!(refused.remedy().is_some(), "{refused}");
    let refused = refusal(Variant::T2vA14b, 2);
    assert_eq!(refused.remedy(), None);
    assert!(refused.to_string().contains("smaller model"), "{refused}");
}

#[test]
fn a_limit_counts_instead_of_the_machine() {
    let limited = |limit| {
        let plan = plan(Variant::Ti2v, (832, 480), 49, |request| {
            request.limits.memory = Some(limit);
        });
        fit(&plan, &sizes(Variant::Ti2v), &machine(512, 512))
    };
    let fitted = limited(12_000_000_000).unwrap();
    assert!(fitted.plan.thrift.guidance_in_turn);
    let refusal = limited(8_000_000_000).unwrap_err();
    assert!(refusal.to_string().contains("the limit is"), "{refusal}");
}

/// Breaks when a photo of a hundred megapixels is opened whatever the machine has, or whatever it may use.
#[test]
fn a_large_picture_has_to_fit() {
    let picture = |request: &mut Request| request.sources.image = Some("cat.png".into());
    let plan = plan(Variant::Ti2v, (832, 480), 49, picture);
    let mut sizes = sizes(Variant::Ti2v);
    let before = of(Stage::Image, &needs(&plan, &sizes));
    sizes.picture = 1_000_000_000;
    let small = of(Stage::Image, &needs(&plan, &sizes));
    assert_eq!(small, before, "it is gone before the VAE is at work");
    sizes.picture = 20_000_000_000;
    let large = of(Stage::Image, &needs(&plan, &sizes));
    assert!((large - 20.0).abs() < 1e-6, "{large} GB");
    let refusal = fit(&plan, &sizes, &machine(16, 16)).unwrap_err();
    let advice = "use a smaller picture, since opening this one takes 20.0 GB";
    assert!(refusal.to_string().ends_with(advice), "{refusal}");
    assert!(fit(&plan, &sizes, &machine(32, 32)).is_ok());
}

/// Breaks when a video of which only the frames are missing is refused or changed for what its denoising took.
#[test]
fn of_a_begun_video_only_what_is_left_has_to_fit() {
    let plan = plan(Variant::Ti2v, (832, 480), 49, |_| ());
    let sizes = sizes(Variant::Ti2v);
    let rest = |total, from| fit_rest(&plan, &sizes, &machine(total, total), from);
    assert_eq!(rest(10, Stage::Decode).unwrap().plan, plan);
    let fitted = rest(12, Stage::Text).unwrap();
    assert_eq!(fitted.savings, [Saving::GuidanceInTurn]);

    let refusal = rest(8, Stage::Text).unwrap_err();
    assert_eq!(refusal.remedy(), None);
    assert!(refusal.to_string().contains("resume it"), "{refusal}");
}

#[test]
fn a_decoding_is_made_to_fit_and_says_in_which_type_it_is() {
    let plan = plan(Variant::Ti2v, (832, 480), 49, |_| ());
    let vae = sizes(Variant::Ti2v).vae;
    let (fitted, savings) =
        fit_decoding(&plan.decoding(plan.info()), &vae, &machine(64, 4)).unwrap();
    assert_eq!(savings, [Saving::Tiles, Saving::HalfFrames]);
    assert_eq!((fitted.tiles, fitted.precision), (2, VaePrecision::Bf16));
    let VideoInfo::Generated(told) = &fitted.info else {
        panic!("{:?}", fitted.info);
    };
    assert_eq!(told.compute.vae_precision, VaePrecision::Bf16);

    let refusal = fit_decoding(&plan.decoding(plan.info()), &vae, &machine(1, 1)).unwrap_err();
    assert!(refusal.to_string().contains("resume it"), "{refusal}");
}

/// Quantized weights take their bits and two numbers for each group of 64.
#[test]
fn packing_saves_what_it_says() {
    let weights = |quantize| {
        let plan = plan(Variant::T2vA14b, (832, 480), 81, |request| {
            request.compute.quantize = quantize;
        });
        let needs = needs(&plan, &sizes(Variant::T2vA14b));
        needs
            .iter()
            .find(|need| need.stage == Stage::Denoise)
            .unwrap()
            .weights as f64
            / GB
    };
    let saved = weights(None) - weights(Some(QuantBits::Eight));
    let large = 40.0 * (8.0 * 5120.0 * 5120.0 + 2.0 * 5120.0 * 13_824.0) / GB;
    assert!((saved - large * (2.0 - 8.5 / 8.0)).abs() < 0.01, "{saved}");
}

/// The image encoder has two and a half gigabytes in float32: a machine that holds the VAE need not hold it.
#[test]
fn an_image_encoder_is_counted_before_it_is_read() {
    let of = |variant: Variant| {
        let plan = plan(variant, (832, 480), 81, |request| {
            request.sources.image = Some("cat.png".into());
            request.sources.last_image = (variant == Variant::Flf2v).then(|| "dog.png".into());
        });
        let needs = needs(&plan, &sizes(variant));
        let reading = |need: &&Need| need.stage == Stage::Image;
        *needs.iter().find(reading).expect("there is a picture")
    };
    let plain = of(Variant::I2vA14b);
    for variant in [Variant::I2v, Variant::Flf2v] {
        let need = of(variant);
        assert!(need.bytes() >= 4 * 632_000_000, "{need:?}");
        assert!(need.bytes() >= plain.bytes(), "the VAE comes after it");
    }
}

/// Blocks beside the main ones have a stream of their own, and references make the video longer.
#[test]
fn what_leads_a_video_is_counted() {
    let denoising = |variant: Variant, frames, references: usize| {
        let plan = plan(variant, (832, 480), frames, |request| {
            request.guides.references = vec!["hat.png".into(); references];
        });
        let needs = needs(&plan, &sizes(variant));
        let denoising = |need: &&Need| need.stage == Stage::Denoise;
        needs.iter().find(denoising).expect("it is denoised").work
    };
    let plain = denoising(Variant::T2vA14b, 81, 0);
    let led = denoising(Variant::Vace, 81, 0);
    assert!(led > plain);
    let shown = denoising(Variant::Vace, 81, 2);
    assert!(shown > led + (led - plain) / 21, "two frames more than 21");
    // Of 77 frames both go through the feed-forward layer in two parts.
    let plain = denoising(Variant::T2vA14b, 77, 0);
    let control = denoising(Variant::FunControlA14b, 77, 1);
    assert!(control > plain, "a frame of tokens more");
}

/// A video is read while the VAE encodes it, so what that takes comes on top. Breaks when `--video` is not counted.
#[test]
fn a_video_that_leads_is_counted() {
    let led = |request: &mut Request| request.guides.video = Some("cat.mp4".into());
    let plan = plan(Variant::LucyEdit, (832, 480), 81, led);
    let mut sizes = sizes(Variant::LucyEdit);
    let before = of(Stage::Image, &needs(&plan, &sizes));
    sizes.footage = 2_000_000_000;
    let with = of(Stage::Image, &needs(&plan, &sizes));
    assert!((with - before - 2.0).abs() < 1e-6, "{before} {with}");
}

/// Breaks when something that is given is encoded and not counted, or counted twice: both ends of a clip are one clip.
#[test]
fn every_latent_frame_that_is_encoded_is_counted_once() {
    let count =
        |variant, change: fn(&mut Request)| plan(variant, (832, 480), 81, change).encoded_frames();
    let both = |request: &mut Request| {
        request.sources.image = Some("cat.png".into());
        request.sources.last_image = Some("dog.png".into());
    };
    let first = |request: &mut Request| request.sources.image = Some("cat.png".into());
    let all = |request: &mut Request| {
        request.sources.image = Some("cat.png".into());
        request.guides.video = Some("cat.mp4".into());
        request.guides.references = vec!["hat.png".into()];
    };
    let shown = |request: &mut Request| {
        request.guides.references = vec!["hat.png".into(), "shoe.png".into()];
    };
    assert_eq!(count(Variant::T2v, |_| ()), 0);
    assert_eq!(count(Variant::Ti2v, first), 1);
    assert_eq!(count(Variant::I2v, first), 21);
    assert_eq!(count(Variant::Flf2v, both), 21);
    assert_eq!(count(Variant::FunInpA14b, |_| ()), 0);
    assert_eq!(count(Variant::FunControlA14b, |_| ()), 0);
    assert_eq!(count(Variant::FunControlA14b, all), 43);
    assert_eq!(count(Variant::Vace, shown), 44);
    let seen = |variant| plan(variant, (832, 480), 81, both).seen_pictures();
    assert_eq!((seen(Variant::I2vA14b), seen(Variant::Flf2v)), (0, 2));
}

/// Breaks when MLX runs ahead into memory that others use, waits at every step of a job that fits, or keeps buffers that
/// nobody has left. In gigabytes: what is told, what there is, what is free, what the GPU should take, what was asked.
#[test]
fn mlx_is_allowed_what_the_job_may_take() {
    const GIB: u64 = 1 << 30;
    let allowed = |peak: u64, total, available, gpu: u64, asked: Option<u64>| {
        let machine = Machine {
            gpu: Some(gpu * 1_000_000_000),
            ..machine(total, available)
        };
        let asked = asked.map(|gigabytes| gigabytes * 1_000_000_000);
        Allowance::of(peak * 1_000_000_000, &machine, asked, true)
    };
    let gigabytes = |count: f64| (count * 1e9) as u64;
    // Enough of everything: the rest is kept for reuse, but never more than a block needs.
    let roomy = allowed(16, 64, 40, 48, None);
    assert_eq!((roomy.limit, roomy.cache), (Some(gigabytes(40.0)), 8 * GIB));
    let close = allowed(8, 16, 11, 12, None);
    assert_eq!(
        (close.limit, close.cache),
        (Some(gigabytes(11.0)), gigabytes(3.0))
    );
    // More is needed than is free: others have to make room, and nothing is kept.
    let tight = allowed(10, 16, 6, 12, None);
    assert_eq!(
        (tight.limit, tight.cache),
        (Some(gigabytes(11.25)), GIB / 4)
    );
    let full = allowed(12, 16, 6, 12, None);
    assert_eq!(full.limit, Some(gigabytes(12.0)));
    let asked = allowed(6, 64, 40, 48, Some(8));
    assert_eq!(
        (asked.limit, asked.cache),
        (Some(gigabytes(8.0)), gigabytes(2.0))
    );
    // A GPU with memory of its own: MLX's limit is right, and reuse is cheap.
    let own = Allowance::of(1, &machine(64, 40), None, false);
    assert_eq!((own.limit, own.cache), (None, GIB));
}

/// Breaks when live memory of other programs counts as free on a Mac. The figures are those that macOS shows of Macs in use:
/// total and used, in gigabytes, and what a job may have.
#[test]
fn what_others_use_is_not_free() {
    let gigabytes = |count: f64| (count * 1e9) as u64;
    for (total, used, free) in [
        (17.2, 11.9, 5.3),
        (8.6, 7.4, 1.2),
        (137.4, 40.0, 97.4),
        (8.6, 9.0, 0.0),
    ] {
        let found = unused(gigabytes(total), gigabytes(used)) as f64 / 1e9;
        assert!((found - free).abs() < 1e-6, "{found} instead of {free}");
    }
}
