//! Pausing a job, ending it early with and without a video, and leaving in the middle of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use zoetrope::engine::{Engine, saved};
use zoetrope::job::{
    CanvasRequest, Command, Event, Flaw, JobHandle, Plan, Problem, Progress, Record, Request,
    ResumePoint, SamplingRequest, Size, Stage,
};
use zoetrope::media::mp4;

use super::{demo_plan, end, next, start};
use crate::demo;

/// Few enough to wait for the end.
const FEW: u32 = 4;
/// So many that the job is still at work when a wish arrives.
const MANY: u32 = 1000;

/// A small job in a folder of its own.
struct Job {
    folder: TempDir,
    handle: JobHandle,
    engine: Engine,
    steps: u32,
}

impl Job {
    /// Not yet begun.
    fn of(steps: u32) -> Self {
        Self {
            steps,
            folder: TempDir::new().unwrap(),
            handle: JobHandle::new(1),
            engine: start(),
        }
    }

    fn begin(&self) {
        self.send(Command::Generate(self.handle.clone(), self.plan()));
    }

    fn send(&self, command: Command) {
        self.engine.commands.send(command).unwrap();
    }

    fn plan(&self) -> Box<Plan> {
        let request = Request {
            prompt: "Snow falls on a little house at night".into(),
            sampling: SamplingRequest {
                seed: Some(3),
                steps: Some(self.steps),
                ..Default::default()
            },
            canvas: CanvasRequest {
                frames: Some(5),
                size: Some(Size::new(64, 64)),
                ..Default::default()
            },
            ..Request::default()
        };
        Box::new(demo_plan(&request, &self.file()))
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("house.mp4")
    }

    /// Waits until so many steps are done; the job may be further.
    fn wait_for(&self, step: usize) {
        loop {
            match next(&self.engine) {
                Event::Progress {
                    progress:
                        Progress {
                            stage: Stage::Denoise,
                            done,
                            ..
                        },
                    ..
                } if done >= step => return,
                Event::Finished { .. } | Event::Cancelled { .. } | Event::Failed { .. } => {
                    panic!("it ended before step {step}")
                }
                _ => {}
            }
        }
    }

    /// Waits for a pause.
    fn wait_for_pause(&self) {
        while !matches!(next(&self.engine), Event::Paused { .. }) {}
    }

    fn finish(&self) -> Record {
        match end(&self.engine) {
            Event::Finished { record, .. } => *record.unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

fn run_folder(file: &Path) -> PathBuf {
    file.with_extension("mp4.run")
}

/// Breaks when a pause changes the video, lets the job run on or counts as work.
#[test]
fn a_paused_job_waits_and_ends_as_if_nothing_had_been() {
    let whole = Job::of(FEW);
    whole.begin();
    whole.finish();

    let paused = Job::of(FEW);
    paused.handle.pause();
    paused.begin();
    paused.wait_for_pause();
    // A step of this job takes a few milliseconds.
    let next_event = paused
        .engine
        .events
        .recv_timeout(Duration::from_millis(300));
    assert!(next_event.is_err(), "it works on: {next_event:?}");
    paused.handle.go_on();
    assert!(matches!(next(&paused.engine), Event::Continued { id: 1 }));
    paused.finish();
    let bytes = |job: &Job| std::fs::read(job.file()).unwrap();
    assert!(bytes(&whole) == bytes(&paused));
}

/// "Stop and keep what there is": the clean latents as predicted there become the video.
#[test]
fn what_is_there_becomes_a_video() {
    let job = Job::of(MANY);
    job.handle.finish_early();
    job.begin();
    let record = job.finish();
    assert_eq!(record.settings.stopped_after, Some(1));
    assert_eq!(record.settings.sampling.steps, MANY);
    assert_eq!(record.timings.denoise.units, 1);
    let stored = mp4::settings(&job.file()).unwrap().unwrap();
    assert!(stored.contains(r#""stopped_after":1"#), "{stored}");
    assert!(!run_folder(&job.file()).exists());
}

/// Breaks when a job that was kept early denoises again after its decoding was interrupted.
#[test]
fn a_kept_job_that_is_interrupted_is_only_decoded_again() {
    let job = Job::of(MANY);
    let plan = job.plan();
    let in_the_way = job.file();
    job.handle.finish_early();
    job.begin();
    while !matches!(next(&job.engine), Event::Progress { .. }) {}
    // Before the work it would have been refused.
    std::fs::create_dir(&in_the_way).unwrap();
    match end(&job.engine) {
        Event::Failed { kept, problem, .. } => {
            let message = problem.to_string();
            assert!(!message.contains("resume"), "{message}");
            assert_eq!(kept.map(|kept| kept.step), Some(MANY as usize));
        }
        other => panic!("{other:?}"),
    }
    std::fs::remove_dir(&in_the_way).unwrap();
    job.send(Command::Resume(JobHandle::new(2), plan));
    let record = job.finish();
    assert_eq!(record.settings.stopped_after, Some(1));
    assert_eq!(record.timings.denoise.units, 0);
}

/// Breaks when a defect of the program loses what was done before it, or does not say that it is there.
#[test]
fn a_defect_leaves_what_was_done() {
    let job = Job::of(MANY);
    job.begin();
    job.wait_for(2);
    job.handle.cancel();
    let Event::Cancelled {
        kept: Some(kept), ..
    } = end(&job.engine)
    else {
        panic!("it was cancelled")
    };
    let mut plan = saved::plan(&kept.folder).unwrap();
    // No plan that comes from a file has this: arithmetic that cannot be stands for any defect.
    plan.thrift.tiles = 0;
    job.send(Command::Resume(JobHandle::new(2), Box::new(plan)));
    let Event::Failed {
        kept: still,
        problem,
        ..
    } = end(&job.engine)
    else {
        panic!("it cannot work")
    };
    assert!(matches!(problem, Problem::Defect(_)), "{problem:?}");
    assert_eq!(still, Some(kept));
}

/// Breaks when a paused job cannot be cancelled, or what it did is lost.
#[test]
fn a_cancelled_job_is_kept_and_goes_on() {
    let job = Job::of(MANY);
    job.begin();
    job.wait_for(1);
    job.handle.pause();
    job.wait_for_pause();
    job.handle.cancel();
    let Event::Cancelled { kept, .. } = end(&job.engine) else {
        panic!("it was cancelled")
    };
    let ResumePoint { folder, step, of } = kept.expect("a step was finished");
    assert_eq!((&folder, of), (&run_folder(&job.file()), MANY as usize));

    let plan = saved::plan(&folder).unwrap();
    let handle = JobHandle::new(2);
    handle.finish_early();
    job.send(Command::Resume(handle, Box::new(plan)));
    let record = job.finish();
    assert_eq!(record.settings.stopped_after, Some(step as u32 + 1));
    assert_eq!(record.timings.denoise.units, 1);
}

/// Breaks when a job whose model is away for a while is no longer offered, or cannot be tried again.
#[test]
fn a_job_whose_model_is_gone_waits_for_it() {
    let job = Job::of(MANY);
    job.begin();
    job.wait_for(1);
    job.handle.pause();
    job.wait_for_pause();
    job.handle.cancel();
    end(&job.engine);
    let folder = run_folder(&job.file());
    let file = folder.join("plan.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let model = demo::folder().display().to_string();
    std::fs::write(&file, text.replace(&model, "/nowhere/model")).unwrap();

    let (plan, step) = saved::unfinished(&folder).unwrap();
    let name = plan.checkpoint.name.clone();
    job.send(Command::Resume(JobHandle::new(2), Box::new(plan)));
    match end(&job.engine) {
        Event::Failed { kept, problem, .. } => {
            let Problem::Content { path, flaw } = problem else {
                panic!("{problem:?}");
            };
            assert!(path.starts_with("/nowhere/model"), "{path:?}");
            assert_eq!(flaw, Flaw::ModelGone(name));
            assert_eq!(kept.map(|kept| kept.step), Some(step));
        }
        other => panic!("{other:?}"),
    }
    std::fs::write(&file, text).unwrap();
    let handle = JobHandle::new(3);
    handle.finish_early();
    let plan = saved::plan(&folder).unwrap();
    job.send(Command::Resume(handle, Box::new(plan)));
    assert_eq!(job.finish().settings.stopped_after, Some(step as u32 + 1));
}

/// Breaks when a defect of the program loses the way back to the steps that are on the disk.
#[test]
fn a_panic_tells_what_is_kept() {
    let job = Job::of(MANY);
    job.begin();
    job.wait_for(1);
    job.handle.cancel();
    let Event::Cancelled {
        kept: Some(kept), ..
    } = end(&job.engine)
    else {
        panic!("it was cancelled")
    };
    let mut plan = saved::plan(&kept.folder).unwrap();
    // No file has such a number, because each is checked: as good as a defect.
    plan.thrift.tiles = 0;
    job.send(Command::Resume(JobHandle::new(2), Box::new(plan)));
    match end(&job.engine) {
        Event::Failed { kept: again, .. } => assert_eq!(again, Some(kept)),
        other => panic!("{other:?}"),
    }
}

/// Breaks when whoever wants to leave waits for the end of a step, or leaves before the last one is kept where there is
/// time for it.
#[test]
fn the_engine_is_stopped_within_a_time() {
    let job = Job::of(MANY);
    job.begin();
    job.wait_for(1);
    assert!(job.engine.stop(super::PATIENCE));
    let events: Vec<Event> = job.engine.events.try_iter().collect();
    let is_end = |event: &Event| matches!(event, Event::Cancelled { kept: Some(_), .. });
    assert!(events.iter().any(is_end), "{events:?}");
    assert!(saved::unfinished(&run_folder(&job.file())).unwrap().1 > 0);

    let (release, hangs) = crossbeam_channel::bounded::<()>(0);
    let work = move || {
        // Until the other end is gone.
        let _ = hangs.recv();
        None
    };
    let busy = Engine::start_after(work, || ()).unwrap();
    let start = Instant::now();
    assert!(!busy.stop(Duration::from_millis(50)));
    assert!(start.elapsed() < super::PATIENCE / 4);
    drop(release);
    assert!(busy.stop(super::PATIENCE));
}

/// Breaks when quitting hangs on a paused job, or loses it.
#[test]
fn leaving_in_a_pause_keeps_the_run_folder() {
    let job = Job::of(MANY);
    job.begin();
    job.wait_for(1);
    job.handle.pause();
    job.wait_for_pause();
    let left = run_folder(&job.file());
    drop(job.engine);
    assert_eq!(saved::plan(&left).unwrap().sampling.steps, MANY);
}
