//! Whole jobs, from the command line to the files.

mod broken;
mod case;
mod checks;
mod decode;
mod experts;
mod job;
mod layouts;
mod memory;
mod pictures;
mod recall;
mod reference;
mod resume;
mod run_folder;
