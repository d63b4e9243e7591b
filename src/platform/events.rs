//! What the system asks of the app. It may ask from any thread and before there is a window.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::menu::Edit;
use super::native;

/// Something that the user did outside the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Chose the item of the menu bar that has this number, or pressed its shortcut.
    Chose(usize),
    /// Wants the recent files to be forgotten.
    ClearRecent,
    /// Wants something of the text field that has the focus.
    Edit(Edit),
    /// Put text at the cursor, by an input method, the emoji picker or dictation.
    Insert {
        /// The text.
        text: String,
        /// What the window library passes on in its place, if anything.
        instead_of: Option<String>,
    },
    /// Asked the program to end, by a signal.
    Quit,
    /// Did more with this machine than its memory holds: the system is about to end programs.
    ShortOfMemory,
    /// Asked for files to be opened: from the file manager, the dock, the recent files or the command line.
    Open(Vec<PathBuf>),
}

type Wake = Arc<OnceLock<Box<dyn Fn() + Send + Sync>>>;

/// The system speaks to the program as a whole, so the way to the app that listens has to be found from anywhere.
static OUTLET: Mutex<Option<(Sender<Event>, Wake)>> = Mutex::new(None);

/// Where events come out. There is one for the whole program.
pub struct Events {
    inbox: Receiver<Event>,
    wake: Wake,
}

impl Events {
    /// To be called before the window opens, so that the files with which the program was started are not
    /// missed; `files` are those of the command line.
    pub fn listen(files: Vec<PathBuf>) -> Self {
        let (sender, inbox) = unbounded();
        let wake = Wake::default();
        let outlet = (sender, Arc::clone(&wake));
        *OUTLET.lock().unwrap_or_else(PoisonError::into_inner) = Some(outlet);
        if !files.is_empty() {
            send(Event::Open(files));
        }
        native::listen();
        native::on_memory_pressure(short_of_memory);
        Self { inbox, wake }
    }

    /// From now on `wake` is called after each event. Only the first call counts.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        // There is no second window that would want to be woken instead.
        let _ = self.wake.set(Box::new(wake));
    }

    /// What came in since the last time.
    pub fn drain(&self) -> impl Iterator<Item = Event> {
        self.inbox.try_iter()
    }
}

/// Passes on files that another start of the program was asked to open; none where it only wants the window to be seen.
pub fn open(files: Vec<PathBuf>) {
    send(Event::Open(files));
}

/// Passes on that the program is to end.
pub fn quit() {
    send(Event::Quit);
}

/// What the system calls when it is about to end programs for want of memory.
extern "C" fn short_of_memory(_: *mut std::ffi::c_void) {
    log::warn!("the system is short of memory");
    send(Event::ShortOfMemory);
}

/// Passes on what the system asks.
pub(super) fn send(event: Event) {
    let outlet = OUTLET.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((sender, wake)) = outlet.as_ref() else {
        return;
    };
    // It fails only when the app is on its way out.
    let _ = sender.send(event);
    if let Some(wake) = wake.get() {
        wake();
    }
}
