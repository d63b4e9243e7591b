//! Whole jobs, from the command line to the files.

mod broken;
mod caches;
pub mod case;
mod checks;
mod conditioning;
mod decode;
mod experts;
mod families;
mod foreign;
mod guides;
pub mod job;
mod layouts;
mod memory;
mod motion;
mod outlook;
mod outputs;
mod recall;
pub mod reference;
mod replaced;
mod resume;
mod run_folder;
