//! Work on a thread of its own.

use std::sync::mpsc;

use zoetrope::media::Task;

#[test]
fn a_task_tells_how_far_it_is_and_what_came_of_it() {
    let (woken, wakes) = mpsc::channel();
    let task = Task::start(
        "counts",
        move || woken.send(()).unwrap(),
        |step| {
            step(3, 4)?;
            Ok(std::thread::current().name().map(str::to_owned))
        },
    )
    .unwrap();
    for _ in 0..2 {
        wakes.recv().unwrap();
    }
    assert_eq!(task.pace().progress(), (3, 4));
    assert_eq!(task.result().unwrap().unwrap().as_deref(), Some("counts"));
}

/// Breaks when closing a window leaves work behind, or cancelling does nothing.
#[test]
fn a_cancelled_task_stops_at_its_next_step() {
    let (go, may_go) = mpsc::channel::<()>();
    let task: Task<()> = Task::start(
        "waits",
        || (),
        move |step| {
            may_go.recv().unwrap();
            step(0, 1)
        },
    )
    .unwrap();
    assert!(task.result().is_none());
    task.pace().cancel();
    go.send(()).unwrap();
    assert!(task.wait().unwrap_err().is_cancelled());
}

/// Breaks when a defect in a task is taken for work that goes on for ever.
#[test]
fn a_task_that_panics_has_failed() {
    let task: Task<()> = Task::start("panics", || (), |_| panic!("on purpose")).unwrap();
    let error = task.wait().unwrap_err().to_string();
    assert!(error.contains("Report it"), "{error}");
}
