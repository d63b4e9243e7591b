//! All files of a model, several at a time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::client::Hub;
use super::destination::{Destination, Item};
use super::known_files::Shared;
use super::listing::Listing;
use super::progress::{ProgressMeter, Watch};
use super::sources;
use super::{disk_space, fetch};
use crate::error::{Error, Result};
use crate::job::{DownloadProgress, Published, WeightFormat};

/// How many files come at once: one connection rarely fills a fast line.
const AT_ONCE: usize = 4;

/// How often it is told how far it is.
const PULSE: Duration = Duration::from_millis(200);

/// What is to come, file by file.
#[derive(Debug)]
pub struct Download {
    hub: Hub,
    destination: Destination,
    /// What the repositories hold.
    listings: Vec<Listing>,
    items: Vec<Item>,
}

impl Download {
    /// Asks the hub what the model consists of. Text encoders and VAEs that are in the folders `known` are left out.
    /// Nothing is written yet.
    ///
    /// # Errors
    /// There is no such model, or the hub cannot be reached, or does not have it any more.
    pub fn plan(
        hub: &Hub,
        (model, edition): (Published, WeightFormat),
        destination: Destination,
        known: &[PathBuf],
    ) -> Result<Self> {
        let sources = sources::sources(model, edition);
        if sources.is_empty() {
            let problem =
                format!("{model} is not published in {edition}: choose another precision");
            return Err(Error::Other(problem));
        }
        let shared = Shared::of(known);
        let mut listings = BTreeMap::new();
        let mut items = Vec::new();
        for source in sources {
            let listing = match listings.entry(source.repository) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Listing::of(hub, source.repository)?),
            };
            for pattern in &source.files {
                for file in listing.matching(pattern)? {
                    let item = destination.item(source.kind, listing, file);
                    if source.is_dit() || item.is_whole() || !shared.has(file) {
                        items.push(item);
                    }
                }
            }
        }
        Ok(Self {
            hub: hub.clone(),
            destination,
            listings: listings.into_values().collect(),
            items,
        })
    }

    /// The bytes of all files, and how many of them are there.
    pub fn bytes(&self) -> (u64, u64) {
        let of = self.items.iter().map(|item| item.size).sum();
        (of, self.items.iter().map(Item::there).sum())
    }

    /// Where they go.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Lets come what is missing, and returns where the files are found. `tell` hears several times a second how far it
    /// is; an error of its ends the download. What has come by then is kept, and not asked for again.
    ///
    /// # Errors
    /// There is not enough room on the disk, files do not come or come wrong, or `tell` wants no more.
    pub fn run(
        &self,
        tell: &mut dyn FnMut(&DownloadProgress) -> Result<()>,
    ) -> Result<Vec<PathBuf>> {
        let (of, there) = self.bytes();
        disk_space::check(self.destination.folder(), of - there)?;
        for listing in &self.listings {
            self.destination.begin(listing)?;
        }
        let meter = ProgressMeter::new(there);
        let mut watch = Watch::new(&meter, of);
        let queue = Mutex::new(self.items.iter().filter(|item| !item.is_whole()));
        thread::scope(|scope| {
            let (sender, results) = channel();
            for _ in 0..AT_ONCE {
                let (sender, queue, meter) = (sender.clone(), &queue, &meter);
                let thread = thread::Builder::new().name("download".into());
                let work = move || {
                    while let Some(item) = next(queue) {
                        // Nobody listens any more after the first error.
                        let _ = sender.send(fetch::fetch(&self.hub, item, meter));
                    }
                };
                if let Err(error) = thread.spawn_scoped(scope, work) {
                    meter.stop();
                    return Err(Error::Other(format!("A thread cannot be started: {error}")));
                }
            }
            drop(sender);
            loop {
                let result = match results.recv_timeout(PULSE) {
                    Ok(result) => result,
                    Err(RecvTimeoutError::Timeout) => tell(&watch.look()),
                    Err(RecvTimeoutError::Disconnected) => return tell(&watch.look()),
                };
                if result.is_err() {
                    meter.stop();
                    return result;
                }
            }
        })?;
        Ok(self
            .items
            .iter()
            .map(|item| item.place().to_owned())
            .collect())
    }
}

/// The next file that nobody is at yet. No thread can leave the queue in disorder.
fn next<'a>(queue: &Mutex<impl Iterator<Item = &'a Item>>) -> Option<&'a Item> {
    let queue = queue.lock();
    queue.unwrap_or_else(PoisonError::into_inner).next()
}
