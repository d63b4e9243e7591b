//! The command line takes what people type: bare names, dashes, other spellings; and tells what it cannot take.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use zoetrope::job::GenerationInfo;
use zoetrope::media::mp4;

use super::{command, model, run};
use crate::support::folder::Model;
use crate::support::golden_path;
use crate::support::program::{Run, output};

const SMALL: [&str; 8] = [
    "--size", "32x32", "--frames", "1", "--steps", "1", "-o", "v.mp4",
];

/// Runs the program in a folder.
fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    let mut program = command(arguments);
    program.current_dir(folder);
    output(program)
}

/// The settings of a video made in a folder.
fn settings(folder: &Path) -> GenerationInfo {
    let stored = mp4::settings(&folder.join("v.mp4")).unwrap().unwrap();
    GenerationInfo::from_json(&stored).unwrap()
}

/// Breaks when a name without a folder is no path, as in the folder where the models are.
#[test]
fn a_bare_name_is_a_path() {
    let model = Model::official("ckpt/t2v_1_3b");
    let picked = [
        "generate",
        "--prompt",
        "a boat",
        "--dit",
        "diffusion_pytorch_model.safetensors",
        "--text-encoder",
        "models_t5_umt5-xxl-enc-bf16.pth",
        "--vae",
        "Wan2.1_VAE.pth",
        "--tokenizer",
        "google/umt5-xxl/tokenizer.json",
    ];
    let made = run_in(model.path(), &[&picked[..], &SMALL].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    // The file of a DiT, with what lies around it.
    let alone = ["generate", "--prompt", "a boat", "--model"];
    let dit = ["diffusion_pytorch_model.safetensors"];
    let made = run_in(model.path(), &[&alone[..], &dit, &SMALL].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let shown = run_in(model.path(), &["models", "show", "Wan2.1_VAE.pth"]);
    assert!(shown.stderr.contains("is a VAE"), "{}", shown.stderr);
}

/// Breaks when a prompt from a list is taken for an option.
#[test]
fn prompts_may_begin_with_a_dash() {
    let folder = TempDir::new().unwrap();
    let model = model("ti2v_5b");
    let words = [
        "generate",
        "--model",
        &model,
        "--prompt",
        "- a red ball",
        "--negative",
        "--blurry",
        "--seed",
        "-1",
    ];
    let made = run_in(folder.path(), &[&words[..], &SMALL].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let first = settings(folder.path());
    assert_eq!(first.prompt, "- a red ball");
    assert_eq!(first.negative, "--blurry");
    let again = run_in(folder.path(), &[&words[..], &SMALL].concat());
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_ne!(
        settings(folder.path()).sampling.seed,
        first.sampling.seed,
        "-1 is a new one"
    );
    for seed in ["-2", "1.5", "many", "18446744073709551616"] {
        let words = ["generate", "--model", &model, "--prompt", "a boat"];
        let refused = run(&[&words[..], &["--seed", seed, "-o", "v.mp4"]].concat());
        assert_eq!(refused.code, Some(1));
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        let told = "leave it out for a new one";
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
    }
}

/// Breaks when words that the model never reads are dropped without a word.
#[test]
fn a_prompt_that_is_cut_says_so() {
    let folder = TempDir::new().unwrap();
    let model = model("ti2v_5b");
    // Each word is a token at least, and the tiny model reads 64.
    let long = (0..80).map(|word| format!("boat{word}"));
    let long = long.collect::<Vec<_>>().join(" ");
    let words = ["generate", "--model", &model, "--prompt"];
    for (prompt, negative, told) in [
        (long.as_str(), "blur", Some("The prompt is too long")),
        ("a boat", &long, Some("The negative prompt is too long")),
        ("a boat", "blur", None),
    ] {
        let all = [&words[..], &[prompt, "--negative", negative], &SMALL].concat();
        let made = run_in(folder.path(), &all);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let lines = made.stderr.lines().filter(|line| line.contains("too long"));
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines.len(), usize::from(told.is_some()), "{lines:?}");
        if let (Some(told), [line]) = (told, lines.as_slice()) {
            let end = line.contains("64 tokens") && line.contains("ignores the end, “boat");
            assert!(line.contains(told) && end, "{line}");
        }
    }
    // Without guidance nobody reads the negative prompt.
    let off = ["--guidance", "1", "--negative", &long];
    let made = run_in(
        folder.path(),
        &[&words[..], &["a boat"], &off, &SMALL].concat(),
    );
    assert!(!made.stderr.contains("too long"), "{}", made.stderr);
}

/// What nobody can see says nothing, in either prompt.
#[test]
fn invisible_prompts_are_empty() {
    let folder = TempDir::new().unwrap();
    let model = model("ti2v_5b");
    for blank in [
        "",
        " \t",
        "\u{200b}\u{200b}",
        "\u{feff}\u{2060} \u{3164}",
        "\u{ad}\u{e0041}",
    ] {
        let words = ["generate", "--model", &model, "--prompt", blank];
        let refused = run_in(folder.path(), &[&words[..], &SMALL].concat());
        assert_eq!(refused.code, Some(1), "{blank:?}");
        let told = "The prompt is empty";
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
    }
    let words = ["generate", "--model", &model, "--prompt", "a boat"];
    let blank = ["--negative", "\u{200b} \u{2800}"];
    let made = run_in(folder.path(), &[&words[..], &blank, &SMALL].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert_eq!(settings(folder.path()).negative, "");
}

/// Breaks when what follows a LoRA's file is taken for a part of its name, or a file's name for a strength.
#[test]
fn what_follows_a_lora_is_told_for_what_it_is() {
    let folder = TempDir::new().unwrap();
    let lora = golden_path("lora/comfy_with_diff_and_diff_b.safetensors");
    fs::copy(&lora, folder.path().join("style:0.5")).unwrap();
    fs::copy(&lora, folder.path().join("style.safetensors")).unwrap();
    let one = model("ti2v_5b");
    let make = |model: &str, lora: &str| {
        let words = ["generate", "--model", model, "--prompt", "a boat", "--lora"];
        run_in(folder.path(), &[&words[..], &[lora], &SMALL].concat())
    };
    let named = make(&one, "style:0.5");
    assert_eq!(named.code, Some(0), "{}", named.stderr);
    assert_eq!(settings(folder.path()).sources.loras[0].strength, 1.0);
    for suffix in [
        "nan",
        "",
        "inf",
        "0,8",
        "80%",
        "strong",
        "1:2",
        "0.5:medium",
    ] {
        let refused = make(&one, &format!("style.safetensors:{suffix}"));
        assert_eq!(refused.code, Some(1), "{suffix}: {}", refused.stderr);
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        let told = "as in style.safetensors:0.8";
        assert!(
            refused.stderr.contains(told),
            "{suffix}: {}",
            refused.stderr
        );
    }
    // As far as that the model has no two experts: so it was read.
    for suffix in ["1:HIGH", "Low", "high_noise:0.7", " 0.5 : high "] {
        let refused = make(&one, &format!("style.safetensors:{suffix}"));
        let told = "this model has only one";
        assert!(
            refused.stderr.contains(told),
            "{suffix}: {}",
            refused.stderr
        );
    }
    let strong = make(&one, "style.safetensors:1e39");
    assert_eq!(strong.code, Some(1), "{}", strong.stderr);
    assert!(strong.stderr.contains("is too high"), "{}", strong.stderr);
}

/// Breaks when a folder's name passes for that of a file, or a name that no settings can hold is found out later.
#[test]
fn impossible_outputs_are_told_for_what_they_are() {
    let folder = TempDir::new().unwrap();
    let place = format!("{}/v.mp4/", folder.path().display());
    let words = ["generate", "--prompt", "a boat", "--model"];
    let refused = run(&[&words[..], &[&model("ti2v_5b"), "-o", &place]].concat());
    assert_eq!(refused.code, Some(1));
    let told = "v.mp4/ is the name of a folder";
    assert!(refused.stderr.contains(told), "{}", refused.stderr);

    let mut program = command(&[
        "generate",
        "--model",
        &model("ti2v_5b"),
        "--prompt",
        "a boat",
    ]);
    let name = OsStr::from_bytes(b"a\xff.mp4");
    program.arg("-o").arg(folder.path().join(name));
    let refused = output(program);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("UTF-8"), "{}", refused.stderr);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

/// Breaks when a pipe or a device that is named as a file is waited for, whoever reads it.
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.safetensors");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let pipe = pipe.display().to_string();
    let one = model("ti2v_5b");
    let vae = golden_path("ckpt/ti2v_5b/official/Wan2.2_VAE.pth");
    let vae = vae.display().to_string();
    let dit = format!("{one}/diffusion_pytorch_model-00001-of-00002.safetensors");
    let jobs: [&[&str]; 12] = [
        &["--image", &pipe],
        &["--image", "/dev/zero"],
        &["--lora", &pipe],
        &["--lora", "/dev/null"],
        &["--noise", &pipe],
        &["--noise", "/dev/zero"],
        &["--dit", &pipe, "--text-encoder", &pipe, "--vae", &pipe],
        &["--dit", "/dev/zero", "--text-encoder", &pipe, "--vae", &vae],
        &["--dit", &dit, "--text-encoder", &pipe, "--vae", &vae],
        &["--model", &pipe],
        &["--model", "/dev/zero"],
        &["--image", "/dev/full"],
    ];
    let told = |run: &Run| {
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(
            run.stderr.contains("not an ordinary file"),
            "{}",
            run.stderr
        );
    };
    for job in jobs {
        let picks = ["--dit", "--model"].contains(&job[0]);
        let model: &[&str] = if picks { &[] } else { &["--model", &one] };
        let words = ["generate", "--prompt", "a boat"];
        told(&run_in(
            folder.path(),
            &[&words[..], model, job, &SMALL].concat(),
        ));
    }
    told(&run(&["info", &pipe]));
    told(&run(&["export", &pipe, "-o", "x.gif"]));
    told(&run(&["decode", &pipe, "--model", &one, "-o", "x.mp4"]));
    told(&run(&["models", "show", &pipe]));
    told(&run(&["quantize", &pipe]));
}

/// Breaks when a variable that is set to nothing scatters files where the program was started.
#[test]
fn empty_variables_count_as_unset() {
    let (folder, home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let model = model("ti2v_5b");
    let words = ["generate", "--model", &model, "--prompt", "a boat"];
    let mut program = command(&[&words[..], &SMALL].concat());
    for name in [
        "ZOETROPE_CACHE_DIR",
        "ZOETROPE_DATA_DIR",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ] {
        program.env(name, "");
    }
    program.env("HOME", home.path()).current_dir(folder.path());
    let made = output(program);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let names = super::stopping::names(folder.path());
    assert_eq!(names, ["v.mp4"]);
}

/// Whatever fails, a program that asked for JSON gets an object, and only one that ends it.
#[test]
fn every_failure_is_an_object() {
    let one = model("ti2v_5b");
    let commands: [&[&str]; 7] = [
        &[
            "plan", "--json", "--model", &one, "--prompt", "a boat", "--frames", "80",
        ],
        &["info", "--json", "/nowhere/v.mp4"],
        &["bench", "--json", "--model", &one, "--size", "100x100"],
        &["models", "get", "t2v-1.3b", "--precision", "q8", "--json"],
        &["models", "show", "/nowhere", "--json"],
        &["models", "verify", "/nowhere", "--json"],
        &["resume", "--json", "/nowhere/v.mp4.run"],
    ];
    for arguments in commands {
        let failed = run(arguments);
        assert_eq!(failed.code, Some(1), "{arguments:?}: {}", failed.stderr);
        let told: Value = serde_json::from_str(&failed.stdout).unwrap();
        assert_eq!(told["event"], "failed", "{arguments:?}");
        let message = told["message"].as_str().unwrap();
        assert!(failed.stderr.contains(message), "{arguments:?}");
    }
}
