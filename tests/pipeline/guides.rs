//! What models are given of pictures, videos, masks and references beside the prompt, as the reference has it.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, stack};
use tempfile::TempDir;
use zoetrope::job::{Plan, Progress, Size, Span, Stage};
use zoetrope::pipeline::conditioning::{Conditioning, encode};
use zoetrope::pipeline::{self, Reporter};
use zoetrope::weights::{Weights, shards};

use super::case::Case;
use crate::support::program::zoetrope;
use crate::support::{compare, golden, golden_json, golden_path, max_difference};

/// Two VAEs in float32; the reference recommends this.
const LATENT: (f32, f32) = (3e-5, 1e-5);
/// Masks, which are only packed, and the same run once more.
const EXACT: (f32, f32) = (0.0, 0.0);

fn given(run: &str) -> Conditioning {
    let case = Case::new(run);
    let (model, folder) = (case.model(), TempDir::new().unwrap());
    let plan = case.plan(model.path(), folder.path());
    encode(&plan, &mut Reporter::new(|_| (), || false)).unwrap()
}

/// What stays, what is made anew and the mask, with references before them: a wrong frame, filter or threshold shows here
/// before the network hides it.
#[test]
fn videos_masks_and_references_of_vace_are_as_the_reference_has_them() {
    for run in [
        "vace_1_3b_ref",
        "vace_1_3b_inpaint",
        "vace_1_3b_control",
        "vace_1_3b_extend",
        "vace_a14b_inpaint",
        "vace_a14b_control_refs",
        "vace_a14b_ref",
    ] {
        let run = format!("{run}_unipc");
        let golden = golden(&format!("e2e_{run}"));
        let (context, strength) = given(&run).control.expect("a chain of blocks follows it");
        let expected = match run.as_str() {
            "vace_1_3b_control_unipc" => 0.7,
            "vace_a14b_control_refs_unipc" => 0.8,
            _ => 1.0,
        };
        assert_eq!(strength, expected, "{run}");
        let channels = |range: std::ops::Range<i32>| context.try_index(range).unwrap();
        let named = |what: &str| format!("{run}: {what}");
        let inactive = channels(0..16);
        compare(
            &inactive,
            &golden["inactive_latent"],
            LATENT,
            &named("stays"),
        );
        let reactive = channels(16..32);
        compare(&reactive, &golden["reactive_latent"], LATENT, &named("new"));
        let mask = channels(32..96);
        let some = [0, 9, 63].map(|channel| mask.try_index(channel).unwrap());
        let some = stack(&some, 0).unwrap();
        compare(
            &some,
            &golden["mask_packed_ch0_9_63"],
            EXACT,
            &named("mask"),
        );
        let sum = mask.sum_axis(0, false).unwrap();
        // Sixty-four numbers are added up in another order.
        compare(
            &sum,
            &golden["mask_packed_sum"],
            (1e-5, 1e-6),
            &named("masks"),
        );
    }
}

/// Channels beside the noise, and the reference before the video.
#[test]
fn pictures_and_videos_of_fun_are_as_the_reference_has_them() {
    for run in [
        "fun_5b_inp_none",
        "fun_5b_inp_start",
        "fun_5b_inp_start_end",
        "fun_a14b_control_plain",
        "fun_a14b_control_ref",
        "fun_a14b_control_start_ref",
        "fun_a14b_inp_none",
        "fun_a14b_inp_start",
        "fun_a14b_inp_start_end",
        "fun_5b_control_plain",
        "fun_5b_control_ref",
        "fun_5b_control_start_ref",
        "lucy_edit",
    ] {
        let run = format!("{run}_unipc");
        let golden = golden(&format!("e2e_{run}"));
        let given = given(&run);
        let beside = given.beside.expect("there are channels beside the noise");
        compare(&beside, &golden["y"], LATENT, &run);
        if let Some(reference) = golden.get("full_ref") {
            let shown = given.reference.expect("there is a place for a reference");
            let shown = shown.squeeze_axes(&[1]).unwrap();
            compare(&shown, reference, LATENT, &format!("{run}: reference"));
        }
        // Only the 5B has the first frame in the place of noise, and nothing of the last one.
        let is_in_place = run.contains("5b") && run.contains("start");
        assert_eq!(given.first_frame.is_some(), is_in_place, "{run}");
        if let Some(first) = given.first_frame {
            let own: Array = golden["y"].try_index((-48.., ..1)).unwrap();
            compare(&first, &own, LATENT, &format!("{run}: first frame"));
        }
    }
}

/// Of a source that is a little too long, the official code takes frames from all of it.
#[test]
fn frames_are_chosen_as_the_official_code_chooses_them() {
    let cases = golden_json("vace_frame_choice");
    for (name, case) in cases["cases"].as_object().unwrap() {
        let (frames, size) = name.split_once(" frames, ").unwrap();
        let span = Span {
            size: size.parse().unwrap(),
            frames: frames.parse().unwrap(),
            fps: Some(16.0),
        };
        let expected = case["frame_ids"].as_array().unwrap();
        let expected: Vec<_> = expected.iter().map(|id| id.as_u64().unwrap()).collect();
        let sides = case["out_h_w"].as_array().unwrap();
        let side = |index: usize| sides[index].as_u64().unwrap() as u32;
        let own = span.size.source_within(16, cases["area"].as_u64().unwrap());
        assert_eq!(own, Size::new(side(1), side(0)), "{name}");
        // The reference's tokens are few, so that its longest video is short.
        if expected.len() as u32 == span.length(16) {
            let picked = span.pick(span.length(16), 16);
            let picked: Vec<_> = picked.into_iter().map(|pick| pick as u64).collect();
            assert_eq!(picked, expected, "{name}");
        }
    }
}

/// The image encoder is large and slow: the same picture with another prompt must not read it again.
#[test]
fn pictures_are_read_once() {
    for (run, pictures) in [("i2v_14b_unipc", 1), ("flf2v_14b_unipc", 2)] {
        let case = Case::new(run);
        let (model, folder) = (case.model(), TempDir::new().unwrap());
        let cache = folder.path().join("cache");
        let kept = || {
            let files = cache.join("image").read_dir().unwrap();
            let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
            files.sort();
            // What is written anew is another file of the same name.
            let numbers = files.iter().map(|file| file.metadata().unwrap().ino());
            (files.clone(), numbers.collect::<Vec<_>>())
        };
        let make = |prompt: &str| {
            let mut arguments = case.arguments(model.path(), folder.path());
            let place = arguments
                .iter()
                .position(|word| word == "--prompt")
                .unwrap();
            arguments[place + 1] = prompt.into();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let run = zoetrope(&cache, &arguments);
            assert_eq!(run.code, Some(0), "{}", run.stderr);
        };
        make("a boat");
        let first = kept();
        assert_eq!(first.0.len(), pictures, "{run}");
        make("a kite");
        assert_eq!(kept(), first, "{run}");
    }
}

/// The frames of references are part of the latents, and never of the video.
#[test]
fn saved_latents_with_references_decode_to_the_same_frames() {
    let case = Case::new("vace_1_3b_ref_unipc");
    let (model, folder) = (case.model(), TempDir::new().unwrap());
    let arguments = case.arguments(model.path(), folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let run = |arguments: &[String]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = zoetrope(folder.path(), &arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    };
    run(&arguments);
    let again = [
        "decode".to_owned(),
        file("latents.safetensors"),
        "--model".into(),
        model.path().display().to_string(),
        "--save-frames".into(),
        file("again.safetensors"),
        "-o".into(),
        file("again.mp4"),
    ];
    run(&again);
    let frames = |name: &str| {
        let saved = Array::load_safetensors(folder.path().join(name)).unwrap();
        saved["frames"].clone()
    };
    let made = frames("frames.safetensors");
    assert_eq!(made.shape(), [3, 9, 32, 48]);
    compare(&frames("again.safetensors"), &made, EXACT, "frames");
}

/// What was encoded of pictures and references must be there again when a job goes on.
#[test]
fn led_jobs_go_on_to_the_same_result() {
    for run in [
        "i2v_14b_unipc",
        "vace_1_3b_ref_unipc",
        "fun_a14b_control_start_ref_unipc",
        "fun_5b_control_start_ref_unipc",
        "lucy_edit_unipc",
    ] {
        let case = Case::new(run);
        let golden = golden(&format!("e2e_{run}"));
        let (model, folder) = (case.model(), TempDir::new().unwrap());
        let plan = case.plan(model.path(), folder.path());
        let is_enough = Cell::new(false);
        let on_progress = |progress: Progress| {
            let is_second = progress.stage == Stage::Denoise && progress.done == 2;
            is_enough.set(is_enough.get() || is_second);
        };
        let mut reporter = Reporter::new(on_progress, || is_enough.get());
        assert!(pipeline::generate(&plan, &mut reporter).is_err(), "{run}");
        let kept = pipeline::saved::plan(&plan.run_folder()).unwrap();
        let mut reporter = Reporter::new(|_| (), || false);
        pipeline::resume(&kept, &mut reporter).unwrap();
        let saved = Array::load_safetensors(folder.path().join("latents.safetensors")).unwrap();
        let expected = golden["latents"].try_index(-1).unwrap();
        compare(&saved["latents"], &expected, (2e-4, 0.0), run);
    }
}

/// What a job was given is encoded once and kept: one that goes on needs neither the video nor its mask nor references, and
/// nobody's other files of these names change the result.
#[test]
fn a_job_goes_on_without_what_it_was_given() {
    let case = Case::new("vace_a14b_inpaint_unipc");
    let golden = golden("e2e_vace_a14b_inpaint_unipc");
    let (model, folder) = (case.model(), TempDir::new().unwrap());
    let own = |name: &str| folder.path().join(name);
    for (source, name) in [
        ("fun_a14b_control_video", "video"),
        ("vace_a14b_mask", "mask"),
    ] {
        fs::create_dir(own(name)).unwrap();
        for frame in golden_path("data").join(source).read_dir().unwrap() {
            let frame = frame.unwrap();
            fs::copy(frame.path(), own(name).join(frame.file_name())).unwrap();
        }
    }
    let mut plan = case.plan(model.path(), folder.path());
    plan.guides.video = Some(own("video"));
    plan.guides.mask = Some(own("mask"));
    let stop = |after: usize, plan: &Plan| {
        let is_enough = Cell::new(false);
        let on_progress = |progress: Progress| {
            let is_there = progress.stage == Stage::Denoise && progress.done == after;
            is_enough.set(is_enough.get() || is_there);
        };
        let mut reporter = Reporter::new(on_progress, || is_enough.get());
        assert!(pipeline::generate(plan, &mut reporter).is_err());
    };
    stop(2, &plan);
    assert!(plan.run_folder().join("given.safetensors").is_file());
    fs::remove_dir_all(own("video")).unwrap();
    fs::write(own("mask").join("000.png"), "another file").unwrap();
    let kept = pipeline::saved::plan(&plan.run_folder()).unwrap();
    pipeline::saved::check_inputs(&kept).unwrap();
    let mut encoded = 0;
    let on_progress = |progress: Progress| encoded += usize::from(progress.stage == Stage::Image);
    let mut reporter = Reporter::new(on_progress, || false);
    pipeline::resume(&kept, &mut reporter).unwrap();
    drop(reporter);
    assert_eq!(encoded, 0, "nothing is encoded again");
    let saved = Array::load_safetensors(own("latents.safetensors")).unwrap();
    let expected = golden["latents"].try_index(-1).unwrap();
    compare(&saved["latents"], &expected, (2e-4, 0.0), "latents");
    assert!(!plan.run_folder().exists());
}

/// Where what was encoded is not there, as in what earlier versions left, the files have to be those that it was begun with.
#[test]
fn another_video_of_the_same_name_is_told() {
    let case = Case::new("lucy_edit_unipc");
    let (model, folder) = (case.model(), TempDir::new().unwrap());
    let own = folder.path().join("video");
    fs::create_dir(&own).unwrap();
    for frame in golden_path("data/fun_5b_control_video").read_dir().unwrap() {
        let frame = frame.unwrap();
        fs::copy(frame.path(), own.join(frame.file_name())).unwrap();
    }
    let mut plan = case.plan(model.path(), folder.path());
    plan.guides.video = Some(own.clone());
    let is_enough = Cell::new(false);
    let on_progress = |progress: Progress| {
        is_enough.set(is_enough.get() || (progress.stage == Stage::Denoise && progress.done == 2));
    };
    let mut reporter = Reporter::new(on_progress, || is_enough.get());
    assert!(pipeline::generate(&plan, &mut reporter).is_err());
    fs::remove_file(plan.run_folder().join("given.safetensors")).unwrap();
    let kept = pipeline::saved::plan(&plan.run_folder()).unwrap();
    pipeline::saved::check_inputs(&kept).unwrap();
    fs::write(own.join("004.png"), "another").unwrap();
    let told = pipeline::saved::check_inputs(&kept)
        .unwrap_err()
        .to_string();
    let expected = "video is not the file that this video was started with";
    assert!(told.contains(expected), "{told}");
}

/// Lucy-Edit is TI2V-5B with the latents of a video beside the noise: where its weights for these are nothing, it has to make
/// the video that TI2V makes, and where they are something, another one.
#[test]
fn a_video_to_be_changed_stands_beside_the_noise() {
    let case = Case::new("ti2v_5b_t2v_unipc");
    let golden = golden("e2e_ti2v_5b_t2v_unipc");
    let expected = golden["latents"].try_index(-1).unwrap();
    let made = |weight: f32| {
        let (model, folder) = (lucy(weight), TempDir::new().unwrap());
        let mut arguments = case.arguments(model.path(), folder.path());
        arguments.extend(["--video".to_owned(), video(folder.path(), 17)]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = zoetrope(folder.path(), &arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let saved = Array::load_safetensors(folder.path().join("latents.safetensors")).unwrap();
        saved["latents"].clone()
    };
    compare(&made(0.0), &expected, (2e-4, 0.0), "nothing of the video");
    assert!(max_difference(&made(1.0), &expected) > 0.1);

    let (model, folder) = (lucy(0.0), TempDir::new().unwrap());
    let refused = |more: &[String]| {
        let arguments = [case.arguments(model.path(), folder.path()), more.to_vec()].concat();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = zoetrope(folder.path(), &arguments);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        run.stderr
    };
    let told = refused(&[]);
    assert!(told.contains("edits a video: add one"), "{told}");
    let short = ["--video".to_owned(), video(folder.path(), 8)];
    let told = refused(&short);
    assert!(told.contains("has only 5 frames at 24 fps"), "{told}");
}

/// TI2V-5B with as many channels more, whose weights are those of the others times `weight`.
fn lucy(weight: f32) -> TempDir {
    let folder = TempDir::new().unwrap();
    let official = golden_path("ckpt/ti2v_5b/official");
    for part in [
        "Wan2.2_VAE.pth",
        "google",
        "models_t5_umt5-xxl-enc-bf16.pth",
    ] {
        symlink(official.join(part), folder.path().join(part)).unwrap();
    }
    let config = fs::read_to_string(official.join("config.json")).unwrap();
    let config = config.replace("\"in_dim\": 48", "\"in_dim\": 96");
    fs::write(folder.path().join("config.json"), config).unwrap();
    let files = shards::list(&official, "diffusion_pytorch_model").unwrap();
    let weights = Weights::open(&files).unwrap();
    let tensors = weights.names().into_iter().map(|name| {
        let tensor = weights
            .tensor(&name, &weights.shape(&name).unwrap())
            .unwrap();
        let tensor = if name == "patch_embedding.weight" {
            let more = tensor.multiply(Array::from_f32(weight)).unwrap();
            concatenate(&[&tensor, &more], 1).unwrap()
        } else {
            tensor
        };
        (name, tensor)
    });
    let tensors: Vec<_> = tensors.collect();
    let tensors = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    let path = folder.path().join("diffusion_pytorch_model.safetensors");
    Array::save_safetensors(tensors, None, path).unwrap();
    folder
}

/// A folder with so many frames.
fn video(place: &Path, frames: usize) -> String {
    let folder = place.join(format!("{frames} frames"));
    fs::create_dir(&folder).unwrap();
    for frame in 0..frames {
        let source = golden_path(&format!("data/vace_control_video/{:03}.png", frame % 11));
        symlink(source, folder.join(format!("{frame:03}.png"))).unwrap();
    }
    folder.display().to_string()
}
