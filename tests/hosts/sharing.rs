//! What several machines make is what one makes.

use mlx_rs::Array;
use mlx_rs::ops::ones;

use super::loopback::{Together, hosts};
use crate::pipeline::reference::{FAMILY, RUNS};
use crate::support::max_difference;
use crate::support::program::output;

#[track_caller]
fn made(run: &str, machines: usize, more: &[&str]) -> Together {
    let together = Together::new(run);
    let made = together.run(machines, more);
    assert_eq!(made.code, Some(0), "{run} by {machines}: {}", made.stderr);
    let split = more[1];
    let told = format!("{machines} machines split {split}");
    assert!(made.stderr.contains(&told), "{run}: {}", made.stderr);
    together
}

/// Breaks when one of the two passes of guidance is lost, doubled or taken for the other.
#[test]
fn two_machines_share_the_passes_of_guidance() {
    for run in ["t2v_1_3b_dpmpp", "ti2v_5b_i2v_unipc", "t2v_a14b_euler"] {
        let made = made(run, 2, &["--split", "guidance"]);
        made.assert_as_the_reference("by guidance");
    }
}

/// Breaks when tokens have the wrong positions or see fewer others: 30 tokens are no even shares for four machines.
#[test]
fn machines_share_the_tokens_of_a_video() {
    let runs = [
        ("t2v_1_3b_unipc", 2),
        ("ti2v_5b_i2v_euler", 3),
        ("ti2v_5b_t2v_dpmpp", 4),
    ];
    for (run, machines) in runs {
        let made = made(run, machines, &["--split", "tokens"]);
        made.assert_as_the_reference("by tokens");
    }
}

/// The tokens of a reference picture come before those of the video, a control chain runs beside the blocks, and pictures
/// are looked at beside the text: all of it is cut as the tokens are.
#[test]
fn tokens_are_shared_in_families_that_are_given_more() {
    for run in [
        "fun_a14b_control_start_ref_unipc",
        "vace_1_3b_ref_unipc",
        "flf2v_14b_unipc",
    ] {
        let made = made(run, 2, &["--split", "tokens"]);
        made.assert_as_the_reference("by tokens");
    }
}

/// A step cache decides on the first machine alone, and keeps what all have made.
#[test]
fn step_caches_save_the_same_passes_on_several_machines() {
    for run in [
        "t2v_1_3b_easycache_t0.4_r3",
        "t2v_1_3b_magcache_e0.12_k2_r0.2",
    ] {
        let made = made(run, 2, &["--split", "tokens"]);
        made.assert_as_the_reference("with a step cache");
    }
}

/// The others have no file of a LoRA, and get it from the first.
#[test]
fn loras_are_sent_to_the_others() {
    let one = Together::new("t2v_1_3b_unipc");
    let two = Together::new("t2v_1_3b_unipc");
    let lora = |together: &Together| {
        let file = together.path("style.safetensors");
        let part = |part: &str| format!("diffusion_model.blocks.0.cross_attn.q.lora_{part}.weight");
        let down = ones::<f32>(&[2, 64]).unwrap();
        let up = ones::<f32>(&[64, 2]).unwrap();
        let (a, b) = (part("A"), part("B"));
        let tensors = [(a.as_str(), &down), (b.as_str(), &up)];
        Array::save_safetensors(tensors, None, &file).unwrap();
        format!("{}:0.1", file.display())
    };
    let (first, second) = (lora(&one), lora(&two));
    let alone = one.case.arguments(one.model(), &one.path(""));
    let alone = [alone, vec!["--lora".into(), first]].concat();
    let run = output(one.command(&alone));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for split in ["tokens", "guidance"] {
        let run = two.run(2, &["--split", split, "--lora", &second]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let difference = max_difference(&two.latents(), &one.latents());
        assert!(difference < 2e-4, "{split}: {difference}");
    }
}

/// Everything that the reference has, by two, three and four machines, split either way.
#[test]
#[ignore = "takes half an hour: cargo test --test all -- --ignored hosts::sharing"]
fn every_family_and_sampler_is_shared_by_any_number_of_machines() {
    let solvers = ["unipc", "dpmpp", "euler"];
    let runs = RUNS
        .iter()
        .flat_map(|run| solvers.map(|solver| format!("{run}_{solver}")));
    let family = FAMILY.iter().map(|&run| run.to_owned());
    for run in runs.chain(family) {
        made(&run, 2, &["--split", "guidance"]).assert_as_the_reference("by guidance");
        for machines in 2..=4 {
            let what = format!("by the tokens of {machines}");
            made(&run, machines, &["--split", "tokens"]).assert_as_the_reference(&what);
        }
    }
}

/// Strips of pictures have no seams: halves and unequal thirds of both VAEs are the whole to rounding, from the same latents.
#[test]
fn strips_of_pictures_are_the_whole() {
    for (run, machines) in [
        ("t2v_1_3b_unipc", 3),
        ("ti2v_5b_i2v_unipc", 2),
        ("ti2v_5b_t2v_euler", 4),
    ] {
        let together = Together::new(run);
        let alone = together
            .case
            .arguments(together.model(), &together.path(""));
        let run_alone = output(together.command(&alone));
        assert_eq!(run_alone.code, Some(0), "{}", run_alone.stderr);
        let hosts = hosts(&together.path(""), machines);
        let file = |name: &str| together.path(name).display().to_string();
        let decoded = |name: &str, more: &[&str]| {
            let (latents, frames) = (file("latents.safetensors"), file(name));
            let (model, video) = (together.model().display().to_string(), file("again.mp4"));
            let first = [
                "decode",
                &latents,
                "--model",
                &model,
                "--save-frames",
                &frames,
                "-o",
                &video,
            ];
            let arguments = [&first[..], more].concat();
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            let run = output(together.command(&arguments));
            assert_eq!(run.code, Some(0), "{}", run.stderr);
            Array::load_safetensors(together.path(name)).unwrap()["frames"].clone()
        };
        let whole = decoded("whole.safetensors", &[]);
        let strips = decoded("strips.safetensors", &["--hosts", &hosts]);
        let difference = max_difference(&strips, &whole);
        assert!(
            difference < 1e-5,
            "{run} in {machines} strips: {difference}"
        );
    }
}
