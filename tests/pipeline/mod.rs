//! Whole jobs, from the command line to the files.

mod broken;
mod experts;
mod pictures;
mod recall;
mod reference;
