//! The engine, with the test at the other ends of its channels.

mod control;
mod faults;
mod kept;
mod metal;
mod self_test;
mod whole;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::engine::{Engine, device, memory, probe};
use zoetrope::job::memory::{Need, needs};
use zoetrope::job::{Command, Computation, DeviceFault, Event, JobHandle, Plan, Remedy, Request};
use zoetrope::pipeline;
use zoetrope::words::english;

use crate::catalog::model_folder;
use crate::demo;
use crate::job::request;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A job for a model whose files are empty.
fn hopeless() -> Box<Plan> {
    let folder = model_folder();
    let model = catalog::open(folder.path()).expect("it looks complete");
    let plan = Plan::new(
        &request("a boat"),
        model,
        None,
        7,
        folder.path().join("video.mp4"),
    );
    Box::new(plan.expect("it could work"))
}

/// A plan for the built-in model.
fn demo_plan(request: &Request, output: &Path) -> Plan {
    let model = catalog::open(&demo::folder()).expect("it is built in");
    Plan::new(request, model, None, 0, output.to_owned()).expect("it can work")
}

fn start() -> Engine {
    Engine::start(|| {}).expect("a thread can be started")
}

fn next(engine: &Engine) -> Event {
    let event = engine.events.recv_timeout(PATIENCE);
    event.expect("the thread lives")
}

/// Skips what happens on the way.
fn end(engine: &Engine) -> Event {
    loop {
        if let event @ (Event::Finished { .. } | Event::Cancelled { .. } | Event::Failed { .. }) =
            next(engine)
        {
            return event;
        }
    }
}

#[test]
fn a_job_that_cannot_work_fails_and_the_thread_lives_on() {
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    let engine = Engine::start(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    })
    .expect("a thread can be started");

    for number in [1, 2] {
        let command = Command::Generate(JobHandle::new(number), hopeless());
        engine.commands.send(command).expect("the thread lives");
        assert!(matches!(next(&engine), Event::Started { id } if id == number));
        match end(&engine) {
            Event::Failed { id, problem, kept } => {
                let message = problem.to_string();
                assert_eq!((id, kept), (number, None));
                assert!(!message.is_empty() && !message.contains('\n'), "{message}");
            }
            other => panic!("it cannot end with {other:?}"),
        }
    }
    drop(engine);
    assert!(woken.load(Ordering::SeqCst) >= 4);
}

#[test]
fn a_job_cancelled_in_the_queue_never_starts() {
    let engine = Engine::start(|| {}).expect("a thread can be started");
    let handle = JobHandle::new(5);
    handle.cancel();
    let command = Command::Generate(handle, hopeless());
    engine.commands.send(command).expect("the thread lives");
    assert!(matches!(
        next(&engine),
        Event::Cancelled { id: 5, kept: None }
    ));
}

/// Breaks when a refusal loses on its way from the engine what would do, so that no button or argument is offered.
#[test]
fn a_refusal_comes_with_its_remedy() {
    let place = TempDir::new().expect("a temporary folder");
    let mut plan = demo_plan(&request("a boat"), &place.path().join("boat.mp4"));
    let sizes = pipeline::sizes(&plan).expect("its headers can be read");
    let frames = plan.canvas.frames;
    plan.canvas.frames = 5;
    let short = needs(&plan, &sizes).iter().map(Need::bytes).max();
    plan.canvas.frames = 4 * frames + 1;
    plan.limits.memory = short.map(|bytes| bytes + bytes / 20);
    let engine = start();
    let command = Command::Generate(JobHandle::new(1), Box::new(plan.clone()));
    engine.commands.send(command).expect("the thread lives");
    let Event::Failed { problem, kept, .. } = end(&engine) else {
        panic!("it has too little memory");
    };
    assert_eq!(kept, None);
    let remedy = problem.remedy().expect("something smaller fits");
    match remedy {
        Remedy::Pack(bits) => plan.compute.quantize = Some(bits),
        Remedy::Frames(frames) => plan.canvas.frames = frames,
    }
    memory::fit(&plan).expect("what is offered fits");
}

#[test]
fn stop_ends_the_thread_after_what_came_before() {
    let engine = Engine::start(|| {}).expect("a thread can be started");
    let command = Command::Generate(JobHandle::new(1), hopeless());
    engine.commands.send(command).expect("the thread lives");
    engine
        .commands
        .send(Command::Stop)
        .expect("the thread lives");
    assert!(matches!(end(&engine), Event::Failed { id: 1, .. }));
    assert!(engine.events.recv_timeout(PATIENCE).is_err());
}

#[test]
fn mlx_computes_here() {
    let mlx = device::examine().expect("MLX works");
    assert_eq!(mlx.version.as_deref(), Some("0.32.2"));
}

#[test]
fn the_probe_finds_nothing_wrong_with_the_processor_in_two_seconds() {
    // Other tests compute at the same time: the fastest of a few is nearest to what it takes.
    let run = || {
        let start = Instant::now();
        assert_eq!(probe::run().expect("MLX computes"), None);
        start.elapsed()
    };
    let fast = (0..10)
        .map(|_| run())
        .any(|took| took < Duration::from_secs(2));
    assert!(fast, "it takes more than two seconds each time");
}

/// What the probe decides by. Black, not-a-number and slightly wrong results must not pass.
#[test]
fn the_probe_tells_wrong_results_from_rounding() {
    let right = [0.5, -2.0, 1.0];
    let rounded = probe::difference(&[0.500_001, -2.0, 1.0], &right);
    assert!(rounded.is_some_and(|part| part < 1e-5), "{rounded:?}");
    assert_eq!(probe::difference(&[0.5, -2.0, 0.0], &right), Some(0.5));
    assert_eq!(probe::difference(&[0.0; 3], &right), Some(1.0));
    for wrong in [f32::NAN, f32::INFINITY] {
        assert_eq!(probe::difference(&[wrong, -2.0, 1.0], &right), None);
    }
    let fault = DeviceFault {
        what: Computation::Products,
        difference: Some(0.5),
    };
    let sentence = english::device_fault(fault);
    assert!(
        sentence.contains("wrong matrix products (50% off"),
        "{sentence}"
    );
}
