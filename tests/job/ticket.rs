use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zoetrope::job::Ticket;

const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn copies_belong_to_the_same_job() {
    let ticket = Ticket::new(3);
    let copy = ticket.clone();
    assert!(copy.is_shown() && !copy.is_cancelled() && !copy.is_enough());
    ticket.cancel();
    ticket.keep();
    ticket.show(false);
    assert!(!copy.is_shown() && copy.is_cancelled() && copy.is_enough());
}

/// Breaks when a paused job cannot be ended, or waits for ever.
#[test]
fn a_pause_ends_when_the_job_goes_on_or_is_to_end() {
    for end in [Ticket::go_on, Ticket::cancel, Ticket::keep] {
        let ticket = Ticket::new(1);
        ticket.pause();
        assert!(ticket.is_paused());
        let (tell, told) = mpsc::channel();
        let waiting = ticket.clone();
        let builder = thread::Builder::new().name("waits".into());
        let thread = builder.spawn(move || {
            tell.send("waiting").unwrap();
            waiting.wait_while_paused();
            tell.send("over").unwrap();
        });
        assert_eq!(told.recv_timeout(PATIENCE), Ok("waiting"));
        assert!(told.try_recv().is_err(), "it does not wait");
        end(&ticket);
        assert_eq!(told.recv_timeout(PATIENCE), Ok("over"));
        assert!(!ticket.is_paused());
        thread.unwrap().join().unwrap();
    }
}

#[test]
fn who_is_not_paused_does_not_wait() {
    Ticket::new(1).wait_while_paused();
}
