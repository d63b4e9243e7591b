//! Whole jobs, from the command line to the files.

mod broken;
mod caches;
mod case;
mod checks;
mod conditioning;
mod decode;
mod experts;
mod job;
mod layouts;
mod memory;
mod recall;
mod reference;
mod resume;
mod run_folder;
