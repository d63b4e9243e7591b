//! The answer of the probe: kept, told, and what comes of it.

use std::fs;

use tempfile::TempDir;
use zoetrope::engine::Engine;
use zoetrope::engine::self_test::{Found, remembered};
use zoetrope::job::{
    CanvasRequest, Command, Computation, DeviceFault, Event, JobHandle, Request, SamplingRequest,
    Size,
};

use super::{demo_plan, end, next};

const FAULT: DeviceFault = DeviceFault {
    what: Computation::Attention,
    difference: Some(0.5),
};

fn found(fault: Option<DeviceFault>) -> Found {
    Found {
        fault,
        ..Found::default()
    }
}

/// Breaks when the probe runs at every start, or never again after an update of the system.
#[test]
fn the_probe_is_asked_once_for_each_system_and_version() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("new/probe.json");
    let mut asked = 0;
    for (system, answer, times) in [
        ("macOS 26.1", Some(FAULT), 1),
        ("macOS 26.1", Some(FAULT), 1),
        ("macOS 26.2", None, 2),
        ("macOS 26.2", None, 2),
    ] {
        let told = remembered(Some(&file), system, || {
            asked += 1;
            found(answer)
        });
        assert_eq!((told, asked), (found(answer), times), "{system}");
    }
}

/// Breaks when a fault without a difference does not survive JSON, or a torn file stops the program.
#[test]
fn any_answer_reads_back_and_a_damaged_one_is_asked_for_again() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("probe.json");
    let black = DeviceFault {
        difference: None,
        ..FAULT
    };
    let never = || panic!("it was answered before");
    remembered(Some(&file), "here", || found(Some(black)));
    assert_eq!(remembered(Some(&file), "here", never).fault, Some(black));
    fs::write(&file, "{").unwrap();
    assert_eq!(
        remembered(Some(&file), "here", Found::default),
        Found::default()
    );
}

/// Breaks when what a GPU cannot compute at all is tried again at every start, which takes seconds there, or when what was
/// measured beside it is lost.
#[test]
fn a_probe_that_failed_is_remembered_too() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("probe.json");
    let failed = Found {
        fault: None,
        failed: Some("crt/mma.h is missing".into()),
        unpacks: Some(true),
    };
    remembered(Some(&file), "here", || failed.clone());
    let never = || panic!("it was answered before");
    assert_eq!(remembered(Some(&file), "here", never), failed);
}

/// Breaks when people are not warned, or are warned of what no longer concerns them too late; and when
/// going back from the processor leads to a GPU that is not there.
#[test]
fn a_fault_is_told_first_and_the_processor_does_the_work() {
    let folder = TempDir::new().unwrap();
    let engine = Engine::start_after(|| Some(FAULT), || {}).unwrap();
    let request = Request {
        prompt: "A yellow duck".into(),
        sampling: SamplingRequest {
            seed: Some(1),
            steps: Some(1),
            ..Default::default()
        },
        canvas: CanvasRequest {
            frames: Some(1),
            size: Some(Size::new(64, 64)),
            ..Default::default()
        },
        ..Request::default()
    };
    let plan = demo_plan(&request, &folder.path().join("duck.mp4"));
    let job = |number| Command::Generate(JobHandle::new(number), Box::new(plan.clone()));
    let by = Command::UseProcessor;
    for command in [by(true), job(1), by(false), job(2)] {
        engine.commands.send(command).unwrap();
    }
    assert!(matches!(next(&engine), Event::Faulty(FAULT)));
    assert!(matches!(end(&engine), Event::Finished { id: 1, .. }));
    assert!(matches!(end(&engine), Event::Finished { id: 2, .. }));
}
