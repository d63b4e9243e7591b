//! The GPU fails in the middle of a job. What MLX says then is put in the place of a dispatch.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mlx_rs::error::Exception;
use tempfile::TempDir;
use zoetrope::Error;
use zoetrope::backend::metal::Budget;
use zoetrope::engine::{Between, Engine};
use zoetrope::job::{
    CanvasRequest, Command, Event, GpuFault, JobHandle, Plan, Problem, Repeat, Request,
    SamplingRequest, Size, Stage,
};
use zoetrope::pipeline::budget;

use super::{demo_plan, end, next};

const TOO_LONG: &str = "[METAL] Command buffer execution failed: Impacting Interactivity \
                        (0000000e:kIOGPUCommandBufferCallbackErrorImpactingInteractivity).";
const IGNORED: &str = "[METAL] Command buffer execution failed: Ignored (for causing prior/excessive GPU errors) \
                       (00000004:kIOGPUCommandBufferCallbackErrorSubmissionsIgnored).";
const STEPS: u32 = 3;

fn plan(folder: &TempDir) -> Plan {
    let request = Request {
        prompt: "Snow falls on a little house at night".into(),
        sampling: SamplingRequest {
            seed: Some(3),
            steps: Some(STEPS),
            ..Default::default()
        },
        canvas: CanvasRequest {
            frames: Some(5),
            size: Some(Size::new(64, 64)),
            ..Default::default()
        },
        ..Request::default()
    };
    demo_plan(&request, &folder.path().join("house.mp4"))
}

/// The number of a question, the thread that asked it, and how much that thread may compute at once.
type Question = (u32, std::thread::ThreadId, u64);

/// An engine whose GPU fails at these questions, counted from 1 over all threads, as MLX says it.
fn failing(at: &'static [(u32, &'static str)]) -> (Engine, Arc<Mutex<Vec<Question>>>) {
    let asked = AtomicU32::new(0);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let between = Between::new(move || {
        let now = 1 + asked.fetch_add(1, Ordering::SeqCst);
        let may = budget().unwrap().multiply_adds();
        let note = (now, std::thread::current().id(), may);
        notes.lock().unwrap().push(note);
        match at.iter().find(|(when, _)| *when == now) {
            Some((_, text)) => Err(Error::Mlx(Exception::custom(*text))),
            None => Ok(()),
        }
    });
    let engine = Engine::start_with(|| None, between, || ()).unwrap();
    (engine, seen)
}

fn generate(engine: &Engine, plan: &Plan) -> JobHandle {
    let handle = JobHandle::new(1);
    let command = Command::Generate(handle.clone(), Box::new(plan.clone()));
    engine.commands.send(command).unwrap();
    handle
}

/// How often the GPU is asked for anything in the whole job.
fn questions(folder: &TempDir) -> (u32, Vec<u8>) {
    let (engine, seen) = failing(&[]);
    let plan = plan(folder);
    generate(&engine, &plan);
    assert!(matches!(end(&engine), Event::Finished { .. }));
    let count = seen.lock().unwrap().len() as u32;
    (count, std::fs::read(&plan.output).unwrap())
}

/// The repeats, and the end.
fn told(engine: &Engine) -> (Vec<Repeat>, Event) {
    let mut repeats = Vec::new();
    loop {
        match next(engine) {
            Event::Again { id: 1, why } => repeats.push(why),
            event @ (Event::Finished { .. } | Event::Failed { .. } | Event::Cancelled { .. }) => {
                return (repeats, event);
            }
            _ => {}
        }
    }
}

/// Breaks when a dispatch that the system ended ends the job, when it is done again on the same thread or as large as before,
/// or when that changes the video.
#[test]
fn what_the_gpu_did_not_finish_is_done_again_in_smaller_parts() {
    let folder = TempDir::new().unwrap();
    let (count, whole) = questions(&folder);
    assert!(count >= STEPS, "{count} questions");
    let at = &*Box::leak(Box::new([(count - 1, TOO_LONG), (count + 1, TOO_LONG)]));
    let (engine, seen) = failing(at);
    let plan = plan(&folder);
    generate(&engine, &plan);
    let (repeats, ending) = told(&engine);
    assert_eq!(repeats, [Repeat::Gpu(GpuFault::TooLong); 2]);
    let Event::Finished { record, .. } = ending else {
        panic!("{ending:?}");
    };
    // The clock goes on: all steps are told of, and no time is lost.
    let denoise = record.unwrap().timings.denoise;
    assert_eq!(denoise.units, STEPS as usize);
    assert!(whole == std::fs::read(&plan.output).unwrap());

    let seen = seen.lock().unwrap();
    let mut threads: Vec<_> = seen
        .iter()
        .map(|(_, thread, may)| (*thread, *may))
        .collect();
    threads.dedup();
    let budgets: Vec<u64> = threads.iter().map(|(_, may)| *may).collect();
    let quarter = |budget: u64| (budget / 4).max(Budget::FLOOR);
    let first = budgets[0];
    assert_eq!(budgets, [first, quarter(first), quarter(quarter(first))]);
    assert!(threads[0].0 != threads[1].0 && threads[1].0 != threads[2].0);
    // What was kept is not done again: not much more than the two attempts that failed.
    assert!(
        seen.len() as u32 <= count + 2 + 2 * count / STEPS,
        "{}",
        seen.len()
    );
}

/// Breaks when a job is tried for ever, when nobody is told why it ended, or when its finished steps are lost.
#[test]
fn a_gpu_that_fails_three_times_ends_the_job_with_a_sentence() {
    let folder = TempDir::new().unwrap();
    let (count, _) = questions(&folder);
    let last = count - 1;
    let failures = [(last, TOO_LONG), (last + 1, TOO_LONG), (last + 2, TOO_LONG)];
    let (engine, _) = failing(&*Box::leak(Box::new(failures)));
    let plan = plan(&folder);
    generate(&engine, &plan);
    let (repeats, ending) = told(&engine);
    assert_eq!(repeats.len(), 2);
    let Event::Failed { problem, kept, .. } = ending else {
        panic!("{ending:?}");
    };
    assert_eq!(problem, Problem::Gpu(GpuFault::TooLong));
    let sentence = problem.to_string();
    assert!(
        !sentence.contains("METAL") && !sentence.contains("0000000e"),
        "{sentence}"
    );
    assert!(kept.is_some_and(|kept| kept.step > 0));
    // The engine lives on, and the next job has all its attempts.
    engine
        .commands
        .send(Command::Resume(JobHandle::new(2), Box::new(plan)))
        .unwrap();
    assert!(matches!(end(&engine), Event::Finished { id: 2, .. }));
}

/// Breaks when work is given to a driver that takes none, or when a job without a finished step is not tried again.
#[test]
fn a_driver_that_refuses_is_not_asked_again_and_a_victim_is_served() {
    let folder = TempDir::new().unwrap();
    let (engine, seen) = failing(&[(1, IGNORED)]);
    let plan = plan(&folder);
    generate(&engine, &plan);
    let (repeats, ending) = told(&engine);
    assert_eq!(repeats, []);
    let Event::Failed { problem, kept, .. } = ending else {
        panic!("{ending:?}");
    };
    assert_eq!((problem, kept), (Problem::Gpu(GpuFault::Refused), None));
    assert_eq!(seen.lock().unwrap().len(), 1);

    let victim = "[METAL] Command buffer execution failed: Discarded (victim of GPU error/recovery) \
                  (00000005:kIOGPUCommandBufferCallbackErrorInnocentVictim).";
    let (engine, _) = failing(&*Box::leak(Box::new([(1, victim)])));
    generate(&engine, &plan);
    let (repeats, ending) = told(&engine);
    assert_eq!(repeats, [Repeat::Gpu(GpuFault::Interrupted)]);
    assert!(matches!(ending, Event::Finished { .. }), "{ending:?}");
}

/// Breaks when the same error is repeated with the memory that was too much.
#[test]
fn after_memory_ran_out_the_job_takes_less() {
    let folder = TempDir::new().unwrap();
    let (count, _) = questions(&folder);
    let text = "[malloc] Unable to allocate 8589934592 bytes.";
    let (engine, _) = failing(&*Box::leak(Box::new([(count, text)])));
    let plan = plan(&folder);
    generate(&engine, &plan);
    let (repeats, ending) = told(&engine);
    assert_eq!(repeats, [Repeat::Gpu(GpuFault::OutOfMemory)]);
    assert!(matches!(ending, Event::Finished { .. }), "{ending:?}");
}

/// Breaks when a click on Stop waits for the end of a step, or when a step that was left is kept.
#[test]
fn a_step_is_left_and_paused_in_its_middle() {
    let folder = TempDir::new().unwrap();
    let plan = plan(&folder);
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let slow = Between::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(30));
        Ok(())
    });
    let engine = Engine::start_with(|| None, slow, || ()).unwrap();
    let handle = generate(&engine, &plan);
    while !is_begun(&next(&engine)) {}
    handle.pause();
    while !matches!(next(&engine), Event::Paused { .. }) {}
    assert!(engine.events.is_empty());
    handle.go_on();
    assert!(matches!(next(&engine), Event::Continued { id: 1 }));
    handle.cancel();
    let then = asked.load(Ordering::SeqCst);
    let Event::Cancelled { kept, .. } = end(&engine) else {
        panic!("it was cancelled");
    };
    // A step of this model asks dozens of times.
    assert!(asked.load(Ordering::SeqCst) <= then + 1);
    assert_eq!(kept, None);
    assert!(!run_folder(&plan.output).exists());
}

/// The first step has begun.
fn is_begun(event: &Event) -> bool {
    matches!(event, Event::Progress { progress, .. } if progress.stage == Stage::Denoise)
}

fn run_folder(file: &Path) -> std::path::PathBuf {
    file.with_extension("mp4.run")
}
