//! Two experts: which one denoises when, and that memory never holds both.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use mlx_rs::{Array, memory};
use tempfile::TempDir;
use zoetrope::Error;
use zoetrope::catalog;
use zoetrope::job::{
    CanvasRequest, Checkpoint, Compute, Expert, Plan, Precision, Progress, Request,
    SamplingRequest, Size, Stage,
};
use zoetrope::pipeline::{self, Reporter};

use crate::support::alone::alone;
use crate::support::folder::Model;
use crate::support::max_difference;

fn plan(checkpoint: Checkpoint, steps: u32, folder: &Path) -> Plan {
    let request = Request {
        prompt: "a boat".into(),
        canvas: CanvasRequest {
            size: Some(Size::new(16, 16)),
            frames: Some(1),
            ..Default::default()
        },
        sampling: SamplingRequest {
            steps: Some(steps),
            ..Default::default()
        },
        compute: Compute {
            precision: Precision::F32,
            ..Default::default()
        },
        ..Request::default()
    };
    let output = folder.join("out.mp4");
    Plan::new(&request, checkpoint, None, 0, output).unwrap()
}

/// Makes the video and tells every step of its progress.
fn make(plan: &Plan, told: impl FnMut(Progress) + Send) {
    pipeline::generate(plan, &mut Reporter::new(told, || false)).unwrap();
}

#[test]
fn the_boundary_belongs_to_the_expert_for_high_noise() {
    let model = Model::official("ckpt/t2v_a14b");
    let checkpoint = catalog::open(model.path()).unwrap();
    for (timestep, expert) in [
        (1000.0, Expert::HighNoise),
        (875.0, Expert::HighNoise),
        (874.0, Expert::LowNoise),
        (0.0, Expert::LowNoise),
    ] {
        assert_eq!(checkpoint.expert_at(timestep).0, expert, "{timestep}");
    }
    let one = Checkpoint {
        high_noise: None,
        ..checkpoint
    };
    assert_eq!(one.expert_at(1000.0).0, Expert::LowNoise);
}

#[test]
fn experts_are_swapped_once() {
    let model = Model::official("ckpt/t2v_a14b");
    let folder = TempDir::new().unwrap();
    let plan = plan(catalog::open(model.path()).unwrap(), 4, folder.path());
    let told = Mutex::new(Vec::new());
    make(&plan, |Progress { stage, done, .. }| {
        if matches!(stage, Stage::Load | Stage::Denoise) {
            told.lock().unwrap().push((stage, done));
        }
    });
    // With a shift of 12 only the last of four steps lies below the boundary.
    assert_eq!(
        told.into_inner().unwrap(),
        [
            (Stage::Load, 0),
            (Stage::Load, 1),
            (Stage::Denoise, 0),
            (Stage::Denoise, 1),
            (Stage::Denoise, 2),
            (Stage::Denoise, 3),
            (Stage::Load, 0),
            (Stage::Load, 1),
            (Stage::Denoise, 4),
        ]
    );
}

#[test]
fn a_job_goes_on_with_the_expert_that_it_was_stopped_with() {
    let model = Model::official("ckpt/t2v_a14b");
    let checkpoint = catalog::open(model.path()).unwrap();
    for stop_after in [2, 3] {
        let folder = TempDir::new().unwrap();
        let mut whole = plan(checkpoint.clone(), 4, folder.path());
        whole.outputs.save_latents = Some(folder.path().join("whole.safetensors"));
        make(&whole, |_| ());

        let mut plan = plan(checkpoint.clone(), 4, folder.path());
        plan.outputs.save_latents = Some(folder.path().join("resumed.safetensors"));
        let done = AtomicUsize::new(0);
        let told = |progress: Progress| {
            if progress.stage == Stage::Denoise {
                done.store(progress.done, Ordering::Relaxed);
            }
        };
        let mut reporter = Reporter::new(told, || done.load(Ordering::Relaxed) == stop_after);
        let stopped = pipeline::generate(&plan, &mut reporter);
        assert!(matches!(stopped, Err(Error::Unfinished { .. })));
        pipeline::resume(&plan, &mut Reporter::new(|_| (), || false)).unwrap();

        let [whole, resumed] = [whole, plan].map(|plan| {
            let file = Array::load_safetensors(plan.outputs.save_latents.unwrap()).unwrap();
            file["latents"].clone()
        });
        assert_eq!(max_difference(&resumed, &whole), 0.0, "{stop_after}");
    }
}

/// The most bytes that MLX held while it denoised, above what it held before.
fn peak(plan: &Plan) -> usize {
    let mut before = None;
    let mut peak = 0;
    make(plan, |Progress { stage, .. }| match stage {
        Stage::Load if before.is_none() => {
            memory::clear_cache().unwrap();
            before = Some(memory::active_memory().unwrap());
            memory::reset_peak_memory().unwrap();
        }
        Stage::Decode if peak == 0 => peak = memory::peak_memory().unwrap(),
        _ => {}
    });
    peak - before.unwrap()
}

#[test]
fn memory_never_holds_both_experts() {
    let name = "pipeline::experts::memory_never_holds_both_experts";
    alone(name, compare_peaks);
}

fn compare_peaks() {
    let model = Model::official("ckpt/t2v_a14b");
    let folder = TempDir::new().unwrap();
    let both = catalog::open(model.path()).unwrap();
    let low = Checkpoint {
        high_noise: None,
        ..both.clone()
    };
    let high = Checkpoint {
        dit: both.high_noise.clone().unwrap().network,
        ..low.clone()
    };
    // Twice the file: it holds bfloat16, and float32 is computed in.
    let weights = &both.dit.weights[0];
    let expert = 2 * weights.metadata().unwrap().len() as usize;

    let [both, low, high] = [both, low, high].map(|model| peak(&plan(model, 4, folder.path())));
    println!("an expert {expert} bytes; peaks: both {both}, low {low}, high {high}");
    assert!(low > expert, "the counter does not count");
    assert!(both < low.max(high) + expert / 4);
}
