//! The headless face of the same jobs.
