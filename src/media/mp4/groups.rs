//! Frames are encoded in *groups*, each by an encoder of its own that begins with a key frame, and as many groups at once as
//! there are cores. What comes out depends on nothing but the frames.

use std::mem;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::encoder::{Encoder, Parameters, Sample};
use super::movie::Movie;
use crate::disk::PartialFile;
use crate::job::memory::FRAMES_WAITING;
use crate::job::{Problem, Quality, Size};
use crate::{Error, Result};

/// A group has no fewer frames: a new encoder costs as much as one of them.
const SHORTEST: u32 = 12;

/// After so long without room it is asked whether anybody still encodes.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the frames of a video have in common.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub(super) size: Size,
    pub(super) fps: u32,
    pub(super) quality: Quality,
}

impl Settings {
    fn encoder(self) -> Result<Encoder> {
        Encoder::new(self.size, self.fps, self.quality)
    }

    /// The frames of a group. Each encoder makes a key frame a second.
    fn group(self) -> u32 {
        self.fps * SHORTEST.div_ceil(self.fps)
    }

    /// How many frames may wait for their encoder.
    fn most_waiting(self) -> usize {
        let frames = FRAMES_WAITING / (3 * self.size.area()).max(1);
        usize::try_from(frames).unwrap_or(usize::MAX).clamp(4, 1024)
    }
}

/// A file with its frames so far.
pub(super) struct Written {
    pub(super) file: PartialFile,
    pub(super) movie: Movie,
    pub(super) parameters: Option<Parameters>,
}

/// A frame on its way, or its samples on theirs. Groups are encoded in any order and written in that of their frames.
struct Group {
    frames: Receiver<Vec<u8>>,
    samples: Sender<Result<(Sample, Parameters)>>,
}

/// What comes of one group.
type Samples = Receiver<Result<(Sample, Parameters)>>;

/// The threads that encode, and the one that writes.
pub(super) struct Groups {
    settings: Settings,
    /// The most threads that encode.
    most: usize,
    encoding: Vec<JoinHandle<()>>,
    /// To whichever of them is the first to have time.
    waiting: Option<(Sender<Group>, Receiver<Group>)>,
    /// One for each frame on its way to an encoder.
    room: (Sender<()>, Receiver<()>),
    /// The group that frames are added to, and how many it has.
    current: Option<(Sender<Vec<u8>>, u32)>,
    order: Option<Sender<Samples>>,
    writing: Option<JoinHandle<Result<Written>>>,
    stopped: Arc<AtomicBool>,
    frames: u32,
}

impl Groups {
    /// Frames go into `file`, whose index is `movie`.
    ///
    /// # Errors
    /// There can be no such video, or the system has no thread to spare.
    pub(super) fn new(settings: Settings, file: PartialFile, movie: Movie) -> Result<Self> {
        let (order, groups) = unbounded();
        let written = Written {
            file,
            movie,
            parameters: None,
        };
        Ok(Self {
            settings,
            most: thread::available_parallelism().map_or(1, usize::from),
            encoding: Vec::new(),
            waiting: Some(unbounded()),
            room: bounded(settings.most_waiting()),
            current: None,
            order: Some(order),
            writing: Some(start("mp4", move || write(written, &groups))?),
            stopped: Arc::default(),
            frames: 0,
        })
    }

    /// Encodes with no more threads than that.
    pub(super) fn limit(&mut self, threads: usize) {
        self.most = threads.max(1);
    }

    /// Takes the next frame, of (height, width, 3) bytes. It waits where too many are on their way.
    ///
    /// # Errors
    /// That of an earlier frame, or the system has no thread to spare.
    pub(super) fn add(&mut self, rgb: Vec<u8>) -> Result<()> {
        if self.current.is_none() {
            self.begin()?;
        }
        while self.room.0.send_timeout((), PATIENCE).is_err() {
            if self.encoding.iter().any(JoinHandle::is_finished) {
                // Only a defect ends one of them early.
                return self.finish().map(drop);
            }
        }
        let Some((frames, count)) = &mut self.current else {
            return Ok(());
        };
        let _ = frames.send(rgb);
        *count += 1;
        self.frames += 1;
        if *count == self.settings.group() {
            self.current = None;
        }
        if self.writing.as_ref().is_some_and(JoinHandle::is_finished) {
            return self.finish().map(drop);
        }
        Ok(())
    }

    /// Begins a group, and one more thread where there are fewer than may be.
    fn begin(&mut self) -> Result<()> {
        let (to_encoder, frames) = unbounded();
        let (samples, to_file) = unbounded();
        let (Some((groups, waiting)), Some(order)) = (&self.waiting, &self.order) else {
            return Err(lost());
        };
        if self.encoding.len() < self.most {
            let (settings, room) = (self.settings, self.room.1.clone());
            let (waiting, stopped) = (waiting.clone(), Arc::clone(&self.stopped));
            self.encoding.push(start("h264", move || {
                for group in &waiting {
                    encode(settings, &group, &room, &stopped);
                }
            })?);
        }
        let _ = groups.send(Group { frames, samples });
        let _ = order.send(to_file);
        self.current = Some((to_encoder, 0));
        Ok(())
    }

    /// Waits until every frame is in the file.
    ///
    /// # Errors
    /// A frame could not be encoded or written.
    pub(super) fn finish(&mut self) -> Result<Written> {
        self.current = None;
        self.order = None;
        self.waiting = None;
        let writing = self.writing.take().ok_or_else(lost)?;
        let written = writing.join().unwrap_or_else(|panic| resume_unwind(panic));
        for thread in mem::take(&mut self.encoding) {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        let written = written?;
        if written.movie.frames() == self.frames {
            Ok(written)
        } else {
            Err(lost())
        }
    }
}

impl Drop for Groups {
    /// What nobody wants any more is not encoded, and the file goes with the thread that writes it.
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.current = None;
        self.order = None;
        self.waiting = None;
        for thread in mem::take(&mut self.encoding) {
            // A panic in it was told already.
            let _ = thread.join();
        }
        if let Some(writing) = self.writing.take() {
            drop(writing.join());
        }
    }
}

fn start<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    let thread = thread::Builder::new().name(name.into()).spawn(work);
    thread.map_err(|error| Problem::NoThread(error.to_string()).into())
}

/// Encodes one group. After an error nothing comes of the rest.
fn encode(settings: Settings, group: &Group, room: &Receiver<()>, stopped: &AtomicBool) {
    let mut encoder = Some(settings.encoder());
    for frame in &group.frames {
        let made = match &mut encoder {
            Some(Ok(working)) if !stopped.load(Ordering::Relaxed) => Some(
                working
                    .encode(&frame)
                    .and_then(|sample| Ok((sample, working.parameters()?.clone()))),
            ),
            Some(Ok(_)) | None => None,
            Some(Err(_)) => encoder.take().and_then(Result::err).map(Err),
        };
        drop(frame);
        let _ = room.recv();
        let Some(made) = made else { continue };
        if made.is_err() {
            encoder = None;
        }
        // Nobody reads it where an earlier group failed.
        let _ = group.samples.send(made);
    }
}

/// Appends what comes of each group, one after the other.
fn write(mut written: Written, groups: &Receiver<Samples>) -> Result<Written> {
    for samples in groups {
        for made in &samples {
            let (sample, parameters) = made?;
            if *written.parameters.get_or_insert_with(|| parameters.clone()) != parameters {
                return Err(Error::Other(
                    "The video encoder stopped: it changed its parameters between frames".into(),
                ));
            }
            let Written { file, movie, .. } = &mut written;
            file.write_at(movie.length(), &sample.bytes)?;
            movie.add(sample.bytes.len() as u32, sample.key);
        }
    }
    Ok(written)
}

fn lost() -> Error {
    Problem::Defect("frames were lost on their way into the video".into()).into()
}
