//! A *task* is work on files that takes longer than a frame of the window: it has a thread of its own,
//! tells how far it is, and can be cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use crate::job::Problem;
use crate::{Error, Result};

/// Work that ends with a `T`. Dropped before it has, it is cancelled.
#[derive(Debug)]
pub struct Task<T> {
    pace: TaskHandle,
    result: Receiver<Result<T>>,
}

/// How far a task is, and whether it should go on. Copies belong to the same task.
#[derive(Clone, Debug, Default)]
pub struct TaskHandle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    done: AtomicUsize,
    of: AtomicUsize,
    cancelled: AtomicBool,
}

impl<T: Send + 'static> Task<T> {
    /// Begins `work` on a thread of this name, and calls `wake` whenever there is news.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(
        name: &str,
        wake: impl Fn() + Send + 'static,
        work: impl FnOnce(&mut dyn FnMut(usize, usize) -> Result<()>) -> Result<T> + Send + 'static,
    ) -> Result<Self> {
        let pace = TaskHandle::default();
        let (sender, result) = channel();
        let told = pace.clone();
        thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                let outcome = work(&mut |done, of| {
                    told.tell(done, of)?;
                    wake();
                    Ok(())
                });
                // Nobody may be waiting any more.
                let _ = sender.send(outcome);
                wake();
            })
            .map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
        Ok(Self { pace, result })
    }

    /// How it ended, once it has. It is told once.
    pub fn result(&self) -> Option<Result<T>> {
        match self.result.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(ended())),
        }
    }

    /// Waits for its end.
    pub fn wait(self) -> Result<T> {
        self.result.recv().unwrap_or_else(|_| Err(ended()))
    }

    /// Cancels it, waits so long for its end, and tells whether that has come: then nothing is left of what it had
    /// not finished.
    pub fn stop(&self, patience: Duration) -> bool {
        self.pace.cancel();
        !matches!(
            self.result.recv_timeout(patience),
            Err(RecvTimeoutError::Timeout)
        )
    }

    /// How far it is, and the way to cancel it.
    pub fn pace(&self) -> &TaskHandle {
        &self.pace
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.pace.cancel();
    }
}

impl TaskHandle {
    /// (done, of)
    pub fn progress(&self) -> (usize, usize) {
        let load = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        (load(&self.0.done), load(&self.0.of))
    }

    /// Ends the work at the next opportunity, with [`Error::Cancelled`].
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    fn tell(&self, done: usize, of: usize) -> Result<()> {
        self.0.done.store(done, Ordering::Relaxed);
        self.0.of.store(of, Ordering::Relaxed);
        if self.0.cancelled.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        Ok(())
    }
}

/// It can only have been a panic, or the result was taken before.
fn ended() -> Error {
    Problem::Defect("work ended without a result".into()).into()
}
