use clap::Parser;
use zoetrope::cli::args::{Arguments, Command};
use zoetrope::job::{
    CanvasRequest, Compute, CropAnchor, Decode, Expert, FewSteps, Guidance, Guides, Limits, Lora,
    Nag, Negative, Outputs, PictureFit, Precision, Quality, QuantBits, Request, Sampler,
    SamplingRequest, Size, Sources, Speedups, StepCache, Table, VaePrecision,
};

use super::run;

fn request(arguments: &[&str]) -> Request {
    let all = [
        &["zoetrope", "generate", "-o", "v.mp4", "--prompt", "a boat"],
        arguments,
    ]
    .concat();
    match Arguments::try_parse_from(all)
        .expect("it can be understood")
        .command
    {
        Command::Generate(args) => args.request(),
        other => panic!("it became {other:?}"),
    }
}

#[test]
fn nothing_is_filled_in() {
    let expected = Request {
        prompt: "a boat".into(),
        ..Request::default()
    };
    assert_eq!(request(&[]), expected);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_argument_reaches_the_request() {
    let line = "
        --negative blur
        --image cat.png
        --last-image dog.png
        --fit crop
        --video source.mp4
        --mask mask.png
        --reference hat.png
        --reference coat.png
        --strength 0.7
        --size 832x480
        --frames 81
        --steps 40
        --sampler dpmpp
        --guidance 3.0,4.0
        --shift 12
        --seed 18446744073709551615
        --dtype bf16
        --quantize 8
        --lora a.safetensors
        --lora b.safetensors:-0.5:high
        --vae-dtype bf16
        --memory-limit 40
        --cache easycache=0.1
        --guidance-until 0.8
        --cfg-zero
        --nag 11
        --preset lightning
        --decode draft
        --tiny-vae t.safetensors
        --quality best
        --noise n.safetensors
        --save-latents l.safetensors
        --save-frames f.safetensors
        --fps 16
        --json
    ";
    let all = request(&line.split_whitespace().collect::<Vec<_>>());
    let expected = Request {
        prompt: "a boat".into(),
        negative: Negative::Text("blur".into()),
        sources: Sources {
            image: Some("cat.png".into()),
            last_image: Some("dog.png".into()),
            fit: PictureFit::Crop,
            max_area: None,
            anchor: CropAnchor::CENTRE,
            last_anchor: CropAnchor::CENTRE,
            loras: vec![
                Lora {
                    file: "a.safetensors".into(),
                    strength: 1.0,
                    expert: None,
                },
                Lora {
                    file: "b.safetensors".into(),
                    strength: -0.5,
                    expert: Some(Expert::HighNoise),
                },
            ],
            noise: Some("n.safetensors".into()),
        },
        guides: Guides {
            video: Some("source.mp4".into()),
            mask: Some("mask.png".into()),
            references: vec!["hat.png".into(), "coat.png".into()],
            strength: Some(0.7),
        },
        canvas: CanvasRequest {
            size: Some(Size::new(832, 480)),
            frames: Some(81),
            fps: Some(16),
        },
        sampling: SamplingRequest {
            steps: Some(40),
            sampler: Some(Sampler::DpmPp),
            guidance: Some(Guidance {
                low: 3.0,
                high: 4.0,
            }),
            shift: Some(12.0),
            seed: Some(u64::MAX),
        },
        speedups: Speedups {
            preset: Some(FewSteps::Lightning),
            table: Table::Official,
            phases: None,
            cache: StepCache::EasyCache {
                threshold: 0.1,
                first: 10,
            },
            guidance_until: 0.8,
            cfg_zero: true,
            nag: Some(Nag {
                scale: 11.0,
                alpha: 0.25,
                tau: 2.5,
            }),
            decode: Decode::Draft,
            tiny_vae: Some("t.safetensors".into()),
        },
        compute: Compute {
            precision: Precision::Bf16,
            vae_precision: VaePrecision::Bf16,
            quantize: Some(QuantBits::Eight),
        },
        limits: Limits {
            memory: Some(40_000_000_000),
        },
        outputs: Outputs {
            quality: Quality::Best,
            save_latents: Some("l.safetensors".into()),
            save_frames: Some("f.safetensors".into()),
        },
    };
    assert_eq!(all, expected);
}

#[test]
fn arguments_have_other_forms() {
    assert_eq!(request(&["--no-negative"]).negative, Negative::Empty);
    assert_eq!(
        request(&["--max-area", "901120"]).sources.max_area,
        Some(901_120)
    );
    assert_eq!(
        request(&["--guidance", "5"]).sampling.guidance,
        Some(Guidance::both(5.0))
    );
    assert_eq!(
        request(&["--guidance", "-1"]).sampling.guidance,
        Some(Guidance::both(-1.0))
    );
    for sampler in Sampler::ALL {
        assert_eq!(
            request(&["--sampler", &sampler.to_string()])
                .sampling
                .sampler,
            Some(sampler)
        );
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    let wrong: [&[&str]; 6] = [
        &["--size", "-832x480"],
        &["--frames", "-1"],
        &["--fit", "crop"],
        &["--last-image", "dog.png"],
        &["--negative", "blur", "--no-negative"],
        &["--surprise"],
    ];
    for arguments in wrong {
        let run = run(&[
            &["generate", "-o", "v.mp4", "--prompt", "a boat"],
            arguments,
        ]
        .concat());
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(
            run.stderr.starts_with("error: ") && run.stdout.is_empty(),
            "{}",
            run.stderr
        );
    }
    for arguments in [
        &["generate"][..],
        &["generate", "-o", "v.mp4"],
        &["info"],
        &["dance"],
    ] {
        assert_eq!(run(arguments).code, Some(2), "{arguments:?}");
    }
}

/// Breaks when a value that cannot work has another exit code where the arguments are read than where the work begins, is
/// answered with a page of usage, or leaves a program that reads objects without the last one.
#[test]
fn a_value_that_cannot_work_is_told_in_one_sentence() {
    let wrong: [&[&str]; 16] = [
        &["--quantize", "5"],
        &["--lora", ""],
        &["--lora", ":0.5"],
        &["--size", "832"],
        &["--size", "0x480"],
        &["--frames", "many"],
        &["--steps", "1.5"],
        &["--sampler", "ddim"],
        &["--guidance", "1,2,3"],
        &["--guidance", "nan"],
        &["--shift", "x"],
        &["--seed", "-2"],
        &["--dtype", "f16"],
        &["--vae-dtype", "auto"],
        &["--memory-limit", "0"],
        &["--fit", "stretch", "--image", "cat.png"],
    ];
    for arguments in wrong {
        let words = ["generate", "-o", "v.mp4", "--prompt", "a boat"];
        let told = run(&[&words[..], arguments].concat());
        assert_eq!(told.code, Some(1), "{arguments:?}: {}", told.stderr);
        let is_one_line = told.stderr.lines().count() == 1 && told.stdout.is_empty();
        assert!(
            told.stderr.starts_with("error: ") && is_one_line,
            "{}",
            told.stderr
        );
        let told = run(&[&words[..], arguments, &["--json"]].concat());
        assert_eq!(told.code, Some(1));
        assert!(
            told.stdout.contains(r#""event":"failed""#),
            "{}",
            told.stdout
        );
    }
}

#[test]
fn wrong_values_are_answered_with_right_ones() {
    let answer = |arguments: &[&str]| {
        run(&[
            &["generate", "-o", "v.mp4", "--prompt", "a boat"],
            arguments,
        ]
        .concat())
        .stderr
    };
    assert!(answer(&["--size", "big"]).contains("832x480"));
    assert!(answer(&["--sampler", "ddim"]).contains("unipc, dpmpp, euler, dmd, lcm and rcm"));
    assert!(answer(&["--dtype", "f64"]).contains("auto, bf16, f16 and f32"));
    assert!(answer(&["--guidance", "x"]).contains("3.0,4.0"));
}
