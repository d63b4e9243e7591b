//! Everything that was made, kept in a folder of its own.

mod files;
mod records;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zoetrope::job::{Plan, Record, Size};
use zoetrope::library::{Dirs, Library};
use zoetrope::media::mp4::{Mp4Writer, Quality};

use crate::job::{plan, request};

/// A library of one test, gone when the test is over.
pub struct Place {
    folder: TempDir,
    pub library: Library,
}

impl Place {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        let library = Library::new(Dirs {
            data: path("data"),
            videos: path("videos"),
            earlier: Vec::new(),
        });
        fs::create_dir(&library.places().videos).unwrap();
        Self { folder, library }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn video(&self, name: &str) -> PathBuf {
        self.library.places().videos.join(name)
    }

    /// The plan of a video that is there, or is to be.
    pub fn plan(&self, prompt: &str, name: &str) -> Plan {
        let output = self.video(name);
        let plan = plan(&request(prompt), None).unwrap();
        Plan { output, ..plan }
    }

    /// A finished video, not yet on the library.
    pub fn finished(&self, prompt: &str, made: u64) -> Record {
        let plan = self.plan(prompt, &format!("{made}.mp4"));
        write_video(&plan.output);
        Record {
            made,
            ..Record::new(&plan, plan.info())
        }
    }

    /// A finished video on the library.
    pub fn put(&self, prompt: &str, made: u64) -> Record {
        self.library.add(self.finished(prompt, made)).unwrap()
    }

    /// The prompts of all records, in their order.
    pub fn prompts(&self) -> Vec<String> {
        let records = self.library.records().unwrap();
        records
            .into_iter()
            .map(|record| record.settings.prompt)
            .collect()
    }
}

/// Three frames: black, green, white.
fn write_video(path: &Path) {
    let size = Size::new(960, 480);
    let mut video = Mp4Writer::create(path, size, 8, Quality::Best, "{}").unwrap();
    for colour in [[0; 3], [30, 200, 60], [255; 3]] {
        video.write(&colour.repeat(size.area() as usize)).unwrap();
    }
    video.finish().unwrap();
}
