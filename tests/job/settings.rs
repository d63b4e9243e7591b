use zoetrope::job::{
    CanvasRequest, Compute, GenerationInfo, Guidance, Lora, Negative, Outputs, PictureFit, Plan,
    Precision, QuantBits, Request, Sampler, SamplingRequest, Size, Sources, VaePrecision, Variant,
};

use super::{checkpoint, checkpoint_of, plan, request};

fn odd_numbers() -> Request {
    Request {
        prompt: "A “quoted” cat\n& 猫 \u{1F408}".into(),
        negative: Negative::Text("blur, \"text\"".into()),
        canvas: CanvasRequest {
            size: Some(Size::new(640, 352)),
            frames: Some(17),
            fps: Some(30),
        },
        sampling: SamplingRequest {
            steps: Some(3),
            sampler: Some(Sampler::Euler),
            guidance: Some(Guidance::both(0.1 + 0.2)),
            shift: Some(1.0 / 3.0),
            seed: Some(u64::MAX),
        },
        compute: Compute {
            precision: Precision::F32,
            vae_precision: VaePrecision::Bf16,
            quantize: Some(QuantBits::Four),
        },
        sources: Sources {
            loras: vec![Lora {
                file: "style.safetensors".into(),
                strength: 1.0 / 7.0,
                expert: None,
            }],
            noise: Some("noise.safetensors".into()),
            ..Default::default()
        },
        ..Request::default()
    }
}

/// Plans again from what the video would say about itself, on a machine with other defaults.
fn again(first: &Plan, picture: Option<Size>) -> Plan {
    let settings = GenerationInfo::from_json(&first.info().to_json()).expect("it reads back");
    let mut model = checkpoint();
    model.defaults.negative_prompt = "something else".into();
    model.defaults.steps += 1;
    let plan = Plan::new(
        &settings.into(),
        model,
        picture,
        first.sampling.seed ^ 1,
        first.output.clone(),
    );
    Plan {
        checkpoint: first.checkpoint.clone(),
        ..plan.expect("what worked once works again")
    }
}

#[test]
fn settings_lead_to_the_same_plan() {
    for negative in [Negative::Default, Negative::Empty, odd_numbers().negative] {
        let asked = Request {
            negative,
            ..odd_numbers()
        };
        let first = plan(&asked, None).expect("it works");
        assert_eq!(again(&first, None), first);
    }
    let first = plan(&request("a boat"), None).expect("it works");
    assert_eq!(again(&first, None), first);
}

#[test]
fn a_picture_leads_to_the_same_size_again() {
    for fit in [PictureFit::Picture, PictureFit::Crop] {
        for picture in [
            Size::new(1000, 750),
            Size::new(333, 1111),
            Size::new(641, 639),
        ] {
            for (size, max_area) in [
                (None, None),
                (Some(Size::new(832, 480)), None),
                (None, Some(123_456)),
            ] {
                let asked = Request {
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
                let first = plan(&asked, Some(picture)).expect("it works");
                assert_eq!(again(&first, Some(picture)), first);
            }
        }
    }
}

#[test]
fn settings_tell_nothing_about_the_machine() {
    let asked = Request {
        sources: Sources {
            image: Some("/home/somebody/pictures/cat.png".into()),
            last_image: Some("/home/somebody/pictures/dog.png".into()),
            noise: Some("/home/somebody/noise.safetensors".into()),
            ..Default::default()
        },
        outputs: Outputs {
            save_latents: Some("/home/somebody/latents.safetensors".into()),
            ..Default::default()
        },
        ..request("a cat")
    };
    let model = checkpoint_of(Variant::I2vA14b);
    let picture = Some(Size::new(640, 480));
    let json = Plan::new(&asked, model, picture, 7, "video.mp4".into())
        .expect("it works")
        .info()
        .to_json();
    assert!(!json.contains("somebody"), "{json}");
    assert!(
        json.contains("\"cat.png\"")
            && json.contains("\"dog.png\"")
            && json.contains("\"noise.safetensors\""),
        "{json}"
    );
}

#[test]
fn foreign_comments_are_no_settings() {
    for text in ["", "made with love", "{}", "[]", "{\"prompt\": \"a cat\"}"] {
        assert!(GenerationInfo::from_json(text).is_err(), "{text}");
    }
}
