//! A *download* of a model: one at a time, on threads of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use egui::Context;

use super::App;
use super::models::Change;
use crate::catalog::folders;
use crate::catalog::hub::{Destination, Download, Hub};
use crate::error::{Error, Result};
use crate::job::{DownloadProgress, Wanted};
use crate::media::Task;
use crate::view::action::{Action, ModelsAction};
use crate::view::models::Coming;

/// What comes, and how far it is.
pub struct Downloading {
    wanted: Wanted,
    task: Task<Vec<PathBuf>>,
    /// Bytes a second.
    rate: Arc<AtomicU64>,
}

impl Downloading {
    fn start(ctx: &Context, wanted: Wanted) -> Result<Self> {
        let wake = ctx.clone();
        let rate = Arc::<AtomicU64>::default();
        let told = Arc::clone(&rate);
        let work =
            move |tell: &mut dyn FnMut(usize, usize) -> Result<()>| bring(wanted, &told, tell);
        let task = Task::start("download", move || wake.request_repaint(), work)?;
        Ok(Self { wanted, task, rate })
    }

    /// What the sheet shows.
    pub fn view(&self) -> Coming {
        let (done, of) = self.task.pace().progress();
        Coming {
            wanted: self.wanted,
            transfer: DownloadProgress {
                done: done as u64,
                of: of as u64,
                bytes_per_second: self.rate.load(Ordering::Relaxed),
            },
        }
    }
}

/// Brings what is wanted into Hugging Face's cache. What other models have brought is used.
fn bring(
    wanted: Wanted,
    rate: &AtomicU64,
    tell: &mut dyn FnMut(usize, usize) -> Result<()>,
) -> Result<Vec<PathBuf>> {
    let known = folders::all();
    let hub = Hub::of_environment();
    let place = Destination::cache()?;
    let download = Download::plan(&hub, wanted, place, &known, &mut || tell(0, 0))?;
    download.run(&mut |transfer| {
        rate.store(transfer.bytes_per_second, Ordering::Relaxed);
        tell(transfer.done as usize, transfer.of as usize)
    })
}

impl App {
    /// Lets it come, after what comes already.
    pub(super) fn download(&mut self, ctx: &Context, wanted: Wanted) {
        let comes = self.downloading.as_ref();
        if comes.is_some_and(|downloading| downloading.wanted == wanted) {
            return;
        }
        if !self.desk.to_download.contains(&wanted) {
            self.desk.to_download.push(wanted);
        }
        self.download_next(ctx);
    }

    /// Begins with the next one, if none comes.
    pub(super) fn download_next(&mut self, ctx: &Context) {
        if self.downloading.is_some() || self.desk.to_download.is_empty() {
            return;
        }
        let wanted = self.desk.to_download.remove(0);
        match Downloading::start(ctx, wanted) {
            Ok(downloading) => self.downloading = Some(downloading),
            Err(error) => self.warn(&error),
        }
    }

    /// Stops it; what has come is kept for the next time.
    pub(super) fn stop_download(&mut self) {
        self.downloading = None;
    }

    /// Takes note of the end of a download.
    pub(super) fn poll_download(&mut self, ctx: &Context) {
        let result = self
            .downloading
            .as_ref()
            .and_then(|downloading| downloading.task.result());
        let Some(result) = result else {
            return;
        };
        let ended = self.downloading.take();
        self.download_next(ctx);
        match result {
            Ok(_) => {
                self.tell(self.words().models.here, false);
                self.look_for_models(Change::None);
            }
            Err(Error::Cancelled) => {}
            Err(error) => {
                let again = self.words().stage.try_again;
                match ended.map(|ended| ModelsAction::Download(ended.wanted)) {
                    Some(action) => self.warn_with(&error, (again, Action::Models(action))),
                    None => self.warn(&error),
                }
            }
        }
    }
}
