//! Few-step files and pairs of LoRAs, on headers like those of the real files.

use std::collections::HashMap;
use std::fs;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use tempfile::TempDir;
use zoetrope::catalog::few_steps::{of_lora, prepare};
use zoetrope::job::{
    Checkpoint, Expert, FewSteps, Guidance, HighNoise, Lora, Negative, Plan, Request, Sampler,
    Sampling, Sources, Table, Variant,
};
use zoetrope::sampler::Schedule;

use crate::job::{checkpoint_of, request};
use crate::support::lora_headers::{
    Alpha, FASTWAN, Header, LIGHTNING, LIGHTX2V, PLAIN, STYLE, write,
};

/// A LoRA of this name and header, not for one expert.
fn lora(folder: &TempDir, name: &str, header: &Header) -> Lora {
    let file = folder.path().join(name);
    write(&file, header);
    Lora {
        file,
        strength: 1.0,
        expert: None,
    }
}

/// A model of this family whose DiT has this name, with two experts where the family has them.
fn model(variant: Variant, name: &str) -> Checkpoint {
    let mut model = checkpoint_of(variant);
    model.dit.weights = vec![name.into()];
    model.high_noise = variant.boundary().map(|boundary| HighNoise {
        network: model.dit.clone(),
        boundary,
    });
    model
}

fn asked(loras: Vec<Lora>) -> Request {
    Request {
        sources: Sources {
            loras,
            ..Sources::default()
        },
        ..request("a boat")
    }
}

/// The plan that comes of it, and what was said.
fn plan(mut request: Request, model: Checkpoint) -> (Plan, Vec<String>) {
    if model.variant == Variant::I2vA14b {
        request.sources.image = Some("first.png".into());
    }
    let lines = prepare(&mut request, &model).unwrap();
    let plan = Plan::new(&request, model, None, 7, "video.mp4".into()).unwrap();
    (plan, lines)
}

type Resolved = (u32, Sampler, Table, f64, Guidance);

fn resolved(plan: &Plan) -> Resolved {
    let Sampling {
        steps,
        sampler,
        shift,
        guidance,
        ..
    } = plan.sampling;
    (steps, sampler, plan.speedups.table, shift, guidance)
}

const ONE: Guidance = Guidance::both(1.0);
const LIGHTNING_PLAN: Resolved = (4, Sampler::Euler, Table::Even, 5.0, ONE);

/// Every LoRA by its real name and by none, with the plan that it needs.
#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn few_step_loras_are_told_by_their_headers_and_then_by_their_names() {
    let (t2v, i2v, ti2v) = (Variant::T2vA14b, Variant::I2vA14b, Variant::Ti2v);
    let fastwan_5b = (3, Sampler::Dmd, Table::Warped, 5.0, ONE);
    let causvid = (8, Sampler::UniPc, Table::Official, 2.0, ONE);
    let accvideo = (10, Sampler::UniPc, Table::Official, 5.0, ONE);
    let integer = Header {
        alpha: Alpha::I64(8),
        ..LIGHTNING
    };
    let renamed = "a.safetensors";
    let cases: [(&str, Header, Variant, FewSteps, Resolved); 14] = [
        (
            "Wan2.2-Lightning_T2V-v1.1-A14B-4steps-lora_HIGH_fp16.safetensors",
            LIGHTNING,
            t2v,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (
            "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors",
            integer,
            i2v,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (renamed, LIGHTNING, t2v, FewSteps::Lightning, LIGHTNING_PLAN),
        (renamed, integer, i2v, FewSteps::Lightning, LIGHTNING_PLAN),
        (
            "Wan21_T2V_14B_lightx2v_cfg_step_distill_lora_rank64.safetensors",
            LIGHTX2V,
            Variant::T2v,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (
            "Wan_2_2_I2V_A14B_LOW_lightx2v_4step_lora_260412_rank_64_fp16.safetensors",
            LIGHTX2V,
            i2v,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (renamed, LIGHTX2V, i2v, FewSteps::Lightning, LIGHTNING_PLAN),
        (
            "Wan2_2_5B_FastWanFullAttn_lora_rank_128_bf16.safetensors",
            FASTWAN,
            ti2v,
            FewSteps::FastWan,
            fastwan_5b,
        ),
        (renamed, FASTWAN, ti2v, FewSteps::FastWan, fastwan_5b),
        (
            "Wan21_CausVid_14B_T2V_lora_rank32.safetensors",
            LIGHTX2V,
            Variant::T2v,
            FewSteps::CausVid,
            causvid,
        ),
        (
            "Wan2.1_T2V_14B_FusionX_LoRA.safetensors",
            PLAIN,
            Variant::T2v,
            FewSteps::CausVid,
            causvid,
        ),
        (
            "Wan21_AccVid_T2V_14B_lora_rank32_fp16.safetensors",
            LIGHTX2V,
            Variant::T2v,
            FewSteps::AccVideo,
            accvideo,
        ),
        (
            "wan2.2_i2v_A14b_low_noise_lora_rank64_lightx2v_4step_1022.safetensors",
            PLAIN,
            i2v,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (
            "Wan2_2_T2V_rCM_lora.safetensors",
            PLAIN,
            t2v,
            FewSteps::Rcm,
            (4, Sampler::Rcm, Table::Steep, 5.0, ONE),
        ),
    ];
    for (name, header, variant, preset, expected) in cases {
        let folder = TempDir::new().unwrap();
        let lora = lora(&folder, name, &header);
        let (plan, lines) = plan(asked(vec![lora]), model(variant, "dit.safetensors"));
        assert_eq!(plan.speedups.preset, Some(preset), "{name}");
        assert_eq!(resolved(&plan), expected, "{name}");
        let begins = format!("{} ({name}): {} steps of ", preset.name(), expected.0);
        assert!(lines[0].starts_with(&begins), "{lines:?}");
    }
}

/// Breaks when somebody's style, trained to the same rank or with such a word in its name, takes 40 steps away.
#[test]
fn what_a_trainer_made_is_no_few_step_file() {
    let folder = TempDir::new().unwrap();
    for (name, header) in [
        ("a.safetensors", STYLE),
        ("lightning_strikes_4steps.safetensors", STYLE),
        ("b.safetensors", PLAIN),
        ("24steps_of_a_dance.safetensors", PLAIN),
        ("acrcmx.safetensors", PLAIN),
        (
            "c.safetensors",
            Header {
                alpha: Alpha::F32(64.0),
                ..LIGHTNING
            },
        ),
        (
            "d.safetensors",
            Header {
                blocks: 8,
                ..LIGHTNING
            },
        ),
    ] {
        let lora = lora(&folder, name, &header);
        assert_eq!(of_lora(&lora.file).unwrap(), None, "{name}");
        let (plan, lines) = plan(
            asked(vec![lora]),
            model(Variant::T2vA14b, "dit.safetensors"),
        );
        assert_eq!(
            (plan.sampling.steps, plan.sampling.shift),
            (40, 12.0),
            "{name}"
        );
        assert_eq!((plan.speedups.preset, lines), (None, vec![]), "{name}");
    }
}

/// A title in the header stays when a file is renamed: of a LoRA, and of a whole network.
#[test]
fn titles_in_headers_tell_what_renamed_files_are() {
    let folder = TempDir::new().unwrap();
    let titled = |name: &str, key: &str, title: &str| {
        let file = folder.path().join(name);
        let module = "diffusion_model.blocks.0.self_attn.q";
        let tensors = ["lora_A", "lora_B"].map(|part| {
            let view = TensorView::new(Dtype::F32, vec![1, 1], &[0; 4]).unwrap();
            (format!("{module}.{part}.weight"), view)
        });
        let notes = HashMap::from([(key.to_owned(), title.to_owned())]);
        safetensors::serialize_to_file(tensors, Some(notes), &file).unwrap();
        file
    };
    for (key, title, expected) in [
        (
            "modelspec.title",
            "Wan2.2-Lightning T2V high noise",
            Some(FewSteps::Lightning),
        ),
        (
            "title",
            "CausVid 14B bidirectional",
            Some(FewSteps::CausVid),
        ),
        ("modelspec.title", "Thunder and lightbulbs", None),
        ("modelspec.author", "lightx2v", None),
    ] {
        let file = titled("renamed.safetensors", key, title);
        assert_eq!(of_lora(&file).unwrap(), expected, "{title}");
        let mut whole = model(Variant::T2v, "dit.safetensors");
        whole.dit.weights = vec![file];
        let (plan, _) = plan(asked(vec![]), whole);
        assert_eq!(plan.speedups.preset, expected, "{title}");
    }
}

/// Whole networks and merges, which nothing but the name tells, and FastVideo's folders, which name their pipeline.
#[test]
fn whole_few_step_models_are_told_by_their_names_and_their_pipelines() {
    let fastwan = (3, Sampler::Dmd, Table::Official, 8.0, ONE);
    let rcm = |table| (4, Sampler::Rcm, table, 5.0, ONE);
    let cases: [(&str, Variant, FewSteps, Resolved); 7] = [
        (
            "wan2.2_i2v_A14b_low_noise_lightx2v_4step_720p_260412.safetensors",
            Variant::I2vA14b,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (
            "wan2.2-rapid-mega-aio-v10.safetensors",
            Variant::T2v,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (
            "Wan2.2_Remix_t2v_14b_low_v2.safetensors",
            Variant::T2vA14b,
            FewSteps::Lightning,
            LIGHTNING_PLAN,
        ),
        (
            "FastWan2.1-T2V-1.3B.safetensors",
            Variant::T2v,
            FewSteps::FastWan,
            fastwan,
        ),
        (
            "TurboWan2.1-T2V-1.3B-480P.pth",
            Variant::T2v,
            FewSteps::Rcm,
            rcm(Table::Official),
        ),
        (
            "TurboWan2.2-I2V-A14B-low-720P.pth",
            Variant::I2vA14b,
            FewSteps::Rcm,
            rcm(Table::Steep),
        ),
        (
            "Wan2.1_T2V_14B_FusionX.safetensors",
            Variant::T2v,
            FewSteps::CausVid,
            (8, Sampler::UniPc, Table::Official, 2.0, ONE),
        ),
    ];
    for (name, variant, preset, expected) in cases {
        let (plan, _) = plan(asked(vec![]), model(variant, name));
        assert_eq!(plan.speedups.preset, Some(preset), "{name}");
        assert_eq!(resolved(&plan), expected, "{name}");
    }
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("model_index.json"),
        r#"{"_class_name": "WanDMDPipeline"}"#,
    )
    .unwrap();
    let mut renamed = model(Variant::T2v, "dit.safetensors");
    renamed.root = folder.path().into();
    assert_eq!(resolved(&plan(asked(vec![]), renamed).0), fastwan);
    for name in [
        "wan2.2_t2v_high_noise_14B_fp16.safetensors",
        "rapid_test.safetensors",
        "remix.safetensors",
    ] {
        let (plan, lines) = plan(asked(vec![]), model(Variant::T2vA14b, name));
        assert_eq!((plan.sampling.steps, lines.len()), (40, 0), "{name}");
    }
}

/// What the user says wins, and is doubted where it ruins the clip.
#[test]
fn what_the_user_says_wins_over_a_preset() {
    let folder = TempDir::new().unwrap();
    let lora = lora(&folder, "a.safetensors", &LIGHTNING);
    let with = |ask: fn(&mut Request)| {
        let mut request = asked(vec![lora.clone()]);
        ask(&mut request);
        plan(request, model(Variant::T2vA14b, "dit.safetensors"))
    };
    let warned = |lines: &[String], words: &str| {
        lines
            .iter()
            .any(|line| line.starts_with("warning: ") && line.contains(words))
    };

    let (plan, lines) = with(|request| {
        request.sampling.guidance = Some(Guidance {
            low: 1.0,
            high: 3.5,
        });
    });
    assert_eq!(plan.sampling.guidance.high, 3.5);
    assert!(
        warned(&lines, "Guidance 1,3.5 burns the picture with Lightning"),
        "{lines:?}"
    );
    let (plan, lines) = with(|request| request.sampling.shift = Some(12.0));
    assert_eq!(plan.sampling.shift, 12.0);
    assert!(warned(&lines, "Shift 12 leaves too few steps"), "{lines:?}");
    let (plan, lines) = with(|request| request.sampling.steps = Some(20));
    assert_eq!(
        (plan.sampling.steps, plan.sampling.sampler),
        (20, Sampler::Euler)
    );
    assert!(warned(&lines, "20 steps take longer"), "{lines:?}");
    let (plan, lines) = with(|request| request.sampling.sampler = Some(Sampler::UniPc));
    assert_eq!(
        (plan.sampling.sampler, plan.speedups.table),
        (Sampler::UniPc, Table::Official)
    );
    assert_eq!(lines.len(), 1, "{lines:?}");
    let (_, lines) = with(|request| request.negative = Negative::Text("rain".into()));
    assert!(lines[1].contains("--nag 11 lets it count"), "{lines:?}");
    let (plan, lines) = with(|request| request.speedups.cache = "fast".parse().unwrap());
    assert!(plan.speedups.cache.is_off());
    assert!(lines[1].starts_with("The step cache is off"), "{lines:?}");
    let (plan, lines) = with(|request| request.speedups.preset = Some(FewSteps::Off));
    assert_eq!(
        (plan.sampling.steps, plan.sampling.shift, lines.len()),
        (40, 12.0, 0)
    );
    // Reasonable wishes are nobody's mistake.
    let (_, lines) =
        with(|request| (request.sampling.steps, request.sampling.shift) = (Some(8), Some(8.0)));
    assert_eq!(lines.len(), 1, "{lines:?}");
}

/// In any spelling; what has an expert keeps it.
#[test]
fn each_half_of_a_pair_goes_to_its_expert() {
    let pairs = [
        (
            "style_high_noise.safetensors",
            "style_low_noise.safetensors",
        ),
        ("Style-HIGH.safetensors", "Style-LOW.safetensors"),
        ("i2vHigh_v2.safetensors", "i2vLow_v2.safetensors"),
        ("wan22_HN_style.safetensors", "wan22_LN_style.safetensors"),
        ("style-H-e20.safetensors", "style-L-e20.safetensors"),
        (
            "high_and_low_high.safetensors",
            "high_and_low_low.safetensors",
        ),
        (
            "high_noise_model.safetensors",
            "low_noise_model.safetensors",
        ),
    ];
    let folder = TempDir::new().unwrap();
    for (high, low) in pairs {
        let [high, low] = [high, low].map(|name| lora(&folder, name, &PLAIN));
        let other = lora(&folder, "other.safetensors", &PLAIN);
        for loras in [
            vec![high.clone(), other.clone(), low.clone()],
            vec![low.clone(), other.clone(), high.clone()],
        ] {
            let (plan, lines) = plan(asked(loras), model(Variant::T2vA14b, "dit.safetensors"));
            for lora in &plan.sources.loras {
                let expert = match &lora.file {
                    file if *file == high.file => Some(Expert::HighNoise),
                    file if *file == low.file => Some(Expert::LowNoise),
                    _ => None,
                };
                assert_eq!(lora.expert, expert, "{}", lora.file.display());
            }
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(
                lines[0].contains("changes the expert for high noise"),
                "{lines:?}"
            );
        }
        // One alone changes both, whatever it is called; so do two with one network.
        let (alone, _) = plan(
            asked(vec![high.clone()]),
            model(Variant::T2vA14b, "dit.safetensors"),
        );
        assert_eq!(alone.sources.loras[0].expert, None);
        let (one, _) = plan(
            asked(vec![high, low]),
            model(Variant::T2v, "dit.safetensors"),
        );
        assert!(one.sources.loras.iter().all(|lora| lora.expert.is_none()));
    }
    let strangers = [
        "highlands.safetensors",
        "islands.safetensors",
        "shadow.safetensors",
    ];
    let loras = strangers.map(|name| lora(&folder, name, &PLAIN)).to_vec();
    let (plan, lines) = plan(asked(loras), model(Variant::T2vA14b, "dit.safetensors"));
    assert!(plan.sources.loras.iter().all(|lora| lora.expert.is_none()));
    assert_eq!(lines.len(), 0, "{lines:?}");
}

/// Halves of few-step pairs that are alone, or meet on one expert.
#[test]
fn few_step_halves_in_the_wrong_place_are_warned_of() {
    let folder = TempDir::new().unwrap();
    let [high, low] = ["fast_high.safetensors", "fast_low.safetensors"]
        .map(|name| lora(&folder, name, &LIGHTNING));
    let said = |loras: Vec<Lora>, variant| plan(asked(loras), model(variant, "dit.safetensors")).1;
    let lines = said(vec![low.clone()], Variant::T2vA14b);
    assert!(
        lines[1].contains("is one half of a pair and changes both experts"),
        "{lines:?}"
    );
    // Where the preset is asked for, too.
    let mut request = asked(vec![low.clone()]);
    request.speedups.preset = Some(FewSteps::Lightning);
    let (_, lines) = plan(request, model(Variant::T2vA14b, "dit.safetensors"));
    assert!(
        lines[1].contains("is one half of a pair and changes both experts"),
        "{lines:?}"
    );
    let on = |lora: &Lora, expert| Lora {
        expert: Some(expert),
        ..lora.clone()
    };
    let both = vec![on(&high, Expert::LowNoise), on(&low, Expert::LowNoise)];
    let lines = said(both, Variant::T2vA14b);
    assert!(
        lines[1].contains("are for different experts and change the same one"),
        "{lines:?}"
    );
    let lines = said(vec![high.clone(), low.clone()], Variant::T2v);
    assert!(
        lines[1].contains("are for different experts and this model is one network"),
        "{lines:?}"
    );
    // So of any pair, whatever it is for.
    let [one, other] =
        ["style_HN.safetensors", "style_LN.safetensors"].map(|name| lora(&folder, name, &PLAIN));
    let both = vec![on(&one, Expert::HighNoise), on(&other, Expert::HighNoise)];
    let lines = said(both, Variant::T2vA14b);
    assert!(
        lines[0].contains("are for different experts and change the same one"),
        "{lines:?}"
    );
    let lines = said(vec![one, other], Variant::Ti2v);
    assert!(lines[0].contains("this model is one network"), "{lines:?}");
    let lines = said(vec![high.clone(), low.clone()], Variant::T2vA14b);
    assert_eq!(lines.len(), 2, "{lines:?}");
    let lines = said(vec![on(&high, Expert::HighNoise)], Variant::T2vA14b);
    assert_eq!(
        lines.len(),
        1,
        "what is said of one's own will needs no warning: {lines:?}"
    );
}

/// The table of the profile, and the phases: one step with guidance and without the pair, three with it, and the rest by
/// the other expert. A pair of somebody's style is there from the start.
#[test]
fn natural_motion_leaves_the_pair_out_of_the_first_step() {
    let folder = TempDir::new().unwrap();
    let names = ["fast_high.safetensors", "fast_low.safetensors"];
    let [high, low] = names.map(|name| lora(&folder, name, &LIGHTNING));
    let style = lora(&folder, "style.safetensors", &STYLE);
    let mut request = asked(vec![high.clone(), low.clone(), style]);
    request.speedups.preset = Some(FewSteps::NaturalMotion);
    let (motion, lines) = plan(request.clone(), model(Variant::T2vA14b, "dit.safetensors"));
    let guidance = Guidance {
        low: 1.0,
        high: 3.5,
    };
    let expected = (8, Sampler::Euler, Table::Thousandth, 3.0, guidance);
    assert_eq!(resolved(&motion), expected);
    assert!(
        !lines.iter().any(|line| line.starts_with("warning")),
        "{lines:?}"
    );
    let timesteps = Schedule::of(Sampler::Euler, Table::Thousandth, 8, 3.0).timesteps;
    // np.linspace(1000, 1, 8), each 3 t / (1 + 2 t) of a thousand.
    let by_hand = [
        1000.0, 947.41, 882.51, 800.32, 692.86, 546.50, 335.02, 2.994,
    ];
    for (ours, theirs) in timesteps.iter().zip(by_hand) {
        assert!((ours - theirs).abs() < 0.3, "{timesteps:?}");
    }
    let steps: Vec<_> = timesteps
        .iter()
        .enumerate()
        .map(|(step, &timestep)| {
            let (expert, _) = motion.expert_at(timestep);
            (
                expert,
                motion.guides_at(step),
                motion.late_loras(step).len(),
            )
        })
        .collect();
    let (first, then) = (Expert::HighNoise, Expert::LowNoise);
    let mut expected = vec![(first, true, 2)];
    expected.extend([(first, false, 0); 3]);
    expected.extend([(then, false, 0); 4]);
    assert_eq!(steps, expected);
    assert_eq!(motion.late_loras(0), [high.file, low.file]);

    // Without a pair, or with one network, there is nothing to leave out.
    for (variant, loras) in [
        (Variant::T2vA14b, vec![]),
        (Variant::T2v, request.sources.loras.clone()),
    ] {
        let model = model(variant, "dit.safetensors");
        let mut request = Request {
            sources: Sources {
                loras,
                ..Sources::default()
            },
            ..request.clone()
        };
        prepare(&mut request, &model).unwrap();
        let refused = Plan::new(&request, model, None, 7, "video.mp4".into());
        let why = refused.unwrap_err().to_string();
        assert!(why.contains("add both of its halves"), "{why}");
    }
}
