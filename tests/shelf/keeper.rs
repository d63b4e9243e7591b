use std::fs;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use zoetrope::Error;
use zoetrope::job::{Estimates, Record};
use zoetrope::shelf::{Errand, Keeper, News};

use super::Place;

fn keeper(place: &Place) -> Keeper {
    let discard = |file: &Path| fs::remove_file(file).map_err(Error::file("remove", file));
    Keeper::start(place.shelf.clone(), discard, || ()).unwrap()
}

fn next(news: &Receiver<News>) -> News {
    news.recv_timeout(Duration::from_mins(1)).unwrap()
}

/// Breaks when the window would have to wait for the disk, or changes overtake each other.
#[test]
fn errands_are_done_in_order() {
    let place = Place::new();
    let keeper = keeper(&place);
    keeper.ask(Errand::Add(Box::new(place.finished("a boat", 1_000))));
    let News::Added(record) = next(&keeper.news) else {
        panic!("it was added")
    };
    assert!(record.poster.is_some());
    let favourite = |favourite: bool| {
        let record = Record {
            favourite,
            ..(*record).clone()
        };
        keeper.ask(Errand::Save(Box::new(record)));
    };
    favourite(true);
    favourite(false);
    favourite(true);
    keeper.ask(Errand::Read);
    let News::Read(contents) = next(&keeper.news) else {
        panic!("it was read")
    };
    assert!(contents.records[0].favourite && contents.unfinished.is_empty());
    keeper.ask(Errand::Remove(record.clone()));
    assert!(matches!(next(&keeper.news), News::Removed(id) if id == record.id));
}

/// Breaks when quitting right after a click loses it.
#[test]
fn what_was_asked_for_is_done_before_the_end() {
    let place = Place::new();
    let keeper = keeper(&place);
    for number in 1..=3 {
        keeper.ask(Errand::Add(Box::new(place.finished("a boat", number))));
    }
    keeper.ask(Errand::Learn(Box::default()));
    drop(keeper);
    assert_eq!(place.prompts().len(), 3);
    assert!(place.path("data/estimates.json").exists());
    assert_eq!(place.shelf.estimates(), Estimates::default());
}

#[test]
fn what_cannot_be_done_is_told() {
    let place = Place::new();
    fs::write(place.path("data"), "in the way").unwrap();
    let keeper = keeper(&place);
    keeper.ask(Errand::Add(Box::new(place.finished("a boat", 1))));
    let News::Failed(message) = next(&keeper.news) else {
        panic!("it cannot be written")
    };
    assert!(message.contains("records"), "{message}");
}
