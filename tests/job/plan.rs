use std::path::PathBuf;

use zoetrope::job::{
    CanvasRequest, Field, Found, Guidance, PictureFit, Plan, Request, Sampler, SamplingRequest,
    Size, Sources, Span, Variant,
};

use super::{checkpoint, checkpoint_of, plan, request};

fn refusal(request: &Request, picture: Option<Size>) -> (Field, String) {
    let refusal = plan(request, picture).expect_err("it cannot work");
    (refusal.field(), refusal.to_string())
}

#[test]
fn what_is_not_said_is_as_the_model_recommends() {
    let plan = plan(&request("a boat"), None).expect("it works");
    assert_eq!(plan.canvas.size, Size::new(1280, 704));
    assert_eq!(
        (
            plan.canvas.frames,
            plan.canvas.fps,
            plan.sampling.steps,
            plan.sampling.seed
        ),
        (121, 24, 50, 7)
    );
    assert_eq!(plan.negative, checkpoint().defaults.negative_prompt);
}

#[test]
fn sizes_that_do_not_fit_name_the_nearest_that_do() {
    let asked = |width, height| Request {
        canvas: CanvasRequest {
            size: Some(Size::new(width, height)),
            ..Default::default()
        },
        ..request("a boat")
    };
    let (field, message) = refusal(&asked(850, 480), None);
    assert_eq!(field, Field::Size);
    assert!(
        message.contains("832x480") && message.contains("864x480"),
        "{message}"
    );

    let (_, message) = refusal(&asked(1, 1), None);
    assert!(message.contains("32x32"), "{message}");
    let (_, message) = refusal(&asked(u32::MAX, 32), None);
    assert!(message.contains("too large"), "{message}");
}

/// What the encoder cannot write is known before the first step; what it can is not refused.
#[test]
fn no_size_is_larger_than_a_video_can_be() {
    let asked = |width, height| Request {
        canvas: CanvasRequest {
            size: Some(Size::new(width, height)),
            ..CanvasRequest::default()
        },
        ..request("a boat")
    };
    for (width, height) in [(3872, 32), (2176, 2176), (32, 3872), (4096, 2304)] {
        let (field, message) = refusal(&asked(width, height), None);
        assert_eq!(field, Field::Size);
        assert!(message.contains("3840x2160"), "{message}");
    }
    for (width, height) in [(3840, 2144), (2144, 3840), (3840, 32)] {
        assert!(
            plan(&asked(width, height), None).is_ok(),
            "{width}x{height}"
        );
    }
}

/// Breaks when noise levels that are the same in float32 reach a solver, which divides by their difference.
#[test]
fn a_shift_leaves_a_difference_between_steps() {
    let asked = |shift, steps, sampler| Request {
        sampling: SamplingRequest {
            shift: Some(shift),
            steps: Some(steps),
            sampler: Some(sampler),
            ..SamplingRequest::default()
        },
        ..request("a boat")
    };
    for sampler in Sampler::ALL {
        for (shift, steps) in [(1e6, 100), (1e9, 30), (1e-40, 10), (f64::MAX, 3)] {
            let (field, message) = refusal(&asked(shift, steps, sampler), None);
            assert_eq!(field, Field::Shift, "{sampler} {shift} {steps}");
            assert!(message.contains("closer to 5"), "{message}");
        }
        if sampler == Sampler::Rcm {
            continue; // its few steps are at levels of their own
        }
        for (shift, steps) in [
            (0.01, 1000),
            (1.0, 1),
            (5.0, 50),
            (12.0, 1000),
            (100.0, 100),
        ] {
            let plan = plan(&asked(shift, steps, sampler), None);
            assert!(plan.is_ok(), "{sampler} {shift} {steps}");
        }
    }
}

#[test]
fn frames_are_a_multiple_of_four_plus_one() {
    let asked = |frames| Request {
        canvas: CanvasRequest {
            frames: Some(frames),
            ..Default::default()
        },
        ..request("a boat")
    };
    for frames in [1, 5, 81, 121] {
        assert_eq!(
            plan(&asked(frames), None).expect("it works").canvas.frames,
            frames
        );
    }
    for (frames, nearest) in [
        (0, "1 or 5"),
        (2, "1 or 5"),
        (80, "77 or 81"),
        (84, "81 or 85"),
    ] {
        let (field, message) = refusal(&asked(frames), None);
        assert_eq!(field, Field::Frames);
        assert!(message.contains(nearest), "{message}");
    }
    assert_eq!(refusal(&asked(u32::MAX), None).0, Field::Frames);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_field_is_refused_where_it_cannot_work() {
    let fine = request("a boat");
    let wrong = [
        (Field::Prompt, request(" \n")),
        (
            Field::Steps,
            Request {
                sampling: SamplingRequest {
                    steps: Some(0),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
        (
            Field::Fps,
            Request {
                canvas: CanvasRequest {
                    fps: Some(0),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
        (
            Field::Shift,
            Request {
                sampling: SamplingRequest {
                    shift: Some(0.0),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
        (
            Field::Shift,
            Request {
                sampling: SamplingRequest {
                    shift: Some(f64::NAN),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
        (
            Field::Guidance,
            Request {
                sampling: SamplingRequest {
                    guidance: Some(Guidance::both(f64::INFINITY)),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
        (
            Field::Guidance,
            Request {
                sampling: SamplingRequest {
                    guidance: Some(Guidance {
                        low: 3.0,
                        high: 4.0,
                    }),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
        (
            Field::Size,
            Request {
                sources: Sources {
                    max_area: Some(1000),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
        (
            Field::Size,
            Request {
                sources: Sources {
                    max_area: Some(u64::MAX),
                    ..Default::default()
                },
                ..fine.clone()
            },
        ),
    ];
    for (field, request) in wrong {
        assert_eq!(refusal(&request, None).0, field, "{request:?}");
    }
    for name in ["video", "video.gif", ".mp4", "folder/"] {
        let refusal = Plan::new(&fine, checkpoint(), None, 7, PathBuf::from(name))
            .expect_err("it cannot work");
        assert_eq!(refusal.field(), Field::Output, "{name}");
    }
}

#[test]
fn a_picture_gives_its_aspect_unless_it_is_cropped() {
    let picture = Some(Size::new(1000, 1000));
    let asked = |fit, size, max_area| Request {
        sources: Sources {
            image: Some("cat.png".into()),
            fit,
            max_area,
            ..Default::default()
        },
        canvas: CanvasRequest {
            size,
            ..Default::default()
        },
        ..request("a cat")
    };
    let size = |request: &Request| plan(request, picture).expect("it works").canvas.size;
    let small = Some(Size::new(512, 128));

    assert_eq!(
        size(&asked(PictureFit::Picture, small, None)),
        Size::new(256, 256)
    );
    assert_eq!(
        size(&asked(PictureFit::Picture, None, Some(128 * 128))),
        Size::new(128, 128)
    );
    assert_eq!(
        size(&asked(PictureFit::Crop, small, None)),
        Size::new(512, 128)
    );

    let (field, _) = refusal(
        &asked(PictureFit::Picture, small, None),
        Some(Size::new(100_000, 10)),
    );
    assert_eq!(field, Field::Image);
}

#[test]
fn an_area_without_a_picture_has_the_aspect_of_the_models_size() {
    let asked = Request {
        sources: Sources {
            max_area: Some(640 * 352),
            ..Default::default()
        },
        ..request("a boat")
    };
    assert_eq!(
        plan(&asked, None).expect("it works").canvas.size,
        Size::new(640, 352)
    );
}

#[test]
fn pictures_are_refused_by_models_that_take_none_and_missed_by_those_that_need_one() {
    let asked = |image: bool, last: bool| Request {
        sources: Sources {
            image: image.then(|| "cat.png".into()),
            last_image: last.then(|| "dog.png".into()),
            ..Default::default()
        },
        ..request("a cat")
    };
    let refused = |variant, request: &Request| {
        let model = checkpoint_of(variant);
        let picture = request.sources.image.is_some().then(|| Size::new(640, 480));
        let plan = Plan::new(request, model, picture, 7, "video.mp4".into());
        plan.err().map(|refusal| refusal.field())
    };
    for (variant, alone, first, both) in [
        (Variant::T2v, None, Some(Field::Image), Some(Field::Image)),
        (
            Variant::T2vA14b,
            None,
            Some(Field::Image),
            Some(Field::Image),
        ),
        (Variant::Ti2v, None, None, Some(Field::LastImage)),
        (Variant::I2vA14b, Some(Field::Image), None, None),
        (
            Variant::I2v,
            Some(Field::Image),
            None,
            Some(Field::LastImage),
        ),
        (
            Variant::Flf2v,
            Some(Field::Image),
            Some(Field::LastImage),
            None,
        ),
    ] {
        assert_eq!(refused(variant, &asked(false, false)), alone, "{variant:?}");
        assert_eq!(refused(variant, &asked(true, false)), first, "{variant:?}");
        assert_eq!(refused(variant, &asked(true, true)), both, "{variant:?}");
    }
    let one_frame = Request {
        canvas: CanvasRequest {
            frames: Some(1),
            ..Default::default()
        },
        ..asked(true, true)
    };
    let field = refused(Variant::I2vA14b, &one_frame);
    assert_eq!(field, Some(Field::LastImage));
}

/// The sides of the image-to-video model's videos are rounded down each for itself.
#[test]
fn each_family_has_its_own_rule_for_the_size() {
    let size = |variant: Variant| variant.size_for(Size::new(640, 480), 832 * 480);
    assert_eq!(size(Variant::I2vA14b), Size::new(720, 544));
    assert_eq!(size(Variant::Ti2v), Size::new(704, 544));
}

/// The official program takes a smaller shift for small videos of this family; a number of the user's own stays.
#[test]
fn small_videos_of_pictures_have_a_smaller_shift() {
    let shift = |size: Size, shift| {
        let mut request = request("a cat");
        request.sources.image = Some("cat.png".into());
        request.canvas.size = Some(size);
        request.sampling.shift = shift;
        let model = checkpoint_of(Variant::I2v);
        let plan = Plan::new(&request, model, Some(size), 0, "v.mp4".into());
        plan.expect("it works").sampling.shift
    };
    assert_eq!(shift(Size::new(832, 480), None), 3.0);
    assert_eq!(shift(Size::new(480, 832), None), 3.0);
    assert_eq!(shift(Size::new(1280, 720), None), 5.0);
    assert_eq!(shift(Size::new(1280, 720), Some(7.0)), 7.0);
}

/// What a finished video says leads to the same size again, whatever led to it.
#[test]
fn a_video_that_leads_gives_the_size_and_the_length() {
    let led = |request: &Request| {
        let found = Found {
            picture: None,
            video: Some(Span {
                size: Size::new(1000, 400),
                frames: 40,
                fps: Some(16.0),
            }),
        };
        let model = checkpoint_of(Variant::Vace);
        Plan::new(request, model, found, 0, "v.mp4".into()).expect("it works")
    };
    let mut request = request("a cat");
    request.guides.video = Some("source.mp4".into());
    let plan = led(&request);
    assert_eq!(plan.canvas.size, Size::new(992, 400));
    assert_eq!(plan.canvas.frames, 37);
    assert_eq!(led(&plan.info().into()).canvas, plan.canvas);

    request.sources.fit = PictureFit::Crop;
    request.canvas.size = Some(Size::new(832, 480));
    let plan = led(&request);
    assert_eq!(plan.canvas.size, Size::new(832, 480));
    assert_eq!(led(&plan.info().into()).canvas, plan.canvas);

    // What is beyond the end of the source is made anew.
    request.canvas.frames = Some(81);
    assert_eq!(led(&request).canvas.frames, 81);
}
