//! Pixels in and out of files.
