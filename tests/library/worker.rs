use std::fs;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use zoetrope::Error;
use zoetrope::job::{Estimates, Record};
use zoetrope::library::{LibraryCommand, LibraryEvent, LibraryWorker};

use super::Place;

fn worker(place: &Place) -> LibraryWorker {
    let discard = |file: &Path| fs::remove_file(file).map_err(Error::file("remove", file));
    LibraryWorker::start(place.library.clone(), discard, || ()).unwrap()
}

fn next(events: &Receiver<LibraryEvent>) -> LibraryEvent {
    events.recv_timeout(Duration::from_mins(1)).unwrap()
}

/// Breaks when the window would have to wait for the disk, or changes overtake each other.
#[test]
fn errands_are_done_in_order() {
    let place = Place::new();
    let worker = worker(&place);
    worker.ask(LibraryCommand::Add(Box::new(
        place.finished("a boat", 1_000),
    )));
    let LibraryEvent::Added(record) = next(&worker.events) else {
        panic!("it was added")
    };
    assert!(record.poster.is_some());
    let favourite = |favourite: bool| {
        let record = Record {
            favourite,
            ..(*record).clone()
        };
        worker.ask(LibraryCommand::Save(Box::new(record)));
    };
    favourite(true);
    favourite(false);
    favourite(true);
    worker.ask(LibraryCommand::Read);
    let LibraryEvent::Read(contents) = next(&worker.events) else {
        panic!("it was read")
    };
    assert!(contents.records[0].favourite && contents.unfinished.is_empty());
    worker.ask(LibraryCommand::Remove(record));
    worker.ask(LibraryCommand::Read);
    let LibraryEvent::Read(contents) = next(&worker.events) else {
        panic!("it was removed without a word")
    };
    assert!(contents.records.is_empty());
}

/// Breaks when quitting right after a click loses it.
#[test]
fn what_was_asked_for_is_done_before_the_end() {
    let place = Place::new();
    let worker = worker(&place);
    for number in 1..=3 {
        worker.ask(LibraryCommand::Add(Box::new(
            place.finished("a boat", number),
        )));
    }
    worker.ask(LibraryCommand::Learn(Box::default()));
    drop(worker);
    assert_eq!(place.prompts().len(), 3);
    assert!(place.path("data/estimates.json").exists());
    assert_eq!(place.library.estimates(), Estimates::default());
}

#[test]
fn what_cannot_be_done_is_told() {
    let place = Place::new();
    fs::write(place.path("data"), "in the way").unwrap();
    let worker = worker(&place);
    worker.ask(LibraryCommand::Add(Box::new(place.finished("a boat", 1))));
    let LibraryEvent::Failed(problem) = next(&worker.events) else {
        panic!("it cannot be written")
    };
    let message = problem.to_string();
    assert!(message.contains("records"), "{message}");
}
