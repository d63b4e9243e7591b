//! The rooms of the app that read files, without its window: with a fuzzer's instruments they build in minutes.

extern crate self as zoetrope;

#[path = "../src/backend/mod.rs"]
pub mod backend;
#[path = "../src/dirs.rs"]
pub mod dirs;
#[path = "../src/disk/mod.rs"]
pub mod disk;
#[path = "../src/error.rs"]
pub mod error;
#[path = "../src/job/mod.rs"]
pub mod job;
#[path = "../src/media/mod.rs"]
pub mod media;
#[path = "../src/model/mod.rs"]
pub mod model;
#[path = "../src/pipeline/mod.rs"]
pub mod pipeline;
pub mod readers;
#[path = "../src/sampler/mod.rs"]
pub mod sampler;
#[path = "../src/weights/mod.rs"]
pub mod weights;
#[path = "../src/words/mod.rs"]
pub mod words;

pub use error::{Error, Result};

/// The fuzz target of one of the [`readers`].
#[macro_export]
macro_rules! target {
    ($reader:ident) => {
        static PLACE: std::sync::LazyLock<zoetrope::readers::Place> =
            std::sync::LazyLock::new(|| zoetrope::readers::Place::new().expect("a file to read"));

        libfuzzer_sys::fuzz_target!(|input: &[u8]| zoetrope::readers::$reader.try_on(input, &PLACE));
    };
}
