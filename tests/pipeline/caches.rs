//! What saves passes of the network, against its authors' code and against itself.

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use tempfile::TempDir;
use zoetrope::job::{GenerationInfo, Passes, StepCache};
use zoetrope::media::mp4;

use super::case::Case;
use super::job::Place;
use crate::support::program::{Job, zoetrope};
use crate::support::{compare, golden, max_difference};

/// Two implementations differ by 1.2e-5 in these runs, and guidance multiplies what rounding does by six; the reference
/// allows this.
const LATENTS: (f32, f32) = (3e-4, 0.0);

const RUNS: [&str; 9] = [
    "t2v_1_3b_easycache_t0.05_r10",
    "t2v_1_3b_easycache_t1_r10",
    "t2v_1_3b_easycache_t0.4_r3",
    "t2v_1_3b_easycache_t1.5_r3",
    "t2v_1_3b_magcache_e0.12_k2_r0.2",
    "t2v_1_3b_magcache_e0.24_k4_r0.2",
    "t2v_1_3b_magcache_e0.06_k3_r0.1",
    "t2v_a14b_magcache_t2v_e0.04_k2_r0.2",
    "t2v_a14b_magcache_t2v_e0.12_k4_r0.2",
];

/// Through the command line: the same passes are computed as by the authors' code, and the latents are the same.
#[test]
fn step_caches_decide_as_their_authors_code() {
    for name in RUNS {
        let case = Case::new(name);
        let (model, folder) = (case.model(), TempDir::new().unwrap());
        let arguments = case.arguments(model.path(), folder.path());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = zoetrope(folder.path(), &arguments);
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        let passes = passes(&folder.path().join("out.mp4")).unwrap();
        assert_eq!(passes.with, case.computed("computed_cond"), "{name}");
        assert_eq!(passes.without, case.computed("computed_uncond"), "{name}");
        assert_eq!(passes.of, 40, "{name}");

        let expected = &golden(&format!("e2e_{name}"))["latents"];
        let latents = Array::load_safetensors(folder.path().join("latents.safetensors")).unwrap();
        compare(
            &latents["latents"],
            &expected.try_index(-1).unwrap(),
            LATENTS,
            name,
        );
    }
}

fn settings(video: &std::path::Path) -> GenerationInfo {
    let json = mp4::settings(video).unwrap().unwrap();
    GenerationInfo::from_json(&json).unwrap()
}

fn passes(video: &std::path::Path) -> Option<Passes> {
    settings(video).passes
}

/// Runs to the end, and what was made of it.
fn made(more: &[&str]) -> (Place, String) {
    let place = Place::new();
    let arguments = [&["--size", "64x64", "--steps", "20"][..], more].concat();
    let (code, stderr) = Job::start(place.generate(&arguments)).end();
    assert_eq!(code, Some(0), "{more:?}: {stderr}");
    (place, stderr)
}

fn latents(place: &Place) -> Array {
    let file = Array::load_safetensors(place.path("latents.safetensors")).unwrap();
    file["latents"].clone()
}

/// Breaks when something that a step cache or a sampler with new noise goes on from is not in the run folder.
#[test]
fn a_killed_job_with_speedups_goes_on_to_the_same_bits() {
    let cases: [(&[&str], u64); 7] = [
        (&["--cache", "easycache=0.4,3"], 7),
        (&["--cache", "easycache=2,2", "--guidance-until", "0.6"], 13),
        (&["--cache", "magcache=0.2,3,0.1"], 9),
        (&["--sampler", "dmd"], 5),
        (&["--sampler", "lcm"], 6),
        (&["--sampler", "rcm", "--steps", "4"], 2),
        (&["--cfg-zero", "--guidance-until", "0.5"], 11),
    ];
    for (more, step) in cases {
        let steps: &[&str] = if more.contains(&"--steps") {
            &[]
        } else {
            &["--steps", "40"]
        };
        let arguments = [&["--size", "64x64"][..], steps, more].concat();
        let whole = Place::new();
        assert_eq!(Job::start(whole.generate(&arguments)).end().0, Some(0));
        let killed = Place::new();
        let mut job = Job::start(killed.generate(&arguments));
        job.wait_for_step(step);
        job.kill();
        let run = killed.resume();
        assert_eq!(run.code, Some(0), "{more:?}: {}", run.stderr);
        for name in ["latents.safetensors", "out.mp4"] {
            assert!(killed.bytes(name) == whole.bytes(name), "{more:?}: {name}");
        }
    }
}

/// Breaks when the second pass goes on after its share, stops before, or changes what comes before.
#[test]
fn guidance_ends_after_its_share_of_the_steps() {
    let (whole, _) = made(&[]);
    let (same, _) = made(&["--guidance-until", "1"]);
    assert!(whole.bytes("out.mp4") == same.bytes("out.mp4"));
    let (part, said) = made(&["--guidance-until", "0.35"]);
    let told = passes(&part.path("out.mp4")).unwrap();
    assert_eq!(told.with, "1".repeat(20));
    assert_eq!(told.without, format!("{}{}", "1".repeat(7), "0".repeat(13)));
    assert_eq!((told.computed, told.of), (27, 40));
    assert!(said.contains("Computed 27 of 40 passes"), "{said}");
    assert!(max_difference(&latents(&part), &latents(&whole)) > 1e-3);
    // With both passes as one batch or one after the other, what is left out is the same.
    let (apart, _) = made(&["--guidance-until", "0.35", "--cache", "magcache=0.0001,1,1"]);
    compare(&latents(&apart), &latents(&part), LATENTS, "apart");
}

/// CFG-Zero* lets 4 % of the steps stand still, and changes the rest.
#[test]
fn cfg_zero_stands_still_in_the_first_steps() {
    let (plain, _) = made(&[]);
    let (zero, _) = made(&["--cfg-zero"]);
    let told = passes(&zero.path("out.mp4")).unwrap();
    assert_eq!(told.with, format!("0{}", "1".repeat(19)));
    assert_eq!(told.with, told.without);
    assert!(max_difference(&latents(&plain), &latents(&zero)) > 1e-3);
}

/// A negative prompt counts at guidance 1, more so at a higher scale, and NAG without guidance of 1 is refused.
#[test]
fn nag_lets_a_negative_prompt_count_at_guidance_1() {
    let run = |more: &[&str]| latents(&made(&[&["--guidance", "1"][..], more].concat()).0);
    let plain = run(&[]);
    let none = run(&["--nag", "1", "--negative", "rain"]);
    // A scale of 1 pushes nothing; only the order of two sums differs.
    compare(&none, &plain, LATENTS, "a scale of 1");
    let rain = run(&["--nag", "11", "--negative", "rain"]);
    let snow = run(&["--nag", "11", "--negative", "snow"]);
    assert!(max_difference(&rain, &plain) > 1e-2);
    assert!(max_difference(&rain, &snow) > 1e-2);

    let place = Place::new();
    let (code, stderr) = Job::start(place.generate(&["--nag", "11", "--guidance", "3"])).end();
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("leave --nag out, or set --guidance 1"),
        "{stderr}"
    );
}

/// What a word meant is what the video remembers.
#[test]
fn a_word_is_kept_as_its_numbers() {
    let (fast, _) = made(&["--cache", "fast"]);
    let settings = settings(&fast.path("out.mp4"));
    let numbers = StepCache::MagCache(zoetrope::job::MagCache {
        error: 0.06,
        skips: 2,
        keep: 0.2,
    });
    assert_eq!(settings.speedups.cache, numbers);
    let passes = settings.passes.unwrap();
    assert!(passes.computed * 4 < passes.of * 3, "{passes:?}");
}

/// Breaks when a plan foretells other passes than are computed then, or foretells what nobody can know.
#[test]
fn a_plan_knows_beforehand_what_can_be_known() {
    let model = crate::support::golden_path("ckpt/ti2v_5b/official");
    let model = model.display().to_string();
    let planned = |more: &[&str]| {
        let first = [
            "plan", "--json", "--model", &model, "--prompt", "a boat", "--size", "64x64",
        ];
        let rest = ["--frames", "5", "--steps", "20"];
        let place = Place::new();
        let run = place.run(&[&first[..], &rest, more].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let plan: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        plan["passes"].clone()
    };
    let cases: [&[&str]; 3] = [
        &["--cache", "magcache=0.12,2,0.2"],
        &["--cache", "magcache=0.12,2,0.2", "--guidance-until", "0.5"],
        &["--cfg-zero"],
    ];
    for more in cases {
        let (place, _) = made(more);
        let passes = passes(&place.path("out.mp4")).unwrap();
        let foretold = planned(more);
        assert_eq!(foretold["computed"], passes.computed, "{more:?}");
        assert_eq!(foretold["of"], passes.of, "{more:?}");
    }
    assert!(planned(&["--cache", "easycache=0.1"]).is_null());
    assert!(planned(&[]).is_null());
}
