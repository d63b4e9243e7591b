use std::time::Duration;

use zoetrope::job::{
    CanvasRequest, Decode, Estimates, FewSteps, Guidance, Lora, Plan, Precision, QuantBits,
    Request, Sampling, SamplingRequest, Size, Speedups, Spent, Table, Timings, VaePrecision,
};

use super::{plan, request};

fn job(frames: u32, steps: u32) -> Plan {
    let request = Request {
        canvas: CanvasRequest {
            size: Some(Size::new(832, 480)),
            frames: Some(frames),
            ..Default::default()
        },
        sampling: SamplingRequest {
            steps: Some(steps),
            ..Default::default()
        },
        ..request("a boat")
    };
    plan(&request, None).expect("it works")
}

/// Two seconds a step, ten to load, one hundredth a frame to decode.
fn timings(steps: usize, frames: usize) -> Timings {
    let spent = |seconds: f64, units: usize| Spent { seconds, units };
    Timings {
        load: spent(10.0, 1),
        denoise: spent(2.0 * steps as f64, steps),
        decode: spent(0.01 * frames as f64, frames),
        ..Timings::default()
    }
}

fn seconds(estimate: Option<Duration>) -> f64 {
    estimate.expect("something is known").as_secs_f64()
}

#[test]
fn nothing_is_claimed_before_anything_is_known() {
    let mut estimates = Estimates::default();
    assert_eq!(estimates.of(&job(49, 40), false), None);
    estimates.learn(&job(49, 40), false, &timings(0, 0));
    assert_eq!(
        estimates.of(&job(49, 40), false),
        None,
        "that job did nothing"
    );
    estimates.learn(&job(49, 40), false, &timings(40, 49));
    let other = Plan {
        sampling: Sampling {
            guidance: Guidance::both(1.0),
            ..job(49, 40).sampling
        },
        ..job(49, 40)
    };
    assert_eq!(estimates.of(&other, false), None, "half the work");
    for ask in [
        (|speedups| speedups.cache = "fast".parse().unwrap()) as fn(&mut Speedups),
        |speedups| speedups.guidance_until = 0.5,
        |speedups| speedups.decode = Decode::Draft,
    ] {
        let mut other = job(49, 40);
        ask(&mut other.speedups);
        assert_eq!(estimates.of(&other, false), None, "another pace");
        // What takes as long is as good as known.
        let mut estimates = Estimates::default();
        estimates.learn(&other, false, &timings(40, 49));
        assert!(estimates.of(&other, false).is_some());
        assert_eq!(estimates.of(&job(49, 40), false), None);
    }
    let mut same = job(49, 40);
    same.speedups.preset = Some(FewSteps::Lightning);
    same.speedups.table = Table::Even;
    assert!(
        estimates.of(&same, false).is_some(),
        "only the number of steps differs"
    );
    assert_eq!(
        estimates.of(&job(481, 40), false),
        None,
        "ten times as large"
    );
}

#[test]
fn the_same_job_takes_the_same_time() {
    let mut estimates = Estimates::default();
    // A job that went on after 30 steps tells as much as a whole one.
    estimates.learn(&job(49, 40), false, &timings(10, 49));
    let expected = 10.0 + 2.0 * 40.0 + 0.49;
    assert!((seconds(estimates.of(&job(49, 40), false)) - expected).abs() < 1e-6);
    assert!((seconds(estimates.decoding(&job(49, 40), false)) - 0.49).abs() < 1e-6);
    let fewer = seconds(estimates.of(&job(49, 20), false));
    assert!((fewer - (expected - 40.0)).abs() < 1e-6, "{fewer}");
}

/// Attention looks at all pairs of tokens: twice the frames take more than twice the time.
#[test]
fn larger_jobs_take_more_than_their_share() {
    let mut estimates = Estimates::default();
    estimates.learn(&job(49, 40), false, &timings(40, 49));
    let ratio =
        seconds(estimates.of(&job(97, 40), false)) / seconds(estimates.of(&job(49, 40), false));
    assert!((1.9..4.0).contains(&ratio), "{ratio}");
}

/// Breaks when one slow run, with other programs at work, spoils all estimates, or none counts.
#[test]
fn later_jobs_correct_earlier_ones() {
    let mut estimates = Estimates::default();
    estimates.learn(&job(49, 40), false, &timings(40, 49));
    let before = seconds(estimates.of(&job(49, 40), false));
    let slow = Timings {
        denoise: Spent {
            seconds: 160.0,
            units: 40,
        },
        ..timings(40, 49)
    };
    estimates.learn(&job(49, 40), false, &slow);
    let after = seconds(estimates.of(&job(49, 40), false));
    assert!(
        (after - before - 40.0).abs() < 1e-6,
        "{before}, then {after}"
    );
    let json = serde_json::to_string(&estimates).unwrap();
    assert_eq!(serde_json::from_str::<Estimates>(&json).unwrap(), estimates);
}

/// Breaks when what version 0.1 learnt, which may be of another device, counts beside what is known for certain, or for
/// jobs by the processor.
#[test]
fn what_an_older_version_learnt_counts_until_more_is_known() {
    let mut older = Estimates::default();
    older.learn(&job(49, 40), false, &timings(40, 49));
    let mut json = serde_json::to_value(&older).unwrap();
    let kind = json["lines"][0]["kind"].as_object_mut().unwrap();
    for newer in ["root", "by_processor", "loras", "thrift"] {
        kind.remove(newer).unwrap();
    }
    let mut estimates: Estimates = serde_json::from_value(json).unwrap();
    let before = seconds(estimates.of(&job(49, 40), false));
    assert_eq!(estimates.of(&job(49, 40), true), None);
    // Twice as large, and twice as slow a step as that would be.
    let slow = Timings {
        denoise: Spent {
            seconds: 400.0,
            units: 40,
        },
        ..timings(40, 97)
    };
    estimates.learn(&job(97, 40), false, &slow);
    let after = seconds(estimates.of(&job(49, 40), false));
    assert!(after > 1.2 * before, "{before}, then {after}");
}

/// Breaks when one job by the processor makes all others look ten times as long, or a model in 4 bits as long as in 16.
#[test]
fn jobs_that_are_computed_otherwise_tell_nothing_of_each_other() {
    type Change = fn(&mut Plan, &dyn Fn(&str) -> Lora);
    let usual = job(49, 40);
    let lora = |name: &str| Lora {
        file: name.into(),
        strength: 1.0,
        expert: None,
    };
    let changes: [Change; 8] = [
        |plan, _| plan.compute.quantize = Some(QuantBits::Four),
        |plan, _| plan.compute.precision = Precision::Bf16,
        |plan, _| plan.compute.vae_precision = VaePrecision::Bf16,
        |plan, lora| plan.sources.loras = vec![lora("style.safetensors")],
        |plan, lora| plan.sources.loras = vec![lora("light.safetensors")],
        |plan, _| plan.thrift.tiles = 2,
        |plan, _| plan.thrift.guidance_in_turn = true,
        |plan, _| plan.checkpoint.root = "elsewhere".into(),
    ];
    let mut kinds = vec![(usual.clone(), false), (usual.clone(), true)];
    for change in changes {
        let mut plan = usual.clone();
        change(&mut plan, &lora);
        kinds.push((plan, false));
    }
    for (place, (plan, by_processor)) in kinds.iter().enumerate() {
        let mut estimates = Estimates::default();
        estimates.learn(plan, *by_processor, &timings(40, 49));
        for (other, (plan, by_processor)) in kinds.iter().enumerate() {
            let known = estimates.of(plan, *by_processor).is_some();
            assert_eq!(known, place == other, "{place} tells of {other}");
        }
    }
}

/// Breaks when the time that a picture takes is forgotten, or counted for a video that has none.
#[test]
fn encoding_is_counted_where_something_is_encoded() {
    let with_picture = || {
        let mut plan = job(49, 40);
        plan.sources.image = Some("boat.png".into());
        plan
    };
    let mut estimates = Estimates::default();
    let learnt = Timings {
        image: Spent {
            seconds: 4.0,
            units: 1,
        },
        ..timings(40, 49)
    };
    estimates.learn(&with_picture(), false, &learnt);
    let with = seconds(estimates.of(&with_picture(), false));
    let without = seconds(estimates.of(&job(49, 40), false));
    assert!((with - without - 4.0).abs() < 1e-6, "{with} {without}");
}

/// A plan that saves passes and decodes a draft is told from one that does neither, before either was made here.
#[test]
fn sooner_ways_are_told_from_the_exact_one() {
    let mut estimates = Estimates::default();
    assert_eq!(estimates.guess(&job(49, 40), false, 80.0), None);
    estimates.learn(&job(49, 40), false, &timings(40, 49));
    // 10 s to load, 2 s for the two passes of a step, 0.49 s to decode.
    let exact = seconds(estimates.guess(&job(49, 40), false, 80.0));
    assert!((exact - 90.49).abs() < 1e-6, "{exact}");
    let mut cached = job(49, 40);
    cached.speedups.cache = "fast".parse().unwrap();
    let half = seconds(estimates.guess(&cached, false, 40.0));
    assert!((half - 50.49).abs() < 1e-6, "{half}");
    let mut few = job(49, 4);
    few.sampling.guidance = Guidance::both(1.0);
    few.sources.loras = vec![Lora {
        file: "lightning.safetensors".into(),
        strength: 1.0,
        expert: None,
    }];
    few.speedups.decode = Decode::Draft;
    few.speedups.tiny_vae = Some("taew2_2.safetensors".into());
    let minutes = seconds(estimates.guess(&few, false, 4.0));
    assert!(
        (minutes - (10.0 + 4.0 + 0.2 * 0.49)).abs() < 1e-6,
        "{minutes}"
    );
    // What was measured is better than what is told.
    estimates.learn(&few, false, &timings(4, 49));
    let known = seconds(estimates.guess(&few, false, 4.0));
    assert!((known - (10.0 + 8.0 + 0.49)).abs() < 1e-6, "{known}");
    assert_eq!(estimates.guess(&job(49, 40), true, 80.0), None, "elsewhere");
}
