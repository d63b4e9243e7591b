//! Whole jobs, from the command line to the files.

mod broken;
mod case;
mod checks;
mod conditioning;
mod decode;
mod experts;
mod guides;
mod job;
mod layouts;
mod memory;
mod recall;
mod reference;
mod resume;
mod run_folder;
