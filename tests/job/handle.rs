use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zoetrope::job::JobHandle;

const PATIENCE: Duration = Duration::from_mins(1);
const A_MOMENT: Duration = Duration::from_millis(100);

#[test]
fn copies_belong_to_the_same_job() {
    let handle = JobHandle::new(3);
    let copy = handle.clone();
    assert!(copy.has_preview() && !copy.is_cancelled() && !copy.finishes_early());
    handle.cancel();
    handle.finish_early();
    handle.set_preview(false);
    assert!(!copy.has_preview() && copy.is_cancelled() && copy.finishes_early());
}

/// Breaks when a paused job cannot be ended, or waits for ever.
#[test]
fn a_pause_ends_when_the_job_goes_on_or_is_to_end() {
    for end in [JobHandle::go_on, JobHandle::cancel, JobHandle::finish_early] {
        let handle = JobHandle::new(1);
        handle.pause();
        assert!(handle.is_paused());
        let (tell, told) = mpsc::channel();
        let waiting = handle.clone();
        let builder = thread::Builder::new().name("waits".into());
        let thread = builder.spawn(move || {
            tell.send("waiting").unwrap();
            waiting.wait_while_paused();
            tell.send("over").unwrap();
        });
        assert_eq!(told.recv_timeout(PATIENCE), Ok("waiting"));
        // One that did not wait would have told so within this time.
        assert!(told.recv_timeout(A_MOMENT).is_err(), "it does not wait");
        end(&handle);
        assert_eq!(told.recv_timeout(PATIENCE), Ok("over"));
        assert!(!handle.is_paused());
        thread.unwrap().join().unwrap();
    }
}

#[test]
fn who_is_not_paused_does_not_wait() {
    JobHandle::new(1).wait_while_paused();
}
