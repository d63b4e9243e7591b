//! Whole jobs, from the command line to the files.

mod broken;
mod recall;
mod reference;
