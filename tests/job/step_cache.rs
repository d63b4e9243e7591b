//! Step caches as settings, and which passes MagCache computes.

use zoetrope::job::step_cache::{MagCache, Phase, curve};
use zoetrope::job::{Checkpoint, HighNoise, Plan, Refusal, Request, StepCache, Variant};
use zoetrope::words::english::refusal;

use super::{checkpoint_of, request};
use crate::support::golden_json;

/// The plan for a boat with a model of this family, which has two experts where the family does.
fn plan_of(variant: Variant, ask: impl FnOnce(&mut Request)) -> Result<Plan, Refusal> {
    let mut asked = request("a boat");
    ask(&mut asked);
    let model = checkpoint_of(variant);
    let high_noise = variant.boundary().map(|boundary| HighNoise {
        network: model.dit.clone(),
        boundary,
    });
    let model = Checkpoint {
        high_noise,
        ..model
    };
    Plan::new(&asked, model, None, 7, "video.mp4".into())
}

/// The third mode of the authors' code: all of the high-noise steps are computed. The other two are tested by whole runs.
#[test]
fn magcache_keeps_the_high_noise_steps_of_picture_models() {
    let run = &golden_json("e2e_cache")["t2v_a14b_magcache_i2v_e0.12_k4_r0.2"];
    let numbers = MagCache {
        error: 0.12,
        skips: 4,
        keep: 0.2,
    };
    let curve = curve(&checkpoint_of(Variant::T2vA14b), false);
    let computed = numbers.computed(curve, 20, Phase::LowOnly(13));
    for (branch, key) in ["computed_cond", "computed_uncond"].iter().enumerate() {
        let expected = run[*key].as_array().unwrap();
        let expected: Vec<bool> = expected.iter().map(|step| *step == 1).collect();
        let ours: Vec<bool> = computed.iter().map(|step| step[branch]).collect();
        assert_eq!(ours, expected, "{key}");
    }
}

/// Breaks when one expert goes on with what the other one computed, which the authors' code does with a small share.
#[test]
fn nothing_is_taken_over_from_the_other_expert() {
    let numbers = MagCache {
        error: 10.0,
        skips: 100,
        keep: 0.0,
    };
    let curve = curve(&checkpoint_of(Variant::T2vA14b), false);
    for high in 1..19 {
        for phase in [Phase::Each(high), Phase::LowOnly(high)] {
            assert_eq!(numbers.computed(curve, 20, phase)[high], [true; 2]);
        }
    }
}

#[test]
fn caches_are_written_as_they_are_read() {
    for text in [
        "off",
        "balanced",
        "fast",
        "easycache=0.05,10",
        "magcache=0.12,2,0.2",
    ] {
        assert_eq!(text.parse::<StepCache>().unwrap().to_string(), text);
    }
    let short: StepCache = "easycache=0.2".parse().unwrap();
    assert_eq!(short.to_string(), "easycache=0.2,10");
    for wrong in [
        "",
        "on",
        "easycache",
        "easycache=",
        "easycache=0",
        "easycache=nan",
        "easycache=0.1,x",
        "magcache=0.1,2",
        "magcache=0.1,2,1.5",
        "magcache=0.1,2,0.2,1",
        "teacache=1",
    ] {
        let told = wrong.parse::<StepCache>().unwrap_err();
        assert!(
            told.starts_with("give off, balanced, fast"),
            "{wrong}: {told}"
        );
    }
}

/// A curve belongs to one shift where there are two experts; a word then means another cache, numbers are refused.
#[test]
fn a_curve_is_used_at_its_own_shift() {
    let asked = |cache: &str, shift: f64| {
        plan_of(Variant::T2vA14b, |request| {
            request.sampling.shift = Some(shift);
            request.speedups.cache = cache.parse().unwrap();
        })
    };
    let cache = |cache, shift| asked(cache, shift).unwrap().speedups.cache.to_string();
    assert_eq!(cache("balanced", 12.0), "magcache=0.06,2,0.4");
    assert_eq!(cache("balanced", 8.0), "easycache=0.05,10");
    assert_eq!(cache("magcache=0.1,2,0.2", 12.0), "magcache=0.1,2,0.2");
    let told = refusal(&asked("magcache=0.1,2,0.2", 5.0).unwrap_err());
    assert!(told.contains("was measured at shift 12"), "{told}");
}

/// Shares that cannot work are refused with what can.
#[test]
fn a_share_lies_between_none_and_all() {
    for share in [0.0, -1.0, 1.1, f64::NAN] {
        let plan = plan_of(Variant::T2v, |request| {
            request.speedups.guidance_until = share;
        });
        let told = refusal(&plan.unwrap_err());
        assert!(told.contains("above 0, up to 1"), "{told}");
    }
}
