//! What a system offers besides a window: the rules, which need none.

mod clipboard;
mod proxy;
mod typing;
mod window;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use zoetrope::platform::{Event, Events, Recent, files};

#[test]
fn files_of_the_command_line_wait_until_someone_listens() {
    let events = Events::listen(vec![PathBuf::from("boat.jpg")]);
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    events.wake_with(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let open = Event::Open(vec![PathBuf::from("boat.jpg")]);
    assert_eq!(events.drain().collect::<Vec<_>>(), [open]);
    assert_eq!(events.drain().count(), 0, "an event comes once");
    assert_eq!(woken.load(Ordering::Relaxed), 0, "there was nobody to wake");
}

#[test]
fn recent_files_are_few_and_still_there() {
    let folder = TempDir::new().unwrap();
    let file = |name: usize| folder.path().join(name.to_string());
    let mut recent = Recent::default();
    for name in (0..12).chain([5]) {
        fs::write(file(name), "").unwrap();
        recent.add(&file(name));
    }
    fs::remove_file(file(10)).unwrap();
    let expected = [5, 11, 9, 8, 7, 6, 4, 3, 2].map(file);
    assert!(
        recent
            .that_are_there()
            .files()
            .eq(expected.iter().map(PathBuf::as_path))
    );

    let text = serde_json::to_string(&recent).unwrap();
    assert_eq!(serde_json::from_str::<Recent>(&text).unwrap(), recent);
    recent.clear();
    assert_eq!(recent.files().count(), 0);
}

#[test]
fn what_is_not_there_cannot_go_to_the_trash() {
    let error = files::trash(Path::new("/nowhere/clip.mp4")).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("Couldn't trash /nowhere/clip.mp4"),
        "{text}"
    );
}
