//! Somebody may *watch* a thread compute: between two dispatches it is asked whether to go on, and it is told how far the
//! network is. Steps take minutes, and nobody waits as long for a click.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::Result;

/// Who watches.
pub trait Watch {
    /// Asked between two dispatches. It takes its time while nothing shall be computed.
    ///
    /// # Errors
    /// The work shall end here.
    fn go_on(&self) -> Result<()>;

    /// So much of the unit at hand is done, from 0 to 1.
    fn done(&self, share: f32);
}

thread_local! {
    static WATCH: RefCell<Option<Rc<dyn Watch>>> = const { RefCell::new(None) };
    /// Which pass of how many the network is in.
    static PASS: Cell<(usize, usize)> = const { Cell::new((0, 1)) };
}

/// Does `work` while this thread is watched.
pub fn watched<T>(watch: Rc<dyn Watch>, work: impl FnOnce() -> T) -> T {
    /// Also where the work panics.
    struct Before(Option<Rc<dyn Watch>>);
    impl Drop for Before {
        fn drop(&mut self) {
            let before = self.0.take();
            WATCH.with(|watch| watch.replace(before));
        }
    }
    let _before = Before(WATCH.with(|held| held.replace(Some(watch))));
    work()
}

/// Asks whether to go on.
///
/// # Errors
/// The work shall end here.
pub fn go_on() -> Result<()> {
    current().map_or(Ok(()), |watch| watch.go_on())
}

/// The pass of the network that comes is number `index`, from 0, of `count` that are one unit.
pub fn pass(index: usize, count: usize) {
    PASS.set((index, count.max(1)));
}

/// Tells that so many of the layers of a pass are done.
pub fn done(layers: usize, of: usize) {
    if let Some(watch) = current() {
        let (index, count) = PASS.get();
        watch.done((index as f32 + layers as f32 / of.max(1) as f32) / count as f32);
    }
}

fn current() -> Option<Rc<dyn Watch>> {
    WATCH.with(|watch| watch.borrow().clone())
}
