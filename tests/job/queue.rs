use zoetrope::job::{Command, Queue, Start};

use super::{plan, request};

fn queue_of(count: usize) -> Queue {
    let mut queue = Queue::default();
    for number in 1..=count {
        let plan = plan(&request(&format!("boat {number}")), None).expect("it works");
        let handle = queue.add(Box::new(plan), Start::Anew);
        assert_eq!(handle.id, number as u64);
    }
    queue
}

fn order(queue: &Queue) -> Vec<u64> {
    queue.jobs().map(|job| job.handle.id).collect()
}

#[test]
fn one_job_is_at_work_at_a_time() {
    let mut queue = queue_of(2);
    let Some(Command::Generate(handle, plan)) = queue.begin_next() else {
        panic!("it begins anew")
    };
    assert_eq!((handle.id, plan.prompt.as_str()), (1, "boat 1"));
    assert!(queue.begin_next().is_none(), "the first one is at work");
    assert!(queue.end(2).is_none(), "the second one is not at work");
    assert_eq!(queue.end(1).map(|job| job.handle.id), Some(1));
    assert!(matches!(queue.begin_next(), Some(Command::Generate(handle, _)) if handle.id == 2));
    queue.end(2);
    assert!(queue.begin_next().is_none() && queue.at_work().is_none());
}

#[test]
fn waiting_jobs_can_be_moved() {
    let mut queue = queue_of(4);
    queue.begin_next();
    queue.move_to(4, 0);
    assert_eq!(order(&queue), [1, 4, 2, 3]);
    queue.move_to(4, 99);
    assert_eq!(order(&queue), [1, 2, 3, 4]);
    queue.move_to(1, 2);
    assert_eq!(order(&queue), [1, 2, 3, 4], "what is at work stays");
}

/// Breaks when a job that was cancelled is made all the same, or one at work vanishes before it ended.
#[test]
fn cancelling_takes_waiting_jobs_out_and_asks_the_one_at_work() {
    let mut queue = queue_of(3);
    let Some(Command::Generate(handle, _)) = queue.begin_next() else {
        panic!("it begins anew")
    };
    queue.cancel(2);
    assert_eq!(order(&queue), [1, 3]);
    queue.cancel(1);
    assert!(handle.is_cancelled());
    assert_eq!(order(&queue), [1, 3], "its end comes from the engine");
}

#[test]
fn an_unfinished_job_goes_on_where_it_was() {
    let mut queue = Queue::default();
    let plan = plan(&request("a boat"), None).expect("it works");
    queue.add(Box::new(plan), Start::WhereItWas);
    assert!(matches!(queue.begin_next(), Some(Command::Resume(..))));
}
