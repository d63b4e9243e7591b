//! What stays in memory between the jobs of a thread: networks with LoRAs merged and all, and what was made of words.
//!
//! Nothing stays where nobody asked for it, or where a job would miss the memory: it is counted by [`Rooms`] what each stage
//! leaves, and what was needed longest ago goes first. What is kept is what it was read from: files by their place, length
//! and time of change, and everything that the numbers depend on.

mod key;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use mlx_rs::{Array, memory};

use crate::Result;
use crate::job::Stage;
use crate::job::memory::Rooms;
pub(super) use key::Key;

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// How often somebody has asked to let everything go.
static ASKED: AtomicU64 = AtomicU64::new(0);
/// What all threads keep, in bytes.
static BYTES: AtomicU64 = AtomicU64::new(0);

#[derive(Default)]
struct Kept {
    /// What a stage leaves for others; none where nothing is kept.
    rooms: Option<Rooms>,
    /// Jobs so far.
    jobs: u64,
    entries: Vec<Entry>,
    /// What of [`BYTES`] are these.
    counted: u64,
    /// How many requests to let go were heard.
    heard: u64,
}

impl Kept {
    fn count(&mut self) {
        let bytes = self.entries.iter().map(|entry| entry.bytes).sum();
        BYTES.fetch_add(bytes, Ordering::Relaxed);
        BYTES.fetch_sub(self.counted, Ordering::Relaxed);
        self.counted = bytes;
    }
}

struct Entry {
    key: Key,
    what: Rc<dyn std::any::Any>,
    bytes: u64,
    /// The job that needed it last.
    job: u64,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.entries.clear();
        self.count();
    }
}

/// A job begins on this thread that leaves so much beside each of its stages; without that nothing is kept, and what was is
/// let go.
pub fn begin(rooms: Option<Rooms>) {
    KEPT.with_borrow_mut(|kept| {
        kept.jobs += 1;
        kept.rooms = rooms;
    });
    if rooms.is_none() {
        let_go();
    }
}

/// Lets everything on this thread go that no job is at work with.
pub fn let_go() {
    let entries = KEPT.with_borrow_mut(|kept| {
        kept.heard = ASKED.load(Ordering::Relaxed);
        let entries = std::mem::take(&mut kept.entries);
        kept.count();
        entries
    });
    if entries.is_empty() {
        return;
    }
    drop(entries);
    // It fails only where MLX does, and then there is nothing to return.
    let _ = memory::clear_cache();
}

/// Asks the thread that keeps something to let it go, between two steps of a job at the latest.
pub fn ask_to_let_go() {
    ASKED.fetch_add(1, Ordering::Relaxed);
}

/// How much is kept, in bytes, whichever thread asks.
pub fn bytes() -> u64 {
    BYTES.load(Ordering::Relaxed)
}

/// How much this thread keeps, in bytes.
pub fn own_bytes() -> u64 {
    KEPT.with_borrow(|kept| kept.counted)
}

/// Does what [`ask_to_let_go`] asked for.
pub(super) fn heed() {
    if KEPT.with_borrow(|kept| kept.heard) != ASKED.load(Ordering::Relaxed) {
        let_go();
    }
}

/// What has this key: as it was kept or, once there is room in this `stage`, loaded. Without a key it is loaded each time.
///
/// # Errors
/// That of `load`.
pub(super) fn or_load<T: 'static>(
    stage: Stage,
    key: Option<Key>,
    load: impl FnOnce() -> Result<T>,
) -> Result<Rc<T>> {
    make_room(stage, key.as_ref());
    if let Some(found) = key.as_ref().and_then(recall) {
        return Ok(found);
    }
    let before = memory::active_memory()?;
    let loaded = Rc::new(load()?);
    let bytes = memory::active_memory()?.saturating_sub(before) as u64;
    if let Some(key) = key {
        keep(key, Rc::clone(&loaded), bytes);
    }
    Ok(loaded)
}

/// The features of a prompt, if they are kept.
pub(super) fn features(key: &Key) -> Option<Array> {
    recall::<Array>(key).map(|features| (*features).clone())
}

/// Keeps the features of a prompt.
pub(super) fn keep_features(key: Key, features: &Array) {
    keep(key, Rc::new(features.clone()), features.nbytes() as u64);
}

/// Lets what was needed longest ago go, until the rest has room beside this stage, which itself is at work with what `own`
/// names.
pub(super) fn make_room(stage: Stage, own: Option<&Key>) {
    heed();
    let gone = KEPT.with_borrow_mut(|kept| {
        let room = kept.rooms.map_or(0, |rooms| rooms.at(stage));
        // Of what one job needed the largest goes first.
        kept.entries
            .sort_by_key(|entry| (entry.job, std::cmp::Reverse(entry.bytes)));
        let mut gone = Vec::new();
        let is_other = |entry: &Entry| Some(&entry.key) != own;
        while let Some(first) = kept.entries.iter().position(is_other) {
            let others = kept.entries.iter().filter(|entry| is_other(entry));
            if others.map(|entry| entry.bytes).sum::<u64>() <= room {
                break;
            }
            gone.push(kept.entries.remove(first));
        }
        kept.count();
        gone
    });
    if !gone.is_empty() {
        drop(gone);
        // It fails only where MLX does, and then the job does as well.
        let _ = memory::clear_cache();
    }
}

fn recall<T: 'static>(key: &Key) -> Option<Rc<T>> {
    KEPT.with_borrow_mut(|kept| {
        let now = kept.jobs;
        let entry = kept.entries.iter_mut().find(|entry| entry.key == *key)?;
        entry.job = now;
        Rc::clone(&entry.what).downcast().ok()
    })
}

fn keep<T: 'static>(key: Key, what: Rc<T>, bytes: u64) {
    KEPT.with_borrow_mut(|kept| {
        if kept.rooms.is_none() {
            return;
        }
        kept.entries.retain(|entry| entry.key != key);
        kept.entries.push(Entry {
            key,
            what,
            bytes,
            job: kept.jobs,
        });
        kept.count();
    });
}
