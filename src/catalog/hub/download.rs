//! All files of a model, several at a time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::client::Hub;
use super::destination::{Destination, Item};
use super::known_files::Shared;
use super::listing::Listing;
use super::progress::{ProgressMeter, Watch};
use super::{fetch, sources, wait};
use crate::disk::check_space_for_download;
use crate::error::{Error, Result};
use crate::job::{DownloadProgress, Problem, Wanted};

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
    /// Asks the hub what is wanted consists of. Text encoders and VAEs that are in the folders `known` are left out.
    /// Nothing is written yet. `go_on` is asked all the time; an error of its ends the wait.
    ///
    /// # Errors
    /// There is no such model, or the hub cannot be reached, or does not have it any more; or that of `go_on`.
    pub fn plan(
        hub: &Hub,
        wanted: impl Into<Wanted>,
        destination: Destination,
        known: &[PathBuf],
        go_on: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Self> {
        let sources = match wanted.into() {
            Wanted::Tokenizer => vec![sources::tokenizer()],
            Wanted::Fast(files) => vec![sources::fast(files)],
            Wanted::Model(model, edition) => {
                let sources = sources::sources(model, edition);
                if sources.is_empty() {
                    let problem =
                        format!("{model} is not published in {edition}: choose another precision");
                    return Err(Error::Other(problem));
                }
                sources
            }
        };
        let known = known.to_owned();
        let shared = wait::beside(move || Shared::of(&known), go_on)?;
        let mut listings = BTreeMap::new();
        let mut items = Vec::new();
        for source in sources {
            let listing = match listings.entry(source.repository) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Listing::of(hub, source.repository, go_on)?),
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

    /// The bytes of all files, and how many of them are there. Files of the same content may be one.
    pub fn bytes(&self) -> (u64, u64) {
        let blobs = self.blobs();
        (
            sum(blobs.iter().map(|blob| blob.item.size)),
            sum(blobs.iter().map(|blob| blob.there)),
        )
    }

    /// The contents that come, each once, however many files have it: those first that are not there.
    fn blobs(&self) -> Vec<Blob<'_>> {
        let mut blobs: BTreeMap<&Path, Blob> = BTreeMap::new();
        for item in &self.items {
            let new = || Blob {
                item,
                there: item.there(),
                places: Vec::new(),
            };
            let blob = blobs.entry(&item.whole).or_insert_with(new);
            blob.places.push(item);
        }
        let mut blobs: Vec<_> = blobs.into_values().collect();
        blobs.sort_by_key(|blob| blob.item.is_whole());
        blobs
    }

    /// Where they go.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Lets come what is missing or damaged, and returns where the files are found. `tell` hears several times a second how far it
    /// is; an error of its ends the download. What has come by then is kept, and not asked for again.
    ///
    /// # Errors
    /// There is not enough room on the disk, files do not come or come wrong, or `tell` wants no more.
    pub fn run(
        &self,
        tell: &mut dyn FnMut(&DownloadProgress) -> Result<()>,
    ) -> Result<Vec<PathBuf>> {
        let blobs = self.blobs();
        let of = sum(blobs.iter().map(|blob| blob.item.size));
        let there = sum(blobs.iter().map(|blob| blob.there));
        check_space_for_download(self.destination.folder(), of.saturating_sub(there))?;
        for listing in &self.listings {
            self.destination.begin(listing)?;
        }
        let meter = ProgressMeter::new(there);
        let mut watch = Watch::new(&meter, of);
        let queue = Mutex::new(blobs.iter());
        thread::scope(|scope| {
            let (sender, results) = channel();
            for _ in 0..AT_ONCE {
                let (sender, queue, meter) = (sender.clone(), &queue, &meter);
                let thread = thread::Builder::new().name("download".into());
                let work = move || {
                    while let Some(blob) = next(queue) {
                        // Nobody listens any more after the first error.
                        let _ = sender.send(blob.come(&self.hub, meter));
                    }
                };
                if let Err(error) = thread.spawn_scoped(scope, work) {
                    meter.stop();
                    return Err(Error::from(Problem::NoThread(error.to_string())));
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

/// A content, and every file that has it.
struct Blob<'a> {
    item: &'a Item,
    /// How much of it was there when it was counted.
    there: u64,
    places: Vec<&'a Item>,
}

impl Blob<'_> {
    /// Lets it come, and puts it everywhere where it is looked for.
    fn come(&self, hub: &Hub, meter: &ProgressMeter) -> Result<()> {
        fetch::fetch(hub, self.item, self.there, meter)?;
        self.places.iter().try_for_each(|item| item.show())
    }
}

/// No hub can make it overflow.
fn sum(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

/// The next content that nobody is at yet. No thread can leave the queue in disorder.
fn next<'a, 'b: 'a>(queue: &Mutex<impl Iterator<Item = &'a Blob<'b>>>) -> Option<&'a Blob<'b>> {
    let queue = queue.lock();
    queue.unwrap_or_else(PoisonError::into_inner).next()
}
